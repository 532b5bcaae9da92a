"""The drawn actor before a camera, in real time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from moodkiosk.sense.actor.actor import Scene
from moodkiosk.sense.actor.cues import PlayFile
from moodkiosk.sense.camera.pixels import CameraError
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.config.settings import CameraSettings
    from moodkiosk.moods.frame import Image


class Stage:
    """A camera that sees the actor: a scene from its start, or what a file says."""

    order: Literal["rgb", "bgr"] = "rgb"

    def __init__(self, settings: CameraSettings, script: Path | None = None) -> None:
        """`script`: the file that says what the actor does (see `cues`); None: the usual scene."""
        size = (settings.width, settings.height)
        self._interval_seconds = 1.0 / settings.frames_per_second
        self._at = time.monotonic()
        self._grain = 0  # the lowest bit of one pixel
        self._draw = _scene(self._at, size) if script is None else _directed(script, size)
        self.description = Reason("source.actor", width=settings.width, height=settings.height)

    def grab(self, deadline_seconds: float) -> float:
        """Waits until the next picture is due; one that is overdue is left out."""
        due = self._at + self._interval_seconds
        now = time.monotonic()
        if due > now:
            time.sleep(min(due - now, deadline_seconds))
        self._at = max(due, now)
        return self._at

    def picture(self) -> Image:
        """What is to be seen at the time of the last grab. Raises CameraError where the file says nothing.

        As with any camera no picture is the very same as the one before, of an empty room neither: see `frozen`.
        """
        picture = self._draw(self._at)
        self._grain ^= 1
        picture[0, 0] = picture[0, 0] & 0xFE | self._grain
        return picture

    def close(self) -> None:
        """Nothing is held."""


def _scene(start: float, size: tuple[int, int]) -> Callable[[float], Image]:
    scene = Scene(size=size)
    return lambda at: scene.picture_at(at - start)


def _directed(script: Path, size: tuple[int, int]) -> Callable[[float], Image]:
    play = PlayFile(script)

    def draw(at: float) -> Image:
        try:
            return play.read().picture_at(at, size)
        except (OSError, ValueError) as error:
            raise CameraError(Reason("video.actor", reason=str(error)), "unusable") from None

    return draw
