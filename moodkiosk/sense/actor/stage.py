"""The drawn actor before a camera, in real time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from moodkiosk.sense.actor.actor import Scene

if TYPE_CHECKING:
    from moodkiosk.config.settings import CameraSettings
    from moodkiosk.moods import Image


class Stage:
    """A camera that sees the actor's scene from its start."""

    order: Literal["rgb", "bgr"] = "rgb"

    def __init__(self, settings: CameraSettings) -> None:
        self._scene = Scene(size=(settings.width, settings.height))
        self._interval_seconds = 1.0 / settings.frames_per_second
        self._start = self._at = time.monotonic()
        self.description = f"drawn actor, {settings.width}x{settings.height}"

    def grab(self, deadline_seconds: float) -> float:
        """Waits until the next picture is due; one that is overdue is left out."""
        due = self._at + self._interval_seconds
        now = time.monotonic()
        if due > now:
            time.sleep(min(due - now, deadline_seconds))
        self._at = max(due, now)
        return self._at

    def picture(self) -> Image:
        """The scene at the time of the last grab."""
        return self._scene.picture_at(self._at - self._start)

    def close(self) -> None:
        """Nothing is held."""
