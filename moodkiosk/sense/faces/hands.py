"""The hands of one person: looked for near the face only, and only when they matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.engine import FindHands
    from moodkiosk.sense.faces.landmarks import Region

REACH = 4.4
"""Side of the square in which a person's hands are looked for, in sides of the face's region (some 1.6 widths)."""

DROP = 0.7
"""How far below the face the middle of that square lies, in sides of the region: hands are seldom above the head."""

MOST_HANDS = 4
"""The two of the person, and as many of somebody beside."""


class HandFinder:
    """Finds the two hands of somebody, in every picture anew: at a low rate, following would lose them anyway."""

    def __init__(self, detect: FindHands) -> None:
        """`detect` finds up to MOST_HANDS."""
        self._detect = detect

    def find(self, rgb: Image, face: Region, others: Sequence[Region] = ()) -> tuple[Points | None, Points | None]:
        """The left and the right hand of the person whose face is there, float32 [21, 3] in pixels of the frame.

        `others`: the faces of others, who may have hands too.
        """
        left, top, right, bottom = near(face, rgb.shape[1], rgb.shape[0])
        part = np.ascontiguousarray(rgb[top:bottom, left:right])
        shift = np.array((left, top, 0), np.float32)
        found: dict[str, tuple[float, Points]] = {}
        for hand in self._detect(part):
            points = hand.points + shift
            if any(distance(points, other) < distance(points, face) for other in others):
                continue
            if hand.side not in found or hand.score > found[hand.side][0]:
                found[hand.side] = (hand.score, points)
        # MediaPipe takes every picture for a mirror image (hands.md of its solutions); ours are none.
        hands = (found.get("Right"), found.get("Left"))
        return hands[0][1] if hands[0] else None, hands[1][1] if hands[1] else None


def distance(hand: Points, face: Region) -> float:
    """How far the wrist of a hand [21, 3] is from where the hands of the person with this face are, in faces."""
    x, y = hand[0, :2].tolist()
    return math.hypot(x - face.x, y - face.y - DROP * face.side) / face.side


def near(face: Region, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the part of the picture where the hands of a person may be."""
    half = face.side * REACH / 2
    x, y = face.x, face.y + DROP * face.side
    left, right = max(0, round(x - half)), min(width, round(x + half))
    top, bottom = max(0, round(y - half)), min(height, round(y + half))
    return min(left, width - 2), min(top, height - 2), max(right, left + 2), max(bottom, top + 2)
