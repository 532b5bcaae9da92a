"""How good the view of a face is, and what is wrong with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods.reading import Quality
from moodkiosk.sense.faces.landmarks import MARGIN
from moodkiosk.sense.faces.shrink import shrunk

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.landmarks import Face, Region

# Each: what weighs nothing, what weighs 1. In the middle the weight is 0.5, where the view is called bad.
DARK_GREY = (10.0, 38.0)
BRIGHT_SHARE = (0.8, 0.2)  # of the face's pixels that are burnt out
BURNT_GREY = 250
FAR_PX = (20.0, 44.0)  # measures are as good at 48 px as at 200; at 36 px they lose a little
TURN_DEGREES = (60.0, 24.0)
SHARPNESS = (0.08, 0.22)
FLAT_GREY = 4.0
"""Contrast that noise alone makes."""
TEMPLES, MIDDLE = (127, 356), (10, 152)
"""Points of the face mesh: the temples, and the top of the forehead and the chin."""
SHARP_PX = 64
"""Sharpness is judged on the face at this size: finer detail than that tells no mood."""


def judge(rgb: Image, face: Face) -> Quality:
    """The view of a face in a picture."""
    import cv2

    grey = _grey(rgb, face.region)
    small = shrunk(grey, (SHARP_PX, SHARP_PX), roughly=True)
    mean, contrast = (float(value[0, 0]) for value in cv2.meanStdDev(small))
    weights = {
        "too far": ramp(face.width_px, *FAR_PX),
        "too dark": ramp(mean, *DARK_GREY),
        "too bright": ramp(float(np.count_nonzero(small >= BURNT_GREY)) / small.size, *BRIGHT_SHARE),
        "turned away": ramp(turned_degrees(face.points), *TURN_DEGREES),
        "too blurred": ramp(sharpness(small, contrast), *SHARPNESS),
    }
    worst = min(weights, key=weights.__getitem__)
    weight = weights[worst]
    return Quality(round(weight, 3), worst if weight < 0.5 else None, round(face.width_px, 1), round(mean, 1))


def nobody(rgb: Image) -> Quality:
    """The view of a picture without a face: at least its light is known."""
    sample = rgb[::32, ::16, 1]  # each is a place in memory that is far from the others, and not in the cache
    grey = int(np.add.reduce(sample, None)) / sample.size
    if grey < sum(DARK_GREY) / 4:
        return Quality(0.0, "too dark", 0.0, round(grey, 1))
    least_grey = BRIGHT_SHARE[0] * BURNT_GREY  # of a picture of which so much is burnt out
    if grey >= least_grey and np.count_nonzero(sample >= BURNT_GREY) > BRIGHT_SHARE[0] * sample.size:
        return Quality(0.0, "too bright", 0.0, round(grey, 1))
    return Quality(grey=round(grey, 1))


def ramp(value: float, nothing: float, full: float) -> float:
    """0 at `nothing`, 1 at `full`, linear between, either way round."""
    return min(max((value - nothing) / (full - nothing), 0.0), 1.0)


def sharpness(grey: Image, contrast: float) -> float:
    """Fine detail (standard deviation of the Laplacian) of a grey picture, as a share of its own `contrast`."""
    import cv2

    detail = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))[1]
    return float(detail[0, 0]) / (contrast + FLAT_GREY)


def turned_degrees(face: Points) -> float:
    """How far a face [468, 3] looks away from the camera, in degrees, roughly: 0 is into the camera."""
    temples, middle = face[TEMPLES[1]] - face[TEMPLES[0]], face[MIDDLE[1]] - face[MIDDLE[0]]
    x, y, z = temples.tolist()
    u, v, w = middle.tolist()
    # Into the picture, at a right angle to both; the canonical face's forehead lies a little behind its chin.
    normal = (y * w - z * v, z * u - x * w, x * v - y * u)
    length = math.hypot(*normal)
    return math.degrees(math.acos(min(abs(normal[2]) / length, 1.0))) if length else 90.0


def _grey(rgb: Image, region: Region) -> Image:
    """The face in grey, without what is around it; at least one pixel."""
    import cv2

    height, width = rgb.shape[:2]
    half = region.side / MARGIN / 2
    left, top = min(max(int(region.x - half), 0), width - 1), min(max(int(region.y - half), 0), height - 1)
    right, bottom = max(int(region.x + half), left + 1), max(int(region.y + half), top + 1)
    grey: Image = cv2.cvtColor(rgb[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    return grey
