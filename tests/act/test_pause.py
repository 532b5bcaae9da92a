"""How long act's loop waits: until the next thing is due, and no longer; a signal ends the wait."""

from __future__ import annotations

import math
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from moodkiosk.act.composition import FEED_SHARE
from moodkiosk.act.main import wake_by_signals
from moodkiosk.act.orders import WAIT_SECONDS
from moodkiosk.act.pause import AGAIN_SECONDS, LATE_SECONDS, LONGEST_SECONDS, WATCHING_SECONDS, pause_seconds
from moodkiosk.decide.kiosk import Now
from moodkiosk.link.messages import SenseHealth
from moodkiosk.moods.reading import Reading
from tests.act.test_loop import HELLO, NOON, World

NOW = Now(100.0, NOON)


@pytest.mark.parametrize(
    ("due", "changed", "watching", "seconds"),
    [
        (math.inf, False, False, LONGEST_SECONDS),
        (103.0, False, False, 3.0 + LATE_SECONDS),
        (100.0, False, False, LATE_SECONDS),
        (99.0, False, False, 0.0),
        (math.inf, False, True, WATCHING_SECONDS),
        (math.inf, True, False, AGAIN_SECONDS),
        (100.2, True, True, 0.2 + LATE_SECONDS),
    ],
)
def test_it_waits_for_the_earliest_deadline_and_not_for_ever(
    due: float, changed: bool, watching: bool, seconds: float
) -> None:
    assert pause_seconds(NOW, due, changed=changed, watching=watching) == pytest.approx(seconds)


def test_while_the_time_of_day_is_not_known_it_looks_often_whether_it_is() -> None:
    assert pause_seconds(Now(100.0, None), math.inf, changed=False, watching=False) == AGAIN_SECONDS


@pytest.fixture
def calm() -> World:
    """A kiosk whose camera is closed, a while after anything has happened."""
    world = World()
    world.turn(HELLO, SenseHealth(world.at, "off"))
    world.ask("camera", "off")
    world.turn(later=60)
    world.turn(later=0.5)
    return world


def wait(world: World, item: object = None) -> float:
    """What one turn says of the next."""
    return world.loop.turn(item, Now(world.at, NOON + timedelta(seconds=world.at)))  # type: ignore[arg-type]


def test_while_nothing_happens_it_turns_once_a_minute_and_feeds_the_watchdog_by_that(calm: World) -> None:
    unit = (Path(__file__).parents[2] / "systemd" / "moodkiosk-act.service").read_text(encoding="ascii")
    watchdog_seconds = float(unit.partition("\nWatchdogSec=")[2].partition("\n")[0])
    assert FEED_SHARE * watchdog_seconds > LONGEST_SECONDS, "it wakes up for nothing else"
    turns, end = 0, calm.at + 600
    while calm.at < end:
        turns, calm.at = turns + 1, calm.at + wait(calm)
    assert turns == 10


def test_whoever_waits_for_sense_is_answered_in_time(calm: World) -> None:
    future = calm.ask("calibrate")
    assert wait(calm) == pytest.approx(WAIT_SECONDS, abs=0.01)
    calm.at += WAIT_SECONDS - 1
    assert wait(calm) == pytest.approx(1 + LATE_SECONDS)
    calm.at += 1 + LATE_SECONDS
    wait(calm)
    assert not future.result(0).ok


def test_while_pictures_come_it_does_not_sleep_through_one_that_is_missing(calm: World) -> None:
    calm.ask("camera", "on")
    calm.turn(SenseHealth(calm.at, "on"))
    assert wait(calm, Reading(calm.at, 0)) <= WATCHING_SECONDS


def test_a_long_wait_is_no_stall_and_a_turn_that_comes_much_too_late_is(calm: World) -> None:
    """What was stopped in between did not see that nobody was there."""
    calm.ask("camera", "on")
    calm.turn(SenseHealth(calm.at, "on"), Reading(calm.at, 0))
    calm.at += 30
    wait(calm)
    assert calm.loop.sense.hello is not None
    assert calm.views[-1].camera_status == "on", "a stall of our own is no silence of sense's"


def test_a_stall_with_the_camera_closed_puts_nothing_in_doubt(calm: World) -> None:
    calm.turn(later=60)
    assert calm.doubts == []


def test_what_a_signal_says_is_not_slept_through() -> None:
    """Also when it comes in the moment before the wait begins, for which no handler of Python's runs."""
    woken = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        wake_by_signals(woken.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert woken.wait(20)
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGUSR1, before)


def test_a_wake_up_is_a_turn_without_an_item(calm: World) -> None:
    stop, turned = threading.Event(), []

    def after_turn(at: float, _next_at: float) -> float:
        turned.append(at)
        stop.set()
        return math.inf

    calm.loop.wake()
    calm.loop.run(stop, lambda: Now(calm.at, datetime.now(UTC)), after_turn)
    assert turned == [calm.at]
