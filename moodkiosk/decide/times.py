"""Moments and deadlines. Time is passed in as a `Now`; nothing here asks a clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from moodkiosk.words.reason import Reason

ROUNDING = 1e-6
"""Sums of seconds, and shares of them, are compared with this tolerance: a value exactly on a threshold counts."""
STEPPED_SECONDS = 60.0
"""When the time of day has moved this much against the monotonic clock, somebody has set it."""
YESTERDAY_HOURS = 20
"""Further away than this, a time of day is said with its weekday."""


@dataclass(frozen=True, slots=True)
class Now:
    """The present moment.

    Attributes:
        at: monotonic seconds.
        wall: the time of day with its zone; None while the system clock is not yet set.
    """

    at: float
    wall: datetime | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment in the future, on both clocks: the monotonic one decides, the other is shown and survives a restart.

    Attributes:
        at: monotonic seconds; None: remembered from an earlier run, not yet translated.
        wall: UTC; None: the clock was not set yet. Remembered without either it begins anew: better late than early.
    """

    at: float | None
    wall: datetime | None


def utc(now: Now) -> datetime | None:
    """The time of day in UTC: two times in one zone must not be subtracted where daylight saving may lie between."""
    return None if now.wall is None else now.wall.astimezone(UTC)


def after(now: Now, minutes: float) -> Deadline:
    """The deadline that many minutes from now."""
    wall = utc(now)
    return Deadline(now.at + minutes * 60, None if wall is None else wall + timedelta(minutes=minutes))


def renew(deadline: Deadline | None, now: Now, longest_minutes: float) -> Deadline | None:
    """The deadline with both halves known as well as they can be; None when it is over.

    One that was remembered lasts no longer than `longest_minutes` from now: it may have been written by a clock
    that was wrong.
    """
    if deadline is None:
        return None
    wall = utc(now)
    if deadline.at is None:
        if deadline.wall is None:
            return after(now, longest_minutes)
        if wall is None:
            return deadline
        left = (deadline.wall - wall).total_seconds()
        deadline = replace(deadline, at=now.at + min(left, longest_minutes * 60))
    assert deadline.at is not None
    if now.at >= deadline.at:
        return None
    if wall is None:
        return deadline
    ends = wall + timedelta(seconds=deadline.at - now.at)
    if deadline.wall is None or abs((ends - deadline.wall).total_seconds()) > STEPPED_SECONDS:
        deadline = replace(deadline, wall=ends)
    return deadline


def monotonic(moment: datetime | None, now: Now) -> float:
    """When the time of day `moment` (UTC) will be, in monotonic seconds; infinity where either is not known."""
    wall = utc(now)
    return math.inf if moment is None or wall is None else now.at + (moment - wall).total_seconds()


def iso(moment: datetime | None, now: Now) -> str | None:
    """ISO 8601 with the zone of the kiosk, to the second."""
    if moment is None:
        return None
    zone = UTC if now.wall is None else now.wall.tzinfo
    return moment.astimezone(zone).isoformat(timespec="seconds")


def face(moment: datetime | None, now: Now) -> Reason | None:
    """The moment as people say it: "20:14", or "Mon 20:14" where that could be taken for another day's.

    None while there is no time of day to compare it with.
    """
    wall = utc(now)
    if moment is None or now.wall is None or wall is None:
        return None
    local = moment.astimezone(now.wall.tzinfo)
    near = abs(moment - wall) < timedelta(hours=YESTERDAY_HOURS)
    time = f"{local:%H:%M}"
    return Reason("time.near", time=time) if near else Reason("time.far", day=Reason(f"day.{local:%w}"), time=time)


def until(deadline: Deadline, now: Now) -> Reason:
    """The end of the deadline in words: "until 20:14", or "for 12 more minutes" while there is no time of day."""
    if shown := face(deadline.wall, now):
        return Reason("until.time", time=shown)
    if deadline.at is None:
        return Reason("until.clock_is_set")
    minutes = max(1, round((deadline.at - now.at) / 60))
    return Reason("until.minutes", count=minutes)
