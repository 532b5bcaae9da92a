"""Tells people from pictures on the wall: a face that does not move for minutes is drawn, printed or a paused film."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Points

MOVE = 0.03
"""A face has moved when its landmarks are this far, in face widths, from where they were. Sensor noise and the mesh's
own unrest on a printed face stay below a third of it; nobody sits that still for minutes."""

SEE_SECONDS = 0.35
"""Landmarks are taken in at most this often: what counts are minutes."""

CALM_SECONDS = 1.0
"""Landmarks are averaged over about this long before they are compared, so that noise does not count as movement."""

# Of MediaPipe's 468 points, a few from all over the face are enough.
_SAMPLE = slice(0, 468, 13)


class Stillness:
    """How long one face has not moved."""

    def __init__(self, face: Points, at: float) -> None:
        self._mean = self._anchor = face[_SAMPLE, :2].astype(np.float64)
        self._at = self._since = at

    def see(self, face: Points, width_px: float, at: float) -> None:
        """Takes in the landmarks [468, 3] at a time."""
        if 0 <= at - self._at < SEE_SECONDS:
            return
        share = 1 - math.exp(-max(at - self._at, 0.0) / CALM_SECONDS)
        self._mean = self._mean + share * (face[_SAMPLE, :2] - self._mean)
        self._at = at
        x, y = (self._mean - self._anchor).T
        moved = float(np.hypot(x, y).sum()) / len(x) / max(width_px, 1.0)
        if moved > MOVE:
            self._anchor, self._since = self._mean, at

    def seconds(self, at: float) -> float:
        """For how long, until `at`, it has not moved."""
        return at - self._since
