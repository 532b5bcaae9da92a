"""The views that the teacher has judged, made again from the crops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.train.opinion.material import Judged

    Greys = NDArray[np.uint8]
    Floats = NDArray[np.float32]

MIDDLE = 32.0
"""Views are turned and scaled around the middle of the crop."""

VIEWED_PX = 102
"""Shifts are given in pixels of the teacher's window, which was this wide."""


def rebuilt(crops: Greys, judged: Judged) -> Greys:
    """The views, uint8 [v, 64, 64]; grey levels within about 5 of what the teacher saw."""
    return np.stack([_view(crops, judged, index) for index in range(len(judged.first))])


def _view(crops: Greys, judged: Judged, index: int) -> Greys:
    mirror, roll, scale, dx, dy, gamma, mirror_second = judged.params[index].tolist()
    face = crops[judged.first[index]].astype(np.float32)
    share = float(judged.share[index])
    if share < 1:
        other = crops[judged.second[index]].astype(np.float32)
        face = share * face + (1 - share) * (other[:, ::-1] if mirror_second else other)
    face = moved(face, roll, scale, dx * 64 / VIEWED_PX, dy * 64 / VIEWED_PX)
    if mirror:
        face = face[:, ::-1]
    view: Greys = np.rint(255 * (np.clip(face, 0, 255) / 255) ** gamma).astype(np.uint8)
    return view


def moved(face: Floats, roll_degrees: float, scale: float, dx_px: float, dy_px: float) -> Floats:
    """A crop turned and scaled around its middle, then shifted; its border goes on outside."""
    import cv2

    matrix = cv2.getRotationMatrix2D((MIDDLE, MIDDLE), roll_degrees, scale)
    matrix[:, 2] += dx_px, dy_px
    result: Floats = cv2.warpAffine(
        face, matrix, (face.shape[1], face.shape[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return result
