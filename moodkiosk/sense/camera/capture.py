"""The capture thread: keeps a camera delivering, and hands over one frame at a time, always a fresh one.

Recovery is one ladder for all cameras: a deadline for every picture; then close, wait, open again, a little later each
time; and when nothing has helped for minutes, `failed`, so that the process ends and systemd starts it anew.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from moodkiosk.failure import UsageError
from moodkiosk.host.guard import line_of
from moodkiosk.sense.camera.frozen import COMPLAINT, FROZEN_SECONDS, StillPicture
from moodkiosk.sense.camera.pixels import CameraError
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Frame

FIRST_DEADLINE_SECONDS = 10.0
"""For the first picture after opening: sensors and their tuning take a second or two to start on a Pi."""
DEADLINE_SECONDS = 3.0
BACK_OFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between two attempts to open; the last one repeats."""
PAUSE_SECONDS = {"absent": 4.0, "gone": 15.0}
"""The longest pause for what may be plugged in at any moment: it is to be seen half a minute later. Looking whether a
device is there costs nothing; asking a camera does."""
GIVE_UP_SECONDS = 300.0
"""Without any picture for this long, starting over as a new process is worth trying."""
STEADY_SECONDS = 30.0
"""A camera that delivered for this long has recovered."""
OFF_TURN_SECONDS = 1.0
"""How often the thread shows that it lives while the camera is off."""
log = logging.getLogger("moodkiosk.sense.camera")


class Opened(Protocol):
    """What is needed of a camera here; `camera.Camera` is one."""

    @property
    def description(self) -> str: ...  # noqa: D102 - see Camera
    def grab(self, deadline_seconds: float) -> float: ...  # noqa: D102 - see Camera
    def frame(self) -> Frame: ...  # noqa: D102 - see Camera
    def close(self) -> None: ...  # noqa: D102 - see Camera


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How the camera is doing; `detail` says it in words, "" where nothing is to be said."""

    state: Literal["on", "off", "starting", "lost"]
    detail: str = ""


class Capture:
    """A thread that reads a camera.

    Attributes:
        turns: grows with every finished piece of work (a picture came, an attempt to open ended, a pause was kept), so
            that a watchdog can tell a thread that lives from one that hangs.
        failed: why the process had better start over, or None.
    """

    def __init__(
        self,
        open_camera: Callable[[], Opened],
        *,
        clock: Callable[[], float] = time.monotonic,
        pause_for: Callable[[threading.Event, float], object] = threading.Event.wait,
        on: bool = True,
    ) -> None:
        """`pause_for(event, seconds)` waits for seconds or until the event; `on`: whether to open it right away."""
        self.turns = 0
        self.failed: str | None = None
        self._open_camera = open_camera
        self._clock = clock
        self._pause_for = pause_for
        self._changed = threading.Condition()
        self._status = CameraStatus("starting" if on else "off")
        self._frame: Frame | None = None
        self._awaited = False  # somebody waits for a frame: only then is one decoded
        self._on = on
        self._stopped = False
        self._nudge = threading.Event()  # ends a wait early: switched on, off, or over
        self._still = StillPicture()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    @property
    def status(self) -> CameraStatus:
        """How the camera is doing now."""
        return self._status

    @property
    def wanted(self) -> bool:
        """Whether it was told to have the camera open."""
        return self._on

    def latest(self, after: float, timeout: float) -> Frame | None:
        """A frame captured later than `after`, freshly taken; None when there is none within `timeout` seconds.

        Returns early, with None, when the camera's status changes meanwhile.
        """
        with self._changed:
            before = self._status
            self._awaited = True

            def ready() -> bool:
                return self._status is not before or (self._frame is not None and self._frame.at > after)

            self._changed.wait_for(ready, timeout)
            self._awaited = False
            frame, self._frame = self._frame, None
        return frame if frame is not None and frame.at > after else None

    def pause(self, timeout: float = 5.0) -> bool:
        """Closes the device. True as soon as it is closed, False if it is not within `timeout` seconds."""
        self._switch(on=False)
        with self._changed:
            return self._changed.wait_for(lambda: self._status.state == "off", timeout)

    def resume(self) -> None:
        """Opens the device again."""
        self._switch(on=True)

    def close(self, timeout: float = 1.0) -> None:
        """Ends the thread and closes the device, if that takes no longer than `timeout` seconds."""
        self._stopped = True
        self._nudge.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _switch(self, *, on: bool) -> None:
        self._on = on
        self._nudge.set()

    def _tell(self, state: Literal["on", "off", "starting", "lost"], detail: str = "") -> None:
        status = CameraStatus(state, detail)
        with self._changed:
            if status == self._status:
                return
            self._status = status
            self._changed.notify_all()
        level = logging.WARNING if state == "lost" else logging.INFO
        log.log(level, "camera %s%s", state, f": {detail}" if detail else "")

    def _run(self) -> None:
        failures = 0
        picture_at = self._clock()
        while not self._stopped:
            if not self._on:
                self._tell("off")
                self._rest(OFF_TURN_SECONDS)
                failures, picture_at = 0, self._clock()
                continue
            opened_at = self._clock()
            try:
                self._deliver()
            except Exception as error:  # noqa: BLE001 - whatever a camera does: it is closed, and opened again
                self.turns += 1
                reason: str = (
                    str(error)
                    if isinstance(error, CameraError | UsageError)
                    else Reason("video.unusable", reason=line_of(error))
                )
                now = self._clock()
                kind = error.kind if isinstance(error, CameraError) else None
                if self._status.state == "on" or kind == "absent":  # no new process finds what is not plugged in
                    picture_at = now
                    # A camera that always dies after one picture must not be opened every second, for ever.
                    failures = 0 if now - opened_at >= STEADY_SECONDS else failures
                self._tell("lost", reason)
                if kind == "barred":
                    self._fail(reason)
                if now - picture_at >= GIVE_UP_SECONDS:
                    self._fail(Reason("source.gave_up", seconds=round(GIVE_UP_SECONDS), reason=reason))
                pause_seconds = BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)]
                self._rest(min(pause_seconds, PAUSE_SECONDS.get(kind or "", pause_seconds)))
                failures = 0 if kind == "absent" else failures + 1

    def _deliver(self) -> None:
        """Opens the camera and takes pictures until it is switched off. Raises CameraError."""
        if self._status.state == "off":
            self._tell("starting")
        camera = self._open_camera()
        try:
            self._still = StillPicture()
            camera.grab(FIRST_DEADLINE_SECONDS)
            self._hand_over(camera.frame())
            self._tell("on", camera.description)
            while self._on and not self._stopped:
                self.turns += 1
                camera.grab(DEADLINE_SECONDS)
                if self._awaited:
                    self._hand_over(camera.frame())
        finally:
            camera.close()

    def _hand_over(self, frame: Frame) -> None:
        if self._still.seconds(frame) >= FROZEN_SECONDS:
            raise CameraError(COMPLAINT, "stall")
        with self._changed:
            self._frame = frame
            self._changed.notify_all()

    def _rest(self, seconds: float) -> None:
        self._pause_for(self._nudge, seconds)
        self._nudge.clear()
        self.turns += 1

    def _fail(self, reason: str) -> None:
        self.failed = reason
        with self._changed:
            self._changed.notify_all()
