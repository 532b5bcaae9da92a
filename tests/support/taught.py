"""Takes of people made of numbers, and what is learnt from them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.measures import FACE_AND_OPINION, MEASURES, OPINION_MOODS, measures
from moodkiosk.sense.teach import dense, learning
from moodkiosk.sense.teach.learning import Outcome, Progress
from moodkiosk.sense.teach.takes import Take
from tests.support.moods_in_numbers import faces

MOODS = ("neutral", "happy", "sad", "angry", "surprise")
STARTER = models.STARTER.read_bytes()
SCHEMA = dense.schema_of(STARTER)


def shown(label: str, frames: int, number: int, seed: int = 0, schema: str = SCHEMA) -> NDArray[np.float32]:
    """The measures [frames, k] of person `number` showing a mood; the second opinion, where wanted, says nothing."""
    nothing = np.full((frames, 9), -np.log(len(OPINION_MOODS)), np.float32)
    opinion = nothing if schema == FACE_AND_OPINION else None
    return measures(faces(label, frames, number, 0.01, seed), None, None, schema, opinion)


def take(label: str, frames: int = 20, number: int = 1, person: str = "", seed: int = 0, looks: str = "") -> Take:
    """A take of `label`, in which the face shows `looks`, by default the same."""
    x = shown(looks or label, frames, number, seed)
    name = f"{label}-{person or number}-{seed}"
    return Take(label, person, x, np.arange(frames) / 5, f"{name}.npz", f"{name}-{frames}", "numbers")


def sitting(labels: Sequence[str] = MOODS, frames: int = 20, number: int = 1, person: str = "") -> list[Take]:
    return [take(label, frames, number, person) for label in labels]


def learnt(takes: Sequence[Take], seed: int = 0, before: bytes | None = None) -> Outcome:
    """The outcome, after whatever progress."""
    *progress, outcome = learning.learn(takes, STARTER, seed, before)
    assert isinstance(outcome, Outcome)
    assert all(isinstance(step, Progress) for step in progress)
    return outcome


def columns() -> int:
    return len(MEASURES[SCHEMA])
