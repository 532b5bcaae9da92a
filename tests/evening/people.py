"""A household's days, drawn by chance: who is in front of the kiosk, how they look, and what they do with the music.

Times are seconds since the first midnight. All shares and durations are guesses of what a lively home is like, rather
too much of everything than too little: they are the load, not a claim about people.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from moodkiosk.moods.reading import Reading
from tests.support.household import DARK, GOOD, LABELS, empty, reading

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
FEELINGS: dict[str, tuple[float, float]] = {  # mood: how often, and for how many seconds on average
    "neutral": (0.50, 480.0),
    "happy": (0.30, 240.0),
    "sad": (0.10, 1500.0),
    "angry": (0.06, 360.0),
    "surprise": (0.04, 15.0),
}
HAPPENINGS: dict[str, float] = {  # so many a day, while somebody is at home
    "others on the speaker": 0.8,
    "others on a phone": 0.7,
    "private session": 0.3,
    "pause on the phone": 0.7,
    "pause on the page": 0.5,
    "play": 0.5,
    "recommend": 1.0,
    "wish": 0.5,
    "mood by hand": 0.7,
    "auto": 0.4,
    "skip": 0.7,
    "another cap": 0.5,
    "music off": 0.3,
    "restart": 0.7,
    "speaker gone": 0.5,
    "Spotify out of order": 0.5,
    "too many requests": 0.2,
    "status": 2.0,
    "the speaker says no volume": 0.3,
}


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` to `end`; `mood` is how somebody feels then, where that is what it says."""

    begin: float
    end: float
    mood: str = ""


class Person:
    """Somebody who lives there: when they are at home and awake, in front of the kiosk, and how they feel."""

    def __init__(self, chance: random.Random, days: int) -> None:
        self._chance = chance
        self.awake = [span for day in range(days) for span in self._day(day * DAY)]
        self.in_front = [visit for span in self.awake for visit in self._visits(span)]
        self.feels = self._feelings(days * DAY)
        self._shown, self._shown_until = "neutral", 0.0

    def _day(self, midnight: float) -> list[Span]:
        chance = self._chance

        def hours(low: float, high: float) -> float:
            return midnight + chance.uniform(low, high) * HOUR

        night = [Span(at := hours(1.5, 4.5), at + chance.uniform(2, 8) * MINUTE)] if chance.random() < 0.25 else []
        up, bed = hours(6.2, 7.8), hours(21.8, 23.9)
        if chance.random() < 0.3:
            return [*night, Span(up, bed)]
        return [*night, Span(up, hours(8, 9)), Span(hours(16.5, 18.5), bed)]

    def _visits(self, span: Span) -> list[Span]:
        """In front of the kiosk, then a moment in the kitchen, or longer elsewhere, and so on."""
        chance, found, at = self._chance, [], span.begin + self._chance.uniform(0, 600)
        while at < span.end:
            end = min(span.end, at + max(20.0, min(HOUR, chance.expovariate(1 / 720))))
            found.append(Span(at, end))
            at = end + (chance.uniform(20, 90) if chance.random() < 0.5 else chance.expovariate(1 / 1200))
        return found

    def _feelings(self, end: float) -> list[Span]:
        found, at, moods = [], 0.0, list(FEELINGS)
        while at < end:
            mood = self._chance.choices(moods, [share for share, _ in FEELINGS.values()])[0]
            until = at + max(2.0, self._chance.expovariate(1 / FEELINGS[mood][1]))
            found.append(Span(at, until, mood))
            at = until
        return found

    def face(self, at: float) -> str | None:
        """What the face shows, asked for in the order of time; None: they look away, or are not there."""
        if not _within(self.in_front, at):
            return None
        if at >= self._shown_until:
            felt = next(span.mood for span in self.feels if span.begin <= at < span.end)
            self._shown = self._chance.choices((felt, "neutral", "away"), (0.75, 0.15, 0.10))[0]
            mean_seconds = 20.0 if self._shown == felt else 5.0
            self._shown_until = at + self._chance.expovariate(1 / mean_seconds)
        return None if self._shown == "away" else self._shown


class People:
    """Everybody who lives there.

    Attributes:
        happenings: what they do, and what happens to them, in the order of time.
    """

    def __init__(self, chance: random.Random, days: int) -> None:
        self._chance = chance
        self._people = [Person(chance, days) for _ in range(chance.choice((1, 2, 2, 3)))]
        self._edges = sorted(edge for one in self._people for span in one.in_front for edge in (span.begin, span.end))
        self.happenings = sorted(self._happen(days))

    def _happen(self, days: int) -> list[tuple[float, str]]:
        spans = [span for one in self._people for span in one.awake]
        found = []
        for name, a_day in HAPPENINGS.items():
            for _ in range(int(a_day * days + self._chance.random())):
                span = self._chance.choice(spans)
                found.append((self._chance.uniform(span.begin, span.end), name))
        return found

    def anybody(self, at: float) -> bool:
        """Whether somebody is in front of the kiosk."""
        return any(_within(one.in_front, at) for one in self._people)

    def next_edge(self, at: float) -> float:
        """When somebody comes or goes next."""
        return next((edge for edge in self._edges if edge > at), at + DAY)

    def look(self, at: float) -> Reading:
        """What sense says of this moment: mostly the face of the nearest, sometimes poorly seen or mistaken."""
        faces = [(track, shown) for track, one in enumerate(self._people, 1) if (shown := one.face(at)) is not None]
        if not faces:
            return empty(at)
        (track, shown), chance = faces[0], self._chance
        mood = chance.choice(LABELS) if chance.random() < 0.08 else shown
        view = DARK if chance.random() < 0.05 else GOOD
        seen = reading(at, mood, confidence=chance.uniform(0.5, 0.95), track=track, faces=len(faces), view=view)
        return replace(seen, at=at)


def _within(spans: list[Span], at: float) -> bool:
    return any(span.begin <= at < span.end for span in spans)
