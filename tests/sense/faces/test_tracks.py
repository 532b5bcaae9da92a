"""Following people by where they are: numbers stay with people, and are never mixed up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.sense.faces.landmarks import Face, face_of
from moodkiosk.sense.faces.tracks import GIVE_WAY_SECONDS, REMEMBER_SECONDS, Track, Tracks
from moodkiosk.sense.mood.frontal import mean_face

LOOK_SECONDS = 0.2


def face(x: float, y: float = 240.0, width: float = 60.0) -> Face:
    """A face at rest, its region's middle at x, y."""
    shape = mean_face().astype(np.float32)
    shape = shape * (width / face_of(shape).width_px)
    middle = face_of(shape).region
    return face_of(shape + np.array((x - middle.x, y - middle.y, 0), np.float32))


class Room:
    """People whose places are known, looked at in turns as the pipeline does it."""

    def __init__(self, still_seconds: float | None = None, size: tuple[int, int] = (640, 480)) -> None:
        self.tracks = Tracks(still_seconds, size=size)
        self.at = 0.0

    def look(self, *faces: Face, searching: bool = True) -> list[int]:
        """One look at these faces; the numbers of those in view."""
        self.at += LOOK_SECONDS
        found = [(track, self._in_region_of(track, faces)) for track in self.tracks.seen]
        self.tracks.look(found, self.at)
        for one in faces if searching else ():
            self.tracks.meet(one, self.at)
        return [track.number for track in self.tracks.seen]

    def number_at(self, x: float) -> int:
        """Who is at x."""
        return min(self.tracks.seen, key=lambda track: abs(track.face.region.x - x)).number

    def _in_region_of(self, track: Track, faces: tuple[Face, ...]) -> Face | None:
        """What the mesh would find in the region of a track: the face nearest to its middle, if it is inside."""
        where = track.expected(self.at)
        near = [one for one in faces if abs(one.region.x - where.x) < 0.5 * where.side]
        return min(near, key=lambda one: abs(one.region.x - where.x), default=None)


def test_a_person_keeps_the_number_while_moving_about() -> None:
    room = Room()
    for step in range(50):
        assert room.look(face(100 + 8 * step, width=60 + 0.5 * step)) == [1]


def test_people_who_stand_apart_have_numbers_of_their_own() -> None:
    room = Room()
    for _ in range(10):
        assert room.look(face(100), face(300), face(500)) == [1, 2, 3]


@given(speed=st.floats(8, 30), behind=st.floats(36, 54))
def test_two_who_cross_are_never_taken_for_each_other(speed: float, behind: float) -> None:
    """Whoever walks past may get a new number, but never the other's."""
    room = Room()
    near_width = 70.0
    start, steps = 120.0, int(400 / speed)
    first = second = 0
    for step in range(steps):
        near, far = start + step * speed, start + 400 - step * speed
        visible = [face(near, width=near_width)]
        if abs(near - far) > 0.8 * near_width:  # the nearer one hides the other
            visible.append(face(far, width=behind))
        room.look(*visible)
        if step == 0:
            first, second = room.number_at(near), room.number_at(far)
            assert first != second
        assert room.number_at(near) == first
    assert len(room.tracks.seen) == 2
    assert room.number_at(start + 400 - (steps - 1) * speed) == second


def test_one_who_was_hidden_for_a_moment_comes_back_with_the_same_number() -> None:
    room = Room()
    for _ in range(5):
        room.look(face(300))
    for _ in range(5):
        assert room.look() == []
    assert room.look(face(310)) == [1]


def test_one_who_comes_back_after_longer_is_somebody_new() -> None:
    room = Room()
    room.look(face(300))
    for _ in range(round(REMEMBER_SECONDS / LOOK_SECONDS) + 1):
        room.look()
    assert room.look(face(300)) == [2]


@pytest.mark.parametrize("speed", [12, 25])
def test_whoever_comes_in_where_somebody_left_is_somebody_new(speed: float) -> None:
    """A second later, of the same size, at the same height."""
    room = Room()
    for step in range(1 + int((640 - 400) / speed)):
        room.look(face(400 + speed * step))
    for _ in range(5):
        assert room.look() == []
    assert room.look(face(620)) == [2]


