"""How good the view of a face is, and what is wrong with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods import Quality
from moodkiosk.sense.landmarks import width_px
from moodkiosk.sense.upright import turn_degrees

if TYPE_CHECKING:
    from moodkiosk.moods import Image, Points

# Each: what weighs nothing, what weighs 1. In the middle the weight is 0.5, where the view is called bad.
DARK_GREY = (10.0, 38.0)
BRIGHT_SHARE = (0.8, 0.2)  # of the face's pixels that are burnt out
BURNT_GREY = 250
FAR_PX = (12.0, 44.0)  # measures are as good at 48 px as at 200; at 36 px they lose a little
TURN_DEGREES = (60.0, 24.0)
SHARPNESS = (0.01, 0.05)
SHARP_PX = 64
"""Sharpness is judged on the face at this size: finer detail than that tells no mood."""


def judge(rgb: Image, face: Points) -> Quality:
    """The view of a face [468, 3] in a picture."""
    import cv2

    size_px = width_px(face)
    grey = _grey(rgb, face)
    small = cv2.resize(grey, (SHARP_PX, SHARP_PX), interpolation=cv2.INTER_AREA)
    mean = float(small.mean())
    yaw, pitch, _ = turn_degrees(face)
    turned = math.hypot(yaw, pitch)
    weights = {
        "too far": ramp(size_px, *FAR_PX),
        "too dark": ramp(mean, *DARK_GREY),
        "too bright": ramp(float(np.count_nonzero(small >= BURNT_GREY)) / small.size, *BRIGHT_SHARE),
        "turned away": ramp(turned, *TURN_DEGREES),
        "too blurred": ramp(sharpness(small), *SHARPNESS),
    }
    worst = min(weights, key=weights.__getitem__)
    weight = weights[worst]
    return Quality(round(weight, 3), worst if weight < 0.5 else None, round(size_px, 1), round(mean, 1))


def nobody(rgb: Image) -> Quality:
    """The view of a picture without a face: at least its light is known."""
    grey = float(rgb[::16, ::16, 1].mean())
    if grey < sum(DARK_GREY) / 4:
        return Quality(0.0, "too dark", 0.0, round(grey, 1))
    return Quality(grey=round(grey, 1))


def ramp(value: float, nothing: float, full: float) -> float:
    """0 at `nothing`, 1 at `full`, linear between, either way round."""
    return min(max((value - nothing) / (full - nothing), 0.0), 1.0)


def sharpness(grey: Image) -> float:
    """Energy of the fine detail (Laplacian) as a share of the contrast, of a grey picture [SHARP_PX, SHARP_PX]."""
    import cv2

    contrast = float(grey.std()) + 4.0
    return float(cv2.Laplacian(grey, cv2.CV_32F).std()) / contrast / 10.0


def _grey(rgb: Image, face: Points) -> Image:
    """The face's box in grey, at least one pixel."""
    import cv2

    height, width = rgb.shape[:2]
    low, high = face[:, :2].min(0), face[:, :2].max(0)
    left, top = (int(min(max(v, 0), limit - 1)) for v, limit in zip(low.tolist(), (width, height), strict=True))
    right, bottom = (int(min(max(v, 1), limit)) for v, limit in zip(high.tolist(), (width, height), strict=True))
    part = rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    grey: Image = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    return grey
