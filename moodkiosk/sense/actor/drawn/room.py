"""The drawn room that the actor comes into: wall, floor, window, shelf, lamp."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodkiosk.sense.actor.drawn.brush import tone

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image


def room(size: tuple[int, int], light: float = 1.0) -> Image:
    """A new picture of the empty room, uint8 RGB [height, width, 3]; `light` 1 is day, 0 the dark."""
    return _room(size, light).copy()


@functools.lru_cache(maxsize=2)  # to draw it anew for every frame would cost more than the person
def _room(size: tuple[int, int], light: float) -> Image:
    width, height = size
    picture = np.empty((height, width, 3), np.uint8)
    fall = np.linspace(1.0, 0.84, height)[:, None] * np.linspace(1.02, 0.9, width)[None, :]
    picture[:] = np.clip(fall[..., None] * np.array((206, 200, 188)) * light, 0, 255).astype(np.uint8)

    def box(left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]) -> None:
        corners = (round(left * width), round(top * height)), (round(right * width), round(bottom * height))
        cv2.rectangle(picture, *corners, tone(colour, light), -1)

    box(0, 0.86, 1, 1, (148, 116, 88))  # floor
    box(0, 0.845, 1, 0.862, (232, 228, 220))
    box(0.05, 0.12, 0.27, 0.56, (240, 238, 232))  # window
    for left, top in ((0.063, 0.138), (0.166, 0.138), (0.063, 0.352), (0.166, 0.352)):
        box(left, top, left + 0.09, top + 0.19, (158, 196, 222))
    box(0.74, 0.36, 0.97, 0.378, (122, 88, 60))  # shelf with books
    for index, colour in enumerate(((142, 60, 56), (60, 92, 120), (196, 160, 84), (82, 112, 82), (110, 84, 118))):
        box(0.76 + 0.03 * index, 0.24 + 0.012 * (index % 3), 0.783 + 0.03 * index, 0.36, colour)
    box(0.845, 0.6, 0.853, 0.86, (92, 84, 78))  # lamp
    shade = np.array([(0.8, 0.6), (0.825, 0.48), (0.873, 0.48), (0.898, 0.6)]) * (width, height)
    cv2.fillPoly(picture, [np.rint(shade).astype(np.int32)], tone((238, 216, 164), light), cv2.LINE_AA)
    return picture
