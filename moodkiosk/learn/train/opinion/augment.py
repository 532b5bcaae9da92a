"""What else may be done to a crop: a cover before the mouth, another light, few pixels, noise."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.train.opinion.views import moved

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Greys = NDArray[np.uint8]
    Floats = NDArray[np.float32]

DARKER, SIDE_LIT, COARSE, NOISY = 0.25, 0.15, 0.15, 0.25
"""Shares of the crops that are shown darker, lit from one side, with fewer pixels, with noise."""

NOISES = 256

LEAST_PX = 20
"""Of the fewest pixels across a face."""


def jittered(face: Floats, rng: Generator, strength: float = 1.0) -> Floats:
    """A slightly turned, scaled, shifted crop, perhaps in another light; grey levels 0 to 255.

    Args:
        face: float32 [64, 64].
        rng: chance.
        strength: of turn, scale and shift; 1 is what the landmarks' own unrest does.
    """
    import cv2

    roll, dx, dy = strength * rng.normal(0, (3.0, 1.0, 1.0))
    face = moved(face, roll, float(np.exp(strength * rng.normal(0, 0.03))), dx, dy)
    chance = rng.random(4)
    if chance[0] < DARKER:
        face = cv2.pow(np.clip(face, 0, 255) / 255, rng.uniform(1.0, 2.2)) * np.float32(255)
    if chance[1] < SIDE_LIT:
        face = face * _side_light(rng)
    if chance[2] < COARSE:
        face = _coarse(face, rng)
    if chance[3] < NOISY:
        face = face + np.float32(rng.uniform(2, 10)) * _noise()[rng.integers(NOISES)]
    clipped: Floats = np.clip(face, 0, 255)
    return clipped


def covered(face: Floats, rng: Generator) -> Floats:
    """The crop with something drawn before the mouth: from below the eyes or the nose to below the chin."""
    import cv2

    top, middle = rng.uniform(31, 40), rng.uniform(29, 35)
    left, right = middle - rng.uniform(13, 24), middle + rng.uniform(13, 24)
    sag = rng.uniform(-2, 7)
    outline = np.array(
        [(left, top + rng.uniform(0, 8)), (middle, top - sag / 2), (right, top + rng.uniform(0, 8)),
         (right - rng.uniform(0, 8), 57), (middle, 63 + sag), (left + rng.uniform(0, 8), 57)], np.float32,
    )  # fmt: skip
    shape = np.zeros((64, 64), np.float32)
    cv2.fillPoly(shape, [np.rint(outline * 8).astype(np.int32)], 1.0, shift=3)
    shape = cv2.GaussianBlur(shape, (3, 3), 0.7)
    shade = rng.normal(0, 1, (rng.integers(2, 6), rng.integers(2, 6))).astype(np.float32)
    cloth = rng.uniform(15, 240) + rng.uniform(3, 25) * cv2.resize(shade, (64, 64), interpolation=cv2.INTER_CUBIC)
    mixed: Floats = (face * (1 - shape) + np.clip(cloth, 0, 255) * shape).astype(np.float32)
    return mixed


@functools.cache
def _noise() -> Floats:
    """Fields of noise to choose from; made anew for every crop, noise would cost more than all the rest."""
    return np.random.default_rng(0).normal(0, 1, (NOISES, 64, 64)).astype(np.float32)


def _side_light(rng: Generator) -> Floats:
    """A factor for each pixel, brighter towards one side."""
    angle = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-1, 1, 64, dtype=np.float32)
    slope = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None]
    light: Floats = (1 + rng.uniform(0.2, 0.6) * slope).astype(np.float32)
    return light


def _coarse(face: Floats, rng: Generator) -> Floats:
    """The crop as if the face had been far away."""
    import cv2

    across = int(rng.integers(LEAST_PX, 48))
    small = cv2.resize(face, (across, across), interpolation=cv2.INTER_AREA)
    large: Floats = cv2.resize(small, (64, 64), interpolation=cv2.INTER_LINEAR)
    return large
