"""The aligned grey crop of a face: what the second opinion looks at."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.frontal import mean_face

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image, Points

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

SIZE_PX = 64
"""Width and height of the crop."""

ANCHORS = (33, 133, 362, 263, 168, 6, 197, 195, 2)
"""Points of the face mesh that place the crop: corners of the eyes, bridge and base of the nose."""
_ANCHORS_AT = np.array(ANCHORS)

EYES_PX, EYE_LINE_PX = 32.4, 23.2
"""Distance of the outer corners of the eyes of a mean face in the crop, and how far down they are."""

FLAT_GREY = 8.0
"""Added to the standard deviation, so that the noise of a dark, flat picture is not blown up."""


FINER = (4, 2)
"""A near face has several pixels for one of the crop: they are cut out this many times as fine and then averaged."""


def aligned(rgb: Image, face: Points) -> NDArray[np.uint8]:
    """The grey crop of a face, uint8 [64, 64]; what lies outside the picture goes on as its border.

    Args:
        rgb: picture [h, w, 3].
        face: landmarks in its pixels, [468, 3]; z is not used.
    """
    import cv2

    matrix = placement(face)
    shrunk = 1 / max(math.hypot(matrix[0, 0], matrix[1, 0]), 1e-6)
    finer = next((times for times in FINER if shrunk >= times), 1)
    size = SIZE_PX * finer
    # Pixel centres lie at half pixels: what is n times as fine begins half a fine pixel into the first coarse one.
    matrix = finer * matrix + np.array([[0, 0, (finer - 1) / 2]] * 2)
    crop = cv2.warpAffine(rgb, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small: NDArray[np.uint8] = grey
    if finer > 1:
        small = cv2.resize(grey, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA)
    return small


def placement(face: Points) -> Doubles:
    """Takes a picture's pixels to the crop's, [2, 3]: the similarity of least squares over `ANCHORS` (Umeyama 1991)."""
    # In plain numbers: of nine points, one call of numpy costs more than all of this.
    to, middle = _wanted()
    x, y = face[_ANCHORS_AT, :2].T.tolist()
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    size = max(sum((u - mean_x) ** 2 + (v - mean_y) ** 2 for u, v in zip(x, y, strict=True)), 1e-9)
    along = sum((u - mean_x) * p + (v - mean_y) * q for u, v, (p, q) in zip(x, y, to, strict=True)) / size
    across = sum((u - mean_x) * q - (v - mean_y) * p for u, v, (p, q) in zip(x, y, to, strict=True)) / size
    left, top = middle[0] - along * mean_x + across * mean_y, middle[1] - across * mean_x - along * mean_y
    return np.array(((along, -across, left), (across, along, top)))


def standardised(grey: NDArray[np.uint8] | Floats) -> Floats:
    """Crops [..., 64, 64] without their brightness and, nearly, their contrast: (grey - mean) / (deviation + 8)."""
    crops = np.asarray(grey, np.float32)
    centred = crops - crops.mean((-2, -1), keepdims=True)
    deviation = np.sqrt(np.square(centred).mean((-2, -1), keepdims=True))
    same: Floats = centred / (deviation + np.float32(FLAT_GREY))
    return same


@functools.cache
def _wanted() -> tuple[list[list[float]], list[float]]:
    """Where the anchors of a mean face lie in the crop, around their middle [9][2], and that middle [2]."""
    wanted = mean_face()[_ANCHORS_AT, :2] * EYES_PX + [SIZE_PX / 2, EYE_LINE_PX]
    middle = wanted.mean(0)
    return (wanted - middle).tolist(), middle.tolist()
