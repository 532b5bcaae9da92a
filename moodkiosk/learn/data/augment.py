"""Variety that was not recorded: another distance, another turn of the head, a noisier camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.frontal import OUTER_EYES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float32]
    Turns = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Variety:
    """How far samples are varied.

    Attributes:
        turn_degrees: standard deviation of the added yaw; pitch and roll have half of it.
        perspective: the nearest distance, in face widths, from which the turned face is looked at again; a near face
            is not flat.
        jitter: standard deviation of the noise on each point, as a share of the face's width.
        mirror: half of the samples are mirrored: for gestures that mean the same with the other hand.
    """

    turn_degrees: float = 8.0
    perspective: float = 4.0
    jitter: float = 0.004
    mirror: bool = False


def varied(
    face: Points, left_hand: Points, right_hand: Points, variety: Variety, rng: np.random.Generator
) -> tuple[Points, Points, Points]:
    """New landmarks [n, 468, 3], [n, 21, 3], [n, 21, 3] in pixels, each sample varied on its own.

    Face and hands turn together around the middle of the face. Scale and place need no variety: measures have none.
    """
    n = len(face)
    middle = face.mean(1, keepdims=True)
    width = np.ptp(face[..., 0], axis=1)[:, None, None]
    turns = _turns(rng.normal(0, 1, (n, 3)) * variety.turn_degrees * np.array([1.0, 0.5, 0.5]))
    distance = rng.uniform(variety.perspective, 4 * variety.perspective, (n, 1, 1))

    def seen(points: Points) -> Points:
        solid = (points - middle) / width @ np.swapaxes(turns, 1, 2)
        near = distance / np.maximum(distance + solid[..., 2:], 0.1)  # z is smaller where it is nearer
        solid = solid * near + rng.normal(0, variety.jitter, solid.shape)
        moved: Points = (solid * width + middle).astype(np.float32)
        return moved

    face, left_hand, right_hand = seen(face), seen(left_hand), seen(right_hand)
    if variety.mirror:
        flipped = rng.random(n) < 0.5
        left_hand, right_hand = _mirrored(face, left_hand, right_hand, flipped)
    return face, left_hand, right_hand


def _mirrored(face: Points, left_hand: Points, right_hand: Points, flipped: NDArray[np.bool_]) -> tuple[Points, Points]:
    """The hands of some samples mirrored at the middle between the eyes, and so swapped.

    The face can stay: its measures are those of its mirror image.
    """
    middle = face[:, list(OUTER_EYES), 0].mean(1)[:, None]
    both = []
    for own, other in ((left_hand, right_hand), (right_hand, left_hand)):
        image = other.copy()
        image[..., 0] = 2 * middle - image[..., 0]
        both.append(np.where(flipped[:, None, None], image, own))
    return both[0], both[1]


def _turns(degrees: Turns) -> Turns:
    """Rotation matrices [n, 3, 3] of yaw, pitch and roll [n, 3]."""
    (cy, cp, cr), (sy, sp, sr) = np.cos(np.radians(degrees)).T, np.sin(np.radians(degrees)).T
    zero, one = np.zeros_like(cy), np.ones_like(cy)

    def matrix(*entries: Turns) -> Turns:
        return np.stack(entries, axis=1).reshape(-1, 3, 3)

    yaw = matrix(cy, zero, sy, zero, one, zero, -sy, zero, cy)
    pitch = matrix(one, zero, zero, zero, cp, -sp, zero, sp, cp)
    roll = matrix(cr, -sr, zero, sr, cr, zero, zero, zero, one)
    return roll @ pitch @ yaw
