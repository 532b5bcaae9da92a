"""Own neutral faces in data sets, and varied copies of samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.augment import Variety, varied
from moodkiosk.learn.data.samples import people, vectors
from moodkiosk.sense.mood.measures import FACE, FACE_AND_HANDS, FACE_MEASURES, measures
from moodkiosk.sense.teach.recipe import neutral_mean, own_neutrals, with_own_neutrals
from tests.support.moods_in_numbers import faces, horns, write


def test_own_neutral_puts_everybodys_rest_at_the_usual_one(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "happy"), people=("Ana", "Ben"), n=15)])
    x, person = vectors(data, FACE), people(data)
    usual = neutral_mean(x, data.label)
    assert usual is not None
    moved = with_own_neutrals(x, person, own_neutrals(x, data.label, person), usual)
    for name in ("Ana", "Ben"):
        rows = (person == name) & (data.label == "neutral")
        np.testing.assert_allclose(np.median(moved[rows], axis=0), usual, atol=1e-5)
    apart = [np.abs(v[person == "Ana"].mean(0) - v[person == "Ben"].mean(0)).mean() for v in (x, moved)]
    assert apart[1] < 0.5 * apart[0]


def test_people_who_were_never_seen_at_rest_stay_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, ("neutral", "happy"), people=("Ana",), n=6)
    data = dataset.load([write(tmp_path, ("happy",), people=("Ben",), n=6)])
    x, person = vectors(data, FACE), people(data)
    own = own_neutrals(x, data.label, person)
    assert set(own) == {"Ana"}
    moved = with_own_neutrals(x, person, own, np.zeros(len(FACE_MEASURES), np.float32))
    np.testing.assert_array_equal(moved[person == "Ben"], x[person == "Ben"])


def test_recordings_without_a_name_are_one_person_each_sitting_beside_named_ones(tmp_path: Path) -> None:
    alone = dataset.load([write(tmp_path / "a", people=("",), n=5)])
    assert len(set(people(alone))) == 1
    mixed = dataset.load([write(tmp_path / "b", ("happy", "sad"), people=("", "Ana"), n=5)])
    assert len(set(people(mixed))) == 3


def test_without_a_face_at_rest_there_is_no_neutral_mean(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, ("happy", "sad"), n=5)])
    assert neutral_mean(vectors(data, FACE), data.label) is None


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_varied_samples_differ_but_measure_alike(seed: int) -> None:
    face = faces("happy", 12, seed=seed)
    absent = np.full((12, 21, 3), np.nan, np.float32)
    new, left, right = varied(face, absent, absent, Variety(), np.random.default_rng(seed))
    assert np.isnan(left).all()
    assert np.isnan(right).all()
    assert np.abs(new - face).max() > 1
    width = measures(face, None, None)[:, FACE_MEASURES.index("mouth_width")]
    changed = measures(new, None, None)[:, FACE_MEASURES.index("mouth_width")]
    assert np.abs(width - changed).max() < 0.15


def test_mirroring_gives_the_gesture_to_the_other_hand() -> None:
    face = faces("rock", 40)
    right = horns(40, face)
    absent = np.full((40, 21, 3), np.nan, np.float32)
    still = Variety(turn_degrees=0, jitter=0, perspective=1e6, mirror=True)
    new_face, new_left, new_right = varied(face, absent, right, still, np.random.default_rng(0))
    swapped = ~np.isnan(new_left[:, 0, 0])
    assert 5 < swapped.sum() < 35
    assert (np.isnan(new_right[:, 0, 0]) == swapped).all()
    one = measures(face, None, right, FACE_AND_HANDS)
    other = measures(new_face, new_left, None, FACE_AND_HANDS)[swapped]
    count, hand = len(FACE_MEASURES), (one.shape[1] - len(FACE_MEASURES)) // 2
    sides = np.ones(hand)
    sides[[1, 3, 5]] = -1  # x of the wrist, x of the palm, and which side of the hand is seen
    assert other[:, count : count + hand] == pytest.approx(one[swapped][:, count + hand :] * sides, abs=0.08)