@pytest.mark.parametrize("turn_back", [False, True])
def test_two_alike_of_whom_one_hid_the_other_are_both_somebody_new(turn_back: bool) -> None:
    """Whether they passed each other or turned back cannot be seen: the mood of neither may become the other's."""
    room = Room()
    for step in range(10):
        room.look(face(340 - 12 * (9 - step)), face(350 + 12 * (9 - step), width=65))
    room.look(face(345))
    side = -1 if turn_back else 1
    room.look(face(345 + side * 60), face(345 - side * 60, width=65))
    assert room.look(face(345 + side * 72), face(345 - side * 72, width=65)) == [3, 4]


def test_one_who_was_hidden_by_somebody_much_nearer_is_the_same_again() -> None:
    room = Room()
    for step in range(10):
        room.look(face(340 - 12 * (9 - step)), face(350 + 12 * (9 - step), width=90))
    room.look(face(350, width=90))
    assert room.look(face(352), face(320, width=90)) == [1, 2]


def test_one_who_stands_at_the_edge_and_is_missed_for_a_moment_is_the_same() -> None:
    room = Room()
    for step in range(10):
        room.look(face(15 + step % 2))
    room.look()
    assert room.look(face(16)) == [1]


def test_one_who_shows_up_elsewhere_is_somebody_new() -> None:
    room = Room()
    room.look(face(100))
    room.look()
    assert room.look(face(500)) == [2]


def test_a_face_of_another_size_in_the_same_place_is_somebody_new() -> None:
    room = Room()
    room.look(face(300, width=60))
    room.look()
    assert room.look(face(300, width=120)) == [2]


def test_the_same_face_found_twice_is_one_person() -> None:
    room = Room()
    assert room.look(face(300), face(305)) == [1]


def test_no_more_than_the_allowed_number_is_followed() -> None:
    tracks = Tracks(most=2)
    for x in (100, 300, 500):
        tracks.meet(face(x), 1.0)
    assert len(tracks.seen) == 2
    assert tracks.full


def test_the_nearest_is_in_front_and_equals_do_not_take_turns() -> None:
    room = Room()
    for step in range(20):
        room.look(face(150, width=60 + 3 * (step % 2)), face(450, width=62))
        assert room.tracks.front is not None
        assert room.tracks.front.number == 1
    room.look(face(150, width=60), face(450, width=80))
    assert room.tracks.front is not None
    assert room.tracks.front.number == 2


def test_one_missed_look_does_not_change_who_is_in_front() -> None:
    room = Room()
    for _ in range(5):
        room.look(face(150, width=80), face(450, width=60))
    room.look(face(450, width=60), searching=False)
    assert room.tracks.front is not None
    assert room.tracks.front.number == 1
    for _ in range(round(GIVE_WAY_SECONDS / LOOK_SECONDS)):
        room.look(face(450, width=60), searching=False)
    assert room.tracks.front.number == 2


@pytest.mark.parametrize("width", [48, 100, 300])
def test_a_face_that_never_moves_is_a_picture_and_noise_does_not_bring_it_to_life(width: float) -> None:
    rng = np.random.default_rng(0)
    room = Room(still_seconds=60)
    for _ in range(320):
        jitter = rng.normal(0, 0.01 * width, (468, 3)).astype(np.float32) + rng.normal(0, 0.01 * width, 3)
        room.look(face_of((face(300, width=width).points + jitter).astype(np.float32)))
    assert len(room.tracks.seen) == 1
    assert room.tracks.people == []
    assert room.tracks.front is None


def test_a_picture_is_still_known_after_somebody_stood_before_it() -> None:
    room = Room(still_seconds=20)
    for _ in range(120):
        room.look(face(300))
    assert room.tracks.people == []
    for _ in range(100):
        room.look()
    room.look(face(300))
    assert len(room.tracks.seen) == 1
    assert room.tracks.people == []


def test_somebody_who_sat_still_is_a_person_again_on_moving() -> None:
    room = Room(still_seconds=20)
    for _ in range(120):
        room.look(face(300))
    for step in range(15):
        room.look(face(300 + 2 * step))
    assert [track.number for track in room.tracks.people] == [1]


def test_a_living_person_is_never_taken_for_a_picture() -> None:
    """Somebody who watches a film sits still, and yet shifts by some pixels now and then."""
    room = Room(still_seconds=60)
    for step in range(1500):
        room.look(face(300 + 4 * np.sin(step / 70), width=60))
        assert room.tracks.people
