"""Teaches a small starter three times, in .venv-train, and prints the hash of each: one JSON list.

    python -m tests.support.starter_weights

First what the second opinion says; then the same with other last digits, as a quicker engine gives; then with the
opinion on one face a step of the grid elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.train import backend, grid, network, starter, starter_actors, starter_faces
from tests.support.opinion_faces import faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

DIGITS = 4
"""Of float32's last place: so far another order of sums moves an answer."""


def nudged(said: Floats, seed: int) -> Floats:
    """The same answers, each as many as `DIGITS` last places higher or lower."""
    places = np.random.default_rng(seed).integers(-DIGITS, DIGITS + 1, said.shape)
    moved: Floats = np.minimum(said + places.astype(np.float32) * np.spacing(np.abs(said)), 0).astype(np.float32)
    return moved


def main() -> None:
    """Teaches and prints."""
    backend.prepare()
    people = faces()
    said = starter_faces.opinions(people)
    margin = grid.margin(said, starter_faces.OPINION_STEP, starter_faces.OPINION_START)
    assert margin > DIGITS * np.spacing(np.float32(8)), "of these few faces no answer lies at a border of the grid"
    other = said.copy()
    other[0, 0] -= starter_faces.OPINION_STEP
    settings = replace(starter.SETTINGS, epochs=1)
    hashes = []
    for answers in (said, nudged(said, 1), other):
        some = starter_faces.material(people, answers)
        weights = starter.taught(some, starter_actors.acted(), settings)
        hashes.append(hashlib.sha256(network.to_tflite(weights)).hexdigest())
    print(json.dumps(hashes))


if __name__ == "__main__":
    main()
