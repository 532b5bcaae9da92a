"""Landmarks of a face whose region is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.engine import FindLandmarks

EYES = (33, 263)
"""The outer corners of the eyes: the line between them is the rotation of the next region."""

TEMPLES = (234, 454)
"""The outermost points of an upright face."""

MARGIN = 1.5
"""A region is this much larger than the box of the landmarks (face_landmark_landmarks_to_roi.pbtxt of MediaPipe)."""

DIM_GREY, DARK_GREY, BRIGHT_GREY = 60.0, 36.0, 110.0
"""Below DIM_GREY a face is brightened, below DARK_GREY up to BRIGHT_GREY."""
SMOOTHING = 0.018
"""Standard deviation of the blur that takes the noise away, in sides of the region (0.03 face widths)."""

MESH_PX, GRID = 192, 1024
"""Side of what the mesh looks at, and the fineness at which OpenCV turns pictures most quickly: 1/1024 px."""

ASKEW_SHARE, ASKEW_RADIANS = 0.08, 0.35
"""A face farther than this from the middle of its region, in sides of it, or more tilted, is measured badly."""


@dataclass(frozen=True, slots=True)
class Region:
    """A square where a face is: the middle and the side in pixels of the frame, the rotation in radians, clockwise."""

    x: float
    y: float
    side: float
    rotation: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face that was found.

    Attributes:
        points: its landmarks, float32 [468, 3], pixels of the frame.
        region: where to look for it in the next frame.
        width_px: from temple to temple, however the head is tilted.
    """

    points: Points
    region: Region
    width_px: float


class FaceMesh:
    """Finds the landmarks of one face in a region."""

    def __init__(self, landmarks: FindLandmarks) -> None:
        self._landmarks = landmarks

    def find(self, rgb: Image, region: Region) -> Face | None:
        """The face in a region of the picture, or None where there is none."""
        region = on_grid(region)
        left, top, part = enlightened(rgb, region)
        if part is None:
            points = self._landmarks(rgb, region)
        else:
            points = self._landmarks(part, Region(region.x - left, region.y - top, region.side, region.rotation))
            if points is not None:
                points += np.array((left, top, 0), np.float32)
        if points is None:
            return None
        face = face_of(points)
        # What the mesh makes of nothing may be a dot, or no numbers at all; those who follow people divide by its size.
        return face if 1 <= face.region.side < math.inf and face.width_px > 0 else None


def on_grid(region: Region) -> Region:
    """A region moved, sized and turned by 0.14 px at most: what the mesh is shown of it lies on OpenCV's grid.

    That is at places of whole 1/GRID px and a half. The mesh is asked for this region whichever engine runs it;
    `litert` cuts it out in half of the time (docs/performance.md).
    """
    scale = GRID * region.side / MESH_PX
    along, across = round(scale * math.cos(region.rotation)), round(scale * math.sin(region.rotation))
    x, y = (math.floor(GRID * place) + 0.5 for place in (region.x, region.y))
    return Region(x / GRID, y / GRID, MESH_PX / GRID * math.hypot(along, across), math.atan2(across, along))


def enlightened(rgb: Image, region: Region) -> tuple[int, int, Image | None]:
    """The region of a picture that is too dark for the mesh: brighter, and with less noise.

    Measured on faces 100 px wide at a mean grey of 30: with noise of 8 grey levels the mesh finds 68 % of them as they
    are, and all of them like this; with 12, 15 % and 97 %, with smaller errors too.

    Returns:
        Left and top in the picture, and a new picture; None for it where the light is good enough.
    """
    import cv2

    height, width = rgb.shape[:2]
    half = 0.75 * region.side
    left, top = max(0, int(region.x - half)), max(0, int(region.y - half))
    right, bottom = min(width, int(region.x + half) + 1), min(height, int(region.y + half) + 1)
    if right - left < 8 or bottom - top < 8:
        return left, top, None
    sample = rgb[top:bottom:8, left:right:8, 1]
    grey = int(np.add.reduce(sample, None)) / sample.size  # np.mean takes twice as long
    darkness = min((DIM_GREY - grey) / (DIM_GREY - DARK_GREY), 1.0)
    if darkness <= 0:
        return left, top, None
    part = cv2.cvtColor(rgb[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    part = cv2.GaussianBlur(part, (0, 0), max(SMOOTHING * darkness * region.side, 0.3))
    part = cv2.convertScaleAbs(part, alpha=1 + darkness * (BRIGHT_GREY / max(grey, 1.0) - 1))
    return left, top, cv2.cvtColor(part, cv2.COLOR_GRAY2RGB)


def face_of(points: Points) -> Face:
    """The face with these landmarks [468, 3]; its region is its box along the line of the eyes, with a margin."""
    (x1, y1), (x2, y2) = points[EYES[0], :2].tolist(), points[EYES[1], :2].tolist()
    rotation = math.atan2(y2 - y1, x2 - x1)
    cos, sin = math.cos(rotation), math.sin(rotation)
    # Both rows of it lie together in memory: a third of the time of a column for each.
    along = np.array(((cos, sin), (-sin, cos)), np.float32) @ points[:, :2].T
    left, top = along.min(1).tolist()
    right, bottom = along.max(1).tolist()
    x, y = (left + right) / 2, (top + bottom) / 2
    side = max(right - left, bottom - top) * MARGIN
    region = Region(x * cos - y * sin, x * sin + y * cos, side, rotation)
    return Face(points, region, math.dist(points[TEMPLES[0], :2].tolist(), points[TEMPLES[1], :2].tolist()))


def askew(region: Region, found: Region) -> bool:
    """Whether a face `found` in a region lies so far from its middle, or so tilted in it, that the mesh is off."""
    apart = math.hypot(found.x - region.x, found.y - region.y) / region.side
    tilt = abs(math.remainder(found.rotation - region.rotation, math.tau))
    return apart > ASKEW_SHARE or not 0.8 < found.side / region.side < 1.25 or tilt > ASKEW_RADIANS
