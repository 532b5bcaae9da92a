"""Measures: named numbers that mean the same wherever, however large and however tilted a face is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.mood import measures as m
from moodkiosk.sense.mood.frontal import OUTER_EYES, RIGID, mean_face, turn_degrees

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Points

    Doubles = NDArray[np.float64]

# Of `somebody(3)` and its hands. Another value is another measure, and so needs a new schema id.
GOLDEN_FACE = (
    0.09551, 0.21093, 0.22316, 0.18208, 0.19062, 0.14522, 0.05396, 0.03263, 0.24496, 0.28177, 0.61680, 1.21314,
    0.39910, 0.17182, 0.51774, 0.45342, -0.00891, 0.01630, 0.12440, 0.13514, -0.01402, 0.25476, 0.01656,
    -0.08202, 0.11634, 0.34305, 1.21013, 0.37807, 0.43862, 0.35947, 0.50011, 0.94147, 0.58639
)  # fmt: skip
GOLDEN_HAND = (
    1.0000, 1.6853, -1.3903, 0.0321, 0.9995, 0.6844, 2.0599, 2.1182, 2.2374, 1.9746, 2.1957, 0.8830, 1.3058,
    1.2781, 1.2878, 1.3200, 0.3150, 0.2629, 0.4668, 0.2995
)  # fmt: skip


def somebody(seed: int, size_px: float = 90.0) -> Points:
    """A face [468, 3] in pixels: the mean face, each point moved by some thousandths of the eyes' distance."""
    moved = mean_face() + np.random.default_rng(seed).normal(0, 0.02, (468, 3))
    face: Points = (moved * size_px + (320, 200, 0)).astype(np.float32)
    return face


def a_hand(seed: int) -> Points:
    """A hand [21, 3] in pixels, fingers up, beside the face."""
    rng = np.random.default_rng(seed)
    hand = np.zeros((21, 3))
    hand[0] = (470, 330, 0)
    for finger in range(5):
        for joint in range(4):
            hand[1 + 4 * finger + joint] = (450 + 12 * finger, 300 - 18 * joint - 6 * (finger % 3), 0)
    return (hand + rng.normal(0, 1, (21, 3))).astype(np.float32)


def mirrored(face: Points) -> Points:
    """The landmarks of the mirror image: every point changes places with its twin on the other side."""
    mean = mean_face()
    twin = np.linalg.norm((mean * (-1, 1, 1))[:, None] - mean[None], axis=2).argmin(1)
    for left, right in m.PLACES.values():  # where points lie close together, the nearest need not be the twin
        twin[list(left)], twin[list(right)] = right, left
    image: Points = face[twin].copy()
    image[:, 0] = 640 - image[:, 0]
    return image


