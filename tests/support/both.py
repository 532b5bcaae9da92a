"""Measures and second opinion: alone, added, blended, or seen by one network; and what that is taught with.

    .venv-train/bin/python -m tests.support.both face_crops.npz [--folds N]

Of people who were held out, by person: the press photographs that teach neither network, and London's portraits by
cross-validation. Each network is trained as often as there are folds, and each face read by the one that saw nobody of
its fold.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.data.split import folds
from moodkiosk.learn.train import network, starter, starter_actors, starter_faces
from moodkiosk.learn.train.opinion import material
from moodkiosk.learn.train.starter_faces import LABELS, Emphasis, unasked
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.measures import FACE_MEASURES, OPINION_MOODS
from moodkiosk.sense.teach import dense, figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.train.starter_faces import Material, Shown

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

FIVE = [len(FACE_MEASURES) + OPINION_MOODS.index(name) for name in ("angry", "happy", "neutral", "sad", "surprised")]
"""Where the second opinion on the five moods stands among the measures, in the order of `LABELS`."""

SUM_OPINION = 1.5
"""How much the second opinion counts in the sum."""

STEPS, RATE, DECAY = 400, 0.05, 1e-4
"""Of the softmax regression: steps of Adam on everything at once, their length, and what keeps its weights small."""

JOINT = {
    "joint, labels only": Emphasis(trust=1.0, closed=1.0, london=0.0),
    "joint, half label, half teacher": Emphasis(trust=0.5, trust_closed=0.5, closed=1.0, london=0.0),
    "... closed smiles by label, counting 3": Emphasis(trust=0.5, london=0.0),
    "... and London's others, counting 3": Emphasis(trust=0.5),
    "... label 0.7, teacher 0.3 (shipped)": Emphasis(),
}

Read = Callable[["Material"], "Floats"]
"""Logarithms of probabilities of the moods, up to a constant a row, [n, 5]."""


@dataclass(frozen=True, slots=True, eq=False)
class Pupils:
    """Trains on what may be learnt."""

    drawn: Shown
    seed: int

    def joint(self, faces: Material, emphasis: Emphasis) -> Read:
        """One network that sees both."""
        weights = self._fit(faces, self.drawn, emphasis)
        return lambda judged: _log(dense.predict(weights, judged.x))

    def measures(self, faces: Material) -> Read:
        """The measures alone, taught the same way."""
        alone = replace(faces, x=unasked(faces.x))
        drawn = replace(self.drawn, x=unasked(self.drawn.x))
        weights = self._fit(alone, drawn, Emphasis())
        return lambda judged: _log(dense.predict(weights, unasked(judged.x)))

    def _fit(self, faces: Material, drawn: Shown, emphasis: Emphasis) -> dense.Weights:
        some = starter_faces.shown(faces, drawn, self.seed, emphasis)
        start = dense.fresh(faces.x[faces.learnt], len(LABELS), self.seed)
        settings = replace(starter.SETTINGS, seed=self.seed)
        return network.fit(some.x, some.target, start, settings, weight=some.weight)


def opinion(judged: Material) -> Floats:
    """The second opinion alone."""
    return judged.x[:, FIVE]


def added(measures: Read) -> Read:
    """The sum of logarithms."""
    return lambda judged: measures(judged) + np.float32(SUM_OPINION) * opinion(judged)


def blended(measures: Read, faces: Material, seed: int) -> Read:
    """Softmax regression on what both say of held-out faces, whom neither was taught; every label counts the same."""

    def seen(some: Material) -> Floats:
        return np.concatenate([measures(some), some.x[:, len(FACE_MEASURES) :]], axis=1)

    rows = np.flatnonzero(faces.held)
    x, y = seen(faces)[rows].astype(np.float64), faces.y[rows]
    mean, scale = x.mean(0), x.std(0)
    z = np.column_stack([(x - mean) / scale, np.ones(len(x))])
    weight = (len(y) / (len(LABELS) * np.bincount(y, minlength=len(LABELS))))[y][:, None] / len(y)
    kernel = np.random.default_rng(seed).normal(0, 0.01, (z.shape[1], len(LABELS)))
    first, second = np.zeros_like(kernel), np.zeros_like(kernel)
    for step in range(1, STEPS + 1):
        powers = np.exp(z @ kernel - (z @ kernel).max(1, keepdims=True))
        apart = powers / powers.sum(1, keepdims=True) - np.eye(len(LABELS))[y]
        slope = z.T @ (weight * apart) + DECAY * kernel
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        kernel -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    found = kernel

    def read(judged: Material) -> Floats:
        shown = (seen(judged).astype(np.float64) - mean) / scale
        return (np.column_stack([shown, np.ones(len(shown))]) @ found).astype(np.float32)

    return read


def _log(shares: Floats) -> Floats:
    logs: Floats = np.log(np.maximum(shares, 1e-9)).astype(np.float32)
    return logs


def readers(faces: Material, pupils: Pupils) -> dict[str, Read]:
    """By name, each taught what may be learnt."""
    measures = pupils.measures(faces)
    return {
        "the 33 measures alone": measures,
        "the second opinion alone": opinion,
        f"sum of logarithms, 1 + {SUM_OPINION}": added(measures),
        "blend: softmax regression on both": blended(measures, faces, pupils.seed),
        **{name: pupils.joint(faces, emphasis) for name, emphasis in JOINT.items()},
    }


def compare(faces: Material, pupils: Pupils, count: int) -> None:
    """Prints a line for each."""
    fold = folds(faces.person, count, pupils.seed)
    london, rest = faces.london & (faces.y >= 0), faces.y == LABELS.index(AT_REST)
    guess: dict[str, Whole] = {}
    for number in range(count):
        out = (london | faces.held) & (fold == number)
        others = replace(faces, learnt=faces.learnt & ~out, held=faces.held & ~out)
        for name, read in readers(others, pupils).items():
            guess.setdefault(name, np.full(len(fold), -1))[out] = read(faces).argmax(1)[out]
    print("held out, five moods | London at rest (darkest) | London's smiles | closed smiles held out")
    for name, said in guess.items():
        right = said == faces.y
        five = figures.balanced_accuracy(faces.y[faces.held], said[faces.held])
        parts = (london & rest, london & rest & (faces.grey < starter.DARKEST_GREY), london & ~rest)
        at_rest, darkest, smiles = (right[rows].mean() for rows in parts)
        closed = right[faces.held & faces.closed].mean()
        print(f"{name}: {five:.3f} | {at_rest:.2f} ({darkest:.2f}) | {smiles:.2f} | {closed:.2f}", flush=True)


def main() -> None:
    """Trains and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, metavar="FACE_CROPS", help="face_crops.npz")
    parser.add_argument("--folds", type=int, default=3, metavar="N", help="of people (default 3)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the trainings (default 0)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="lines that have this in their name"
    )
    args = parser.parse_args()
    pupils = Pupils(starter_actors.acted(), args.seed)
    faces = starter_faces.material(material.load_faces(args.faces))
    compare(faces, pupils, args.folds)


if __name__ == "__main__":
    main()
