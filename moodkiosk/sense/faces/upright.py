"""Notices pictures that hang upside down or lie on their side, from how the faces in them lie."""

from __future__ import annotations

import math
from collections import Counter, deque
from typing import TYPE_CHECKING, Literal

import numpy as np

from moodkiosk.sense.faces.landmarks import Region
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.config.settings import CameraSettings
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.detector import FaceFinder

EYES = (33, 263)
"""Points of the face mesh: the outer corners of the eyes, the one on the left of an upright picture first."""

AROUND = 2.0
"""The square in which a face is looked at both ways, in sides of its region."""

SURER = 0.05
"""By so much is the detector surer of a face the right way up. Measured on 30 drawn and 45 filmed faces: it was by 0.07
and more for all of them upright, and by 0.10 and more for the 28 that were found at all upside down."""

CHECK_SECONDS, DOWN_SECONDS, FIRST_SECONDS, FIRST_CHECKS, AGREE = 60.0, 10.0, 0.5, 4, 2
"""How often a face is looked at the other way up, while it hangs upside down, and at first, while the mesh finds its
place: so many times, or until so many in a row say that it is upright. It costs two closer looks of the detector, and
an upright face that is followed turns over only by way of its side, which the mesh shows."""

LOOKS, SHARE = 25, 0.8
"""So many looks at a face, of which so many agree, tell how the camera hangs: somebody may lie on a sofa."""

Turn = Literal[0, 90, 180, 270]
TURNS: tuple[Turn, ...] = (0, 90, 180, 270)


class Lying:
    """How the face in front lies in its picture.

    The mesh draws an upright face into one that hangs upside down, with the mouth for the eyes, and the mood that is
    read from it is nonsense; so now and then the detector is asked which way up it finds the better face.
    """

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder
        self._track = self._checks = self._agreed = 0
        self._checked_at = -math.inf
        self._down = False

    def see(self, rgb: Image, track: int, face: Points, region: Region, at: float) -> Turn:
        """In degrees clockwise, to a quarter turn; 0 is upright.

        Args:
            rgb: the picture.
            track: whose face it is.
            face: its landmarks [468, 3].
            region: where it is.
            at: seconds.
        """
        along = lies(face)
        if along != 0:
            return along
        if track != self._track:
            self._track, self._checks, self._agreed, self._checked_at = track, 0, 0, -math.inf
        first = self._checks < FIRST_CHECKS and self._agreed < AGREE
        often = FIRST_SECONDS if first else DOWN_SECONDS if self._down else CHECK_SECONDS
        if not 0 <= at - self._checked_at < often:
            self._checks, self._checked_at = self._checks + 1, at
            self._down = better_turned(self._finder, rgb, region)
            self._agreed = 0 if self._down else self._agreed + 1
        return 180 if self._down else 0


def better_turned(finder: FaceFinder, rgb: Image, region: Region) -> bool:
    """Whether the face in a region is surer one when the picture is turned by 180 degrees."""
    height, width = rgb.shape[:2]
    half = AROUND * region.side
    left, top = max(0, int(region.x - half)), max(0, int(region.y - half))
    part = np.ascontiguousarray(rgb[top : min(height, int(region.y + half)), left : min(width, int(region.x + half))])
    if min(part.shape[:2]) < 1:
        return False
    x, y = region.x - left, region.y - top
    here = finder.closer(part, Region(x, y, region.side, region.rotation))
    turned = np.ascontiguousarray(part[::-1, ::-1])
    there = finder.closer(turned, Region(part.shape[1] - x, part.shape[0] - y, region.side, region.rotation))
    return there is not None and there.score > SURER + (here.score if here else 0.0)


def lies(face: Points) -> Turn:
    """How the line of the eyes of a face [468, 3] lies, in degrees clockwise, to a quarter turn."""
    (x, y), (u, v) = face[EYES[0], :2].tolist(), face[EYES[1], :2].tolist()
    return TURNS[round(math.degrees(math.atan2(v - y, u - x)) / 90) % 4]


def to_set(camera: CameraSettings, lying: Turn) -> Turn:
    """What camera.rotate is to be, where faces lie like this in the pictures that it makes now."""
    # Pictures are turned first and mirrored after that, and a mirror image turns the other way round.
    return TURNS[(camera.rotate + (lying if camera.mirrored else -lying)) // 90 % 4]


def advice(camera: CameraSettings, lying: Turn) -> str | None:
    """What is wrong and what to set, in one line; None for faces that are upright."""
    if lying == 0:
        return None
    return Reason("tilted.upside_down" if lying == 180 else "tilted.on_side", rotate=to_set(camera, lying))


class Upright:
    """How the last faces lay.

    Attributes:
        camera: its settings, among them how far its pictures are turned already.
    """

    def __init__(self, camera: CameraSettings) -> None:
        self.camera = camera
        self._seen: deque[Turn] = deque(maxlen=LOOKS)

    def see(self, lying: Turn) -> None:
        """Takes in how the face of whoever is in front lies."""
        self._seen.append(lying)

    @property
    def lying(self) -> Turn:
        """How they lie; 0 as well while too few were seen, or they do not agree."""
        if len(self._seen) < LOOKS:
            return 0
        lying, count = Counter(self._seen).most_common(1)[0]
        return lying if count >= SHARE * LOOKS else 0

    @property
    def text(self) -> str | None:
        """What to say of it; None if there is nothing to say."""
        return advice(self.camera, self.lying)
