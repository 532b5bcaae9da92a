"""Recordings as the network sees them: measures, and who they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.measures import measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset

    Floats = NDArray[np.float32]
    Texts = NDArray[np.str_]


def vectors(data: Dataset, schema: str) -> Floats:
    """The measures of all samples by this schema, float32 [n, k]."""
    return measures(data.face, data.left_hand, data.right_hand, schema, data.opinion)


def people(data: Dataset) -> Texts:
    """Who each sample is of: the person's name; where there is none, the file, which at least is one sitting."""
    several = len(np.unique(data.person)) > 1
    names = [p or (f"\0file {f}" if several else "") for p, f in zip(data.person.tolist(), data.file, strict=True)]
    return np.array(names, np.str_)