def moved(points: Points, scale: float, degrees: float, x: float, y: float) -> Points:
    """Scaled, tilted and shifted in the picture."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flat = points[:, :2].astype(np.float64) @ turn.T * scale + (x, y)
    return np.column_stack([flat, points[:, 2] * scale]).astype(np.float32)


def of_face(face: Points) -> Points:
    return m.measure(Landmarks(face, (640, 480)))


@pytest.mark.parametrize("schema", [m.FACE, m.FACE_AND_HANDS])
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.floats(0.3, 4), st.floats(-60, 60), st.floats(-200, 900), st.floats(-200, 900))
def test_size_place_and_tilt_change_nothing(
    schema: str, seed: int, scale: float, degrees: float, x: float, y: float
) -> None:
    here = (somebody(seed), a_hand(seed), a_hand(seed + 1))
    there = tuple(moved(points, scale, degrees, x, y) for points in here)
    one, other = (m.measures(f[None], left[None], right[None], schema)[0] for f, left, right in (here, there))
    np.testing.assert_allclose(one, other, atol=2e-3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99))
def test_the_mirror_image_of_a_face_measures_the_same(seed: int) -> None:
    np.testing.assert_allclose(of_face(somebody(seed)), of_face(mirrored(somebody(seed))), atol=0.02)
    level = (mean_face() * 90 + (320, 200, 0)).astype(np.float32)
    np.testing.assert_allclose(of_face(level), of_face(mirrored(level)), atol=0.01)


@settings(max_examples=30, deadline=None)
@given(st.floats(-25, 25), st.floats(-20, 20), st.floats(-30, 30))
def test_turning_the_head_does_not_look_like_a_mood(yaw: float, pitch: float, roll: float) -> None:
    straight = of_face((mean_face() * 90).astype(np.float32))
    face = turned(mean_face(), yaw, pitch, roll)
    np.testing.assert_allclose(of_face((face * 90).astype(np.float32)), straight, atol=2e-3)


@settings(max_examples=30, deadline=None)
@given(st.floats(-25, 25), st.floats(-20, 20), st.floats(-40, 40))
def test_the_turn_of_the_head_is_told_in_degrees(yaw: float, pitch: float, roll: float) -> None:
    found = turn_degrees((turned(mean_face(), yaw, pitch, roll) * 90).astype(np.float32))
    np.testing.assert_allclose(found, (yaw, pitch, roll), atol=0.1)


def turned(face: Doubles, yaw: float, pitch: float, roll: float) -> Doubles:
    """A head turned towards the picture's right, bowed, tilted clockwise; z is smaller where it is nearer."""
    y, p, r = np.radians((yaw, pitch, roll))
    around_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    around_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    around_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    result: Doubles = face @ (around_z @ around_x @ around_y).T
    return result


def test_turning_real_heads_changes_their_measures_by_little_beside_how_people_differ(extra: Path) -> None:
    """In standard deviations over people; with the turn left in, the mean is some 0.9 and the worst 4."""
    with np.load(extra / "data" / "starter_faces.npz") as data:
        faces = data["face"][(data["source"] == "london") & (data["label"] == "neutral")].astype(np.float64)
    straight = measured(faces)
    some, middle = faces[:60], faces[:60].mean(1, keepdims=True)
    changes = []
    for yaw, pitch in ((20, 0), (-20, 0), (0, 20), (0, -20), (20, 20), (-20, 20), (20, -20), (-20, -20)):
        change = np.abs(measured(turned(some - middle, yaw, pitch, 0) + middle) - straight[:60]) / straight.std(0)
        changes.append(change.mean(0))
    assert np.mean(changes) < 0.2
    assert np.max(changes) < 0.6


def measured(faces: Doubles) -> NDArray[np.float32]:
    return m.measures(faces.astype(np.float32), None, None, m.FACE)


def test_many_samples_at_once_measure_the_same_as_one_by_one() -> None:
    faces = np.stack([somebody(seed) for seed in range(7)])
    hands = np.stack([a_hand(seed) if seed % 2 else np.full((21, 3), np.nan, np.float32) for seed in range(7)])
    together = m.measures(faces, hands, None, m.FACE_AND_HANDS)
    for row, (face, hand) in enumerate(zip(faces, hands, strict=True)):
        alone = m.measure(Landmarks(face, (640, 480), None if np.isnan(hand).any() else hand), m.FACE_AND_HANDS)
        np.testing.assert_array_equal(together[row], alone)


@pytest.mark.parametrize("schema", [m.FACE, m.FACE_AND_OPINION])
def test_one_face_however_held_measures_as_it_does_among_many(schema: str) -> None:
    """What the kiosk reads is what was trained on, although one face at a time is measured in plain numbers."""
    heads = [
        turned(mean_face(), 8 * seed - 40, 20 - 4 * seed, 30 * seed - 150) * (20 + 30 * seed) for seed in range(11)
    ]
    faces = np.stack([*heads, *map(somebody, range(5)), np.zeros((468, 3))]).astype(np.float32)
    said = np.random.default_rng(0).normal(-3, 3, (len(faces), 9)).astype(np.float32)
    together = m.measures(faces, None, None, schema, said)
    alone = [
        m.measure(Landmarks(face, (640, 480), opinion=opinion), schema)
        for face, opinion in zip(faces, said, strict=True)
    ]
    np.testing.assert_allclose(np.stack(alone), together, atol=2e-6, rtol=1e-6)


