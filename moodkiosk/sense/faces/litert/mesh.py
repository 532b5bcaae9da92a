"""Landmarks of the face in a region: MediaPipe's face mesh (face_landmark_cpu.pbtxt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.sense.faces import networks
from moodkiosk.sense.faces.litert import crop
from moodkiosk.sense.interpreter import Network

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.landmarks import Region

SIDE_PX = 192
POINTS, PRESENCE = 0, 1


class FaceMesh:
    """Finds the landmarks of one face."""

    def __init__(self) -> None:
        self._network = Network(networks.path_of(networks.MESH))

    def __call__(self, rgb: Image, region: Region) -> Points | None:
        """The landmarks, or None where there is no face; see `engine.FindLandmarks`."""
        crop.show(crop.turned(rgb, region, SIDE_PX), self._network)
        self._network.run()
        # MediaPipe wants a presence above 0.5: the logistic function of more than 0.
        if not self._network.output(PRESENCE).item() > 0:
            return None
        return crop.projected(self._network.output(POINTS).reshape(-1, 3), region, SIDE_PX)
