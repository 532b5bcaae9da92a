"""The model that comes with moodkiosk: real faces, and some drawn actors so that the demo is read right too.

    scripts/train.py starter_faces.npz --starter --out moodkiosk/models/starter.tflite

Figures are of real faces only, by cross-validation grouped by person; actors are shown in training and never scored.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk import __version__
from moodkiosk.failure import UsageError
from moodkiosk.learn.data.samples import vectors
from moodkiosk.learn.data.split import folds
from moodkiosk.learn.train import actors, make_model, network
from moodkiosk.moods import AT_REST
from moodkiosk.sense.mood.bundle import Manifest, bundle
from moodkiosk.sense.mood.measures import FACE
from moodkiosk.sense.mood.model import tempered
from moodkiosk.sense.teach import dense, figures
from moodkiosk.sense.teach.recipe import neutral_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset
    from moodkiosk.learn.train.make_model import Stage
    from moodkiosk.learn.train.network import EpochDone
    from moodkiosk.sense.teach.dense import Weights
    from moodkiosk.sense.teach.recipe import TrainingSettings

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

LABELS = ("angry", "happy", "neutral", "sad", "surprise")
ACTORS = range(1000, 1060)
"""Their proportions are random; tests use others."""

ACTOR_PICTURES = 4
"""Of each actor in each mood."""

ACTOR_WEIGHT = 0.3
"""Of an actor's sample; the mean weight of a real one is 1."""

WEAK_SHARE, WEAKEST = 0.4, 0.6
"""This share of the real samples is shown weaker: drawn towards the mean face at rest, the weakest to this strength.
The faces are press photographs, and nobody makes such faces at a kiosk."""

FOLDS, SEEDS = 5, 5


@dataclass(frozen=True, slots=True, eq=False)
class StarterData:
    """What the starter is fitted to.

    Attributes:
        x, y: measures [n, k] and label numbers [n] of the real samples.
        person: who they are of [n].
        acted: measures and label numbers of the actors' samples.
    """

    x: Floats
    y: Whole
    person: NDArray[np.str_]
    acted: tuple[Floats, Whole]

    def fit(self, rows: NDArray[np.bool_], settings: TrainingSettings, told: EpochDone | None = None) -> Weights:
        """The network fitted to these real rows and all actors."""
        x, y = _weaker(self.x[rows], self.y[rows], settings.seed), self.y[rows]
        counts = np.bincount(y, minlength=len(LABELS))
        weight = len(y) / (len(LABELS) * counts[y])
        acted_x, acted_y = self.acted
        weights = np.concatenate([weight, np.full(len(acted_y), ACTOR_WEIGHT)]).astype(np.float32)
        start = dense.fresh(self.x[rows], len(LABELS), settings.seed)
        return network.fit(
            np.concatenate([x, acted_x]),
            np.concatenate([y, acted_y]),
            start,
            settings,
            weight=weights,
            told=told,
        )


def make(data: Dataset, settings: TrainingSettings, stage: Stage, say: Callable[[str], None]) -> bytes:
    """The starter's file. Raises UsageError where the data does not suit."""
    lacking = [label for label in LABELS if label not in data.labels]
    if lacking or len(np.unique(data.person)) < 2 * FOLDS:
        raise UsageError(
            f"--starter wants {', '.join(LABELS)} of many people; there is no {', '.join(lacking) or 'crowd'}"
        )
    data = data.select(np.isin(data.label, LABELS))
    say(f"drawing {len(ACTORS)} actors in {len(LABELS)} moods, {ACTOR_PICTURES} pictures each")
    acted = actors.recorded(ACTORS, ACTOR_PICTURES)
    plan = StarterData(vectors(data, FACE), _numbers(data), data.person, (vectors(acted, FACE), _numbers(acted)))
    shares = cross_validated(plan, settings, stage)
    temperature = figures.best_temperature(np.tile(plan.y, SEEDS), np.concatenate(shares))
    metrics = _metrics(plan.y, [tempered(share, temperature) for share in shares])
    for name, value in metrics.items():
        say(f"{name}: {value:.3f}")
    everything = plan.fit(np.ones(len(plan.y), bool), settings, stage("training on everything", settings.epochs))
    flatbuffer = network.to_tflite(everything)
    usual = neutral_mean(plan.x, data.label)
    assert usual is not None
    manifest = Manifest(
        labels=LABELS,
        schema=FACE,
        extractor=acted.sources[0].extractor,
        mirrored=False,
        uses_hands=False,
        neutral_mean=tuple(usual.astype(float).round(6).tolist()),
        temperature=round(temperature, 4),
        network_sha256=hashlib.sha256(flatbuffer).hexdigest(),
        metrics=metrics,
        training_files={source.path.name: source.sha256 for source in data.sources},
        version=__version__,
        made="starter",
    )
    file = bundle(flatbuffer, manifest, {dense.FILE: dense.packed(everything)})
    make_model.verify(file, everything, plan.x)
    return file


def cross_validated(plan: StarterData, settings: TrainingSettings, stage: Stage) -> list[Floats]:
    """For each seed, the probabilities of all real samples, each by a network that had not seen that person."""
    told, done = stage("cross-validation", FOLDS * SEEDS), 0
    found: list[Floats] = []
    for seed in range(SEEDS):
        fold = folds(plan.person, FOLDS, seed)
        shares: Floats = np.zeros((len(plan.y), len(LABELS)), np.float32)
        for number in range(FOLDS):
            out = fold == number
            weights = plan.fit(~out, replace(settings, seed=seed))
            shares[out] = dense.predict(weights, plan.x[out])
            done += 1
            truth, guess = plan.y[out], shares[out].argmax(1)
            told(
                done,
                float(-np.log(shares[out][np.arange(len(truth)), truth]).mean()),
                figures.balanced_accuracy(truth, guess),
            )
        found.append(shares)
    return found


def _metrics(y: Whole, shares: list[Floats]) -> dict[str, float | None]:
    """Means over the seeds."""

    def mean(figure: Callable[[Floats], float]) -> float:
        return round(float(np.mean([figure(share) for share in shares])), 4)

    recalls = [figures.recall(y, share.argmax(1)) for share in shares]
    metrics: dict[str, float | None] = {
        "balanced_accuracy": mean(lambda share: figures.balanced_accuracy(y, share.argmax(1))),
        "accuracy": mean(lambda share: float((share.argmax(1) == y).mean())),
        "calibration_error": mean(lambda share: figures.calibration_error(y, share)),
    }
    for number, label in enumerate(LABELS):
        metrics[f"recall.{label}"] = round(float(np.mean([recall[number] for recall in recalls])), 4)
    for part in figures.ANSWERED:
        metrics[f"answered.{part}"] = mean(functools.partial(_answered, y, part))
    return metrics | {"held_out_samples": len(y)}


def _answered(y: Whole, part: float, share: Floats) -> float:
    return figures.answered(y, share, part)


def _weaker(x: Floats, y: Whole, seed: int) -> Floats:
    """Some of the samples as slighter expressions of the same."""
    rng = np.random.default_rng(seed)
    rest = x[y == LABELS.index(AT_REST)].mean(0)
    strength = np.where(rng.random(len(x)) < WEAK_SHARE, rng.uniform(WEAKEST, 1, len(x)), 1.0)[:, None]
    weaker: Floats = (rest + strength * (x - rest)).astype(np.float32)
    return weaker


def _numbers(data: Dataset) -> Whole:
    return np.array([LABELS.index(label) for label in data.label.tolist()], np.int64)