def test_the_values_are_pinned() -> None:
    """Models and recordings rely on them: who changes a measure must change the schema id."""
    landmarks = Landmarks(somebody(3), (640, 480), left_hand=a_hand(3))
    face, hands = m.measure(landmarks), m.measure(landmarks, m.FACE_AND_HANDS)
    assert (m.FACE, m.FACE_AND_HANDS) == ("face-1", "face-hands-1")
    np.testing.assert_allclose(face, GOLDEN_FACE, atol=2e-5)
    np.testing.assert_allclose(hands[: len(face)], face, atol=1e-6)
    np.testing.assert_allclose(hands[len(face) : -len(m.HAND_MEASURES)], GOLDEN_HAND, atol=2e-4)


def test_every_measure_has_its_own_name_and_every_schema_its_length() -> None:
    assert len(m.FACE_MEASURES) == 33
    for schema, names in m.MEASURES.items():
        assert len(set(names)) == len(names)
        hands, said = a_hand(0)[None], np.zeros((1, 9), np.float32)
        assert m.measures(somebody(0)[None], hands, hands, schema, said).shape == (1, len(names))


def test_without_the_second_opinion_its_measures_are_gaps_and_a_network_is_told_that_it_says_nothing() -> None:
    row = m.measure(Landmarks(somebody(0), (640, 480)), m.FACE_AND_OPINION)
    count = len(m.FACE_MEASURES)
    assert np.isnan(row).tolist() == [False] * count + [True] * 7
    for measures in (row, row[:count]):
        told = m.without_gaps(measures, len(row))
        np.testing.assert_array_equal(told[:count], row[:count])
        assert np.exp(told[count:]) == pytest.approx(1 / 7)


def test_a_gap_stays_a_gap_whatever_is_subtracted_and_a_gap_is_not_subtracted() -> None:
    names = m.MEASURES[m.FACE_AND_OPINION]
    row, own, usual = (np.full(len(names), value, np.float32) for value in (-3.0, -2.0, -1.0))
    gaps = np.where(np.arange(len(names)) < len(m.FACE_MEASURES), np.float32(0), np.float32(np.nan))
    assert np.isnan(m.with_own_neutral(row + gaps, own, usual)).sum() == 7
    assert m.with_own_neutral(row, own + gaps, usual) == pytest.approx([-2.0] * len(m.FACE_MEASURES) + [-3.0] * 7)
    assert m.with_own_neutral(row[: len(m.FACE_MEASURES)], own, usual) == pytest.approx(-2.0)


def test_the_second_opinion_is_subtracted_where_it_was_asked_and_left_alone_where_it_was_not() -> None:
    names = m.MEASURES[m.FACE_AND_OPINION]
    row, own, usual = (np.full(len(names), value, np.float32) for value in (-3.0, -2.0, -1.0))
    assert m.with_own_neutral(row, own, usual) == pytest.approx(-2.0)
    part = m.with_own_neutral(row, own[: len(m.FACE_MEASURES)], usual)
    assert part == pytest.approx([-2.0] * len(m.FACE_MEASURES) + [-3.0] * 7)


def test_a_hand_that_is_not_seen_is_all_zero_and_one_that_is_says_so() -> None:
    row = m.measure(Landmarks(somebody(0), (640, 480), right_hand=a_hand(0)), m.FACE_AND_HANDS)
    named = dict(zip(m.MEASURES[m.FACE_AND_HANDS], row.tolist(), strict=True))
    assert all(value == 0 for name, value in named.items() if name.startswith("left_"))
    assert named["right_present"] == 1
    assert named["right_index_reach"] > 0.5


