"""Numbers on a grid: the last digit of what an engine says, which every quicker engine changes, is none of training's.

After some thousand steps of a training, another digit in one number is other weights. Rounding alone does not end that:
of many numbers some lie at a border between two steps of the grid. So the grid is laid where none does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def on_grid(values: Floats, step: float, start: float) -> Floats:
    """The nearest of start, start ± step, start ± 2 step … to each value, float32."""
    return (np.rint((values.astype(np.float64) - start) / step) * step + start).astype(np.float32)


def margin(values: Floats, step: float, start: float) -> float:
    """How far from a border between two steps the value lies that is nearest to one: what may change without harm."""
    beyond = (values.astype(np.float64) - start) / step + 0.5
    return float(np.abs(beyond - np.rint(beyond)).min() * step)


def widest(values: Floats, step: float) -> tuple[float, float]:
    """The start, in [0, step), with the largest margin for these values; and that margin."""
    rest = np.unique(np.mod(values.astype(np.float64).ravel(), step))
    gaps = np.diff(rest, append=rest[0] + step)
    number = int(gaps.argmax())
    border = rest[number] + gaps[number] / 2
    return float((border + step / 2) % step), float(gaps[number] / 2)
