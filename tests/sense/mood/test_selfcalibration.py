"""A neutral that calibrates itself: of whom, from what, how quickly."""

from __future__ import annotations

import numpy as np
import pytest

from moodkiosk.sense.mood.selfcalibration import (
    FORGET_SECONDS,
    HALF_SECONDS,
    KEEP_SECONDS,
    REST_SECONDS,
    SMILE_SECONDS,
    SelfCalibration,
)

USUAL = np.zeros(3, np.float32)
REST = np.array([1.0, 2.0, -1.0], np.float32)
SMILE = np.array([5.0, 5.0, 5.0], np.float32)
NEUTRAL = {"neutral": 0.6, "sad": 0.4}
HAPPY = {"neutral": 0.2, "happy": 0.8}


def share(watching: SelfCalibration, track: int = 1) -> float:
    """How far the neutral face has moved from the usual one to REST."""
    neutral = watching.neutral(track)
    return 0.0 if neutral is None else float(neutral[0] / REST[0])


def watch(
    watching: SelfCalibration,
    seconds: float,
    *,
    begin: float = 0.0,
    hz: float = 5.0,
    face: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = REST,
    plain: dict[str, float] = NEUTRAL,
    track: int = 1,
) -> None:
    for look in range(round(seconds * hz)):
        watching.see(track, begin + look / hz, face, lambda: plain)


def test_before_anything_is_seen_nothing_is_subtracted_but_what_was_given() -> None:
    watching = SelfCalibration(USUAL)
    assert watching.neutral(1) is None
    assert watching.neutral(1, REST) is REST


@pytest.mark.parametrize("hz", [1.0, 2.0, 5.0, 30.0])
def test_the_face_moves_in_slowly_and_alike_at_every_rate(hz: float) -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, HALF_SECONDS + 2, hz=hz)
    assert share(watching) == pytest.approx(0.5, abs=0.1)
    watch(watching, 200, begin=HALF_SECONDS + 2, hz=hz)
    assert 0.9 < share(watching) < 1


def test_who_arrives_smiling_is_not_taken_to_smile_at_rest() -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, 30, face=SMILE, plain=HAPPY)
    assert watching.neutral(1) is None
    watch(watching, 30, begin=30)
    assert share(watching) == pytest.approx(30 / (30 + HALF_SECONDS), abs=0.05)


@pytest.mark.parametrize("mood", ["sad", "angry", "surprise"])
def test_a_face_that_looks_like_a_mood_at_rest_is_learnt(mood: str) -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, 60, plain={mood: 0.9, "neutral": 0.1})
    assert share(watching) > 0.8


def test_a_face_that_has_looked_happy_for_longer_than_anybody_smiles_looks_so_at_rest() -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, SMILE_SECONDS - 1, plain=HAPPY)
    assert watching.neutral(1) is None
    watch(watching, 60, begin=SMILE_SECONDS - 1, plain=HAPPY)
    assert share(watching) > 0.8


def test_that_is_believed_until_other_looks_are_there() -> None:
    """So the longest smile at the door does harm for some seconds only."""
    watching = SelfCalibration(USUAL)
    watch(watching, 2 * SMILE_SECONDS, face=SMILE, plain=HAPPY)
    watch(watching, REST_SECONDS + 3, begin=2 * SMILE_SECONDS)
    neutral = watching.neutral(1)
    assert neutral is not None
    assert np.allclose(neutral / REST, share(watching))
    assert 0.3 < share(watching) < 0.6


def test_nor_does_a_long_smile_count_of_somebody_whose_rest_is_known() -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, 20)
    before = share(watching)
    watch(watching, 4 * SMILE_SECONDS, begin=20, face=SMILE, plain=HAPPY)
    assert share(watching) == pytest.approx(before, abs=0.02)


def test_some_seconds_of_another_mood_do_not_move_the_median() -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, 60)
    before = share(watching)
    watch(watching, 20, begin=60, face=SMILE, plain={"angry": 0.6, "neutral": 0.4})
    assert share(watching) == pytest.approx(before, abs=0.05)


def test_what_was_long_ago_counts_no_more() -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, 60, face=SMILE)
    watch(watching, KEEP_SECONDS, begin=60)
    neutral = watching.neutral(1)
    assert neutral is not None
    assert np.allclose(neutral / REST, share(watching))


def test_a_given_neutral_look_starts_ahead_and_is_followed_slowly() -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, HALF_SECONDS)
    given = watching.neutral(1, SMILE)
    assert given is not None
    moved = (SMILE - given) / (SMILE - REST)
    assert moved == pytest.approx(np.full(3, 0.09), abs=0.03)


def test_people_are_never_mixed_and_forgotten_when_they_are_gone() -> None:
    watching = SelfCalibration(USUAL)
    watch(watching, 30, track=1)
    assert watching.neutral(2) is None
    watch(watching, 1, begin=30 + FORGET_SECONDS + 1, track=2)
    assert watching.neutral(1) is None
