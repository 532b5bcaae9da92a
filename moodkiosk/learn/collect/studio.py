"""Where a sitting takes place: a camera, a pipeline that looks for one person's face and hands, and their loop."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from moodkiosk.failure import Failure
from moodkiosk.learn.collect.sitting import Sitting
from moodkiosk.learn.collect.take import Sight
from moodkiosk.words.reason import Reason, together
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from moodkiosk.config.settings import Config
    from moodkiosk.moods.frame import Frame
    from moodkiosk.sense.camera.capture import CameraStatus, Capture
    from moodkiosk.sense.pipeline import Pipeline

RATE_HZ = 10.0
"""Looks a second at most: more would hardly differ from each other."""

OPEN_SECONDS = 15.0
"""For the first picture. A sensor takes a second or two, and so does a kiosk that lets go of the camera."""

LOST_SECONDS = 60.0
"""With nobody at the keys, a camera that has been away for so long ends the sitting."""

TURN_SECONDS = 0.2
"""How long to wait for a picture before looking at the keys again."""


class Pictures(Protocol):
    """Where frames come from; `capture.Capture` is one."""

    @property
    def status(self) -> CameraStatus: ...  # noqa: D102 - see Capture
    def latest(self, after: float, timeout: float) -> Frame | None: ...  # noqa: D102 - see Capture


class View(Protocol):
    """Who is told how it goes, and gives keys."""

    def show(self, sitting: Sitting, sight: Sight | None, at: float) -> None: ...  # noqa: D102 - see the class
    def pressed(self) -> str: ...  # noqa: D102 - see the class


def run(
    sitting: Sitting, pictures: Pictures, pipeline: Pipeline, view: View, clock: Callable[[], float] = time.monotonic
) -> None:
    """Goes through a sitting until it is over.

    Raises Failure when a take cannot be written, or the camera stays away with nobody at the keys.
    """
    seen_at = clock()
    while sitting.phase != "over":
        frame = pictures.latest(seen_at + 0.95 / RATE_HZ, TURN_SECONDS)
        at = frame.at if frame else clock()
        sight = look(pipeline, frame) if frame else None
        if frame:
            seen_at = at
        elif pictures.status.state == "lost":
            sitting.lost(pictures.status.detail, at)
            if not sitting.plan.by_hand and at - seen_at > LOST_SECONDS:
                raise Failure(Reason("collect.lost", reason=pictures.status.detail))
        try:
            sitting.step(sight, at, view.pressed())
        except OSError as error:
            raise Failure(Reason("collect.not_written", label=sitting.label, reason=system(error))) from None
        view.show(sitting, sight, at)


def look(pipeline: Pipeline, frame: Frame) -> Sight:
    """What there is to see of the person in front."""
    reading = pipeline.look(frame)
    size = (frame.rgb.shape[1], frame.rgb.shape[0])
    return Sight(frame.at, reading.faces, pipeline.front.landmarks if pipeline.front else None, reading.quality, size)


def sitters_pipeline(settings: Config) -> Pipeline:
    """Pipeline for collecting: both hands in every frame, and somebody who holds still is no picture on the wall."""
    import msgspec

    from moodkiosk.sense.pipeline import Pipeline

    return Pipeline(msgspec.structs.replace(settings.sense, ignore_still_faces=False), every_look=True)


@contextlib.contextmanager
def opened(settings: Config, source: str | None, *, patient: bool) -> Iterator[Capture]:
    """The camera, delivering. `patient`: a kiosk is about to let go of it. Raises Failure, and UsageError."""
    from moodkiosk.sense.camera.capture import Capture
    from moodkiosk.sense.camera.source import check, open_source

    check(settings.camera, source)
    pictures = Capture(lambda: open_source(settings.camera, source))
    pictures.start()
    try:
        _await_first(pictures, OPEN_SECONDS, patient=patient)
        yield pictures
    finally:
        pictures.close()


def _await_first(pictures: Pictures, seconds: float, *, patient: bool) -> None:
    start = time.monotonic()
    while pictures.latest(0.0, TURN_SECONDS) is None:
        status, waited = pictures.status, time.monotonic() - start
        lost = status.state == "lost" and not (patient and waited < seconds / 2)
        if lost or waited > seconds:
            why = status.detail or Reason("collect.no_start")
            raise Failure(together([Reason("collect.no_pictures", reason=why), *how_to_pause(status.detail)]))


def how_to_pause(trouble: str, proc: Path = Path("/proc")) -> list[str]:
    """Which command pauses the service that the message says has the camera; nothing if it is none."""
    match = re.search(r"\(process (\d+)\)", trouble)
    try:
        groups = (proc / match[1] / "cgroup").read_text(encoding="ascii", errors="replace") if match else ""
    except OSError:
        return []
    # cgroups(7): the last part of the path is the unit, as in 0::/system.slice/motion.service.
    unit = re.search(r"/([\w@.\\-]+\.service)\s*$", groups)
    if unit is None or unit[1].startswith("user@"):
        return []
    return [Reason("collect.pause", unit=unit[1])]
