"""Boxes from what a single-shot detector says: anchors, decoding, weighted suppression.

After ssd_anchors_calculator.cc, tensors_to_detections_calculator.cc and non_max_suppression_calculator.cc of MediaPipe,
with the options of its detectors of faces (short range) and palms, which differ in nothing but size and key points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

STRIDES = (8, 16, 16, 16)
"""Pixels between anchors in each layer; every layer has two anchors a place."""

LEAST_OVERLAP = 0.3
"""Boxes whose intersection is more than this share of their union are taken for one."""

LIMIT = 100.0
"""What a network says of a score is cut at this, either side."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Something that was detected; all in shares of what the detector was shown.

    Attributes:
        score: 0 to 1.
        left: of the box.
        top: of the box.
        width: of the box.
        height: of the box.
        keys: the key points' x and y, float32 [n, 2].
    """

    score: float
    left: float
    top: float
    width: float
    height: float
    keys: Floats

    def unboxed(self, left: float, top: float) -> Box:
        """In shares of the picture that had black shares `left` and `top`, and as much at the other side."""
        across, down = 1 - 2 * left, 1 - 2 * top
        keys = (self.keys - np.array((left, top), np.float32)) / np.array((across, down), np.float32)
        return Box(
            self.score,
            (self.left - left) / across,
            (self.top - top) / down,
            self.width / across,
            self.height / down,
            keys,
        )


def anchors(side_px: int) -> Floats:
    """The middles of the anchors, as shares of the picture's side, in the order of the network; float32 [n, 2]."""
    found: list[Floats] = []
    for stride in dict.fromkeys(STRIDES):
        steps = math.ceil(side_px / stride)
        y, x = np.mgrid[:steps, :steps].reshape(2, -1)
        cells = np.stack((x, y), -1).astype(np.float32)
        found.append(np.repeat((cells + 0.5) / steps, 2 * STRIDES.count(stride), 0))
    middles: Floats = np.concatenate(found).astype(np.float32)
    return middles


def decoded(raw: Floats, logits: Floats, middles: Floats, side_px: int, min_score: float) -> list[Box]:
    """What was detected, the surest first.

    Args:
        raw: of each anchor: middle of the box, its size, key points, in pixels from the anchor; [n, 4 + 2k].
        logits: how sure; [n].
        middles: see `anchors`.
        side_px: of what the network was shown.
        min_score: leave out what is less sure.
    """
    chosen = np.flatnonzero(logits > math.log(min_score / (1 - min_score)))
    if not chosen.size:
        return []
    scores: Floats = 1 / (1 + np.exp(-np.clip(logits[chosen], -LIMIT, LIMIT)))
    values = raw[chosen] / np.float32(side_px)
    at = middles[chosen]
    middle, half = values[:, :2] + at, values[:, 2:4] / 2
    corners = np.concatenate((middle - half, middle + half), 1)
    keys = values[:, 4:].reshape(len(chosen), -1, 2) + at[:, None]
    # MediaPipe leaves out boxes turned inside out.
    good = (half >= 0).all(1)
    order = np.argsort(-scores[good], kind="stable")
    return suppressed(scores[good][order], corners[good][order], keys[good][order])


def suppressed(scores: Floats, corners: Floats, keys: Floats) -> list[Box]:
    """One box for all that overlap: their mean, weighted by score; the surest first.

    Args:
        scores: the greatest first; [n].
        corners: left, top, right, bottom; [n, 4].
        keys: key points; [n, k, 2].
    """
    found: list[Box] = []
    left: NDArray[np.intp] = np.arange(len(scores))
    while left.size:
        best = left[0]
        same = overlaps(corners[best], corners[left]) > LEAST_OVERLAP
        # A box without area overlaps nothing, not even itself.
        group = left[same] if same.any() else left[:1]
        weights = scores[group] / scores[group].sum()
        x1, y1, x2, y2 = (weights @ corners[group]).tolist()
        point = np.tensordot(weights, keys[group], 1).astype(np.float32)
        found.append(Box(float(scores[best]), x1, y1, x2 - x1, y2 - y1, point))
        if not same.any():
            break
        left = left[~same]
    return found


def overlaps(one: Floats, many: Floats) -> Floats:
    """Intersection over union of a box [4] with others [n, 4], as left, top, right, bottom; [n]."""
    sides = np.clip(np.minimum(one[2:], many[:, 2:]) - np.maximum(one[:2], many[:, :2]), 0, None)
    common = sides[:, 0] * sides[:, 1]
    areas = (many[:, 2] - many[:, 0]) * (many[:, 3] - many[:, 1])
    union = (one[2] - one[0]) * (one[3] - one[1]) + areas - common
    shares: Floats = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    return shares
