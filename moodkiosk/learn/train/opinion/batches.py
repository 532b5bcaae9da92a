"""What is shown to the network, how often, and what it should answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.train.opinion import augment, views
from moodkiosk.learn.train.opinion.material import LABELS_OF_SOURCE
from moodkiosk.sense.mood.measures import FACE_MEASURES

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from moodkiosk.learn.train.opinion.material import Faces, Judged

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]
    Greys = NDArray[np.uint8]
    Whole = NDArray[np.int64]

BATCH = 64
ANIMALS, MASKED = 5, 8
"""Of a batch; the others are views of people."""

DRAWN_COVERS = 0.08
"""This share of the people is shown with a drawn cover before the mouth."""

OFTEN = {"angry": 3.0, "sad": 3.0, "surprise": 3.0, "disgust": 1.5, "fear": 1.5}
"""How much more often faces of a rare label are shown."""

CLOSED_SMILES, CLOSED_LIP_GAP = 2.0, 0.04
"""How much more often smiles with closed lips are shown, and the measure `lip_gap` up to which lips are closed."""

DARK_FACES, DARK_GREY = 2.0, 85.0
"""How much more often dark faces are shown, and the mean grey of the middle of the crop up to which one is dark."""

TRUST_RARE, TRUST_USUAL, TRUST_HARD = 0.3, 0.1, 0.4
"""How much the source's label counts against the teacher's answer: of rare moods, of happy and neutral faces, and of
those where the teacher is known to fail (smiles with closed lips, dark faces at rest)."""

PETS_AS_PLACED = 0.6
"""Share of the animals that the face mesh took for a face; the others are random squares of such pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One step's material.

    Attributes:
        crop: grey levels, float32 [BATCH, 64, 64].
        target: probabilities of the moods, [BATCH, 7].
        weight: whether the moods count, [BATCH].
        animal, covered: 1 or 0, [BATCH].
        covered_weight: whether `covered` counts (nobody knows what an animal's mouth is), [BATCH].
    """

    crop: Floats
    target: Floats
    weight: Floats
    animal: Floats
    covered: Floats
    covered_weight: Floats


class Batches:
    """All batches of a training, each by its number: the same seed and number give the same batch."""

    def __init__(self, faces: Faces, judged: Judged, seed: int) -> None:
        judged = judged.of(faces.learnt)
        self._seed = seed
        self._views = views.rebuilt(faces.crop, judged)
        self._label, self._trust = _label_of_views(faces, judged)
        self._teacher = judged.teacher.astype(np.float64)
        often = _often(faces)
        weight = judged.share * often[judged.first] + (1 - judged.share) * often[judged.second]
        self._weight = (weight / weight.sum()).astype(np.float64)
        self._edges = np.cumsum(self._weight)
        self._prior: dict[float, Floats] = {}
        learnt = faces.learnt
        self._masked = faces.crop[learnt & (faces.kind == "masked")]
        self._pets = faces.crop[learnt & (faces.source == "pets")]
        self._squares = faces.crop[learnt & (faces.source == "petsrand")]

    def __len__(self) -> int:
        return len(self._views)

    def prior(self, temperature: float) -> Floats:
        """The mean answer that is asked for, [7]."""
        if temperature in self._prior:
            return self._prior[temperature]
        mean: Floats = (self._weight @ self._target(np.arange(len(self)), temperature)).astype(np.float32)
        self._prior[temperature] = mean
        return mean

    def batch(self, step: int, temperature: float) -> Batch:
        """The batch of a step; the teacher's answers are softened by the temperature."""
        rng = np.random.default_rng((self._seed, step))
        people = BATCH - ANIMALS - MASKED
        rows = np.searchsorted(self._edges, rng.random(people) * self._edges[-1])
        hidden = rng.random(people) < DRAWN_COVERS
        crops = [
            augment.jittered(augment.covered(face, rng) if hide else face, rng, 0.5)
            for face, hide in zip(self._views[rows].astype(np.float32), hidden, strict=True)
        ]
        crops += [augment.jittered(_one(self._masked, rng), rng, 2.0) for _ in range(MASKED)]
        placed = rng.random(ANIMALS) < PETS_AS_PLACED
        crops += [augment.jittered(_one(self._pets if pet else self._squares, rng), rng, 2.5) for pet in placed]
        target = np.full((BATCH, len(LABELS_OF_SOURCE)), 1 / len(LABELS_OF_SOURCE), np.float32)
        target[:people] = self._target(rows, temperature)
        number = np.arange(BATCH)
        animal = number >= people + MASKED
        covered = (number >= people) & ~animal
        covered[:people] = hidden
        return Batch(
            np.stack(crops),
            target,
            *(part.astype(np.float32) for part in (number < people, animal, covered, ~animal)),
        )

    def _target(self, rows: Whole, temperature: float) -> Doubles:
        logs = self._teacher[rows] / temperature
        powers = np.exp(logs - logs.max(1, keepdims=True))
        said = powers / powers.sum(1, keepdims=True)
        trust = self._trust[rows][:, None]
        mixed: Doubles = (1 - trust) * said + trust * self._label[rows]
        return mixed


def _one(crops: Greys, rng: Generator) -> Floats:
    """One of the crops, half of the time its mirror image."""
    face = crops[rng.integers(len(crops))]
    shown: Floats = (face[:, ::-1] if rng.random() < 0.5 else face).astype(np.float32)
    return shown


def closed_smile(faces: Faces) -> NDArray[np.bool_]:
    """Which faces smile with closed lips."""
    closed: NDArray[np.bool_] = faces.measures[:, FACE_MEASURES.index("lip_gap")] < CLOSED_LIP_GAP
    closed &= faces.label == "happy"
    return closed


def _dark(faces: Faces) -> NDArray[np.bool_]:
    dark: NDArray[np.bool_] = faces.crop[:, 20:50, 16:48].mean((1, 2)) < DARK_GREY
    return dark


def _often(faces: Faces) -> Doubles:
    """How often each face is shown, 1 for most."""
    often = np.array([OFTEN.get(label, 1.0) for label in faces.label.tolist()])
    often[closed_smile(faces)] *= CLOSED_SMILES
    often[_dark(faces)] *= DARK_FACES
    return often


def _label_of_views(faces: Faces, judged: Judged) -> tuple[Doubles, Doubles]:
    """Each view's label as probabilities [v, 7], summing to 1, and how much it is trusted [v], 0 without one."""
    count = len(LABELS_OF_SOURCE)
    truth = faces.truth
    trust = np.where(truth < 0, 0.0, TRUST_RARE)
    trust[np.isin(faces.label, ("happy", "neutral"))] = TRUST_USUAL
    trust[closed_smile(faces) | (_dark(faces) & (faces.label == "neutral"))] = TRUST_HARD
    hot = np.where(truth[:, None] < 0, 1 / count, np.eye(count)[truth])
    share = judged.share[:, None].astype(np.float64)
    both = share * trust[judged.first][:, None], (1 - share) * trust[judged.second][:, None]
    total = both[0] + both[1]
    label = both[0] * hot[judged.first] + both[1] * hot[judged.second]
    return np.where(total > 0, label / np.maximum(total, 1e-9), 1 / count), total[:, 0]
