"""What the starter is shown: faces of people with labels and a teacher's answers, drawn actors, and a face at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.train import grid
from moodkiosk.learn.train.opinion.batches import DARK_GREY, closed_smile
from moodkiosk.learn.train.opinion.material import LABELS_OF_SOURCE, Faces
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.measures import FACE_MEASURES, LEAST_LOG, OPINION_MOODS, clipped
from moodkiosk.sense.mood.opinion import SecondOpinion
from moodkiosk.sense.teach.recipe import own_neutrals, with_own_neutrals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]
    Texts = NDArray[np.str_]
    Flags = NDArray[np.bool_]

LABELS = ("angry", "happy", "neutral", "sad", "surprise")

OPINION_STEP, OPINION_START = 0.25, 0.125138
"""The grid of the second opinion's log-probabilities. A step is a tenth of their spread, less than the noise that
training adds to them. On `face_crops.npz` no answer lies nearer than 1.3e-5 to a border between two steps; another
order of the sums with which a crop is standardised changed none of them by more than 6e-6."""

TEACHER_TEMPERATURE = 1.5
"""The teacher is surer than it is right."""

TRUST_RELATIVE = 0.97
"""How much a source's label counts against the teacher's answer where a face is shown relative to the same person's at
rest: the teacher never saw it so."""

DARK_WEIGHT, REST_WEIGHT = 2.0, 1.2
"""Of dark faces and of faces at rest (of which a kiosk sees most) against others; before the last, every label weighs
the same."""

UNLABELLED_WEIGHT = 0.5
"""Of a face that has the teacher's answer only."""

WEAK_SHARE, WEAKEST = 0.4, 0.5
"""This share of the faces is shown weaker, drawn towards the mean face at rest, the weakest to this strength: press
photographs show more than people at home do."""

RELATIVE_WEIGHT = 0.5
"""Of a face relative to the same person's at rest, shown besides the face as it is."""

USUAL_COPIES = 600
"""So many times the mean face at rest is shown: what a calibrated face at rest becomes exactly."""

UNASKED_WEIGHT, UNASKED_ACTOR_WEIGHT = 0.6, 3.0
"""Everything is shown once more without the second opinion, with this share of its weight: older recordings lack it. On
drawn people the second opinion is a help that their measures alone must do without."""

ACTOR_SMOOTHING = 0.05
"""Of the drawn people's labels, and of the mean face's."""


@dataclass(frozen=True, slots=True)
class Emphasis:
    """What counts how much of what is shown; as it is, what the starter is taught with (docs/learning.md has others).

    Attributes:
        trust: how much a source's label counts against the teacher's answer.
        trust_closed: the same of smiles with closed lips, which the teacher takes for rest.
        closed: weight of smiles with closed lips against other smiles.
        london: weight of London's portraits, which look at the camera as people at a kiosk do.
    """

    trust: float = 0.7
    trust_closed: float = 1.0
    closed: float = 3.0
    london: float = 3.0


SHIPPED = Emphasis()


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Faces as measures, one a row.

    Attributes:
        x: measures by schema "face-2", float32 [n, 40].
        y: label number, -1 without one of `LABELS`.
        teacher: what the teacher said, as probabilities of `LABELS`, [n, 5].
        person, source: [n].
        closed: whether it is a smile with closed lips, [n].
        grey: mean grey of the middle of the face, [n].
        learnt: may be trained on; London's only while others of London judge.
        held: judges, and is never trained on.
    """

    x: Floats
    y: Whole
    teacher: Floats
    person: Texts
    source: Texts
    closed: Flags
    grey: Floats
    learnt: Flags
    held: Flags

    @property
    def london(self) -> Flags:
        """The portraits that both teach and judge, by cross-validation."""
        london: Flags = self.source == "london"
        return london

    @property
    def usual(self) -> Floats:
        """The mean face at rest of what is learnt, London apart, [40]."""
        usual: Floats = self.x[self.learnt & ~self.london & (self.y == LABELS.index(AT_REST))].mean(0)
        return usual


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Samples: measures [n, 40], probabilities of the labels [n, 5], weights [n]."""

    x: Floats
    target: Floats
    weight: Floats


def opinions(faces: Faces) -> Floats:
    """What the second opinion says of the faces of people among these, as measures, [n, 7]."""
    opinion = SecondOpinion()
    return clipped(np.stack([opinion.of_crop(crop) for crop in faces.crop[_people(faces)]]))


