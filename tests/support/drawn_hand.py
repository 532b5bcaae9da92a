"""A hand drawn with OpenCV's ovals and lines, which MediaPipe takes for one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image

SKIN, SHADE, WALL = (224, 172, 140), (170, 120, 95), (90, 105, 120)

PALM = ((-0.28, 0.6), (-0.5, 0.1), (-0.42, -0.38), (-0.05, -0.48), (0.25, -0.42), (0.5, -0.2), (0.45, 0.3), (0.28, 0.6))
FINGERS = (
    ((-0.42, 0.1), (-0.78, -0.35), (-0.98, -0.62), 0.24),
    ((-0.32, -0.35), (-0.42, -0.8), (-0.5, -1.25), 0.2),
    ((-0.05, -0.42), (-0.06, -0.95), (-0.07, -1.45), 0.21),
    ((0.2, -0.36), (0.28, -0.82), (0.34, -1.28), 0.2),
    ((0.42, -0.2), (0.58, -0.55), (0.7, -0.9), 0.17),
)
"""Of each: where it begins, its middle joint, its tip, its width; in palms' heights from the middle of the palm."""

Place = tuple[float, float]


def hand(rgb: Image, x: float, y: float, height_px: float, turn: float = 0.0, *, thumb_left: bool = True) -> None:
    """Paints an open hand into a picture: the middle of its palm, the palm's height, the turn in radians, clockwise."""
    cos, sin = math.cos(turn), math.sin(turn)

    def at(place: Place) -> tuple[int, int]:
        across, down = (place[0] if thumb_left else -place[0]), place[1]
        return round(x + height_px * (across * cos - down * sin)), round(y + height_px * (across * sin + down * cos))

    def line(one: Place, other: Place, width: float, colour: tuple[int, int, int]) -> None:
        cv2.line(rgb, at(one), at(other), colour, max(1, round(width * height_px)), cv2.LINE_AA)

    for colour, rim in ((SHADE, 0.05), (SKIN, 0.0)):
        line((0, 0.5), (0, 1.6), 0.55 + rim, colour)
        palm = np.array([at(place) for place in PALM])
        cv2.fillPoly(rgb, [palm], colour, cv2.LINE_AA)
        cv2.polylines(rgb, [palm], True, colour, max(1, round((0.12 + rim) * height_px)), cv2.LINE_AA)  # noqa: FBT003 - OpenCV's
        for base, joint, tip, width in FINGERS:
            line(base, joint, width + rim, colour)
            line(joint, tip, 0.9 * width + rim, colour)
    for _, joint, tip, _ in FINGERS:
        for place in (joint, ((joint[0] + tip[0]) / 2, (joint[1] + tip[1]) / 2)):
            cv2.circle(rgb, at(place), max(1, round(0.02 * height_px)), SHADE, -1, cv2.LINE_AA)
    line((-0.3, 0.05), (0.3, -0.1), 0.02, SHADE)
    line((-0.3, -0.1), (0.35, -0.22), 0.02, SHADE)


def picture(size: tuple[int, int], hands: int, seed: int = 0) -> Image:
    """Hands of random sizes and turns, side by side before a wall; uint8 [height, width, 3]."""
    width, height = size
    rng = np.random.default_rng(seed)
    rgb: Image = np.full((height, width, 3), WALL, np.uint8)
    for number in range(hands):
        palm = min(width / hands, height) * float(rng.uniform(0.16, 0.24))
        x, y = width * (number + 0.5) / hands, height * 0.55
        hand(rgb, x, y, palm, float(rng.uniform(-0.6, 0.6)), thumb_left=bool(rng.integers(2)))
    blurred: Image = cv2.GaussianBlur(rgb, (0, 0), 1.0)
    return blurred