def test_a_fist_has_shorter_fingers_than_an_open_hand() -> None:
    open_hand, fist = a_hand(0), a_hand(0)
    for knuckle, tip in m.FINGERS.values():
        fist[tip] = fist[knuckle] + np.float32(4)
    rows = m.measures(np.stack([somebody(0)] * 2), np.stack([open_hand, fist]), None, m.FACE_AND_HANDS)
    stretch = [m.MEASURES[m.FACE_AND_HANDS].index(f"left_{finger}_stretch") for finger in m.FINGERS]
    assert (rows[1, stretch] < 0.5 * rows[0, stretch]).all()


def test_nonsense_landmarks_give_finite_numbers() -> None:
    flat = np.zeros((1, 468, 3), np.float32)
    point = np.ones((1, 21, 3), np.float32)
    assert np.isfinite(m.measures(flat, point, None, m.FACE_AND_HANDS)).all()
    line = np.linspace((0, 0, 0), (90, 50, 0), 468, dtype=np.float32)
    for face in (*flat, line, line * np.float32(1e30)):
        assert np.isfinite(m.measure(Landmarks(face, (640, 480)))).all()


def test_own_neutral_moves_a_face_at_rest_to_the_usual_one_and_leaves_hands_alone() -> None:
    face, usual = somebody(1), of_face(somebody(2))
    row = m.measure(Landmarks(face, (640, 480), left_hand=a_hand(1)), m.FACE_AND_HANDS)
    at_rest = m.with_own_neutral(row, of_face(face), usual)
    np.testing.assert_allclose(at_rest[: len(usual)], usual, atol=1e-6)
    np.testing.assert_array_equal(at_rest[len(usual) :], row[len(usual) :])


def test_gain_exaggerates_what_differs_from_rest() -> None:
    own, usual = of_face(somebody(1)), of_face(somebody(2))
    smiling = own + np.float32(0.1)
    np.testing.assert_allclose(m.with_own_neutral(smiling, own, usual, gain=1.5), usual + 0.15, atol=1e-6)
    np.testing.assert_allclose(m.with_own_neutral(smiling, own, usual, gain=0), usual, atol=1e-6)


def test_a_smile_a_frown_and_an_open_mouth_are_measured_as_such() -> None:
    def change(shift: dict[int, tuple[float, float]]) -> dict[str, float]:
        face = mean_face() * 90
        for point, (x, y) in shift.items():
            face[point, :2] += (x, y)
        before, after = of_face((mean_face() * 90).astype(np.float32)), of_face(face.astype(np.float32))
        return dict(zip(m.FACE_MEASURES, (after - before).tolist(), strict=True))

    smile = change({61: (-9, -5), 291: (9, -5)})
    assert smile["mouth_width"] > 0.15
    assert smile["corner_over_upper_lip"] > 0.04
    frown = change({55: (0, 6), 107: (0, 6), 285: (0, 6), 336: (0, 6)})
    assert frown["inner_brow_height"] < -0.05
    assert frown["brow_slope"] < -0.05
    assert change({14: (0, 12), 17: (0, 12)})["lip_gap"] > 0.1


def test_the_mean_face_is_level_of_unit_size_and_symmetric_in_its_rigid_points() -> None:
    mean = mean_face()
    np.testing.assert_allclose(mean[list(OUTER_EYES), :2], [[-0.5, 0], [0.5, 0]], atol=1e-6)
    assert abs(mean[list(RIGID), 0].mean()) < 0.01


def test_the_mean_face_is_made_from_the_public_portraits(extra: Path, tmp_path: Path) -> None:
    from moodkiosk.learn.train import mean_face as recipe

    recipe.main(extra / "data" / "starter_faces.npz", tmp_path / "mean.npy")
    np.testing.assert_allclose(np.load(tmp_path / "mean.npy"), mean_face(), atol=1e-6)
