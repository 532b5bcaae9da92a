"""How sure a figure is: exact tests and intervals."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from moodkiosk.sense.teach import proof
from moodkiosk.sense.teach.figures import balanced_accuracy


def at_least(count: int, of: int, share: float) -> float:
    """Probability of at least so many successes."""
    return sum(math.comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(count, of + 1))


@pytest.mark.parametrize(("right", "of"), [(0, 10), (3, 10), (10, 10), (17, 40), (99, 100)])
def test_the_interval_leaves_two_and_a_half_percent_on_either_side(right: int, of: int) -> None:
    low, high = proof.interval(right / of, of)
    assert (low == 0) if right == 0 else at_least(right, of, low) == pytest.approx(0.025, abs=1e-9)
    assert (high == 1) if right == of else 1 - at_least(right + 1, of, high) == pytest.approx(0.025, abs=1e-9)


def test_an_interval_of_many_samples_is_narrow_and_of_none_is_everything() -> None:
    low, high = proof.interval(0.9, 30_000)
    assert 0.89 < low < 0.9 < high < 0.91
    none = np.zeros(0, np.int64)
    assert (proof.figure(none, none).low, proof.figure(none, none).high) == (0, 1)


def test_a_rare_label_widens_the_interval_of_a_balanced_accuracy() -> None:
    even, uneven = np.repeat([0, 1], [50, 50]), np.repeat([0, 1], [98, 2])
    widths = [found.high - found.low for found in (proof.figure(truth, truth) for truth in (even, uneven))]
    assert widths[1] > 5 * widths[0]


def test_the_probability_of_guessing_is_that_of_all_ways_to_deal_the_labels() -> None:
    truth, guess = np.array([0, 0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 1, 2, 0])
    score = balanced_accuracy(truth, guess)
    deals = [balanced_accuracy(np.array(dealt), guess) for dealt in itertools.permutations(truth.tolist())]
    exact = float(np.mean(np.array(deals) >= score - 1e-9))
    assert proof.guessed(truth, guess) == pytest.approx(exact, rel=0.15)


def test_guesses_pass_as_often_as_the_test_allows_and_no_more() -> None:
    truth = np.repeat(np.arange(5), 8)
    rng = np.random.default_rng(1)
    found = np.array([proof.guessed(truth, rng.integers(0, 5, 40), seed) for seed in range(60)])
    assert found.min() > proof.GUESSED
    assert (found <= 0.2).mean() < 0.3


def test_answers_that_know_something_are_told_from_guesses() -> None:
    truth = np.repeat(np.arange(5), 8)
    guess = np.where(np.arange(40) % 2 == 0, truth, (truth + 1) % 5)  # half of them right
    assert proof.guessed(truth, guess) <= proof.GUESSED
    assert proof.guessed(truth, np.zeros(40, np.int64)) == 1.0  # always the same answer


@pytest.mark.parametrize(("gained", "lost", "chance"), [(0, 0, 1.0), (5, 0, 1 / 32), (1, 1, 0.75), (9, 1, 11 / 1024)])
def test_only_samples_that_one_of_the_two_reads_right_count(gained: int, lost: int, chance: float) -> None:
    before = np.array([False] * gained + [True] * lost + [True] * 30)
    after = np.array([True] * gained + [False] * lost + [True] * 30)
    assert proof.no_better(before, after) == pytest.approx(chance)


def test_whole_takes_are_one_success_each_however_many_frames_they_have() -> None:
    truth = np.repeat([0, 1, 2, 3, 4], 100)
    take = truth.copy()
    best, least = proof.guessed_takes(truth, truth, take)
    assert least == pytest.approx(1 / 120)
    assert best == pytest.approx(1 / 120, rel=0.3)
    two_right = np.where(truth < 2, truth, (truth + 2) % 5)
    assert proof.guessed_takes(truth, two_right, take)[0] > 0.2
    assert proof.guessed(truth, two_right) <= proof.GUESSED


def test_frames_of_one_person_say_less_than_as_many_of_strangers() -> None:
    truth = np.zeros(100, np.int64)
    guess = np.repeat([0, 1], 50)
    people = np.repeat(np.arange(10), 10)
    wide, narrow = (proof.figure(truth, guess, cluster) for cluster in (people, np.arange(100)))
    assert (wide.low, wide.high) != (narrow.low, narrow.high)
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)
