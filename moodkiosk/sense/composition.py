"""How the half that sees is put together; what happens is in `loop`."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.config import changes
from moodkiosk.config.load import ConfigError
from moodkiosk.failure import Failure
from moodkiosk.host import garbage, paths, systemd
from moodkiosk.link.timer import Timer
from moodkiosk.sense.camera.capture import Capture
from moodkiosk.sense.camera.source import open_source
from moodkiosk.sense.camera.switch import CameraSwitch
from moodkiosk.sense.faces.upright import Upright
from moodkiosk.sense.health import HealthReport
from moodkiosk.sense.lessons.course import Course
from moodkiosk.sense.loop import Loop, Parts, introduction
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Neutrals
from moodkiosk.sense.orders import Orders, SenseState
from moodkiosk.sense.pace import Pace, Thermometer
from moodkiosk.sense.pipeline import Pipeline
from moodkiosk.sense.records.corrections import Corrections
from moodkiosk.sense.slow import Slowness
from moodkiosk.sense.uplink import Uplink
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.config.settings import Config
    from moodkiosk.moods.reading import Reading

CLOSE_SECONDS = 2.0
"""A camera that takes longer to close is stuck."""

WORD_SECONDS = 0.3
"""Act, where it runs, says within milliseconds what the camera should do."""

ENDING = {signal.SIGTERM, signal.SIGINT}

log = logging.getLogger("moodkiosk.sense")


def run(
    settings: Config,
    source: str | None = None,
    show: Callable[[Reading], None] | None = None,
    read: Callable[[], Config] | None = None,
) -> int:
    """Runs until SIGTERM or SIGINT; on SIGHUP the model is loaded again.

    Args:
        settings: the configuration.
        source: instead of the camera in the settings.
        show: given every reading.
        read: reads the configuration once more, and raises ConfigError; None: there is nothing to read.
    """
    with _signals() as stop, contextlib.ExitStack() as stack:
        with garbage.kept():
            parts = _parts(settings, source, show, stop, stack)
            loop = Loop(parts)
        while not stop.asked():
            if stop.again:
                stop.again = False
                _reload(settings, read or (lambda: settings), parts.state.models, parts.orders)
            loop.turn(stop.fileno)
        systemd.notify("STOPPING=1")
    return 0


def _parts(
    settings: Config,
    source: str | None,
    show: Callable[[Reading], None] | None,
    stop: _Stop,
    stack: contextlib.ExitStack,
) -> Parts:
    """Everything around the loop, started; `stack` closes it.

    What takes long (the camera's start, loading MediaPipe) goes on at the same time.
    """
    folder = paths.state_dir(settings.paths, "sense")
    timer = stack.enter_context(contextlib.closing(Timer()))
    switch, uplink = CameraSwitch(folder), Uplink(paths.link_socket(settings.paths), timer.descriptor)
    stack.callback(uplink.close)
    models = _models(settings, folder)
    neutrals, corrections = Neutrals(folder), Corrections(settings.learning, folder)
    capture = Capture(lambda: open_source(settings.camera, source), on=False)
    state = SenseState(
        switch,
        lambda: capture.pause(CLOSE_SECONDS),
        models,
        neutrals,
        corrections,
        Course(folder, models, neutrals, uplink.tell, corrections.folder, configured=bool(settings.model.file)),
        changes.digest(settings),
    )
    orders = Orders(state, uplink.tell)
    _hear_act(state, orders, uplink, stop)
    if switch.state(time.monotonic()) == "on":
        capture.resume()  # while the rest is loading; from then on the loop sees to it
    capture.start()
    stack.callback(capture.close)
    thermometer = Thermometer()
    pace = Pace(settings.sense, thermometer)
    slow = Slowness(settings, hands=models.current.manifest.uses_hands)
    pipeline = Pipeline(settings.sense, models.current, own=neutrals.current)
    health = HealthReport(pace, thermometer, slow, Upright(settings.camera))
    return Parts(capture, pipeline, state, orders, uplink, pace, health, show, timer)


def _hear_act(state: SenseState, orders: Orders, uplink: Uplink, stop: _Stop) -> None:
    """Act has its say, where it runs: the camera is opened only when it is known that nobody has switched it off."""
    if uplink.connect(time.monotonic()):
        uplink.tell(introduction(state))
        state.switch.await_word(time.monotonic())
        uplink.wait(WORD_SECONDS, (stop.fileno,))
        for order in uplink.orders():
            orders.obey(order, time.monotonic())


def _reload(settings: Config, read: Callable[[], Config], models: Models, orders: Orders) -> None:
    """Loads the model again, and says what of the configuration it takes a restart to take."""
    try:
        log.info("%s", models.reload())
        orders.changed = True
    except (BadModel, OSError) as error:
        log.warning("the model is not loaded: %s", error)
    try:
        keys = changes.restarts(list(changes.differences(settings, read()))).get(changes.SENSE)
    except ConfigError as error:
        log.warning("the configuration cannot be taken: %s", error)
        return
    if keys:
        log.warning("%s changed in the file: 'systemctl restart %s'", ", ".join(keys), changes.SENSE)


def _models(settings: Config, state: Path) -> Models:
    try:
        models = Models(lambda: model.candidates(settings.model.file, state), mirrored=False)
    except BadModel as error:
        raise Failure(Reason("cannot.no_model", reason=str(error))) from None
    log.info("mood model %s: %s", models.path, ", ".join(models.current.labels))
    return models


class _Stop:
    """What the process was asked by signals.

    Attributes:
        again: SIGHUP has come; whoever does what it asks takes it back to False.
    """

    def __init__(self, fileno: int) -> None:
        self.fileno = fileno
        self.again = False
        self._asked = False

    def asked(self) -> bool:
        """True once SIGTERM or SIGINT has come."""
        with contextlib.suppress(BlockingIOError):
            came = set(os.read(self.fileno, 64))
            self._asked, self.again = bool(ENDING & came) or self._asked, signal.SIGHUP in came or self.again
        return self._asked


@contextlib.contextmanager
def _signals() -> Iterator[_Stop]:
    """Turns SIGTERM, SIGINT and SIGHUP into something a wait can be ended by."""
    woken, waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(waker)
    for number in (*ENDING, *((signal.SIGHUP,) if systemd.takes_hangup() else ())):
        signal.signal(number, lambda *_: None)
    try:
        yield _Stop(woken)
    finally:
        signal.set_wakeup_fd(-1)
        os.close(woken)
        os.close(waker)
