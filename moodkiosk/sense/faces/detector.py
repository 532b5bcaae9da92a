"""Finds faces in a picture: MediaPipe's short-range detector, shown one small tile of the picture after another.

The detector looks at 128 x 128 pixels and finds faces from an eighth of that width on; so how far it sees is a matter
of how large the tile is. Measured here (docs/performance.md): on tiles of the right size it finds the same faces as the
full-range detector at a third of the cost a tile, and far more of them in the dark and at the edges of the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.faces.landmarks import Region
from moodkiosk.sense.faces.shrink import shrunk

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image
    from moodkiosk.sense.faces.engine import Detection, FindFaces

DETECTOR_PX = 128
"""Side of what the detector looks at."""

MIN_SCORE = 0.4
"""Of a detection: lower than MediaPipe's usual 0.5, because the mesh has the last word."""

SURE_SCORE = 0.7
"""Of a face seen close up: measured, faces in all tilts, sizes and lights have more, a skull on a shirt had 0.6."""

CLOSE = 2.0
"""A close look shows so many sides of the region."""

LEAST_PX = 16

MARGIN = 1.5
"""The region of a face is this much larger than the detector's box (face_detection_front_detection_to_roi.pbtxt)."""

SMALLEST_SHARE = 1 / 6.9
"""Faces from this share of a tile's side on are found surely, at the edge of the picture and tilted by 30 degrees too;
in the middle and upright from an eighth on."""

SMALLEST_PX, SMALLEST_OF_HEIGHT = 40.0, 1 / 15
"""The smallest face that is searched for, in pixels and as a share of the picture's shorter side: three metres and more
with the usual lens, whatever the resolution."""

NEXT_KIND = 1.9
SQUARE = 1.34
"""A picture longer than this is covered by squares as well."""

Tile = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What may be a face: where, and how sure the detector is, 0 to 1."""

    region: Region
    score: float


class FaceFinder:
    """Searches pictures for faces."""

    def __init__(self, detect: FindFaces) -> None:
        self._detect = detect

    def find(self, rgb: Image, tile: Tile) -> list[Sighting]:
        """What may be faces in a tile of the picture; regions in pixels of the picture."""
        left, top, width, height = tile
        small = as_shown(rgb[top : top + height, left : left + width])
        return [_sighting(detection, tile) for detection in self._detect(small)]

    def closer(self, rgb: Image, region: Region) -> Sighting | None:
        """A closer look at a region: what lies in the middle of it, if anything does."""
        height, width = rgb.shape[:2]
        half = CLOSE / 2 * region.side
        left, top = max(0, round(region.x - half)), max(0, round(region.y - half))
        right, bottom = min(width, round(region.x + half)), min(height, round(region.y + half))
        if right - left < LEAST_PX or bottom - top < LEAST_PX:
            return None

        def apart(sighting: Sighting) -> float:
            return math.hypot(sighting.region.x - region.x, sighting.region.y - region.y)

        nearest = min(self.find(rgb, (left, top, right - left, bottom - top)), key=apart, default=None)
        return nearest if nearest is not None and apart(nearest) < CLOSE / 4 * region.side else None


def as_shown(rgb: Image) -> Image:
    """A picture as the detector is shown it: the longer side DETECTOR_PX."""
    height, width = rgb.shape[:2]
    scale = DETECTOR_PX / max(width, height)
    return shrunk(rgb, (max(1, round(width * scale)), max(1, round(height * scale))))


def _sighting(detection: Detection, tile: Tile) -> Sighting:
    left, top, width, height = tile
    (x1, y1), (x2, y2) = detection.right_eye, detection.left_eye
    rotation = math.atan2((y2 - y1) * height, (x2 - x1) * width)
    x = left + (detection.left + detection.width / 2) * width
    y = top + (detection.top + detection.height / 2) * height
    side = MARGIN * max(detection.width * width, detection.height * height)
    return Sighting(Region(x, y, side, rotation), detection.score)


def tiles_of(width: int, height: int) -> list[Tile]:
    """What to show the detector of pictures of one size, the whole picture first, then ever smaller squares on a grid.

    Each kind of tile finds faces from 1/7 of its side on, and its neighbours overlap by as much as the largest face
    needs that the next larger kind would miss.
    """
    shorter, longer = min(width, height), max(width, height)
    tiles: list[Tile] = [(0, 0, width, height)]
    if longer > SQUARE * shorter:
        tiles += _grid(width, height, shorter, shorter * SMALLEST_SHARE)
    face_px = max(SMALLEST_PX, shorter * SMALLEST_OF_HEIGHT)
    while (side := round(face_px / SMALLEST_SHARE)) < 0.8 * shorter:
        tiles += _grid(width, height, side, face_px)
        face_px *= NEXT_KIND
    return tiles


def _grid(width: int, height: int, side: int, face_px: float) -> list[Tile]:
    def starts(length: int, largest_px: float) -> list[int]:
        steps = (length - side) / (side - largest_px)
        count = max(0, math.ceil(steps - 0.1)) + 1
        found: list[int] = np.linspace(0, length - side, count).round().astype(int).tolist()
        return found

    # A face is a quarter taller than wide.
    across, down = starts(width, 1.75 * face_px), starts(height, 1.8 * face_px)
    return [(left, top, side, side) for top in down for left in across]
