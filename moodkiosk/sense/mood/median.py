"""The median of measures, for which numpy would load its masked arrays, which nothing else needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def median(rows: Floats) -> Floats:
    """The median of each column of `rows` [n, k], n at least 1; [k]. NaN where a column has one, as `np.median`."""
    low, high, last = (len(rows) - 1) // 2, len(rows) // 2, len(rows) - 1
    ordered = np.partition(rows, sorted({low, high, last}), axis=0)  # NaN comes last
    found: Floats = (ordered[low] + ordered[high]) / np.float32(2)
    found[np.isnan(ordered[last])] = np.nan
    return found
