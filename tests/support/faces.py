"""Recordings of faces made of numbers, for tests that need no picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import moodkiosk.sense
from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.records.recording import Recording, Sample

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Points

SIZE = (640, 480)
MEAN_FACE = Path(moodkiosk.sense.__file__).parent / "mood" / "mean_face.npy"


def landmarks(seed: int = 0, *, left_hand: bool = False, right_hand: bool = False) -> Landmarks:
    """Points somewhere in the picture."""
    rng = np.random.default_rng(seed)

    def points(count: int) -> Points:
        return rng.uniform(100, 300, (count, 3)).astype(np.float32)

    return Landmarks(points(468), SIZE, points(21) if left_hand else None, points(21) if right_hand else None)


def mean_face(x: float = 320, y: float = 240, eyes_px: float = 90, turn: float = 0.0) -> Points:
    """The mean face: middle of the eyes at (x, y), their outer corners `eyes_px` apart, nose aside by `turn`."""
    face = np.load(MEAN_FACE).astype(np.float32)[:, :2] * eyes_px + (x, y)
    face[1, 0] += turn * eyes_px
    return np.column_stack([face, np.zeros(len(face))]).astype(np.float32)


def recording(
    label: str = "happy", n: int = 3, person: str = "", session: str = "", *, left_hand: bool = False
) -> Recording:
    """A recording of `n` samples, ten a second."""
    samples = [Sample(100 + index / 10, landmarks(index, left_hand=left_hand)) for index in range(n)]
    return Recording(label, samples, mirrored=False, extractor="numbers", person=person, session=session)
