"""People whose day is written down, for scenes."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.moods.reading import Reading
from tests.support.household import empty, reading


class Script:
    """Who is in front of the kiosk: (from, until, mood), in hours of the day, in the order of time."""

    def __init__(self, *spans: tuple[float, float, str]) -> None:
        self._spans = [(begin * 3600, end * 3600, mood) for begin, end, mood in spans]

    def anybody(self, at: float) -> bool:
        """Whether somebody is there."""
        return any(begin <= at < end for begin, end, _ in self._spans)

    def next_edge(self, at: float) -> float:
        """When somebody comes or goes next."""
        return min((edge for begin, end, _ in self._spans for edge in (begin, end) if edge > at), default=at + 3600)

    def look(self, at: float) -> Reading:
        """A clear look, always of the same person."""
        mood = next((mood for begin, end, mood in self._spans if begin <= at < end), None)
        return empty(at) if mood is None else replace(reading(at, mood), at=at)


def every(minutes: float, seconds: float, first: float, until: float, mood: str) -> list[tuple[float, float, str]]:
    """The same look again and again, for so many seconds every so many minutes."""
    count = int((until - first) * 60 / minutes)
    starts = [first + number * minutes / 60 for number in range(count)]
    return [(start, start + seconds / 3600, mood) for start in starts]
