"""An empty room is told of once in a while: act knows all the same, and hears of a change at once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodkiosk.act.composition import FEED_SHARE
from moodkiosk.act.pause import CALM_SECONDS
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import PresenceSettings, Settings
from moodkiosk.link import protocol
from moodkiosk.link.messages import SenseHealth
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.sense.loop import CALM_HEALTH_EARLY_SECONDS, CALM_HEALTH_SECONDS
from moodkiosk.sense.repeats import BREAK_SECONDS, EARLY_SECONDS, Repeats
from tests.act.test_loop import HELLO, NOON, World
from tests.support.household import Household, empty, reading

SECONDS = 0.5
"""Between two looks with nobody there."""


def news(repeats: Repeats, looks: list[Reading], calm_seconds: float = CALM_SECONDS) -> list[Reading]:
    found = (repeats.news(look, calm_seconds) for look in looks)
    return [one for one in found if one is not None]


def empty_room(seconds: float, begun: float = 100.0) -> list[Reading]:
    return [empty(begun + number * SECONDS) for number in range(round(seconds / SECONDS))]


def test_that_nobody_is_there_is_said_once_in_a_while_with_a_promise_that_is_kept() -> None:
    readings = news(Repeats(), empty_room(600))
    assert {one.next_seconds for one in readings} == {CALM_SECONDS}
    pauses = {after.at - before.at for before, after in itertools.pairwise(readings)}
    assert pauses == {CALM_SECONDS - EARLY_SECONDS}


def test_to_an_act_that_did_not_ask_for_it_every_look_is_told_as_ever() -> None:
    looks = empty_room(60)
    assert news(Repeats(), looks, 0.0) == looks


@pytest.mark.parametrize("change", [
    {"faces": 1, "track": 1}, {"quality": Quality(reason="too dark")}, {"faces": 1},
])  # fmt: skip
def test_whatever_changes_is_told_at_once_and_so_is_the_end_of_it(change: dict[str, object]) -> None:
    repeats = Repeats()
    news(repeats, empty_room(60))
    last = empty(160.0)
    changed = replace(last, **change)  # type: ignore[arg-type]  # fields by name
    (now,) = news(repeats, [changed])
    assert replace(now, next_seconds=0.0) == changed
    assert now.next_seconds == (CALM_SECONDS if changed.faces == 0 else 0.0)
    assert len(news(repeats, [replace(last, at=160.5)])) == 1


def test_how_bright_an_empty_room_is_is_no_change() -> None:
    repeats = Repeats()
    looks = [replace(look, quality=Quality(grey=50.0 + number % 7)) for number, look in enumerate(empty_room(180))]
    assert len(news(repeats, looks)) == 4


def test_after_a_pause_in_looking_nothing_is_a_repetition() -> None:
    repeats = Repeats()
    news(repeats, empty_room(20))
    last = 100 + 20 - SECONDS
    assert news(repeats, [empty(last + BREAK_SECONDS)]) == []
    assert len(news(repeats, [empty(last + 2 * BREAK_SECONDS + 0.1)])) == 1
    assert len(news(repeats, [empty(50.0)])) == 1, "a clock that jumped back"


def test_a_promise_crosses_the_link_and_one_beyond_bounds_is_refused() -> None:
    promised = replace(empty(5.0), next_seconds=CALM_SECONDS)
    assert protocol.decode(protocol.encode(promised)) == promised
    older = protocol.encode(promised).replace(b',"next_seconds":60.0', b"")
    assert b"next" not in older
    assert protocol.decode(older) == empty(5.0)
    for seconds in (b"-1.0", b"61.0", b"1e300"):
        with pytest.raises(protocol.BadLine):
            protocol.decode(protocol.encode(promised).replace(b"60.0", seconds))


class Calm(Household):
    """A household in which sense keeps to itself what act need not hear."""

    def __init__(self, of: Settings) -> None:
        super().__init__(of)
        self.repeats, self.calm_seconds = Repeats(), 0.0
        self.heard = 0
        self.give(kiosk.CameraStatus("on"))

    def give(self, given: kiosk.Input) -> None:
        if isinstance(given, Reading):
            now = self.repeats.news(given, self.calm_seconds)
            self.heard += now is not None
            super().give(now or kiosk.Tick())
        else:
            super().give(given)
        self.calm_seconds = CALM_SECONDS if kiosk.calm(self.state, self.now, self.settings) else 0.0


def settled(leave_seconds: float = 30.0) -> Settings:
    return Settings(presence=PresenceSettings(leave_seconds=leave_seconds))


SCENES = st.lists(
    st.tuples(st.sampled_from((None, None, "happy", "sad", "?")), st.floats(0.5, 40.0)), min_size=1, max_size=6
)


@settings(max_examples=12)
@given(SCENES, st.sampled_from((2.0, 15.0)))
def test_everything_that_happens_happens_at_the_same_moment_as_if_every_look_were_told(
    scenes: list[tuple[str | None, float]], leave_seconds: float
) -> None:
    homes = Calm(settled(leave_seconds)), Household(settled(leave_seconds))
    homes[1].give(kiosk.CameraStatus("on"))
    for number, (mood, seconds) in enumerate(scenes):
        for home in homes:
            if mood is None:
                home.leave(seconds, hz=2.0)
            else:
                home.look(None if mood == "?" else mood, seconds, track=number)
            assert home.view.unknown_because in (None, "just begun")
    quiet, every = homes
    assert [(one.kind, one.mood, one.at) for one in quiet.events] == [
        (one.kind, one.mood, one.at) for one in every.events
    ]
    assert replace(quiet.view, since=None) == replace(every.view, since=None)


def test_ten_minutes_in_an_empty_room_are_a_reading_a_minute_and_never_unknown() -> None:
    home = Calm(settled())
    home.leave(60, hz=2.0)
    before = home.heard
    for _ in range(60):
        home.leave(10, hz=2.0)
        assert (home.view.present, home.view.unknown_because) == (False, None)
    assert (home.heard - before) / 10 <= 1.1


def test_in_a_calm_minute_act_turns_once_whatever_is_due_beside() -> None:
    """Readings, the health of sense, a watchdog of 90 seconds, and health over MQTT once a minute."""
    world, repeats, calm_seconds = World(), Repeats(), 0.0
    world.turn(replace(HELLO, calms=True), SenseHealth(world.at, "on"))
    look_at, turn_at, told_at, turns = world.at, world.at, world.at, 0
    while world.at < 900:
        world.at = min(look_at, turn_at)
        items: list[object] = []
        if world.at == look_at:
            look_at += SECONDS
            told = repeats.news(empty(world.at), calm_seconds)
            items = [] if told is None else [told]
            if told is not None and world.at - told_at >= CALM_HEALTH_SECONDS - CALM_HEALTH_EARLY_SECONDS:
                told_at, items = world.at, [SenseHealth(world.at, "on"), told]
        if items or world.at == turn_at:
            for item in items or [None]:
                pause = world.loop.turn(item, kiosk.Now(world.at, NOON + timedelta(seconds=world.at)))  # type: ignore[arg-type]
            turns += world.at >= 300
            turn_at = world.at + min(pause, 90 * FEED_SHARE)
            calm_seconds = float(next((order.value for order in world.orders[::-1] if order.what == "calm"), 0.0))
    assert world.views[-1].present is False
    assert turns / 10 <= 2.1, "a reading, and the health that comes with it"


def test_a_broken_promise_is_unknown_at_once_and_lost_pictures_when_they_would_have_been() -> None:
    home = Household(settled())
    home.give(kiosk.CameraStatus("on"))
    home.leave(60, hz=2.0)
    home.at += 0.5
    home.give(replace(empty(home.at), next_seconds=CALM_SECONDS))
    home.at += 15
    home.give(kiosk.SenseLate())
    home.wait(0)
    assert (home.view.present, home.view.camera_status) == (None, "on")
    home.wait(4.9 / 60)
    assert home.view.camera_status == "on"
    home.wait(0.2 / 60)
    assert home.view.unknown_because == "no pictures"
    home.leave(6, hz=2.0)
    seen = home.view
    assert (seen.present, seen.unknown_because) == (False, None)


def test_a_timer_that_runs_out_where_nothing_was_promised_says_nothing() -> None:
    home = Household(settled())
    home.give(kiosk.CameraStatus("on"))
    home.look("happy", 10)
    before = home.state
    home.give(kiosk.SenseLate())
    assert home.state == replace(before, stepped_at=home.at)


@pytest.mark.parametrize(("promised", "until"), [(CALM_SECONDS, CALM_SECONDS + 1.5), (0.0, 5.0)])
def test_a_sense_that_stops_in_an_empty_room_is_noticed_when_its_promise_is_over(promised: float, until: float) -> None:
    home = Household(settled())
    home.give(kiosk.CameraStatus("on"))
    home.leave(60, hz=2.0)
    home.at += 0.5
    home.give(replace(empty(home.at), next_seconds=promised))
    assert kiosk.due(home.state, home.now, home.settings) - home.at == pytest.approx(until, abs=0.01)
    home.wait((until - 0.1) / 60)
    before = home.view
    home.wait(0.2 / 60)
    assert (before.present, home.view.present) == (False, None)
    assert home.view.unknown_because in ("too slow", "no pictures")


def test_somebody_in_front_is_unknown_as_soon_as_ever_when_sense_stops() -> None:
    home = Calm(settled())
    home.leave(90, hz=2.0)
    home.look("happy", 5)
    assert home.calm_seconds == 0.0
    home.wait(5.1 / 60)
    assert home.view.present is None


def test_a_lost_camera_is_lost_at_once_whatever_was_promised() -> None:
    home = Calm(settled())
    home.leave(90, hz=2.0)
    home.give(kiosk.CameraStatus("lost", "unplugged"))
    assert (home.view.present, home.view.unknown_because) == (None, "camera lost")
    home.give(kiosk.CameraStatus("on"))
    assert home.calm_seconds == 0.0, "what is unknown is asked for at every look"


def test_a_face_is_a_reading_without_a_promise() -> None:
    assert Repeats().news(reading(1.0), CALM_SECONDS) == reading(1.0)