def material(faces: Faces, said: Floats | None = None) -> Material:
    """The faces of people among these, with the second opinion on each, on its grid; `said`: as `opinions` gives it."""
    rows = _people(faces)
    on_grid = grid.on_grid(opinions(faces) if said is None else said, OPINION_STEP, OPINION_START)
    source, label = faces.source[rows], faces.label[rows]
    press = np.char.startswith(source, "mux")
    london = source == "london"
    five = [list(LABELS_OF_SOURCE).index(name) for name in LABELS]
    logs = faces.teacher[rows][:, five].astype(np.float64) / TEACHER_TEMPERATURE
    powers = np.exp(logs - logs.max(1, keepdims=True))
    y = np.array([LABELS.index(name) if name in LABELS else -1 for name in label.tolist()], np.int64)
    other = press & (y < 0)  # disgust, fear and contempt: none of the five
    return Material(
        x=np.concatenate([faces.measures[rows], np.clip(on_grid, LEAST_LOG, 0)], axis=1),
        y=y,
        teacher=(powers / powers.sum(1, keepdims=True)).astype(np.float32),
        person=faces.person[rows],
        source=source,
        closed=closed_smile(faces)[rows],
        grey=faces.crop[rows][:, 20:50, 16:48].mean((1, 2)).astype(np.float32),
        learnt=(faces.learnt[rows] & ~other) | (london & (y >= 0)),
        held=faces.held[rows] & press & (y >= 0),
    )


def _people(faces: Faces) -> Whole:
    return np.flatnonzero((faces.kind == "human") & faces.confident)


def shown(faces: Material, drawn: Shown, seed: int, emphasis: Emphasis = SHIPPED) -> Shown:
    """Everything that a network is shown of the faces that may be learnt, and of the drawn people."""
    rows = faces.learnt
    x, y, closed = faces.x[rows], faces.y[rows], faces.closed[rows]
    labelled, usual = y >= 0, faces.usual
    hot = np.eye(len(LABELS), dtype=np.float32)[np.maximum(y, 0)]
    trust = np.where(labelled, np.where(closed, emphasis.trust_closed, emphasis.trust), 0.0)[:, None]
    target = (1 - trust) * faces.teacher[rows] + trust * hot
    weight = _weight(y, np.where(closed, emphasis.closed, 1.0), faces.grey[rows] < DARK_GREY)
    weight[faces.london[rows]] *= emphasis.london
    rng = np.random.default_rng(seed)
    strength = np.where(rng.random(len(x)) < WEAK_SHARE, rng.uniform(WEAKEST, 1, len(x)), 1.0)[:, None]
    own = own_neutrals(x, np.where(y == LABELS.index(AT_REST), AT_REST, ""), faces.person[rows])
    known = labelled & np.isin(faces.person[rows], list(own))
    relative = with_own_neutrals(x[known], faces.person[rows][known], own, usual)
    at_rest = np.full(USUAL_COPIES, LABELS.index(AT_REST))
    parts = [
        Shown(usual + strength * (x - usual), target, weight),
        Shown(
            relative,
            (1 - TRUST_RELATIVE) * target[known] + TRUST_RELATIVE * hot[known],
            RELATIVE_WEIGHT * weight[known],
        ),
        Shown(np.repeat(usual[None], USUAL_COPIES, 0), smoothed(at_rest), np.ones(USUAL_COPIES, np.float32)),
        drawn,
    ]
    share = [UNASKED_WEIGHT, UNASKED_WEIGHT, UNASKED_WEIGHT, UNASKED_ACTOR_WEIGHT]
    parts += [
        Shown(unasked(part.x), part.target, part.weight * of_it) for part, of_it in zip(parts, share, strict=True)
    ]
    return Shown(
        *(np.concatenate([getattr(part, name) for part in parts]).astype(np.float32) for name in Shown.__slots__)
    )


def _weight(y: Whole, closed: NDArray[np.float64], dark: Flags) -> Floats:
    labelled = y >= 0
    emphasis = closed * np.where(dark, DARK_WEIGHT, 1.0)
    total = np.array([emphasis[y == label].sum() for label in range(len(LABELS))])
    weight = np.full(len(y), UNLABELLED_WEIGHT)
    weight[labelled] = (emphasis * (total.mean() / total)[y])[labelled]
    weight[y == LABELS.index(AT_REST)] *= REST_WEIGHT
    against_the_mean: Floats = (weight / weight.mean()).astype(np.float32)
    return against_the_mean


def smoothed(y: Whole) -> Floats:
    """Targets of faces that are what they are called, for label numbers [n]: [n, 5]."""
    count = len(LABELS)
    return ((1 - ACTOR_SMOOTHING) * np.eye(count)[y] + ACTOR_SMOOTHING / count).astype(np.float32)


def unasked(x: Floats) -> Floats:
    """The same measures as if the second opinion had not been asked."""
    without = x.copy()
    without[:, len(FACE_MEASURES) :] = np.nan
    assert without.shape[1] == len(FACE_MEASURES) + len(OPINION_MOODS)
    return without
