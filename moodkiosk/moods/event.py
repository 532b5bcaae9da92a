"""What happened once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moodkiosk.moods.lesson import Taught

EventKind = Literal[
    "mood_changed",
    "arrived",
    "left",
    "played",
    "not_played",
    "camera_lost",
    "camera_back",
    "login_expiring",
    "correction",
    "taught",
]


@dataclass(frozen=True, slots=True)
class MoodEvent:
    """Something that happened once. Never repeated, never retained.

    Attributes:
        kind: what happened.
        at: monotonic seconds.
        id: unique among all events of this kiosk.
        mood: the settled mood after the event; None is "nobody", "not sure" or unknown.
        previous: the settled mood before it.
        detail: one sentence for people, or None.
        taught: the figures of "taught", or None.
    """

    kind: EventKind
    at: float
    id: str
    mood: str | None = None
    previous: str | None = None
    detail: str | None = None
    taught: Taught | None = None
