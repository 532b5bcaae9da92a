"""When time alone may change something: a kiosk that is asked only then decides as one that is asked all the time."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from moodkiosk.decide import kiosk, perception, presence
from moodkiosk.decide.hours import active_until, next_change
from moodkiosk.decide.music import continuity, night
from moodkiosk.decide.presence import Presence
from moodkiosk.decide.settings import MoodMusic, MoodSettings, MusicSettings, PresenceSettings, Settings
from moodkiosk.moods.command import Command
from moodkiosk.moods.report import LookReport
from tests.support.household import BERLIN, LABELS, Household, empty, reading

STEP_SECONDS = 0.5
SETTINGS = Settings(
    presence=PresenceSettings(leave_seconds=20.0),
    mood=MoodSettings(manual_minutes=3.0),
    music=MusicSettings(
        moods={"happy": MoodMusic(play=("Sunny side",)), "sad": MoodMusic(play=("Calm",))},
        quiet_hours=("22:00-22:05",),
        min_minutes_between_changes=2.0,
        respect_manual_minutes=4.0,
        nobody_minutes=3.0,
    ),
    camera_off_hours=("22:10-22:13",),
)
BEGUN = datetime(2026, 11, 23, 21, 53, tzinfo=BERLIN)
Act = Callable[[Household], object]


def carried(home: Household, kind: str) -> None:
    """The player has done what was decided last, if anything was."""
    if home.decisions and home.decisions[-1].action != "none":
        home.report(kind)


ACTS: tuple[Act, ...] = (
    lambda home: home.give(replace(reading(0, "happy"), at=home.at)),
    lambda home: home.look("happy", 12),
    lambda home: home.look("sad", 20),
    lambda home: home.leave(8),
    lambda home: home.give(replace(empty(0), at=home.at)),
    lambda home: home.give(kiosk.CameraStatus("on")),
    lambda home: home.give(kiosk.CameraStatus("lost", "no camera is there")),
    lambda home: home.give(kiosk.SenseGone()),
    lambda home: home.give(Command("mood", "sad", "t")),
    lambda home: home.give(Command("camera", "on", "t")),
    lambda home: home.give(Command("camera", "off", "t")),
    lambda home: home.give(Command("pause", None, "t")),
    lambda home: carried(home, "played"),
    lambda home: carried(home, "failed"),
    lambda home: home.give(LookReport("ours", home.at)),
    lambda home: home.give(LookReport("others", home.at, "somebody plays something else")),
)


def evening(seed: int, wait: Callable[[Household, float], None]) -> Household:
    """Half an hour in which much happens, with pauses of any length between, in which `wait` lets time pass."""
    chance = random.Random(seed)
    home = Household(SETTINGS, BEGUN)
    home.give(kiosk.Labels(LABELS))
    home.give(kiosk.CameraStatus("on"))
    home.look("happy", 10)
    while home.at < 1500:
        chance.choice(ACTS)(home)
        wait(home, home.at + chance.choice((0.5, 2, 6, 15, 40, 100, 300)))
    return home


def ticking(home: Household, until: float) -> None:
    """Asks all the time."""
    while home.at < until:
        home.at += STEP_SECONDS
        home.give(kiosk.Tick())


def told(home: Household) -> list[tuple[str, str, str | None, float]]:
    """What happened and was decided, and when."""
    events = [("event", event.kind, event.mood, event.at) for event in home.events]
    return events + [("decision", one.action, one.mood, one.at) for one in home.decisions]


@pytest.mark.parametrize("seed", range(5))
def test_a_kiosk_that_waits_for_what_is_due_decides_as_one_that_is_asked_all_the_time(seed: int) -> None:
    waits = 0

    def waiting(home: Household, until: float) -> None:
        """As the loop does: until something is due, and a little later once more where time has changed anything."""
        nonlocal waits
        while home.at < until:
            before = home.state
            home.give(kiosk.Tick())
            due = until if kiosk.same(before, home.state) else home.at + STEP_SECONDS
            due = min(due, kiosk.due(home.state, home.now, home.settings))
            # At a moment at which the other one is asked as well.
            steps = max(1, math.ceil((due - home.at) / STEP_SECONDS - 1e-3))
            home.at, waits = min(home.at + steps * STEP_SECONDS, until), waits + 1
        home.give(kiosk.Tick())

    often, seldom = evening(seed, ticking), evening(seed, waiting)
    assert [one[:3] for one in told(seldom)] == [one[:3] for one in told(often)]
    for one, other in zip(told(seldom), told(often), strict=True):
        assert one[3] == pytest.approx(other[3], abs=2 * STEP_SECONDS), one
    assert waits < 1500 / STEP_SECONDS / 4


def at_home(mood: str) -> Household:
    """Somebody looks like this, and has for long enough."""
    home = Household(SETTINGS, BEGUN)
    home.give(kiosk.Labels(LABELS))
    home.give(kiosk.CameraStatus("on"))
    home.look(mood, 10)
    home.give(kiosk.Tick())
    return home


def test_a_mood_that_holds_is_due_when_it_has_held_for_long_enough() -> None:
    home = at_home("happy")
    assert home.state.held is not None
    assert continuity.due(home.state, SETTINGS) == home.state.held.at + SETTINGS.music.after_seconds
    home.look("happy", SETTINGS.music.after_seconds)
    home.report("played", lasts_seconds=240)
    assert home.state.playback.started is not None
    assert continuity.due(home.state, SETTINGS) == home.state.playback.started.look_at


def test_who_was_here_is_forgotten_when_it_is_due_and_only_once() -> None:
    home = at_home("happy")
    home.give(Command("camera", "off", "t"))
    home.give(kiosk.CameraStatus("off"))
    home.give(kiosk.Tick())
    assert presence.change(home.state.presence, Presence(here=True)) is None
    due = kiosk.due(home.state, home.now, SETTINGS)
    assert due == pytest.approx(home.at + SETTINGS.presence.leave_seconds, abs=1e-3)
    home.at = due
    home.give(kiosk.Tick())
    assert presence.change(home.state.presence, Presence(here=True)) == "arrived"
    assert perception.due(home.state, home.now, SETTINGS) == math.inf


def test_an_empty_room_is_due_when_its_music_is_to_end() -> None:
    home = at_home("happy")
    home.look("happy", SETTINGS.music.after_seconds)
    home.report("played")
    home.leave(SETTINGS.presence.leave_seconds + 1)
    empty_at = home.state.playback.empty_at
    assert empty_at is not None
    assert night.due(home.state, home.now, SETTINGS) == empty_at + 60 * SETTINGS.music.nobody_minutes


def test_while_nothing_happens_nothing_is_due() -> None:
    home = Household(replace(SETTINGS, camera_off_hours=(), music=replace(SETTINGS.music, quiet_hours=())), BEGUN)
    home.give(kiosk.Labels(LABELS))
    home.give(Command("camera", "off", "t"))
    home.give(kiosk.CameraStatus("off"))
    for _ in range(3):
        home.wait(10)
    assert kiosk.due(home.state, home.now, home.settings) == math.inf


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2026, 6, 3)], ids=["spring", "autumn", "summer"]
)
def test_the_next_change_of_the_hours_is_where_they_change(day: datetime) -> None:
    written = ("22:30-07:00", "sun 02:30-03:30", "sat,sun 13:00-14:30")
    for minutes in range(0, 2 * 24 * 60, 7):
        moment = (day.replace(tzinfo=BERLIN).astimezone(UTC) + timedelta(minutes=minutes)).astimezone(BERLIN)
        change = next_change(written, moment)
        assert change is not None
        inside, second = active_until(written, moment) is not None, timedelta(seconds=1)
        assert (active_until(written, (change - second).astimezone(BERLIN)) is not None) is inside
        ended = active_until(written, moment)
        assert ended is None or change <= ended, "ranges that join change inside as well"
    assert next_change((), day.replace(tzinfo=BERLIN)) is None
