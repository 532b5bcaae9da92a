"""What samples look like, in numbers that can be compared: are they all the same, are they like another label's?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.measures import FACE_AND_HANDS, FACE_MEASURES, MEASURES, measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Landmarks, Points

    Floats = NDArray[np.float32]

POSE = ("size", "turn", "nod", "tilt")
"""How the head is held: the logarithm of its size, and roughly the sines of three angles."""

FACE = slice(len(POSE), len(POSE) + len(FACE_MEASURES))
HANDS = slice(FACE.stop, None)
WIDTH = len(POSE) + len(MEASURES[FACE_AND_HANDS])
"""Columns: pose, measures of the face, measures of the hands."""

ENOUGH = 20
"""So many samples are needed to compare them with others."""

STILL_HEAD, STILL_FACE = 0.02, 0.008
"""Spread below which neither head nor face moved; unit: the distance between the eyes. Measured: a still picture with
sensor noise .007 and .0025, people who talk .05 to .2 and .011 to .043, the drawn actor .05 and .004 to .008."""

ALIKE = 1.2
"""Two labels look alike if their medians are closer than this many times the spread within them. Measured: two halves
of one expression of people who talk .5 to 1.7, different expressions of the drawn actor from 4."""

HANDS_DIFFER = 0.3
"""Difference of the hands' mean measures from which two labels are told apart by the hands."""


def summary_of(seen: Iterable[Landmarks]) -> Floats:
    """What samples look like, float32 [n, WIDTH]."""
    every = list(seen)
    if not every:
        return np.zeros((0, WIDTH), np.float32)
    hands = (_stacked([each.left_hand for each in every]), _stacked([each.right_hand for each in every]))
    return summarised(np.stack([each.face for each in every]), *hands)


def summarised(face: Points, left_hand: Points, right_hand: Points) -> Floats:
    """The same for the arrays of a data set: [n, 468, 3] and [n, 21, 3], NaN for absent hands."""
    right, left, tip = face[:, 33], face[:, 263], face[:, 1]
    across = left - right
    unit = np.maximum(np.linalg.norm(across[:, :2], axis=1), 1e-6)
    aside = (tip[:, :2] - (left + right)[:, :2] / 2) / unit[:, None]
    pose = np.stack([np.log(unit), aside[:, 0], aside[:, 1], across[:, 1] / unit], axis=1)
    together: Floats = np.hstack([pose, measures(face, left_hand, right_hand, FACE_AND_HANDS)]).astype(np.float32)
    return together


def hardly_differ(samples: Floats) -> bool:
    """Whether neither the head nor the face nor a hand moved; `samples`: summary [n, WIDTH]."""
    spread = samples.std(axis=0)
    still_head = np.linalg.norm(spread[: len(POSE)]) < STILL_HEAD
    return bool(still_head and _rms(spread[FACE]) < STILL_FACE and spread[HANDS].max() < HANDS_DIFFER)


def looks_like(samples: Floats, others: Mapping[str, Floats]) -> str | None:
    """The label among `others` (summary by label) that these samples cannot be told from; None if there is none."""
    comparable = {label: theirs for label, theirs in others.items() if len(theirs) >= ENOUGH}
    ratios = {label: _apart(samples, theirs) for label, theirs in comparable.items()}
    closest = min(ratios, key=ratios.__getitem__, default=None)
    return closest if closest is not None and ratios[closest] < ALIKE else None


def _apart(ours: Floats, theirs: Floats) -> float:
    """How far two labels are apart, in spreads within them."""
    hands = np.abs(ours[:, HANDS].mean(0) - theirs[:, HANDS].mean(0)).max()
    if hands > HANDS_DIFFER:
        return float("inf")
    between = np.median(ours[:, FACE], axis=0) - np.median(theirs[:, FACE], axis=0)
    within = np.sqrt((ours[:, FACE].var(0) + theirs[:, FACE].var(0)) / 2)
    # Two still pictures have no spread; what the mesh itself trembles is no difference.
    return _rms(between) / max(_rms(within), STILL_FACE / 2)


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _stacked(hands: list[Points | None]) -> Points:
    absent = np.full((21, 3), np.nan, np.float32)
    return np.stack([absent if hand is None else hand for hand in hands])
