"""Hours of the day and days of the week: quiet hours and the camera's schedule, right on the days the clocks change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache

from moodkiosk.words.reason import Reason

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(DAYS)
RANGE = re.compile(
    rf"(?:((?:{_DAY})(?:,(?:{_DAY}))*) )?((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)", re.ASCII
)
MORNING, NOON = 6 * 60, 12 * 60
"""Where no hours end before noon, the morning begins at six."""
FAR = timedelta(days=7)
"""Hours that join without end ("00:00-24:00" on all days) are followed this far."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A range of hours on some days of the week.

    Attributes:
        start, end: minutes after midnight, 0 to 1440. Where the end is not later than the start, it is on the next day.
        days: on which the range begins; 0 is Monday.
    """

    start: int
    end: int
    days: frozenset[int] = frozenset(range(7))


@cache
def parse(text: str) -> Hours:
    """Reads "22:30-07:00" or "fri,sat 23:30-09:00". Raises ValueError with what was expected."""
    found = RANGE.fullmatch(text)
    if found is None:
        raise ValueError(Reason("config.hours"))
    days, start, end = found.groups()
    begins = frozenset(map(DAYS.index, days.split(","))) if days else frozenset(range(7))
    return Hours(_minutes(start), _minutes(end), begins)


def active_until(written: Sequence[str], wall: datetime) -> datetime | None:
    """When the hours end that `wall` lies in, in UTC; None outside. Ranges that join count as one."""
    ranges = tuple(map(parse, written))
    now, zone = wall.astimezone(UTC), wall.tzinfo
    assert zone is not None, "the time of day comes with its zone"
    end = _end(ranges, now, zone)
    while end is not None and end - now < FAR:
        later = _end(ranges, end, zone)
        if later is None:
            break
        end = later
    return end


def next_change(written: Sequence[str], wall: datetime) -> datetime | None:
    """When the next of the ranges begins or ends after `wall`, in UTC; None: none does before tomorrow has ended."""
    now, zone = wall.astimezone(UTC), wall.tzinfo
    assert zone is not None, "the time of day comes with its zone"
    bounds = _bounds(tuple(map(parse, written)), wall.date(), zone, (-1, 0, 1))
    return min((moment for pair in bounds for moment in pair if moment > now), default=None)


def next_morning(written: Sequence[str], wall: datetime) -> datetime:
    """The next end of the hours (quiet hours end in the morning) in UTC; without one within a day, the next 06:00."""
    now, zone = wall.astimezone(UTC), wall.tzinfo
    assert zone is not None, "the time of day comes with its zone"
    return min(moment for moment in _mornings(written, wall.date(), zone) if moment > now)


def last_morning(written: Sequence[str], wall: datetime) -> datetime:
    """The morning before `wall`, in UTC."""
    now, zone = wall.astimezone(UTC), wall.tzinfo
    assert zone is not None, "the time of day comes with its zone"
    return max(moment for moment in _mornings(written, wall.date(), zone) if moment <= now)


def _mornings(written: Sequence[str], today: date, zone: tzinfo) -> list[datetime]:
    """One morning for yesterday, today and tomorrow each: the end of hours before noon, else 06:00."""
    found = []
    for day in (today + timedelta(days=offset) for offset in (-1, 0, 1)):
        ends = [_end_on(hours, day) for hours in map(parse, written)]
        minutes = max((end for end in ends if end is not None and end <= NOON), default=MORNING)
        found.append(_instant(day, minutes, zone, fold=1))
    return found


def _end_on(hours: Hours, day: date) -> int | None:
    """At which minute of `day` the hours end; None: not on it."""
    begun = day - timedelta(days=1) if hours.end <= hours.start else day
    return hours.end if begun.weekday() in hours.days else None


def _end(ranges: Sequence[Hours], now: datetime, zone: tzinfo) -> datetime | None:
    """The latest end of the ranges around `now` (UTC), not yet joined with what follows."""
    bounds = _bounds(ranges, now.astimezone(zone).date(), zone, (-1, 0))
    return max((end for begin, end in bounds if begin <= now < end), default=None)


def _bounds(
    ranges: Sequence[Hours], today: date, zone: tzinfo, offsets: Sequence[int]
) -> Iterator[tuple[datetime, datetime]]:
    """Begin and end, in UTC, of the ranges that begin so many days from `today`."""
    for day in (today + timedelta(days=offset) for offset in offsets):
        for hours in ranges:
            if day.weekday() in hours.days:
                next_day = timedelta(days=hours.end <= hours.start)
                yield _instant(day, hours.start, zone, fold=0), _instant(day + next_day, hours.end, zone, fold=1)


@lru_cache(maxsize=256)
def _instant(day: date, minutes: int, zone: tzinfo, fold: int) -> datetime:
    """The instant of a time of day, in UTC.

    Of an hour that is there twice (autumn), `fold` 0 means the first and 1 the second: quiet hours then rather
    last longer. A time that is skipped (spring) means the first one after it.
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    while True:
        instant = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == local:
            return instant
        local += timedelta(minutes=1)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)
