"""The engine `mediapipe`; see `moodkiosk.sense.faces.engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.sense.faces.engine import Detection, Hand
from moodkiosk.sense.faces.mediapipe.graph import Graph, mediapipe
from moodkiosk.sense.faces.mediapipe.messages import points_of, serialised, serialised_list

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.landmarks import Region

FACE_POINTS, HAND_POINTS = 468, 21

DETECTOR = """
input_stream: "image"
node {
  calculator: "FaceDetectionShortRangeCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:faces"
  node_options { [type.googleapis.com/mediapipe.FaceDetectionOptions] { min_score_thresh: %s } }
}
"""

# Presence below which there is no face is 0.5, inside FaceLandmarkCpu (face_landmark_cpu.pbtxt).
MESH = """
input_stream: "image"
input_stream: "roi"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image" input_stream: "ROI:roi" output_stream: "LANDMARKS:face"
}
"""

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


class MediaPipe:
    """MediaPipe's own graphs."""

    def face_detector(self, min_score: float) -> FaceDetector:
        """Finds faces at least so sure, 0 to 1."""
        return FaceDetector(min_score)

    def face_mesh(self) -> FaceMesh:
        """Finds the landmarks of one face."""
        return FaceMesh()

    def hand_detector(self, most: int) -> HandDetector:
        """Finds at most so many hands."""
        return HandDetector(most)


class FaceDetector:
    """MediaPipe's short-range detector."""

    def __init__(self, min_score: float) -> None:
        mediapipe()
        from mediapipe.framework.formats import detection_pb2
        from mediapipe.modules.face_detection import face_detection_pb2  # noqa: F401 - the text above needs the message

        self._detection = detection_pb2.Detection
        self._graph = Graph(DETECTOR % min_score, ("faces",))

    def __call__(self, rgb: Image) -> list[Detection]:
        """What may be faces; see `engine.FindFaces`."""
        packet = self._graph.run(rgb).get("faces")
        return [] if packet is None else [self._read(message) for message in serialised_list(packet)]

    def _read(self, message: bytes) -> Detection:
        detection = self._detection.FromString(message)
        where = detection.location_data
        box, (right, left) = where.relative_bounding_box, where.relative_keypoints[:2]
        eyes = ((right.x, right.y), (left.x, left.y))
        return Detection(detection.score[0], box.xmin, box.ymin, box.width, box.height, *eyes)


class FaceMesh:
    """MediaPipe's face mesh, without its own search."""

    def __init__(self) -> None:
        self._graph = Graph(MESH, ("face",))

    def __call__(self, rgb: Image, region: Region) -> Points | None:
        """The landmarks, or None where there is no face; see `engine.FindLandmarks`."""
        height, width = rgb.shape[:2]
        where = (region.x / width, region.y / height, region.side / width, region.side / height, region.rotation)
        packet = self._graph.run(rgb, where).get("face")
        return None if packet is None else points_of(serialised(packet), FACE_POINTS, (width, height))


class HandDetector:
    """MediaPipe's hands, the light networks; searched anew in every picture."""

    def __init__(self, most: int) -> None:
        side = {"num_hands": most, "model_complexity": 0, "use_prev_landmarks": False}
        self._graph = Graph(HANDS, ("hands", "sides"), side, "image_frame")
        from mediapipe.framework.formats import classification_pb2

        self._sides = classification_pb2.ClassificationList

    def __call__(self, rgb: Image) -> list[Hand]:
        """The hands in a picture; see `engine.FindHands`."""
        packets = self._graph.run(rgb)
        if "hands" not in packets or "sides" not in packets:
            return []
        size = (rgb.shape[1], rgb.shape[0])
        found = []
        for landmarks, sides in zip(serialised_list(packets["hands"]), serialised_list(packets["sides"]), strict=True):
            side = self._sides.FromString(sides).classification[0]
            found.append(Hand(points_of(landmarks, HAND_POINTS, size), side.label, side.score))
        return found
