"""The classic project's data, `<label>.npy` with 1,020 numbers a sample, as recordings.

A row: (x, y) of 468 face points minus point 1, then of 21 points of the left hand minus its point 8, then of the right
hand likewise; zeros for an absent hand; x divided by the picture's width, y by its height; the picture was mirrored.
What that format dropped is made up where it does no harm: depth is 0 (the measures do not use it), the face is put into
the middle of the picture, the hands beside it (where they were is not known).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.failure import UsageError, reason
from moodkiosk.learn.data import labels
from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.records import npy, recording
from moodkiosk.sense.unzip import Damaged
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float64]
    Points = NDArray[np.float32]

FACE, HAND = 468, 21
WIDTH = 2 * (FACE + 2 * HAND)
EXTRACTOR = "classic-1020/holistic"
SESSION = "classic"

HEIGHT_PX = 480
"""The pictures' height is not known either; only their shape matters."""

FAR = 3.0
"""No point is this many picture sizes away from its reference: larger numbers were not divided by the size."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file of the classic folder.

    Attributes:
        path: the file.
        rows: its samples [n, 1020]; None if it is skipped.
        note: why it is skipped, or what is worth knowing, in one line; "" if nothing.
    """

    path: Path
    rows: Rows | None
    note: str = ""

    @property
    def label(self) -> str:
        """What the samples show."""
        return labels.clean(self.path.stem)


def aspect(text: str) -> float:
    """Width of a picture over its height, from "4:3". Raises UsageError."""
    match = re.fullmatch(r"(\d{1,4})[:/x](\d{1,4})", text.strip())
    shape = int(match[1]) / int(match[2]) if match and int(match[2]) else 0.0
    if not 0.25 <= shape <= 4:
        raise UsageError(Reason("recording.aspect", given=repr(text)))
    return shape


def look_through(folder: Path) -> list[Found]:
    """The `.npy` files of a folder, in the order of their names. Raises UsageError if there are none."""
    if not folder.is_dir():
        raise UsageError(Reason("file.no_folder", folder=str(folder)))
    found = [_look_at(path) for path in sorted(folder.glob("*.npy")) if path.is_file()]
    if not found:
        raise UsageError(Reason("recording.no_npy", folder=str(folder)))
    return found


def to_recording(found: Found, shape: float, person: str) -> recording.Recording:
    """The recording of one file; `shape` is the width of its pictures over their height."""
    assert found.rows is not None
    size = (round(HEIGHT_PX * shape), HEIGHT_PX)
    samples = [recording.Sample(float("nan"), _landmarks(row, size)) for row in found.rows]
    return recording.Recording(found.label, samples, mirrored=True, extractor=EXTRACTOR, person=person, session=SESSION)


def _look_at(path: Path) -> Found:
    try:
        with path.open("rb") as file:
            array = npy.read(file)
    except (OSError, Damaged) as error:
        return Found(path, None, f"cannot be read as numbers ({reason(error)})")
    if path.stem == "labels" and array.dtype.kind in "US":
        return Found(path, None, f"names the labels: {', '.join(map(str, array.reshape(-1)))}")
    if array.dtype.kind not in "fiu" or array.ndim != 2 or array.shape[1] != WIDTH:
        return Found(path, None, f"not [n, {WIDTH}] numbers but {array.dtype} {list(array.shape)}")
    try:
        labels.clean(path.stem)
    except UsageError as error:
        return Found(path, None, str(error))
    return _samples(path, array.astype(np.float64))


def _samples(path: Path, rows: Rows) -> Found:
    face = rows[:, : 2 * FACE]
    good = np.isfinite(rows).all(1) & (face != 0).any(1)
    if not good.any():
        return Found(path, None, "holds no sample with a face")
    if np.abs(rows[good]).max() > FAR:
        return Found(path, None, "its numbers are not shares of the picture's size: another format")
    notes = [f"{(~good).sum()} samples without a face were left out"] if not good.all() else []
    if meant := labels.slip(path.stem):
        notes.append(f"looks like a slip of {meant!r}: to correct it, rename the file to {meant}.npy and import again")
    return Found(path, rows[good], "; ".join(notes))


def _landmarks(row: Rows, size: tuple[int, int]) -> Landmarks:
    points = row.reshape(-1, 2) * size
    middle = np.array(size) / 2
    hands = points[FACE : FACE + HAND], points[FACE + HAND :]
    left, right = (
        _placed(hand, middle * (1 + side / 2, 1.5)) if (hand != 0).any() else None
        for hand, side in zip(hands, (-1, 1), strict=True)
    )
    return Landmarks(_placed(points[:FACE], middle), size, left, right)


def _placed(points: Rows, where: Rows) -> Points:
    """The points moved there, with a depth of 0; float32 [k, 3]."""
    return np.column_stack([points + where, np.zeros(len(points))]).astype(np.float32)
