"""A household in front of a kiosk: drives the pure step through simulated time and keeps what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import Settings
from moodkiosk.moods.command import Command, Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import EventKind, MoodEvent
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.moods.report import PlayerReport
from moodkiosk.moods.view import View

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_EVENING = datetime(2026, 11, 23, 18, tzinfo=BERLIN)
LABELS = ("happy", "sad", "angry", "surprise", "neutral")
GOOD = Quality(weight=1.0, reason=None, face_px=120.0, grey=120.0)
DARK = Quality(weight=0.3, reason="too dark", face_px=120.0, grey=20.0)


def reading(
    at: float,
    mood: str | None = "happy",
    *,
    confidence: float = 0.8,
    track: int = 1,
    faces: int = 1,
    view: Quality = GOOD,
) -> Reading:
    """One face; the probability that is left over is spread over the other labels."""
    others = [label for label in LABELS if label != mood]
    rest = (1 - confidence) / len(others) if mood else 1 / len(LABELS)
    probabilities = dict.fromkeys(others, rest) | ({mood: confidence} if mood else {})
    return Reading(at, faces, track, mood, probabilities, confidence if mood else rest, view)


def empty(at: float) -> Reading:
    """A frame with nobody in it."""
    return Reading(at, 0)


class Household:
    """A kiosk and its people.

    Attributes:
        at: monotonic seconds.
        begun: the time of day at 0 seconds; None: the system clock is not set.
        events, decisions: all there were.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        begun: datetime | None = MONDAY_EVENING,
        remembered: dict[str, object] | None = None,
        at: float = 0.0,
        session: str = "test",
    ) -> None:
        self.settings = settings or Settings()
        self.at = at
        self.begun = begun
        self.events: list[MoodEvent] = []
        self.decisions: list[Decision] = []
        self.state = kiosk.start(self.settings, remembered, session)

    @property
    def now(self) -> kiosk.Now:
        """The present moment. Local time is computed by way of UTC, as a clock on the wall would go."""
        if self.begun is None:
            return kiosk.Now(self.at, None)
        passed = timedelta(seconds=self.at)
        return kiosk.Now(self.at, (self.begun.astimezone(ZoneInfo("UTC")) + passed).astimezone(self.begun.tzinfo))

    @property
    def view(self) -> View:
        """What the kiosk shows."""
        return kiosk.view(self.state, self.now, self.settings)

    def give(self, given: kiosk.Input) -> Result | None:
        """One input, now."""
        step = kiosk.step(self.state, given, self.now, self.settings)
        self.state = step.state
        self.events += step.events
        self.decisions += step.decisions
        return step.result

    def ask(self, name: str, value: str | int | None = None) -> Result:
        """A command, and its result."""
        result = self.give(Command(name, value, transaction="t"))
        assert result is not None
        assert result.transaction == "t"
        return result

    def look(
        self,
        mood: str | None,
        seconds: float,
        *,
        hz: float = 5.0,
        confidence: float = 0.8,
        track: int = 1,
        faces: int = 1,
        view: Quality = GOOD,
    ) -> None:
        """Somebody looks like this for so long."""
        moods = [mood] * round(seconds * hz)
        self.watch((reading(0, each, confidence=confidence, track=track, faces=faces, view=view) for each in moods), hz)

    def leave(self, seconds: float, *, hz: float = 5.0) -> None:
        """Nobody is in view for so long."""
        self.watch((empty(0) for _ in range(round(seconds * hz))), hz)

    def watch(self, readings: Iterable[Reading], hz: float) -> None:
        """Readings at a rate; each comes 1/hz seconds after the one before, and gets the time of its moment."""
        for each in readings:
            self.at += 1 / hz
            self.give(replace(each, at=self.at))

    def wait(self, minutes: float) -> None:
        """Time passes and nobody asks sense; the camera is silent."""
        self.at += minutes * 60
        self.give(kiosk.Tick())

    def report(self, kind: str, status: str = "ready", **what: object) -> None:
        """The player says what became of the last decision that it was given."""
        last = next((one for one in reversed(self.decisions) if one.action != "none"), self.decisions[-1])
        fields = {"mood": last.mood, "what": last.what, "asked": last.asked, "decided_at": last.at} | what
        self.give(PlayerReport(kind, self.at, status, **fields))  # type: ignore[arg-type]  # kinds are written by hand

    def kinds(self) -> list[EventKind]:
        """The kinds of all events, in order."""
        return [event.kind for event in self.events]

    def moods(self) -> list[str | None]:
        """The moods that settled, in order."""
        return [event.mood for event in self.events if event.kind == "mood_changed"]
