"""The engine `litert`; see `moodkiosk.sense.faces.engine`."""

from __future__ import annotations

from moodkiosk.sense.faces.litert.detector import FaceDetector
from moodkiosk.sense.faces.litert.hands import HandDetector
from moodkiosk.sense.faces.litert.mesh import FaceMesh


class LiteRT:
    """MediaPipe's networks by LiteRT. Everything it makes raises Failure if a network is missing or altered."""

    def face_detector(self, min_score: float) -> FaceDetector:
        """Finds faces at least so sure, 0 to 1."""
        return FaceDetector(min_score)

    def face_mesh(self) -> FaceMesh:
        """Finds the landmarks of one face."""
        return FaceMesh()

    def hand_detector(self, most: int) -> HandDetector:
        """Finds at most so many hands."""
        return HandDetector(most)
