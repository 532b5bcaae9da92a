"""Trains a second opinion for three steps, in .venv-train, and prints the hash of its file.

python -m tests.support.opinion_weights SEED FOLDER
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from moodkiosk.learn.train.opinion import network
from moodkiosk.learn.train.opinion.batches import Batches
from tests.support.opinion_faces import faces, judged


def main() -> None:
    seed, folder = int(sys.argv[1]), Path(sys.argv[2])
    network.prepare()
    how = network.Hyperparameters(steps=3, seed=seed)
    weights = network.train(Batches(faces(), judged(), seed), how, folder, lambda _step, _loss: None)
    print(hashlib.sha256(network.to_tflite(weights)).hexdigest())


if __name__ == "__main__":
    main()
