"""Hands in a picture: MediaPipe's palm detector and hand landmarks, the light ones (hand_landmark_tracking_cpu.pbtxt).

Every picture is searched anew, as with MediaPipe's side packet USE_PREV_LANDMARKS set to false.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodkiosk.sense.faces import networks
from moodkiosk.sense.faces.engine import Hand
from moodkiosk.sense.faces.landmarks import Region
from moodkiosk.sense.faces.litert import crop, ssd
from moodkiosk.sense.interpreter import Network

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image

PALM_PX, HAND_PX = 192, 224
MIN_SCORE = MIN_PRESENCE = 0.5

BOXES, SCORES = 0, 1
"""What the palm detector says."""

POINTS, PRESENCE, SIDE = 0, 1, 2
"""What the network of a hand says; its fourth output, in metres, is not needed."""

WRIST, MIDDLE_KNUCKLE = 0, 2
"""Key points of a palm: a hand whose knuckle is straight above its wrist is upright."""

SCALE, SHIFT = 2.6, -0.5
"""A hand's region: so much larger than its palm's box, and moved by half of it towards the fingers
(palm_detection_detection_to_roi.pbtxt)."""

SAME_HAND = 0.5
"""Regions whose intersection is more than this share of their union are of one hand."""

DEPTH = 0.4
"""z is divided by this (normalize_z of hand_landmark_cpu.pbtxt)."""


class HandDetector:
    """Finds at most so many hands."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._palms = Network(networks.path_of(networks.PALMS))
        self._hand = Network(networks.path_of(networks.HAND))
        self._anchors = ssd.anchors(PALM_PX)

    def __call__(self, rgb: Image) -> list[Hand]:
        """The hands in a picture; see `engine.FindHands`."""
        regions = apart(self._regions(rgb))
        return [hand for region in regions if (hand := self._hand_in(rgb, region)) is not None]

    def _regions(self, rgb: Image) -> list[Region]:
        height, width = rgb.shape[:2]
        side = max(width, height)
        whole = Region(width / 2, height / 2, side)
        square = crop.turned(rgb, whole, PALM_PX, cv2.BORDER_CONSTANT)
        crop.show(square, self._palms)
        self._palms.run()
        boxes, scores = self._palms.output(BOXES)[0], self._palms.output(SCORES)[0, :, 0]
        found = ssd.decoded(boxes, scores, self._anchors, PALM_PX, MIN_SCORE)
        left, top = (side - width) / 2, (side - height) / 2
        return [region_of(box, side, left, top) for box in found[: self._most]]

    def _hand_in(self, rgb: Image, region: Region) -> Hand | None:
        crop.show(crop.turned(rgb, region, HAND_PX), self._hand)
        self._hand.run()
        if not self._hand.output(PRESENCE).item() > MIN_PRESENCE:
            return None
        points = crop.projected(self._hand.output(POINTS).reshape(-1, 3), region, HAND_PX, DEPTH)
        left = self._hand.output(SIDE).item()
        return Hand(points, "Left", left) if left >= 0.5 else Hand(points, "Right", 1 - left)


def region_of(box: ssd.Box, side: float, left: float, top: float) -> Region:
    """Where the hand of a palm is, in pixels of the picture, which began at (left, top) of what was shown."""
    (x0, y0), (x1, y1) = box.keys[WRIST].tolist(), box.keys[MIDDLE_KNUCKLE].tolist()
    rotation = math.remainder(math.pi / 2 - math.atan2(y0 - y1, x1 - x0), math.tau)
    height = box.height * side
    x = (box.left + box.width / 2) * side - left - SHIFT * height * math.sin(rotation)
    y = (box.top + box.height / 2) * side - top + SHIFT * height * math.cos(rotation)
    return Region(x, y, SCALE * max(box.width, box.height) * side, rotation)


def apart(regions: list[Region]) -> list[Region]:
    """Those of different hands: a later one takes the place of those it overlaps (association_calculator.h)."""
    kept: list[Region] = []
    for region in regions:
        kept = [other for other in kept if _overlap(other, region) <= SAME_HAND]
        kept.append(region)
    return kept


def _overlap(one: Region, other: Region) -> float:
    boxes = np.array([(r.x - r.side / 2, r.y - r.side / 2, r.x + r.side / 2, r.y + r.side / 2) for r in (one, other)])
    return float(ssd.overlaps(boxes[0], boxes[1:])[0])
