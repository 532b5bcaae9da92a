"""How good answers are. Pure functions of probabilities [n, labels] and the right label numbers [n]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shares = NDArray[np.float32] | NDArray[np.float64]
    Whole = NDArray[np.int64]
    Doubles = NDArray[np.float64]

ANSWERED = (1.0, 0.8, 0.5)
"""The shares of samples, surest first, for which the accuracy is given."""

WINDOW_SECONDS = 2.0


def recall(truth: Whole, guess: Whole) -> dict[int, float]:
    """Share of each label's samples that were read right, for the labels that occur."""
    return {int(label): float((guess[truth == label] == label).mean()) for label in np.unique(truth)}


def balanced_accuracy(truth: Whole, guess: Whole) -> float:
    """Mean of the recalls; NaN without samples. Guessing gives 1 / labels however rare a label is."""
    return float(np.mean(list(recall(truth, guess).values()))) if len(truth) else float("nan")


def confusion(truth: Whole, guess: Whole, labels: int) -> Whole:
    """Counts [labels, labels]: row = right label, column = answer."""
    counts = np.zeros((labels, labels), np.int64)
    np.add.at(counts, (truth, guess), 1)
    return counts


def answered(truth: Whole, shares: Shares, part: float) -> float:
    """Accuracy over the surest `part` (0 to 1) of the samples: what silence when unsure gains."""
    rows = surest(shares, part)
    return float((shares[rows].argmax(1) == truth[rows]).mean())


def surest(shares: Shares, part: float) -> NDArray[np.bool_]:
    """Which samples are the surest `part` (0 to 1), at least one; bool [n]."""
    rows = np.zeros(len(shares), bool)
    rows[np.argsort(-shares.max(1), kind="stable")[: max(1, round(part * len(shares)))]] = True
    return rows


def over_windows(shares: Shares, at: Doubles, recording: Whole, seconds: float = WINDOW_SECONDS) -> Shares:
    """Each sample's answer out of the last `seconds` of its recording: the mean of log-probabilities, as shares.

    Samples whose `at` is NaN keep their own.
    """
    logs = np.log(np.maximum(shares.astype(np.float64), 1e-9))
    out = logs.copy()
    for number in np.unique(recording):
        rows = np.flatnonzero((recording == number) & np.isfinite(at))
        rows = rows[np.argsort(at[rows], kind="stable")]
        first = np.searchsorted(at[rows], at[rows] - seconds, side="right")
        sums = np.concatenate([np.zeros((1, shares.shape[1])), np.cumsum(logs[rows], axis=0)])
        last = np.arange(1, len(rows) + 1)
        out[rows] = (sums[last] - sums[first]) / (last - first)[:, None]
    powers = np.exp(out - out.max(1, keepdims=True))
    together: Doubles = powers / powers.sum(1, keepdims=True)
    return together


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples of similar confidence: their mean confidence, the share of them that was right, their number."""

    confidence: float
    accuracy: float
    count: int


def reliability(truth: Whole, shares: Shares, bins: int = 10) -> list[Bin]:
    """How far confidence can be believed: bins of equal width that hold samples."""
    confidence, right = shares.max(1), shares.argmax(1) == truth
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        Bin(float(confidence[number == b].mean()), float(right[number == b].mean()), int((number == b).sum()))
        for b in np.unique(number)
    ]


def calibration_error(truth: Whole, shares: Shares, bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance of confidence and accuracy over the bins."""
    return sum(b.count * abs(b.confidence - b.accuracy) for b in reliability(truth, shares, bins)) / max(1, len(truth))


def best_temperature(truth: Whole, shares: Shares) -> float:
    """The temperature (Guo et al. 2017) with the least cross-entropy, every label counting the same; 0.5 to 3.

    Few samples say little: it is drawn towards 1 as if a hundred samples had said so.
    """
    logs = np.log(np.maximum(shares.astype(np.float64), 1e-9))
    counts = np.bincount(truth, minlength=shares.shape[1])
    weight = 1 / (np.count_nonzero(counts) * counts[truth])

    def loss(temperature: float) -> float:
        scaled = logs / temperature
        total = np.log(np.exp(scaled - scaled.max(1, keepdims=True)).sum(1)) + scaled.max(1)
        return float((weight * (total - scaled[np.arange(len(truth)), truth])).sum())

    candidates = np.geomspace(0.5, 3.0, 61)
    best = float(min(candidates, key=loss))
    return float(np.exp(np.log(best) * len(truth) / (len(truth) + 100)))
