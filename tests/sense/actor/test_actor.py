"""The actor: drawn people that MediaPipe takes for real ones, in moods that the starter model reads."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from moodkiosk.learn.train.actors import Audience
from moodkiosk.sense.actor.actor import MOODS, Role, Scene, head_px, picture, play
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, Looks, random_looks
from moodkiosk.sense.actor.drawn.room import room
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.measures import FACE_MEASURES, measure, measures

# Recordings for the starter are of actors from 1000 on: these people were never seen in training.
STRANGERS = {"the usual one": Looks(), **{f"number {seed}": random_looks(seed) for seed in (1, 2, 3)}}


@pytest.fixture(scope="module")
def audience() -> Audience:
    return Audience()


def test_a_cycle_shows_an_empty_room_an_arrival_five_moods_and_a_departure_within_40_seconds() -> None:
    scene = Scene()
    assert scene.cycle_seconds <= 40
    seconds = np.arange(0, scene.cycle_seconds, 0.1).tolist()
    shown = [scene.mood_at(at) for at in seconds]
    assert [mood for mood, then in pairwise([*shown, None]) if mood and mood != then] == list(MOODS)
    assert scene.role_at(0.0) is None
    assert scene.role_at(scene.cycle_seconds - 0.1) is None
    assert scene.role_at(scene.cycle_seconds + scene.empty_seconds + 1.5) is not None


def test_the_same_moment_is_the_same_picture_and_the_next_one_is_not() -> None:
    scene = Scene(size=(320, 240))
    np.testing.assert_array_equal(scene.picture_at(5.0), scene.picture_at(5.0))
    assert np.abs(scene.picture_at(5.0).astype(int) - scene.picture_at(5.5)).max() > 30


def test_somebody_else_comes_in_the_next_cycle() -> None:
    scene = Scene()
    first, second = (scene.role_at(5.0 + cycle * scene.cycle_seconds) for cycle in (0, 1))
    assert first is not None
    assert second is not None
    assert first.looks != second.looks


def test_frames_come_in_the_time_of_the_scene_without_waiting() -> None:
    frames = list(play(Scene(size=(160, 120)), frames_per_second=10, seconds=2))
    assert [round(frame.at, 6) for frame in frames] == [index / 10 for index in range(20)]
    assert frames[0].rgb.shape == (120, 160, 3)
    assert frames[0].rgb.dtype == np.uint8


def test_who_draws_into_a_room_does_not_spoil_it_for_others() -> None:
    mine = room((160, 120))
    mine[:] = 0
    assert room((160, 120)).mean() > 100


def test_a_person_half_outside_the_picture_can_be_drawn() -> None:
    for x, y in ((-200, 100), (-20, -20), (330, 100), (100, 900)):
        drawn = picture([Role(Looks(), EXPRESSIONS["happy"], Pose(x, y, 120))], (320, 240))
        assert drawn.shape == (240, 320, 3)


def test_a_nearer_person_hides_a_farther_one() -> None:
    far, near = (Role(Looks(shirt=shirt), EXPRESSIONS["neutral"], Pose(160, 90, px)) for shirt, px in
                 (((250, 0, 0), 40), ((0, 250, 0), 90)))  # fmt: skip
    np.testing.assert_array_equal(picture([near, far], (320, 240)), picture([far, near], (320, 240)))


@pytest.mark.parametrize("distance_metres", [0.8, 1.6, 2.5])
@pytest.mark.parametrize("who", STRANGERS)
def test_the_starter_reads_a_drawn_stranger_right_in_all_moods(
    audience: Audience, who: str, distance_metres: float
) -> None:
    """With the second opinion, as at a kiosk, and by the measures alone, as from an older recording."""
    model = models.load(models.STARTER)
    read, by_measures = {}, {}
    for mood in MOODS:
        pose = Pose(320, 200, head_px(distance_metres, 640))
        seen = audience.look(picture([Role(STRANGERS[who], EXPRESSIONS[mood], pose)]))
        assert seen is not None
        read[mood] = model.labels[int(model.probabilities(measure(seen, model.schema)).argmax())]
        shares = model.probabilities(measures(seen.face[None], None, None)[0])
        by_measures[mood] = model.labels[int(shares.argmax())]
    assert read == {mood: mood for mood in MOODS}
    assert by_measures == {mood: mood for mood in MOODS}


def test_what_is_drawn_is_what_is_measured(audience: Audience) -> None:
    def measured(mood: str) -> dict[str, float]:
        seen = audience.look(picture([Role(Looks(), EXPRESSIONS[mood], Pose(320, 200, 200))]))
        assert seen is not None
        return dict(zip(FACE_MEASURES, measures(seen.face[None], None, None)[0].tolist(), strict=True))

    moods = {mood: measured(mood) for mood in MOODS}
    rest = moods["neutral"]
    assert moods["happy"]["mouth_width"] > rest["mouth_width"] + 0.05
    assert moods["happy"]["corner_over_upper_lip"] > rest["corner_over_upper_lip"]
    assert moods["surprise"]["lip_gap"] > rest["lip_gap"] + 0.05
    assert moods["surprise"]["middle_brow_height"] > rest["middle_brow_height"]
    assert moods["angry"]["brow_slope"] < rest["brow_slope"]
    assert moods["sad"]["brow_slope"] > rest["brow_slope"]
