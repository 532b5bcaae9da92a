"""Figures: what balanced accuracy, silence, windows, calibration and temperature are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodkiosk.sense.mood.model import tempered
from moodkiosk.sense.teach import figures


def certain(guess: list[int], labels: int, sure: float = 0.9) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    shares = np.full((len(guess), labels), (1 - sure) / (labels - 1))
    shares[np.arange(len(guess)), guess] = sure
    return shares


def test_balanced_accuracy_counts_a_rare_label_as_much_as_a_common_one() -> None:
    truth, guess = np.array([0] * 90 + [1] * 10), np.zeros(100, np.int64)
    assert figures.balanced_accuracy(truth, guess) == 0.5
    assert figures.recall(truth, guess) == {0: 1.0, 1: 0.0}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=200))
@settings(max_examples=50, deadline=None)
def test_the_confusion_matrix_holds_every_sample_and_its_diagonal_the_recalls(pairs: list[tuple[int, int]]) -> None:
    truth, guess = np.array(pairs).T
    counts = figures.confusion(truth, guess, 5)
    assert counts.sum() == len(pairs)
    for label, share in figures.recall(truth, guess).items():
        assert share == pytest.approx(counts[label, label] / counts[label].sum())


def test_silence_when_unsure_leaves_the_surest() -> None:
    truth = np.array([0, 0, 1, 1])
    shares = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.45, 0.55]])
    assert figures.answered(truth, shares, 1.0) == 0.75
    assert figures.answered(truth, shares, 0.5) == 1.0


def test_a_window_looks_back_two_seconds_and_never_into_another_recording() -> None:
    shares = certain([0, 1, 0, 0], 2)
    at, recording = np.array([0.0, 1.0, 2.9, 0.0]), np.array([0, 0, 0, 1])
    joint = figures.over_windows(shares, at, recording)
    assert joint[0] == pytest.approx(shares[0])
    assert joint[1] == pytest.approx([0.5, 0.5])  # one for each
    assert joint[2] == pytest.approx([0.5, 0.5])  # the first is too old
    assert joint[3] == pytest.approx(shares[3])


def test_a_window_outvotes_a_single_wrong_frame() -> None:
    shares = certain([0, 0, 0, 1, 0, 0], 3, sure=0.6)
    joint = figures.over_windows(shares, np.arange(6) / 10, np.zeros(6, np.int64))
    assert (joint.argmax(1) == 0).all()


def test_samples_without_a_time_keep_their_own_answer() -> None:
    shares = certain([0, 1], 2)
    joint = figures.over_windows(shares, np.array([np.nan, np.nan]), np.zeros(2, np.int64))
    np.testing.assert_allclose(joint, shares)


def test_order_in_the_file_does_not_matter_to_a_window() -> None:
    rng = np.random.default_rng(0)
    shares, at = rng.dirichlet(np.ones(3), 40), np.arange(40) / 7
    order = rng.permutation(40)
    joint = figures.over_windows(shares, at, np.zeros(40, np.int64))
    shuffled = figures.over_windows(shares[order], at[order], np.zeros(40, np.int64))
    np.testing.assert_allclose(shuffled, joint[order])


def test_confidence_that_is_honest_has_no_calibration_error() -> None:
    truth = np.array([0] * 9 + [1])
    assert figures.calibration_error(truth, certain([0] * 10, 2, sure=0.9)) == pytest.approx(0)
    assert figures.calibration_error(truth, certain([0] * 10, 2, sure=0.99)) == pytest.approx(0.09)


def test_the_temperature_undoes_too_much_and_too_little_confidence() -> None:
    rng = np.random.default_rng(0)
    honest = rng.dirichlet(np.ones(4) * 0.7, 6000).astype(np.float32)
    truth = np.array([rng.choice(4, p=row / row.sum()) for row in honest.astype(np.float64)])
    for factor in (0.6, 1.0, 2.0):
        boasting = tempered(honest, factor)
        assert figures.best_temperature(truth, boasting) == pytest.approx(1 / factor, rel=0.1)


def test_a_handful_of_samples_hardly_moves_the_temperature() -> None:
    truth = np.array([0, 1, 0, 1, 0])
    assert figures.best_temperature(truth, certain([0, 1, 0, 1, 0], 2)) == pytest.approx(1, abs=0.1)
