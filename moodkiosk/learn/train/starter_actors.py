"""The drawn people that the starter is shown, as the kiosk's own engine measured them once.

    python -m moodkiosk.learn.train.starter_actors

makes `starter_actors.npz` beside this file anew, in two minutes. That is wanted when the actor is drawn otherwise, or
when a measure or the second opinion is another; not when the engine has become quicker and places a landmark a hair's
breadth elsewhere. That these rows are kept is why the starter does not change with it; a test holds them against the
engine of today.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.host import files
from moodkiosk.learn.data.samples import vectors
from moodkiosk.learn.train import actors
from moodkiosk.learn.train.starter_faces import LABELS, Shown, smoothed
from moodkiosk.sense.actor.actor import MOODS
from moodkiosk.sense.mood.measures import FACE_AND_OPINION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Texts = NDArray[np.str_]

FILE = Path(__file__).with_suffix(".npz")
"""`steps`: measures by schema "face-2" in steps of `STEP`, int16 [n, 40]; `label`: text, [n]."""

STEP = 1 / 256
"""Half of it is a third of the noise that training adds to the measure that varies least."""

ACTORS, PICTURES = range(1000, 1060), 4
"""Drawn people, so that the demo is read right too, and pictures of each mood of each; their proportions are random,
tests use others."""

WEIGHT = 0.5
"""Of a picture; the mean weight of a real face is 1."""


def acted() -> Shown:
    """The drawn people as they are kept."""
    with np.load(FILE) as kept:
        x, label = (kept["steps"] * np.float32(STEP)).astype(np.float32), kept["label"]
    y = np.array([LABELS.index(name) for name in label.tolist()], np.int64)
    return Shown(x, smoothed(y), np.full(len(y), WEIGHT, np.float32))


def measured(people: Iterable[int] = ACTORS, moods: Iterable[str] = MOODS) -> tuple[Floats, Texts]:
    """What the engine of today measures of them: [n, 40], and the moods, [n]; the rest is as random as it was."""
    data = actors.recorded(people, PICTURES, moods=moods)
    return vectors(data, FACE_AND_OPINION), data.label


def main() -> None:
    """Writes the file."""
    x, label = measured()
    buffer = io.BytesIO()
    np.savez_compressed(buffer, steps=np.rint(x / STEP).astype(np.int16), label=label)
    files.write_atomic(FILE, buffer.getvalue(), mode=0o644)
    print(f"{FILE}: {len(x)} pictures")


if __name__ == "__main__":
    main()
