"""Tells a camera that has stopped from a calm room: the very same picture, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Frame

FROZEN_SECONDS = 60.0
"""The same picture for this long is no picture of a living room. A uniform one (darkness) is."""

COMPLAINT = Reason("video.frozen", seconds=round(FROZEN_SECONDS))

UNIFORM_GREY = 16
"""Between the darkest and the brightest pixel of a uniform picture."""


class StillPicture:
    """How long the picture has been the very same."""

    def __init__(self) -> None:
        self._seen: bytes | None = None
        self._since = 0.0

    def seconds(self, frame: Frame) -> float:
        """Seconds since a picture that differs; 0 for a uniform one, which in the dark is what a camera sees."""
        sample = frame.rgb[::8, ::8]
        seen = sample.tobytes()
        if seen != self._seen or int(sample.max()) - int(sample.min()) < UNIFORM_GREY:
            self._seen, self._since = seen, frame.at
        return frame.at - self._since
