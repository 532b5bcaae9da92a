"""Frames as a table: what is learnt from, whoever recorded it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.takes import Take

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]
    Texts = NDArray[np.str_]
    Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The frames of all takes: measures [n, k], labels, people, number of the take, whether the mouth is covered."""

    x: Floats
    label: Texts
    person: Texts
    take: Whole
    covered: Rows

    def numbers(self, labels: tuple[str, ...]) -> Whole:
        """The number of each frame's label among `labels`, [n]."""
        return np.array([labels.index(name) for name in self.label.tolist()], np.int64)

    def select(self, rows: Rows) -> Samples:
        """The frames of a mask, in their order."""
        return Samples(self.x[rows], self.label[rows], self.person[rows], self.take[rows], self.covered[rows])


def stacked(takes: Sequence[Take]) -> Samples:
    """All frames, in the order of the takes."""
    counts = [len(take) for take in takes]
    return Samples(
        np.concatenate([take.x for take in takes]),
        np.repeat([take.label for take in takes], counts),
        np.repeat([take.person for take in takes], counts),
        np.repeat(np.arange(len(takes)), counts),
        np.concatenate([np.zeros(len(take), bool) if take.covered is None else take.covered for take in takes]),
    )
