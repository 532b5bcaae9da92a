"""Recordings of faces made of numbers, for tests that need no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods import Landmarks
from moodkiosk.sense.recording import Recording, Sample

if TYPE_CHECKING:
    from moodkiosk.moods import Points

SIZE = (640, 480)


def landmarks(seed: int = 0, *, left_hand: bool = False, right_hand: bool = False) -> Landmarks:
    """Points somewhere in the picture."""
    rng = np.random.default_rng(seed)

    def points(count: int) -> Points:
        return rng.uniform(100, 300, (count, 3)).astype(np.float32)

    return Landmarks(points(468), SIZE, points(21) if left_hand else None, points(21) if right_hand else None)


def recording(
    label: str = "happy", n: int = 3, person: str = "", session: str = "", *, left_hand: bool = False
) -> Recording:
    """A recording of `n` samples, ten a second."""
    samples = [Sample(100 + index / 10, landmarks(index, left_hand=left_hand)) for index in range(n)]
    return Recording(label, samples, mirrored=False, extractor="numbers", person=person, session=session)
