"""Hours of the day: over midnight, on some days of the week, and right on the days the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.decide.hours import Hours, active_until, parse

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = (2026, 3, 29)  # 02:00 becomes 03:00
AUTUMN = (2026, 10, 25)  # 03:00 becomes 02:00


def berlin(*when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=BERLIN, fold=fold)  # type: ignore[misc, arg-type]  # year to minute


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def ends(texts: list[str], wall: datetime) -> str | None:
    """The end as the clock on the wall shows it."""
    end = active_until(texts, wall)
    return None if end is None else f"{end.astimezone(wall.tzinfo):%a %H:%M}"


def test_a_range_is_read_with_its_days() -> None:
    assert parse("fri,sat 23:30-09:00") == Hours(23 * 60 + 30, 9 * 60, frozenset({4, 5}))
    assert parse("00:00-24:00") == Hours(0, 24 * 60)


@pytest.mark.parametrize("text", ["", "22:00", "22:00-", "25:00-26:00", "someday 22:00-07:00", "22-07"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(text)


@pytest.mark.parametrize(
    ("texts", "wall", "end"),
    [
        (["22:00-07:00"], berlin(2026, 11, 23, 21, 59), None),
        (["22:00-07:00"], berlin(2026, 11, 23, 22, 0), "Tue 07:00"),  # the first minute counts
        (["22:00-07:00"], berlin(2026, 11, 24, 6, 59), "Tue 07:00"),
        (["22:00-07:00"], berlin(2026, 11, 24, 7, 0), None),  # the last one does not
        (["13:00-15:00"], berlin(2026, 11, 23, 14, 0), "Mon 15:00"),
        (["fri,sat 23:30-09:00"], berlin(2026, 11, 27, 23, 45), "Sat 09:00"),
        (["fri,sat 23:30-09:00"], berlin(2026, 11, 29, 8, 0), "Sun 09:00"),  # begun on Saturday
        (["fri,sat 23:30-09:00"], berlin(2026, 11, 29, 23, 45), None),
        (["22:00-24:00", "00:00-07:00"], berlin(2026, 11, 23, 23, 0), "Tue 07:00"),  # ranges that join are one
        (["22:00-06:00", "05:00-08:00"], berlin(2026, 11, 23, 23, 0), "Tue 08:00"),
        (["mon 12:00-12:00"], berlin(2026, 11, 23, 13, 0), "Tue 12:00"),  # once round the clock
        ([], berlin(2026, 11, 23, 3, 0), None),
    ],
)
def test_the_end_of_the_hours(texts: list[str], wall: datetime, end: str | None) -> None:
    assert ends(texts, wall) == end


def test_hours_without_end_are_quiet_at_any_time() -> None:
    assert active_until(["00:00-24:00"], berlin(2026, 11, 23, 12, 0)) is not None


@pytest.mark.parametrize(
    ("text", "wall", "end"),
    [
        # Spring: the night is an hour shorter, and 02:30 does not exist.
        ("22:00-07:00", berlin(*SPRING, 1, 59), "Sun 07:00"),
        ("22:00-07:00", berlin(*SPRING, 6, 59), "Sun 07:00"),
        ("22:00-07:00", berlin(*SPRING, 7, 0), None),
        ("22:00-02:30", berlin(*SPRING, 1, 59), "Sun 03:00"),
        ("22:00-02:30", berlin(*SPRING, 3, 0), None),
        ("02:30-07:00", berlin(*SPRING, 1, 59), None),
        ("02:30-07:00", berlin(*SPRING, 3, 0), "Sun 07:00"),
        # Autumn: the night is an hour longer, and 02:30 is there twice.
        ("22:00-07:00", berlin(*AUTUMN, 6, 59), "Sun 07:00"),
        ("22:00-07:00", berlin(*AUTUMN, 7, 0), None),
        ("22:00-02:30", berlin(*AUTUMN, 2, 29), "Sun 02:30"),
        ("22:00-02:30", berlin(*AUTUMN, 2, 45), "Sun 02:30"),  # the second 02:30 is yet to come
        ("22:00-02:30", berlin(*AUTUMN, 2, 15, fold=1), "Sun 02:30"),
        ("22:00-02:30", berlin(*AUTUMN, 2, 30, fold=1), None),
        ("02:30-07:00", berlin(*AUTUMN, 2, 29), None),
        ("02:30-07:00", berlin(*AUTUMN, 2, 30), "Sun 07:00"),
        ("02:30-07:00", berlin(*AUTUMN, 2, 15, fold=1), "Sun 07:00"),  # begun at the first 02:30
    ],
)
def test_the_days_the_clocks_change(text: str, wall: datetime, end: str | None) -> None:
    assert ends([text], wall) == end


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_the_night_of_the_change_is_quiet_without_a_break(day: tuple[int, int, int]) -> None:
    begin = berlin(*day, 0, 0).astimezone(UTC) - timedelta(hours=2)
    end = berlin(*day, 7, 0).astimezone(UTC)
    for minute in range(int((end - begin).total_seconds() // 60)):
        moment = (begin + timedelta(minutes=minute)).astimezone(BERLIN)
        assert active_until(["22:00-07:00"], moment) == end


@given(
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(BERLIN)),
)
def test_a_day_of_the_year_is_quiet_exactly_when_the_clock_on_the_wall_says_so(
    start: int, end: int, wall: datetime
) -> None:
    """On a day without a change of the clocks the instants agree with a plain comparison of times of day."""
    near = {wall.date() + timedelta(days=days) for days in (-1, 0, 1)}
    if near & {datetime(*SPRING).date(), datetime(*AUTUMN).date()} or start == end:
        return
    minute = wall.hour * 60 + wall.minute
    inside = start <= minute < end if start < end else minute >= start or minute < end
    assert (active_until([f"{clock(start)}-{clock(end)}"], wall) is not None) == inside
