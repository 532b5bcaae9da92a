"""Presence: who is here is decided by seconds of seeing, never by a single frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.decide import kiosk
from moodkiosk.decide.kiosk import CameraStatus, SenseGone
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
    assert home.view.present is True


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
    assert (home.view.present, home.view.people, home.view.mood) == (False, 0, None)
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
