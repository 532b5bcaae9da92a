"""Recordings as the network sees them: measures, and the own neutral face of each person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods import AT_REST
from moodkiosk.sense.mood.measures import MEASURES, measures, resting, with_own_neutral

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


def own_neutrals(x: Floats, label: Texts, person: Texts) -> dict[str, Floats]:
    """Each person's median measures at rest, without hands; people without a sample at rest are left out."""
    count = _resting(x)
    rest = label == AT_REST
    return {str(name): np.median(x[rest & (person == name), :count], axis=0) for name in np.unique(person[rest])}


def with_own_neutrals(x: Floats, person: Texts, own: dict[str, Floats], usual: Floats, gain: float = 1.0) -> Floats:
    """The measures as if everybody's face at rest were the usual one; people who are not in `own` stay as they are."""
    moved = x.copy()
    for name, neutral in own.items():
        rows = person == name
        moved[rows] = with_own_neutral(x[rows], neutral, usual, gain)
    return moved


def neutral_mean(x: Floats, label: Texts) -> Floats | None:
    """Mean measures of all samples at rest, without hands; None without any."""
    rest = label == AT_REST
    return x[rest, : _resting(x)].mean(0) if rest.any() else None


def _resting(x: Floats) -> int:
    """How many of these measures have a value at rest; schemas differ in their number."""
    return next(resting(schema) for schema, names in MEASURES.items() if len(names) == x.shape[1])
