"""Faces with a teacher's answers, as data: grey crops of 64 x 64 pixels, and views of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Texts = NDArray[np.str_]
    Floats = NDArray[np.float32]
    Greys = NDArray[np.uint8]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

LABELS_OF_SOURCE = {
    "angry": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
    "surprise": "surprised",
}
"""What the sources call the moods, in the order of the network's answers, and what the network calls them."""

LEFT_OUT = ("london", "composite", "3dsk")
"""Sources that are not trained on: London judges (and the composites are averages of such portraits); the pictures
behind 3DSK may be used for education only."""

PEOPLE_AMONG_PETS = (
    10, 17, 29, 54, 60, 69, 76, 79, 83, 87, 88, 90, 94, 98, 104, 105, 107, 151, 170, 173, 200, 209, 212, 219, 221, 239,
    250, 252, 257, 263, 271, 282, 301, 332, 337, 342, 349, 358, 365, 370,
)  # fmt: skip
"""Of the `pets` rows that may be trained on, counted from 0: those that show the person with the pet, found by eye."""

PEOPLE_AMONG_HELD_PETS = (
    11, 13, 21, 22, 41, 43, 48, 79, 80, 111, 122, 129, 140, 141, 143, 145, 149, 155, 163, 171, 180, 189, 205, 210, 213,
    215, 216,
)  # fmt: skip
"""Likewise of the held `pets` rows, with three of which nobody can say what they show."""

CATS_AMONG_HELD_PETS = (10, 42, 47, 50, 56, 61, 77, 82, 85, 87, 91, 120, 126, 130, 170, 172, 177, 186, 191, 218)
"""Likewise, those that show a cat; the others show dogs."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """One face a row.

    Attributes:
        crop: uint8 [n, 64, 64].
        label: the source's own, a key of `LABELS_OF_SOURCE`, "contempt" or "".
        teacher: log-probabilities of the teacher, [n, 7].
        person: the same text: the same person, as far as is known.
        source: where it comes from.
        kind: "human", "masked" (the mouth is covered) or "animal".
        measures: by schema "face-1", [n, 33].
        confident: the face detector was sure.
        held: only to judge with.
    """

    crop: Greys
    label: Texts
    teacher: Floats
    person: Texts
    source: Texts
    kind: Texts
    measures: Floats
    confident: Flags
    held: Flags

    @property
    def learnt(self) -> Flags:
        """The rows that may be trained on."""
        rows = ~self.held & ~np.isin(self.source, LEFT_OUT)
        rows[self.pets(held=False)[list(PEOPLE_AMONG_PETS)]] = False
        return rows

    def pets(self, *, held: bool) -> Whole:
        """Indices of the rows that came from pictures of pets, as the face mesh places it."""
        return np.flatnonzero((self.source == "pets") & (self.held == held))

    @property
    def truth(self) -> Whole:
        """The number of each row's label among the moods, -1 without one."""
        known = {label: number for number, label in enumerate(LABELS_OF_SOURCE)}
        return np.array([known.get(label, -1) for label in self.label.tolist()], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Views of faces and what the teacher said of each.

    Attributes:
        first, second: rows of `Faces`, [v].
        share: of the first in the mixture, [v]; 1: the first alone.
        teacher: log-probabilities of the teacher, [v, 7].
        params: mirror the first?, roll in degrees, scale, dx, dy (in 1/102 of the crop), gamma, mirror the second?
    """

    first: Whole
    second: Whole
    share: Floats
    teacher: Floats
    params: Floats

    def of(self, rows: Flags) -> Judged:
        """The views of which every face is among the rows."""
        chosen = rows[self.first] & ((self.share >= 1) | rows[self.second])
        first, second = self.first[chosen], self.second[chosen]
        return Judged(first, second, self.share[chosen], self.teacher[chosen], self.params[chosen])


def load_faces(path: Path) -> Faces:
    """Reads `face_crops.npz`. Raises OSError, KeyError and ValueError."""
    with np.load(path) as data:
        columns = {field.name: data[field.name] for field in fields(Faces)}
    return Faces(**{**columns, "teacher": columns["teacher"].astype(np.float32)})


def load_views(path: Path) -> Judged:
    """Reads `face_views.npz`. Raises OSError, KeyError and ValueError."""
    with np.load(path) as data:
        return Judged(
            data["a"].astype(np.int64),
            data["b"].astype(np.int64),
            data["lam"],
            data["teacher"].astype(np.float32),
            data["params"],
        )
