"""A training's outcome made of numbers, for tests of what is said about it; no TensorFlow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.checks import Finding
from moodkiosk.learn.data.split import split
from moodkiosk.learn.evaluate import evaluate
from moodkiosk.learn.train import make_model
from moodkiosk.learn.train.make_model import Examined
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import unbundle
from moodkiosk.sense.mood.measures import FACE_MEASURES
from tests.support.moods_in_numbers import write


def examined(folder: Path, right: float = 0.8, names: dict[str, str] | None = None, *, person: str = "Ana") -> Examined:
    """Somebody's five moods, of which the share `right` is read right; labels are renamed by `names`."""
    data = dataset.load([write(folder, n=40, people=(person, "Ben"), sessions=("mon", "tue"))]).relabelled(names or {})
    parts = split(data)
    held = data.select(parts.held)
    labels = data.labels
    rng = np.random.default_rng(0)
    truth = np.array([labels.index(label) for label in held.label.tolist()])
    guess = np.where(rng.random(len(truth)) < right, truth, (truth + 1) % len(labels))
    shares = rng.dirichlet(np.ones(len(labels)), len(truth)) * 0.4
    shares[np.arange(len(truth)), guess] += 0.6
    answers = evaluate.Answers(labels, held, truth, shares.astype(np.float32), {})
    manifest, _ = unbundle(models.STARTER.read_bytes())
    manifest = replace(
        manifest,
        labels=labels,
        metrics=make_model.metrics_of(answers),
        training_files={source.path.name: source.sha256 for source in data.sources},
    )
    matters = {name: 0.1 / (index + 1) for index, name in enumerate(FACE_MEASURES)}
    return Examined(b"", manifest, parts, answers, matters, data, (Finding("one sitting only"),), 1e-7)
