"""Trains with Keras, in .venv-train, what lies in a folder: N.npz with `x`, `y`, `later` and a network to start from.

Prints a JSON list: for each file the probabilities of `later` [m, labels].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from moodkiosk.learn.train import backend, network
from moodkiosk.sense.teach import dense, recipe


def shares(path: Path) -> list[list[float]]:
    with np.load(path) as file:
        arrays = dict(file.items())
    x, y, later = (arrays.pop(name) for name in ("x", "y", "later"))
    start = dense.Weights.from_arrays(arrays)
    settings = recipe.settings_for(dense.Base((), "", x[0], start), len(x), None, 0)
    weights = network.fit(x, y, start, settings, anchor=start)
    found: list[list[float]] = dense.predict(weights, later).tolist()
    return found


if __name__ == "__main__":
    backend.prepare()
    folder = Path(sys.argv[1])
    print(json.dumps([shares(folder / f"{index}.npz") for index in range(len(list(folder.iterdir())))]))
