"""Faces of noise for the training of a second opinion, of every kind and source that there is."""

from __future__ import annotations

import numpy as np

from moodkiosk.learn.train.opinion.material import LEFT_OUT, PEOPLE_AMONG_PETS, Faces, Judged

PETS = max(PEOPLE_AMONG_PETS) + 40
HUMANS = 40


def faces() -> Faces:
    """People of five labels and of sources that may not be trained on, masks, animals, squares."""
    rng = np.random.default_rng(0)
    source = np.array(["mux_lfw"] * HUMANS + list(LEFT_OUT) + ["mask"] * 4 + ["pets"] * PETS + ["petsrand"] * 4)
    n = len(source)
    labels = np.array([["angry", "happy", "neutral", "", "contempt"][i % 5] for i in range(n)])
    kind = np.array(["human"] * (HUMANS + len(LEFT_OUT)) + ["masked"] * 4 + ["animal"] * (PETS + 4))
    return Faces(
        crop=rng.integers(0, 255, (n, 64, 64)).astype(np.uint8),
        label=labels,
        teacher=np.log(rng.dirichlet(np.ones(7), n)).astype(np.float32),
        person=np.array([f"p{i}" for i in range(n)]),
        source=source,
        kind=kind,
        measures=rng.normal(0, 0.1, (n, 33)).astype(np.float32),
        confident=np.ones(n, bool),
        held=np.arange(n) % 20 == 7,
    )


def judged(count: int = 200) -> Judged:
    rng = np.random.default_rng(1)
    last = HUMANS + len(LEFT_OUT)
    return Judged(
        rng.integers(0, last, count),
        rng.integers(0, last, count),
        np.where(rng.random(count) < 0.6, 1.0, 0.8).astype(np.float32),
        np.log(rng.dirichlet(np.ones(7), count)).astype(np.float32),
        np.tile(np.array([0, 0, 1, 0, 0, 1, 0], np.float32), (count, 1)),
    )
