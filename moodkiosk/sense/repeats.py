"""What act is told of the looks at an empty room: that it still is one, now and then, instead of at every look."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.moods.reading import Reading

BREAK_SECONDS = 3.0
"""After a longer pause between two looks (the camera was closed, this half was stopped) nothing is a repetition."""

EARLY_SECONDS = 1.0
"""So much before the promised time the next reading is sent: a look that is late need not be late for act."""


class Repeats:
    """Remembers what act was told last."""

    def __init__(self) -> None:
        self._told: Reading | None = None
        self._seen_at = float("-inf")

    def news(self, reading: Reading, calm_seconds: float) -> Reading | None:
        """What act is to be told of a look; None: nothing.

        Args:
            reading: the look.
            calm_seconds: that nobody is there need be told once in so long; 0: act wants to hear of every look.
        """
        follows = 0 <= reading.at - self._seen_at <= BREAK_SECONDS
        self._seen_at = reading.at
        if not calm_seconds or reading.faces:
            self._told = None
            return reading
        reading = replace(reading, next_seconds=calm_seconds)
        if follows and self._told is not None and self._repeats(self._told, reading):
            return None
        self._told = reading
        return reading

    def _repeats(self, told: Reading, reading: Reading) -> bool:
        """Whether it says what was told already, and no longer ago than was promised."""
        return alike(told, reading) and 0 <= reading.at - told.at < reading.next_seconds - EARLY_SECONDS


def alike(one: Reading, other: Reading) -> bool:
    """Whether two looks mean the same: all but when it was, and how bright an empty picture is."""
    view = replace(other.quality, grey=one.quality.grey)
    return one == replace(other, at=one.at, quality=view)
