"""How sure a figure is: exact tests, and intervals, so that luck is not taken for learning. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.teach.figures import balanced_accuracy, confusion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Rights = NDArray[np.bool_]

SHUFFLES = 9999
"""Of a permutation test; the smallest probability it can give is 1 in 10,000."""

DEALT_AT_ONCE = 500_000
"""Takes: bounds the memory of a test."""

GUESSED = 0.001
"""A model may be as good as it is by guessing with this probability at most …"""

NO_BETTER = 0.05
"""… and may seem better than the one before by chance with this one."""

SURE = 0.95
"""Of an interval."""

DRAWS = 500
"""Of people with replacement, for the bootstrap."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and between what it lies.

    Attributes:
        value: NaN without samples.
        low, high: its interval of 95 %.
        count: of how many samples, or streams, it is.
    """

    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f} to {self.high:.2f}, n = {self.count})"


def figure(truth: Whole, guess: Whole, cluster: Whole | None = None) -> Figure:
    """The balanced accuracy of these answers, with its interval. Other figures have theirs from `with_interval`.

    The interval is Clopper & Pearson's, of as many independent samples as have the same spread (Korn & Graubard 1998).

    Args:
        truth: label numbers [n].
        guess: likewise.
        cluster: samples of one number resemble each other [n]: they are of one person, or of one take.
    """
    if not len(truth):
        return Figure(float("nan"), 0.0, 1.0, 0)
    value, counts = balanced_accuracy(truth, guess), np.bincount(truth)
    labels = np.count_nonzero(counts)
    weight = 1 / (labels * counts[truth])
    alike = labels**2 / float((1 / counts[counts > 0]).sum())
    if cluster is not None and 0 < value < 1:
        right = guess == truth
        recall = np.bincount(truth, right) / np.maximum(counts, 1)
        sums = np.bincount(np.unique(cluster, return_inverse=True)[1], weight * (right - recall[truth]))
        spread = float((sums**2).sum()) * len(sums) / max(len(sums) - 1, 1)
        alike = min(alike, value * (1 - value) / spread) if spread else alike
    low, high = interval(value, alike)
    return Figure(value, low, high, len(truth))


def with_interval(rows: Whole, person: NDArray[np.str_], figure: Callable[[Whole], float]) -> Figure:
    """A figure that is no share of samples, such as one over time: the bootstrap (Efron 1979) draws people anew.

    Args:
        rows: of the samples.
        person: whose each of these rows is, of the same length.
        figure: takes rows, of which some may be there several times.
    """
    if not len(rows):
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    rng = np.random.default_rng(0)
    names, number = np.unique(person, return_inverse=True)
    of_person = [rows[number == index] for index in range(len(names))]
    drawn = [
        figure(np.concatenate([of_person[one] for one in rng.integers(len(names), size=len(names))]))
        for _ in range(DRAWS)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Figure(figure(rows), float(low), float(high), len(rows))


def interval(share: float, count: float, sure: float = SURE) -> tuple[float, float]:
    """Clopper & Pearson's exact interval (1934) of a share of `count` samples.

    A count that is not whole is meant, as for samples that resemble each other (Korn & Graubard 1998).
    """
    right, wrong, tail = share * count, (1 - share) * count, (1 - sure) / 2
    low = 0.0 if right <= 0 else _beta_quantile(tail, right, wrong + 1)
    high = 1.0 if wrong <= 0 else _beta_quantile(1 - tail, right + 1, wrong)
    return low, high


def guessed(truth: Whole, guess: Whole, seed: int = 0) -> float:
    """The probability that answers which know nothing of the truth are as good as these.

    A permutation test (Phipson & Smyth 2010): the labels are dealt anew to the same answers, and it is counted how
    often the balanced accuracy is as high. Dealing is done in the table of confusion, so it is quick for any number.
    """
    if not len(truth):
        return 1.0
    size = int(max(truth.max(), guess.max())) + 1
    table = confusion(truth, guess, size)
    left = np.tile(table.sum(0), (SHUFFLES, 1))
    rng, score = np.random.default_rng(seed), np.zeros(SHUFFLES)
    for label in range(size):
        count = int(table[label].sum())
        if not count:
            continue
        wanted = np.full(SHUFFLES, count)
        for answer in range(size):  # of all that are left, those of one answer, until the label has its number
            others = left[:, answer + 1 :].sum(1)
            drawn = rng.hypergeometric(left[:, answer], others, wanted)
            if answer == label:
                score += drawn / count
            left[:, answer] -= drawn
            wanted -= drawn
    as_good = int((score >= sum(_recalls(table)) - 1e-9).sum())
    return (1 + as_good) / (1 + SHUFFLES)


def guessed_takes(truth: Whole, guess: Whole, take: Whole, seed: int = 0) -> tuple[float, float]:
    """Like `guessed`, with the labels dealt anew to whole takes: within one, frames resemble each other.

    Args:
        truth: label numbers [n].
        guess: likewise.
        take: the frames of one number are of one take, and have one label [n].
        seed: of the dealing.

    Returns:
        The probability, and the smallest that so few takes can give: one in all ways to deal.
    """
    _, first, number = np.unique(take, return_index=True, return_inverse=True)
    label, size = truth[first], int(max(truth.max(), guess.max())) + 1
    answers = np.zeros((len(label), size))
    np.add.at(answers, (number, guess), 1)
    frames, kinds, as_good = answers.sum(1), np.unique(label), 0
    rng, score = np.random.default_rng(seed), balanced_accuracy(truth, guess)
    deals, at_once = SHUFFLES, max(1, DEALT_AT_ONCE // len(label))
    while deals:
        some = min(deals, at_once)
        dealt = rng.permuted(np.tile(label, (some, 1)), axis=1)
        recalls = [((dealt == kind) @ answers[:, kind]) / ((dealt == kind) @ frames) for kind in kinds]
        as_good += int((np.mean(recalls, axis=0) >= score - 1e-9).sum())
        deals -= some
    ways = math.lgamma(len(label) + 1) - sum(math.lgamma(int((label == kind).sum()) + 1) for kind in kinds)
    return (1 + as_good) / (1 + SHUFFLES), math.exp(-ways)


def no_better(before: Rights, after: Rights) -> float:
    """The probability that answers are by chance as much more often right as `after` is than `before`, [n] each.

    McNemar's exact test (1947), one-sided: of the samples that only one of the two reads right, as many would be the
    one's as the other's.
    """
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    ways = sum(math.comb(gained + lost, count) for count in range(gained, gained + lost + 1))
    return float(ways / 2 ** (gained + lost))


def _recalls(table: Whole) -> list[float]:
    return [float(table[label, label] / table[label].sum()) for label in range(len(table)) if table[label].sum()]


def _beta_quantile(share: float, a: float, b: float) -> float:
    """Where the beta distribution reaches a share, by halving."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta_share(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22, evaluated as Lentz does)."""
    if x <= 0 or x >= 1:
        return float(x > 0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    tiny, found, c, d = 1e-300, 1.0, 1.0, 0.0
    for step in range(400):
        m = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + term * d or tiny)
        c = 1 + term / c or tiny
        found *= c * d
        if abs(1 - c * d) < 1e-12 and step:
            break
    return math.exp(logs) / a * (found - 1)
