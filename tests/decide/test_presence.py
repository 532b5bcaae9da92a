"""Presence: who is here is decided by seconds of seeing, never by a single frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.decide import kiosk
from moodkiosk.decide.kiosk import CameraStatus, Labels, SenseGone, Tick
from moodkiosk.decide.settings import MoodSettings, MusicSettings, PresenceSettings, Settings
from moodkiosk.moods.command import Command
from tests.support.household import Household, empty, reading

RATES = [2.0, 5.0, 30.0]


@pytest.mark.parametrize("hz", RATES)
def test_somebody_has_arrived_after_exactly_one_second_and_has_left_after_exactly_thirty(hz: float) -> None:
    home = Household()
    home.leave(5, hz=hz)
    home.look("happy", 1 / hz, hz=hz)  # the first sight, from which the second counts
    first = home.at
    home.look("happy", 1.0, hz=hz)
    assert home.kinds() == ["arrived"]
    assert home.events[0].at == pytest.approx(first + 1)
    last = home.at
    home.leave(30.0, hz=hz)
    left = [event.at for event in home.events if event.kind == "left"]
    assert left == [pytest.approx(last + 30)]


@pytest.mark.parametrize("hz", RATES)
def test_a_false_face_now_and_then_is_nobody(hz: float) -> None:
    home = Household()
    frames = [reading(0) if number % 4 == 3 else empty(0) for number in range(round(120 * hz))]
    home.watch(frames, hz)
    assert home.view.present is False
    assert home.events == []


@given(st.sampled_from(RATES), st.lists(st.sampled_from([True, True, True, True, False]), min_size=40, max_size=40))
def test_an_arrival_survives_missed_frames(hz: float, seen: list[bool]) -> None:
    home = Household()
    home.watch((reading(0) if face else empty(0) for face in seen), hz)
    home.look("happy", 1.0 + 1 / hz, hz=hz)
    assert home.kinds().count("arrived") == 1


def test_one_frame_after_a_stall_is_no_arrival_and_no_departure() -> None:
    home = Household()
    home.look("happy", 0.2)
    home.at += 5
    home.look("happy", 0.2)
    assert home.kinds() == []
    home.look("happy", 2)
    home.leave(2)
    home.at += 9
    home.leave(0.2)
    assert "left" not in home.kinds()
    assert (home.view.present, home.view.unknown_because) == (None, "too slow")


def test_the_number_of_people_follows_when_it_holds_for_a_second() -> None:
    home = Household()
    home.look("happy", 2)
    assert home.view.people == 1
    home.look("happy", 0.4, faces=3)
    assert home.view.people == 1
    home.look("happy", 1.4, faces=2)
    assert home.view.people == 2
    home.leave(5)
    assert (home.view.present, home.view.people) == (True, 2)
    home.leave(30)
    assert (home.view.present, home.view.people) == (False, 0)


@pytest.mark.parametrize("blind", [CameraStatus("lost", "unplugged"), SenseGone(), CameraStatus("lent")])
def test_with_the_camera_lost_presence_is_unknown_and_nobody_is_said_to_have_left(blind: kiosk.Input) -> None:
    home = Household()
    home.look("happy", 4)
    home.give(blind)
    assert (home.view.present, home.view.people, home.view.mood, home.view.confidence) == (None, None, None, None)
    home.wait(5)
    assert "left" not in home.kinds()


def test_whoever_is_still_here_when_the_camera_is_back_soon_has_not_arrived_again() -> None:
    home = Household()
    home.look("happy", 4)
    home.give(CameraStatus("lost", "unplugged"))
    home.at += 5
    home.give(CameraStatus("on"))
    home.look("happy", 4)
    assert home.view.present is True
    assert home.kinds().count("arrived") == 1


def test_after_a_long_time_in_the_dark_somebody_has_arrived_anew() -> None:
    home = Household()
    home.look("happy", 4)
    home.ask("camera", "off")
    home.wait(60)
    home.ask("camera", "on")
    home.look("happy", 4)
    assert home.kinds().count("arrived") == 2


def test_a_departure_that_was_not_seen_is_told_once_it_is_known() -> None:
    home = Household()
    home.look("happy", 4)
    home.give(CameraStatus("lost"))
    home.at += 5
    home.give(CameraStatus("on"))
    home.leave(31)
    assert home.kinds().count("left") == 1


def test_an_empty_room_at_the_start_is_no_departure() -> None:
    home = Household()
    home.leave(120)
    assert home.events == []


# Unknown is not nobody --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blind", "because"),
    [
        (CameraStatus("lost", "unplugged"), "camera lost"),
        (SenseGone(), "sense away"),
        (CameraStatus("lent"), "camera lent"),
        (CameraStatus("starting"), "camera starting"),
        (Command("camera", "off"), "camera off"),
    ],
)
def test_while_nothing_can_be_seen_it_is_unknown_who_is_there_and_said_why(blind: kiosk.Input, because: str) -> None:
    home = Household()
    home.look("happy", 4)
    home.give(blind)
    for quarter in range(1, 41):
        home.wait(0.25)
        view, at = home.view, quarter / 4
        assert (view.present, view.people, view.mood, view.confidence, view.since) == (None, None, None, None, None)
        given_up = because == "camera starting" and at >= 1  # see test_starting.py
        assert view.unknown_because == ("sense away" if given_up else because)
    assert home.kinds()[:2] == ["arrived", "mood_changed"]
    assert not {"left", "mood_changed"} & {*home.kinds()[2:]}


def test_at_the_start_it_is_unknown_who_is_there_and_an_empty_room_is_known_soon() -> None:
    home = Household()
    home.give(Tick())
    assert (home.view.present, home.view.unknown_because) == (None, "camera starting")
    home.leave(4.8)
    assert (home.view.present, home.view.unknown_because) == (None, "just begun")
    home.leave(0.4)
    assert (home.view.present, home.view.people, home.view.mood, home.view.unknown_because) == (False, 0, None, None)
    assert home.events == []


@pytest.mark.parametrize("seconds", [2.0, 4.0])
def test_looks_too_far_apart_to_tell_anything_tell_nothing(seconds: float) -> None:
    home = Household()
    home.look("happy", 6)
    home.watch((empty(0) for _ in range(12)), 1 / seconds)
    assert (home.view.present, home.view.unknown_because) == (None, "too slow")
    home.watch((reading(0) for _ in range(12)), 1 / seconds)
    assert (home.view.present, home.view.unknown_because) == (None, "too slow")
    home.look("happy", 6)
    assert (home.view.present, home.view.mood) == (True, "happy")
    assert home.kinds() == ["arrived", "mood_changed"]


@pytest.mark.parametrize("seconds", [5.0, 29.0])
def test_whoever_was_here_before_the_camera_was_off_and_is_here_after_has_neither_come_nor_changed(
    seconds: float,
) -> None:
    home = Household()
    home.look("happy", 6)
    since = home.view.since
    home.ask("camera", "off")
    home.at += seconds
    home.ask("camera", "on")
    home.give(CameraStatus("on"))
    shown = set()
    for _ in range(6):
        home.look("happy", 1)
        shown.add((home.view.present, home.view.mood))
    assert home.kinds() == ["arrived", "mood_changed"]
    assert shown == {(None, None), (True, None), (True, "happy")}
    assert (home.view.mood, home.view.since) == ("happy", since)


def test_between_two_times_of_seeing_the_mood_is_never_shown_as_not_sure() -> None:
    home = Household()
    home.look("happy", 6)
    home.give(SenseGone())
    home.give(Labels(()))
    for _ in range(30):
        home.look("happy", 0.2)
        assert home.view.mood == "happy" or home.view.unknown_because is not None


def test_another_mood_after_the_dark_is_told_with_the_one_before_it() -> None:
    home = Household()
    home.look("happy", 6)
    home.give(CameraStatus("lost", "unplugged"))
    home.at += 5
    home.look("sad", 6)
    assert [(event.previous, event.mood) for event in home.events if event.kind == "mood_changed"] == [
        (None, "happy"),
        ("happy", "sad"),
    ]


def test_longer_in_the_dark_than_the_memory_lasts_and_somebody_has_arrived() -> None:
    home = Household()
    home.look("happy", 6)
    home.ask("camera", "off")
    home.at += 31
    home.ask("camera", "on")
    home.look("happy", 6)
    told = [event for event in home.events if event.kind in ("arrived", "mood_changed")]
    assert [event.kind for event in told] == ["arrived", "mood_changed"] * 2
    assert told[-1].previous is None


def test_a_minute_in_which_sense_stands_still_is_no_visit() -> None:
    """SIGSTOP: the connection holds, nothing comes."""
    home = Household()
    home.look("happy", 6)
    for _ in range(120):
        home.wait(1 / 120)
    assert home.view.unknown_because == "no pictures"
    home.look("happy", 6)
    assert home.kinds() == ["arrived", "mood_changed", "camera_lost", "camera_back"]


def test_a_minute_in_which_this_half_stands_still_says_nothing_of_the_camera_either() -> None:
    home = Household(Settings(music=MusicSettings(after_seconds=600.0)))
    home.look("happy", 6)
    before = home.view
    home.at += 60
    home.state = kiosk.slept(home.state, 60.0)
    home.give(Tick())
    assert home.view == before
    home.look("happy", 6)
    assert home.kinds() == ["arrived", "mood_changed"]


@pytest.mark.parametrize("gap_seconds", [2.1, 4.9])
@pytest.mark.parametrize("settle_seconds", [1.0, 3.0])
def test_a_new_number_after_a_gap_is_nobody_new(gap_seconds: float, settle_seconds: float) -> None:
    """What sees follows nobody over more than two seconds: whoever is there again has another number then."""
    home = Household(Settings(mood=MoodSettings(settle_seconds=settle_seconds, refractory_seconds=1.0)))
    home.look("happy", 12)
    home.at += gap_seconds
    home.look("happy", 12, track=2)
    assert home.kinds() == ["arrived", "mood_changed"]
    home.look("sad", 12, track=3)
    assert home.kinds() == ["arrived", *["mood_changed"] * 3], "without a gap it is somebody else"


@pytest.mark.parametrize("first", ["a face", "none"])
def test_both_halves_stand_still_for_a_minute_before_somebody_who_stays(first: str) -> None:
    home = Household(Settings(mood=MoodSettings(settle_seconds=1.0, refractory_seconds=1.0)))
    home.look("happy", 12)
    home.at += 60
    home.state = kiosk.slept(home.state, 60.0)
    if first == "none":
        home.leave(0.4)
    home.look("happy", 12, track=2)
    assert home.kinds() == ["arrived", "mood_changed"]
    assert home.view.mood == "happy"


@pytest.mark.parametrize(("seconds", "arrivals"), [(119.0, 1), (145.0, 1), (155.0, 2), (3600.0, 2)])
@pytest.mark.parametrize("track", [1, 2])
def test_whoever_is_seen_after_a_long_stall_has_arrived_anew(seconds: float, arrivals: int, track: int) -> None:
    home = Household()
    home.look("happy", 12)
    home.at += seconds
    home.state = kiosk.slept(home.state, seconds)
    home.look("happy", 12, track=track)
    assert home.kinds() == ["arrived", "mood_changed"] * arrivals


def test_another_mood_after_a_gap_is_told_once() -> None:
    home = Household()
    home.look("happy", 12)
    home.at += 60
    home.state = kiosk.slept(home.state, 60.0)
    home.look("sad", 12, track=2)
    assert home.kinds() == ["arrived", "mood_changed", "mood_changed"]
    assert (home.events[-1].previous, home.events[-1].mood) == ("happy", "sad")


def test_who_has_gone_while_this_half_stood_still_leaves_as_everybody_does() -> None:
    home = Household()
    home.look("happy", 6)
    home.at += 60
    home.state = kiosk.slept(home.state, 60.0)
    home.leave(29)
    assert "left" not in home.kinds()
    home.leave(1.4)
    assert home.kinds().count("left") == 1


@pytest.mark.parametrize("start_seconds", [3.0, 100.0])
def test_however_long_the_start_takes_the_memory_does_not_suffer_from_it(start_seconds: float) -> None:
    home = Household()
    home.look("happy", 6)
    home.give(SenseGone())
    home.wait(0.1)
    home.give(Labels(()))
    home.at += start_seconds
    home.look("happy", 6)
    assert home.kinds().count("arrived") == 1


@pytest.mark.parametrize("arrive_seconds", [0.0, 0.2])
def test_the_mood_follows_an_arrival_at_some_distance_with_the_shortest_settings_too(arrive_seconds: float) -> None:
    quick = Settings(
        presence=PresenceSettings(arrive_seconds=arrive_seconds),
        mood=MoodSettings(settle_seconds=0.5, refractory_seconds=0.0),
    )
    home = Household(quick)
    home.leave(6)
    home.look("happy", 6, hz=10.0)
    arrived, settled = home.events
    assert (arrived.kind, settled.kind) == ("arrived", "mood_changed")
    assert settled.at - arrived.at >= 0.999


@pytest.mark.parametrize(("away_seconds", "arrivals"), [(8.0, 1), (12.0, 1), (15.0, 2)])
def test_a_sense_that_is_started_again_soon_costs_no_memory_however_short_that_is(
    away_seconds: float, arrivals: int
) -> None:
    """Ten seconds are a restart; what is longer counts."""
    home = Household(Settings(presence=PresenceSettings(leave_seconds=3.0)))
    home.look("happy", 6)
    home.give(SenseGone())
    for _ in range(round(away_seconds * 2)):
        home.wait(0.5 / 60)
    home.give(Labels(()))
    home.look("happy", 6)
    assert home.kinds().count("arrived") == arrivals
