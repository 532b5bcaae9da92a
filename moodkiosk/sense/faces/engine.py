"""The seam between what is looked for and what finds it: faces in a picture, landmarks in a region, hands in a picture.

Two engines stand behind it. `litert` runs MediaPipe's networks by LiteRT and does itself what MediaPipe's graphs do
around them: the default, on every Python, lighter. `mediapipe` is MediaPipe 0.10.18's own runtime, for Python 3.11
and 3.12, where the extra of that name is installed. They find the same (tests/sense/faces), so what was recorded or
trained with one serves the other. `choose` makes one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.landmarks import Region

EngineName = Literal["litert", "mediapipe"]

EXTRACTOR = "mediapipe-0.10.18/face_mesh"
"""What finds landmarks, for recordings and manifests: the networks, whichever engine runs them."""

MEDIAPIPE = "0.10.18"
"""The version of the engine `mediapipe`: later ones have no graphs to be fed by hand."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Detection:
    """What may be a face; all in shares of the picture that was shown.

    Attributes:
        score: how sure, 0 to 1.
        left: of the box.
        top: of the box.
        width: of the box.
        height: of the box.
        right_eye: of the face, x and y; the left one in the picture.
        left_eye: ditto.
    """

    score: float
    left: float
    top: float
    width: float
    height: float
    right_eye: Point
    left_eye: Point


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """A hand that was found.

    Attributes:
        points: its landmarks, float32 [21, 3], pixels of the picture.
        side: "Left" or "Right", as it would be in a mirror image.
        score: how sure it is of the side, 0.5 to 1.
    """

    points: Points
    side: str
    score: float


FindFaces = Callable[["Image"], list[Detection]]
"""Shown uint8 [h, w, 3], the longer side `detector.DETECTOR_PX`, contiguous; the surest first."""

FindLandmarks = Callable[["Image", "Region"], "Points | None"]
"""Shown a picture and where a face is; its landmarks, float32 [468, 3], pixels of the picture; None: no face."""

FindHands = Callable[["Image"], list[Hand]]
"""Shown uint8 [h, w, 3], contiguous; at most as many hands as were asked for."""


class Engine(Protocol):
    """Makes what finds faces and hands. What it makes is for one thread at a time."""

    def face_detector(self, min_score: float) -> FindFaces:
        """Finds faces at least so sure, 0 to 1."""

    def face_mesh(self) -> FindLandmarks:
        """Finds the landmarks of one face."""

    def hand_detector(self, most: int) -> FindHands:
        """Finds at most so many hands."""
