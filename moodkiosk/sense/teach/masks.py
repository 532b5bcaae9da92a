"""Whether a model was taught with covered mouths: only then does the kiosk let it read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.opinion import COVERED, COVERED_LOG_ODDS
from moodkiosk.sense.teach import proof

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Flags = NDArray[np.bool_]
    Texts = NDArray[np.str_]
    Whole = NDArray[np.int64]

LEAST_LOOKS = 10
"""So many looks with a covered mouth are wanted of each label."""


def covered(opinion: Floats) -> Flags:
    """Which looks have a covered mouth, [n], by what the second opinion said [n, 9]; NaN: it was not asked, so no."""
    found: Flags = np.asarray(opinion[:, COVERED] >= COVERED_LOG_ODDS)
    return found


def taught(labels: Sequence[str], label: Texts, hidden: Flags, truth: Whole, guess: Whole, held_hidden: Flags) -> bool:
    """Whether every label was taught with a covered mouth, and what it then said of such looks was no guessing.

    Args:
        labels: of the model.
        label: what each sample shows that it was taught, [n].
        hidden: whether the mouth is covered there, [n].
        truth: the right label's number of each held-out sample, [m].
        guess: the one that was said by a network which had not seen it, [m].
        held_hidden: whether the mouth is covered there, [m].
    """
    if any(np.count_nonzero(hidden & (label == name)) < LEAST_LOOKS for name in labels):
        return False
    return proof.guessed(truth[held_hidden], guess[held_hidden]) <= proof.GUESSED
