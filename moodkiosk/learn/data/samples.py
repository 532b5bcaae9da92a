"""Recordings as the network sees them: measures, and who they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.calibration import LOOK_SECONDS
from moodkiosk.sense.mood.measures import measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset

    Floats = NDArray[np.float32]
    Texts = NDArray[np.str_]
    Flags = NDArray[np.bool_]


def vectors(data: Dataset, schema: str) -> Floats:
    """The measures of all samples by this schema, float32 [n, k]; NaN where the second opinion was not asked."""
    return measures(data.face, data.left_hand, data.right_hand, schema, data.opinion)


def people(data: Dataset) -> Texts:
    """Who each sample is of: the person's name; where there is none, the file, which at least is one sitting."""
    several = len(np.unique(data.person)) > 1
    names = [p or (f"\0file {f}" if several else "") for p, f in zip(data.person.tolist(), data.file, strict=True)]
    return np.array(names, np.str_)


def neutral_looks(data: Dataset, person: Texts) -> Flags:
    """The samples that stand for each person's neutral look.

    They last as long as a calibration and are half of those at rest at most; a single sample at rest is one.
    """
    looks = np.zeros(len(data), bool)
    for name in np.unique(person):
        rows = np.flatnonzero((person == name) & (data.label == AT_REST))
        if not len(rows):
            continue
        rows = rows[np.lexsort((data.at[rows], data.file[rows]))]
        rows = rows[: max(1, len(rows) // 2)]
        first = (data.file[rows] == data.file[rows[0]]) & (data.at[rows] - data.at[rows[0]] <= LOOK_SECONDS)
        looks[rows[first | ~np.isfinite(data.at[rows])]] = True
    return looks
