"""The hands of one person: looked for near the face only, and only when they matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.faces.graph import Graph, serialised_list
from moodkiosk.sense.faces.landmarks import points_of

if TYPE_CHECKING:
    from moodkiosk.moods import Image, Points
    from moodkiosk.sense.faces.landmarks import Region

POINTS = 21

REACH = 4.4
"""Side of the square in which a person's hands are looked for, in sides of the face's region (some 1.6 widths)."""

DROP = 0.7
"""How far below the face the middle of that square lies, in sides of the region: hands are seldom above the head."""

MOST_HANDS = 4
"""The two of the person, and as many of somebody beside."""

HANDS = """
input_stream: "image"
input_side_packet: "num_hands"
input_side_packet: "model_complexity"
input_side_packet: "use_prev_landmarks"
node {
  calculator: "HandLandmarkTrackingCpu"
  input_stream: "IMAGE:image"
  input_side_packet: "NUM_HANDS:num_hands"
  input_side_packet: "MODEL_COMPLEXITY:model_complexity"
  input_side_packet: "USE_PREV_LANDMARKS:use_prev_landmarks"
  output_stream: "LANDMARKS:hands"
  output_stream: "HANDEDNESS:sides"
}
"""


class HandFinder:
    """Finds the two hands of somebody, in every picture anew: at a low rate, following would lose them anyway."""

    def __init__(self) -> None:
        side = {"num_hands": MOST_HANDS, "model_complexity": 0, "use_prev_landmarks": False}
        self._graph = Graph(HANDS, ("hands", "sides"), side, "image_frame")
        from mediapipe.framework.formats import classification_pb2

        self._sides = classification_pb2.ClassificationList

    def find(self, rgb: Image, face: Region, others: Sequence[Region] = ()) -> tuple[Points | None, Points | None]:
        """The left and the right hand of the person whose face is there, float32 [21, 3] in pixels of the frame.

        `others`: the faces of others, who may have hands too.
        """
        left, top, right, bottom = near(face, rgb.shape[1], rgb.shape[0])
        part = np.ascontiguousarray(rgb[top:bottom, left:right])
        packets = self._graph.run(part)
        if "hands" not in packets or "sides" not in packets:
            return None, None
        size = (right - left, bottom - top)
        shift = np.array((left, top, 0), np.float32)
        found: dict[str, tuple[float, Points]] = {}
        messages = zip(serialised_list(packets["hands"]), serialised_list(packets["sides"]), strict=True)
        for landmarks, sides in messages:
            side = self._sides.FromString(sides).classification[0]
            hand = points_of(landmarks, POINTS, size) + shift
            if any(distance(hand, other) < distance(hand, face) for other in others):
                continue
            if side.label not in found or side.score > found[side.label][0]:
                found[side.label] = (side.score, hand)
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
