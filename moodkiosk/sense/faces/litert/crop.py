"""Cuts turned squares out of pictures the way MediaPipe's ImageToTensorCalculator does."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodkiosk.sense.faces.landmarks import GRID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image
    from moodkiosk.sense.faces.landmarks import Region
    from moodkiosk.sense.interpreter import Network

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

ROUNDING = 1e-3
"""Of a place that is said in steps of the grid: so near to a whole one it is one."""


def show(rgb: Image, network: Network, low: float = 0.0, high: float = 1.0) -> None:
    """Lays a picture before a network that takes one: grey levels 0 to 255 become `low` to `high`."""
    shown = network.input[0]
    np.multiply(rgb, np.float32((high - low) / 255), out=shown)  # in a third of the time of cv2.LUT
    if low:
        shown += np.float32(low)


def turned(rgb: Image, region: Region, side_px: int, border: int = cv2.BORDER_REPLICATE) -> Image:
    """A region of a picture, upright, uint8 [side_px, side_px, 3]; `border`: what is outside of the picture.

    As image_to_tensor_converter_opencv.cc does it, to the order of the corners: they decide how the place of a pixel is
    rounded, and thereby ten times the error of hands. OpenCV has a quicker way, which rounds steps and places to 1/1024
    px first: four times the error of faces, but for regions that lie on that grid (`landmarks.on_grid`) the same to the
    last bit.
    """
    if (quick := quick_turn(region, side_px)) is not None:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        same: Image = cv2.warpAffine(rgb, quick, (side_px, side_px), flags=flags, borderMode=border)
        return same
    corners = cv2.boxPoints(((region.x, region.y), (region.side, region.side), math.degrees(region.rotation)))
    turn = cv2.getPerspectiveTransform(corners, _corners(side_px))
    cut: Image = cv2.warpPerspective(rgb, turn, (side_px, side_px), flags=cv2.INTER_LINEAR, borderMode=border)
    return cut


def quick_turn(region: Region, side_px: int) -> Doubles | None:
    """Takes a place in `turned(…)` to one in the picture, [2, 3], in whole 1/GRID px; None: they cannot say it."""
    scale, half = GRID * region.side / side_px, side_px / 2
    along, across = scale * math.cos(region.rotation), scale * math.sin(region.rotation)
    left, top = GRID * region.x - (along - across) * half, GRID * region.y - (along + across) * half
    a, b, x, y = round(along), round(across), math.floor(left), math.floor(top)
    # Half a step is left out: no place is exactly between two, where the two ways round differently.
    off = max(abs(along - a), abs(across - b), abs(left - x - 0.5), abs(top - y - 0.5))
    return None if off > ROUNDING else np.array(((a, -b, x), (b, a, y))) / GRID


@functools.cache
def _corners(side_px: int) -> Floats:
    """Of a square in the order of `cv2.boxPoints`: left bottom, left top, right top, right bottom."""
    return np.array(((0, side_px), (0, 0), (side_px, 0), (side_px, side_px)), np.float32)


def projected(raw: Floats, region: Region, side_px: int, depth: float = 1.0) -> Floats:
    """Landmarks that a network found in `turned(…)`, float32 [n, 3], in pixels of the picture.

    Args:
        raw: float32 [n, 3], in pixels of what the network was shown.
        region: what was cut out.
        side_px: side of what the network was shown.
        depth: z is divided by this.
    """
    scale = region.side / side_px
    cos, sin = math.cos(region.rotation) * scale, math.sin(region.rotation) * scale
    half = side_px / 2
    # Around the middle, so that float32 keeps its digits for what is small.
    turn = np.array(((cos, sin, 0.0), (-sin, cos, 0.0), (0.0, 0.0, scale / depth)), np.float32)
    points: Floats = (raw - np.array((half, half, 0.0), np.float32)) @ turn
    points += np.array((region.x, region.y, 0.0), np.float32)
    return points


def letterboxed(rgb: Image, side_px: int) -> tuple[Image, float, float]:
    """A picture whose longer side is `side_px`, black around it; uint8 [side_px, side_px, 3].

    An odd number of black lines is shared evenly: the picture then lies between two lines, as MediaPipe lays it.

    Returns:
        The square; the black share of it at the left and at the top.
    """
    height, width = rgb.shape[:2]
    x, y = (side_px - width) / 2, (side_px - height) / 2
    if not x and not y:
        return rgb, 0.0, 0.0
    if x.is_integer() and y.is_integer():
        left, top = int(x), int(y)
        square: Image = np.zeros((side_px, side_px, 3), np.uint8)
        square[top : top + height, left : left + width] = rgb
    else:
        there = np.array(((1.0, 0.0, -x), (0.0, 1.0, -y), (0.0, 0.0, 1.0)))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        square = cv2.warpPerspective(rgb, there, (side_px, side_px), flags=flags)
    return square, x / side_px, y / side_px
