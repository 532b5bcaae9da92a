"""Shapes in head units onto a picture.

The head is 1 high from crown to chin; the origin lies between the eyes, x points to the right of the picture, y down.
Points lie on an ellipsoid and are turned in space, so that a turned head is foreshortened like a real one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image
    from moodkiosk.sense.actor.drawn.looks import Colour

    Shape = NDArray[np.float64]

SUBPIXEL_BITS = 4
DEPTH = 0.42
"""Of the ellipsoid that the features lie on, in head units."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the head is and how it is held.

    Attributes:
        x_px, y_px: of the point between the eyes, in the picture.
        head_px: height of the head from crown to chin, in pixels.
        roll_degrees: tilted towards the picture's right shoulder (clockwise).
        yaw_degrees: turned towards the picture's right.
        pitch_degrees: bowed down.
    """

    x_px: float
    y_px: float
    head_px: float
    roll_degrees: float = 0.0
    yaw_degrees: float = 0.0
    pitch_degrees: float = 0.0


class Brush:
    """Puts shapes in head units onto the picture."""

    def __init__(self, rgb: Image, pose: Pose) -> None:
        self.rgb, self.pose = rgb, pose
        roll, yaw, pitch = (math.radians(a) for a in (pose.roll_degrees, pose.yaw_degrees, pose.pitch_degrees))
        turn = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
        bow = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
        tilt = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
        self._solid = pose.head_px * tilt @ (bow @ turn)[:2]
        self._flat = pose.head_px * tilt

    def pixels(self, shape: Shape, lift: float | None) -> Shape:
        """`lift` raises the points off the face towards the viewer; None leaves the shape out of the head's turn."""
        if lift is None:
            points: Shape = shape @ self._flat.T
        else:
            rest = 1 - (shape[:, 0] / 0.40) ** 2 - ((shape[:, 1] - 0.05) / 0.58) ** 2
            depth = DEPTH * np.sqrt(np.clip(rest, 0, 1)) + lift
            points = np.column_stack([shape, depth]) @ self._solid.T
            points -= np.array([0, 0, 0.8 * DEPTH]) @ self._solid.T * 0.35  # the neck is the axis, not the nose
        points += np.array((self.pose.x_px, self.pose.y_px))
        return points

    def fill(self, shape: Shape, colour: Colour, lift: float | None = 0.0) -> None:
        """Fills a closed shape."""
        cv2.fillPoly(self.rgb, [self._fixed(self.pixels(shape, lift))], colour, cv2.LINE_AA, SUBPIXEL_BITS)

    def line(self, shape: Shape, colour: Colour, width: float, lift: float | None = 0.0) -> None:
        """Draws an open line; `width` in head units, at least one pixel."""
        thick = max(1, round(width * self.pose.head_px))
        points = self._fixed(self.pixels(shape, lift))
        cv2.polylines(self.rgb, [points], False, colour, thick, cv2.LINE_AA, SUBPIXEL_BITS)  # noqa: FBT003 - cv2 names it isClosed

    def shade(self, shape: Shape, colour: Colour, strength: float, blur: float, lift: float | None = 0.0) -> None:
        """Mixes in a colour with a soft edge; `strength` 0 to 1, `blur` in head units."""
        points = self.pixels(shape, lift)
        soft = max(1.0, blur * self.pose.head_px)
        height, width = self.rgb.shape[:2]
        left, top = np.maximum(np.floor(points.min(0) - 2 * soft), 0).astype(int)
        right, bottom = np.minimum(np.ceil(points.max(0) + 2 * soft) + 1, (width, height)).astype(int)
        if right - left < 1 or bottom - top < 1:
            return
        mask = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillPoly(mask, [self._fixed(points - (left, top))], round(255 * strength), cv2.LINE_AA, SUBPIXEL_BITS)
        size = 2 * round(soft) + 1
        mask = cv2.blur(cv2.blur(mask, (size, size)), (size, size))
        patch = self.rgb[top:bottom, left:right]
        share = (mask.astype(np.float32) / 255)[..., None]
        patch += ((np.array(colour, np.float32) - patch) * share).astype(np.int16).astype(np.uint8)  # wraps, as it must

    @staticmethod
    def _fixed(points: Shape) -> NDArray[np.int32]:
        limited = np.clip(points, -20_000, 20_000)  # OpenCV's fixed-point coordinates overflow far outside
        fixed: NDArray[np.int32] = np.rint(limited * (1 << SUBPIXEL_BITS)).astype(np.int32)
        return fixed


def tone(colour: Colour, factor: float) -> Colour:
    """A darker (below 1) or lighter colour."""
    red, green, blue = (int(min(255, max(0, part * factor))) for part in colour)
    return red, green, blue


def oval(x: float, y: float, half_width: float, half_height: float, start: float = 0, end: float = 360) -> Shape:
    """Points of an ellipse or of an arc of it; degrees, clockwise from the right."""
    angle = np.radians(np.linspace(start, end, 33))
    return np.column_stack([x + half_width * np.cos(angle), y + half_height * np.sin(angle)])


def smooth(*corners: tuple[float, float]) -> Shape:
    """A curve through the given points (Catmull-Rom spline)."""
    knots = np.array([corners[0], *corners, corners[-1]], dtype=np.float64)
    share = np.linspace(0, 1, 8, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        bend = (2 * p0 - 5 * p1 + 4 * p2 - p3) * share**2 + (3 * p1 - p0 - 3 * p2 + p3) * share**3
        pieces.append(0.5 * (2 * p1 + (p2 - p0) * share + bend))
    return np.concatenate([*pieces, knots[-1:]])
