"""Presence: is somebody here? Counted in seconds of seeing and of missing a face, so no single frame decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from moodkiosk.decide.settings import Settings
from moodkiosk.decide.times import ROUNDING
from moodkiosk.moods.reading import Reading


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of who is here.

    Attributes:
        here: somebody is here; None: unknown (nothing was seen yet, or nothing can be seen).
        here_since: monotonic seconds of the reading by which it was known that somebody is here; None: it is not.
        people: how many are in view, once the number has held for `arrive_seconds`.
        seen_seconds: how long a face was seen; frames without one count against it.
        missed_seconds: how long no face was seen, without a break.
        looked_seconds: for how long nothing could be concluded from what is seen.
        read_at: monotonic seconds of the last reading; None: there is none to go on from.
        face_seen: the last reading had a face.
        was_here: somebody is here, or was when it was last known, and is not forgotten yet.
        counted_at: monotonic seconds of the last reading that followed the one before it closely enough to count.
        crowd: another number of people than `people`, and since when it is seen.
        promised_seconds: for so long after the last reading none need come, for nobody is there; see `Reading`.
    """

    here: bool | None = None
    here_since: float | None = None
    people: int = 0
    seen_seconds: float = 0.0
    missed_seconds: float = 0.0
    looked_seconds: float = 0.0
    read_at: float | None = None
    face_seen: bool = False
    was_here: bool = False
    counted_at: float | None = None
    crowd: tuple[int, float] | None = None
    promised_seconds: float = 0.0


def see(presence: Presence, reading: Reading, settings: Settings) -> Presence:
    """Takes in one reading."""
    face = reading.faces > 0
    elapsed = _elapsed(presence.read_at, reading.at, settings.gap_seconds)
    followed = _elapsed(presence.read_at, reading.at, settings.with_promise_of(presence.promised_seconds).gap_seconds)
    if face:
        # The first sight covers no time; from then on each counts for the time since the reading before.
        going = presence.face_seen or presence.seen_seconds > 0
        seen, missed = presence.seen_seconds + (elapsed if going else 0.0), 0.0
    else:
        elapsed = followed  # nobody was there all the while: that was promised
        seen, missed = max(0.0, presence.seen_seconds - elapsed), presence.missed_seconds + elapsed
    looked = presence.looked_seconds + elapsed if presence.here is None else 0.0
    here = presence.here
    if face and seen >= settings.presence.arrive_seconds - ROUNDING:
        here = True
    elif not face and max(missed, looked) >= _doubt_seconds(presence, settings) - ROUNDING:
        here = False
    people, crowd = _count(presence, reading, here, settings)
    return Presence(
        here=here,
        here_since=(reading.at if presence.here_since is None else presence.here_since) if here else None,
        people=people,
        seen_seconds=min(seen, settings.presence.arrive_seconds),
        missed_seconds=min(missed, settings.presence.leave_seconds),
        read_at=reading.at,
        looked_seconds=looked,
        face_seen=face,
        was_here=presence.was_here if here is None else here,
        counted_at=reading.at if followed or presence.counted_at is None else presence.counted_at,
        crowd=crowd,
        promised_seconds=0.0 if face else reading.next_seconds,
    )


def lose(presence: Presence) -> Presence:
    """Nothing can be seen any more: who is here is unknown from now on. Only the visit is not forgotten."""
    return Presence(was_here=presence.was_here)


def lag(presence: Presence) -> Presence:
    """The same, where looks still come, but too far apart: the next is compared with the last."""
    return replace(lose(presence), read_at=presence.read_at, counted_at=presence.counted_at)


def forget(presence: Presence) -> Presence:
    """Nothing could be seen for so long that whoever is seen next has arrived."""
    return replace(presence, was_here=presence.here is True)


def change(before: Presence, after: Presence) -> Literal["arrived", "left"] | None:
    """What happened between two states.

    Whoever was here when nothing could be seen any more, and is here when it can, has not arrived again.
    """
    if after.here is before.here or after.here is None or after.here is before.was_here:
        return None
    return "arrived" if after.here else "left"


def _doubt_seconds(presence: Presence, settings: Settings) -> float:
    """How long it takes to know that nobody is here: not long, if nobody was."""
    known = settings.presence
    nobody_was = presence.here is None and not presence.was_here
    return min(known.unknown_seconds, known.leave_seconds) if nobody_was else known.leave_seconds


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
