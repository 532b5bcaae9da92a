"""Presence: is somebody here? Counted in seconds of seeing and of missing a face, so no single frame decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moodkiosk.decide.settings import Settings
from moodkiosk.decide.times import ROUNDING
from moodkiosk.moods import Reading


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of who is here.

    Attributes:
        here: somebody is here; None: unknown (nothing was seen yet, or the camera is off or lost).
        people: how many are in view, once the number has held for `arrive_seconds`.
        seen_seconds: how long a face was seen; frames without one count against it.
        missed_seconds: how long no face was seen, without a break.
        read_at: monotonic seconds of the last reading; None: there is none to go on from.
        face_seen: the last reading had a face.
        last_here_at: when somebody was last known to be here; None: that visit is over.
        crowd: another number of people than `people`, and since when it is seen.
    """

    here: bool | None = None
    people: int = 0
    seen_seconds: float = 0.0
    missed_seconds: float = 0.0
    read_at: float | None = None
    face_seen: bool = False
    last_here_at: float | None = None
    crowd: tuple[int, float] | None = None


def see(presence: Presence, reading: Reading, settings: Settings) -> Presence:
    """Takes in one reading."""
    face = reading.faces > 0
    elapsed = _elapsed(presence.read_at, reading.at, settings.gap_seconds)
    if face:
        # The first sight covers no time; from then on each counts for the time since the reading before.
        going = presence.face_seen or presence.seen_seconds > 0
        seen, missed = presence.seen_seconds + (elapsed if going else 0.0), 0.0
    else:
        seen, missed = max(0.0, presence.seen_seconds - elapsed), presence.missed_seconds + elapsed
    here = presence.here
    if face and seen >= settings.presence.arrive_seconds - ROUNDING:
        here = True
    elif not face and missed >= settings.presence.leave_seconds - ROUNDING:
        here = False
    people, crowd = _count(presence, reading, here, settings)
    return Presence(
        here=here,
        people=people,
        seen_seconds=min(seen, settings.presence.arrive_seconds),
        missed_seconds=min(missed, settings.presence.leave_seconds),
        read_at=reading.at,
        face_seen=face,
        last_here_at=reading.at if here else presence.last_here_at if here is None else None,
        crowd=crowd,
    )


def lose(presence: Presence) -> Presence:
    """Nothing can be seen any more: who is here is unknown from now on. Only the visit is not forgotten."""
    return Presence(last_here_at=presence.last_here_at)


def change(before: Presence, after: Presence, settings: Settings) -> Literal["arrived", "left"] | None:
    """What happened between two states.

    Whoever was here when the camera was lost, and is here when it is back soon after, has not arrived again.
    """
    if after.here is before.here or after.here is None:
        return None
    if after.here is False:
        return "left" if before.last_here_at is not None else None
    assert after.read_at is not None, "it takes a reading to know that somebody is here"
    if before.last_here_at is not None and after.read_at - before.last_here_at <= settings.presence.leave_seconds:
        return None
    return "arrived"


def _elapsed(before: float | None, at: float, gap_seconds: float) -> float:
    """Seconds since the reading before; 0 where nothing is known of the time between."""
    if before is None or not 0 <= at - before <= gap_seconds + ROUNDING:
        return 0.0
    return at - before


def _count(
    presence: Presence, reading: Reading, here: bool | None, settings: Settings
) -> tuple[int, tuple[int, float] | None]:
    """How many people are in view, and the number that would like to replace it."""
    if not here:
        return 0, None
    if presence.people == 0:
        return max(1, reading.faces), None
    if reading.faces in (0, presence.people):  # a missed frame is no news; that all have left is said by `here`
        return presence.people, None
    if presence.crowd is None or presence.crowd[0] != reading.faces:
        return presence.people, (reading.faces, reading.at)
    if reading.at - presence.crowd[1] >= settings.presence.arrive_seconds - ROUNDING:
        return reading.faces, None
    return presence.people, presence.crowd
