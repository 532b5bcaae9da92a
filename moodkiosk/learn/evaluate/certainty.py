"""How sure figures of a data set are: intervals, and whether guessing would do as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.data.split import recordings
from moodkiosk.sense.teach import figures, proof

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moodkiosk.learn.data.split import Way
    from moodkiosk.learn.evaluate.evaluate import Answers

    Whole = NDArray[np.int64]

Interval = tuple[float, float]

FEW_TAKES = 0.05
"""Five takes can be dealt in 120 ways: then one in twenty is the limit, and of two or three none may be as good."""


def clusters(said: Answers) -> Whole:
    """A number for each sample: samples of one person resemble each other; of one person alone, those of one take."""
    people, number = np.unique(said.data.person, return_inverse=True)
    return number.astype(np.int64) if len(people) > 1 else recordings(said.data)


def intervals(said: Answers) -> dict[str, Interval]:
    """95 % intervals of the figures, by the names they have in a manifest."""
    truth, guess, cluster = said.truth, said.shares.argmax(1), clusters(said)
    everything = np.zeros_like(truth)

    def share(rows: NDArray[np.bool_]) -> Interval:
        """Of the accuracy over some samples: as a balanced accuracy of one label."""
        right = (guess != truth)[rows].astype(np.int64)
        found = proof.figure(everything[rows], right, cluster[rows])
        return found.low, found.high

    whole = proof.figure(truth, guess, cluster)
    found = {"balanced_accuracy": (whole.low, whole.high), "accuracy": share(truth >= 0)}
    found |= {f"recall.{said.labels[label]}": share(truth == label) for label in figures.recall(truth, guess)}
    for part in figures.ANSWERED:
        found[f"answered.{part}"] = share(figures.surest(said.shares, part))
    if np.isfinite(said.data.at).any():
        joint = figures.over_windows(said.shares, said.data.at, recordings(said.data)).argmax(1)
        window = proof.figure(truth, joint, cluster)
        found["window_balanced_accuracy"] = (window.low, window.high)
    return found


def guessing(said: Answers, way: Way) -> str | None:
    """Why it cannot be told from guessing, or None if it can.

    Frames are dealt anew, and, where whole people or sessions were held out, whole takes too: one that is read right
    from its first frame to its last is one success, not a hundred.
    """
    truth, guess = said.truth, said.shares.argmax(1)
    frames = proof.guessed(truth, guess)
    if frames > proof.GUESSED:
        return f"guessing would do as well with a probability of {_percent(frames)}"
    if way == "time":
        return None
    takes, least = proof.guessed_takes(truth, guess, recordings(said.data))
    if takes > max(proof.GUESSED, min(FEW_TAKES, 6 * least), 1.5 * least):
        count = len(np.unique(recordings(said.data)))
        return f"guessing {count} takes as a whole would do as well with a probability of {_percent(takes)}"
    return None


def between(interval: Sequence[float] | None) -> str:
    """An interval for people."""
    return "" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"


def _percent(probability: float) -> str:
    return f"{probability:.0%}" if probability >= 0.1 else f"{probability:.1%}"
