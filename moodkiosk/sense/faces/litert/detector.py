"""Faces in a small picture: MediaPipe's short-range detector (face_detection_short_range.pbtxt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.sense.faces import networks
from moodkiosk.sense.faces.engine import Detection
from moodkiosk.sense.faces.litert import crop, ssd
from moodkiosk.sense.interpreter import Network

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image

SIDE_PX = 128
BOXES, SCORES = 0, 1


class FaceDetector:
    """Finds faces that are at least so sure."""

    def __init__(self, min_score: float) -> None:
        self._min_score = min_score
        self._network = Network(networks.path_of(networks.DETECTOR))
        self._anchors = ssd.anchors(SIDE_PX)

    def __call__(self, rgb: Image) -> list[Detection]:
        """What may be faces; see `engine.FindFaces`."""
        square, left, top = crop.letterboxed(rgb, SIDE_PX)
        crop.show(square, self._network, -1)
        self._network.run()
        boxes, scores = self._network.output(BOXES)[0], self._network.output(SCORES)[0, :, 0]
        found = ssd.decoded(boxes, scores, self._anchors, SIDE_PX, self._min_score)
        return [_detection(box.unboxed(left, top)) for box in found]


def _detection(box: ssd.Box) -> Detection:
    (x1, y1), (x2, y2) = box.keys[:2].tolist()
    return Detection(box.score, box.left, box.top, box.width, box.height, (x1, y1), (x2, y2))
