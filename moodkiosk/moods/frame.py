"""What is seen: a picture, and the landmarks of one person in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, on its way to be measured and forgotten.

    Attributes:
        rgb: uint8 [height, width, 3], full range.
        at: monotonic seconds at which it was captured.
    """

    rgb: Image
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """What MediaPipe sees of one person, in pixels of the whole frame.

    Attributes:
        face: float32 [468, 3]; x to the right, y down, z in the scale of x (smaller is nearer).
        left_hand, right_hand: float32 [21, 3], or None where no hand was found or looked for.
        opinion: what the second opinion says of the face's pixels, float32 [9], by `sense.mood.opinion.ANSWERS`; None
            where it was not asked.
        size: (width, height) of the frame in pixels.
    """

    face: Points
    size: tuple[int, int]
    left_hand: Points | None = None
    right_hand: Points | None = None
    opinion: Points | None = None
