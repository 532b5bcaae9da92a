"""Finds faces in a whole picture: MediaPipe's full-range detector, on square tiles so that far faces stay large enough.

The detector looks at 192 x 192 pixels and needs a face of about 6 % of that; in a square tile of the picture's height a
face may be a third smaller than in the whole wide picture.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.graph import Graph, serialised_list
from moodkiosk.sense.landmarks import Region

if TYPE_CHECKING:
    from moodkiosk.moods import Image

SEARCH_PX = 192
"""Side of what the detector looks at."""

MARGIN = 1.5
"""The region of a face is this much larger than the detector's box (face_detection_front_detection_to_roi.pbtxt)."""

SEARCH = """
input_stream: "image"
node {
  calculator: "FaceDetectionFullRangeCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:faces"
  node_options { [type.googleapis.com/mediapipe.FaceDetectionOptions] { min_score_thresh: %s } }
}
"""

Tile = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


class FaceFinder:
    """Searches pictures for faces."""

    def __init__(self, min_score: float = 0.5) -> None:
        # The options' message must be known before the text is read.
        from moodkiosk.sense.graph import mediapipe

        mediapipe()
        from mediapipe.framework.formats import detection_pb2
        from mediapipe.modules.face_detection import face_detection_pb2  # noqa: F401 - see above

        self._detection = detection_pb2.Detection
        self._graph = Graph(SEARCH % min_score, ("faces",))

    def find(self, rgb: Image, tile: Tile) -> list[Region]:
        """The regions of the faces in a tile of the picture, in pixels of the picture."""
        import cv2

        left, top, width, height = tile
        part = rgb[top : top + height, left : left + width]
        scale = SEARCH_PX / max(width, height)
        small = cv2.resize(part, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        packet = self._graph.run(small).get("faces")
        if packet is None:
            return []
        return [self._region(message, tile) for message in serialised_list(packet)]

    def _region(self, message: bytes, tile: Tile) -> Region:
        where = self._detection.FromString(message).location_data
        box, (right_eye, left_eye) = where.relative_bounding_box, where.relative_keypoints[:2]
        left, top, width, height = tile
        rotation = math.atan2((left_eye.y - right_eye.y) * height, (left_eye.x - right_eye.x) * width)
        return Region(
            left + (box.xmin + box.width / 2) * width,
            top + (box.ymin + box.height / 2) * height,
            MARGIN * max(box.width * width, box.height * height),
            rotation,
        )


def tiles_of(width: int, height: int) -> list[Tile]:
    """Squares that cover a picture, overlapping so that a small face lies whole in at least one of them."""
    side = max(min(width, height), 1)
    length = max(width, height)
    count = 1 if length <= 1.34 * side else math.ceil((length - side) / (0.8 * side)) + 1
    if count == 1:
        return [(0, 0, width, height)]
    starts = np.linspace(0, length - side, count).round().astype(int).tolist()
    return [(start, 0, side, side) if width >= height else (0, start, side, side) for start in starts]
