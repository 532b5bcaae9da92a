"""The model that comes with moodkiosk: one reading from both, the measures and the second opinion (schema "face-2").

    scripts/train.py face_crops.npz --starter --out moodkiosk/models/starter.tflite

Figures are of faces that were held out by person: press photographs that neither this network nor the second opinion
was trained on, the same in time (`starter_streams`), where the temperature is fitted, and London's portraits by
cross-validation. Actors are shown in training and never scored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk import __version__
from moodkiosk.failure import UsageError
from moodkiosk.learn.data.split import folds
from moodkiosk.learn.train import grid, make_model, network, starter_actors, starter_faces, starter_streams
from moodkiosk.learn.train.opinion import material
from moodkiosk.learn.train.starter_faces import LABELS, Material, Shown
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.mood.bundle import Manifest, bundle
from moodkiosk.sense.mood.measures import FACE_AND_OPINION
from moodkiosk.sense.mood.model import tempered
from moodkiosk.sense.teach import dense, figures, proof
from moodkiosk.sense.teach.recipe import TrainingSettings
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.evaluate.streams import Settle
    from moodkiosk.learn.train.make_model import Stage
    from moodkiosk.learn.train.network import EpochDone
    from moodkiosk.sense.teach.dense import Weights

    Floats = NDArray[np.float32]

LIFT = {"happy": 0.25}
"""Added to the finished network's log-odds of a mood, so that more smiles with closed lips are read, of people whom the
network had not seen, and faces at rest still in 0.97 of cases (docs/learning.md has other values)."""

FOLDS = 5

DARKEST_GREY = 111.0
"""The darkest seventh of London's evenly lit portraits."""

SETTINGS = TrainingSettings(epochs=12, rate=2e-3, batch=128, noise=0.15, smoothing=0.0, pull=0.1, dropout=0.1)
"""The targets are soft by themselves."""


def make(path: Path, settings: TrainingSettings, stage: Stage, say: Callable[[str], None], settle: Settle) -> bytes:
    """The starter's file, of the faces in `face_crops.npz`. Raises UsageError where they cannot be read.

    `settle`: the kiosk's debounce, for the figures in time.
    """
    try:
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
        pictures = material.load_faces(path)
        said_of_them = starter_faces.opinions(pictures)
        faces = starter_faces.material(pictures, said_of_them)
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(Reason("train.no_faces", path=str(path), reason=str(error))) from None
    say(_grid(said_of_them))
    drawn = starter_actors.acted()
    weights = taught(faces, drawn, settings, stage("training", settings.epochs))
    shares = cross_validated(faces, drawn, weights, settings, stage)
    judged = faces.held | (faces.london & (faces.y >= 0))
    say("putting held-out faces together in time")
    films = starter_streams.films(faces)
    said = [starter_streams.read(weights, faces.usual, film) for film in films]
    temperature = round(starter_streams.best_temperature(films, said), 4)
    found = _figures(faces, tempered(shares, temperature), judged)
    found |= starter_streams.judged(films, [tempered(some, temperature) for some in said], settle)
    for name, figure in found.items():
        say(f"{name}: {figure}")
    flatbuffer = network.to_tflite(weights)
    manifest = Manifest(
        labels=LABELS,
        schema=FACE_AND_OPINION,
        extractor=EXTRACTOR,
        mirrored=False,
        uses_hands=False,
        neutral_mean=tuple(faces.usual.astype(float).round(6).tolist()),
        temperature=temperature,
        network_sha256=hashlib.sha256(flatbuffer).hexdigest(),
        metrics={name: round(figure.value, 4) for name, figure in found.items()},
        training_files=hashes,
        version=__version__,
        made="starter",
    )
    rest = tempered(dense.predict(weights, faces.usual[None]), temperature)[0, LABELS.index(AT_REST)]
    say(f"of exactly the usual face at rest it says {AT_REST} with {rest:.3f}; temperature {temperature:.2f}")
    file = bundle(flatbuffer, manifest, {dense.FILE: dense.packed(weights)})
    make_model.verify(file, weights, faces.x[judged])
    return file


def _grid(said: Floats) -> str:
    """How much the second opinion's answers may change without another starter."""
    step, start = starter_faces.OPINION_STEP, starter_faces.OPINION_START
    better, most = grid.widest(said, step)
    least = grid.margin(said, step, start)
    return f"the second opinion on a grid of {step}: {least:.1e} from a border at least ({most:.1e} from {better:.6f})"


def taught(faces: Material, drawn: Shown, settings: TrainingSettings, told: EpochDone | None = None) -> Weights:
    """The network taught the faces that may be learnt, and the drawn people."""
    some = starter_faces.shown(faces, drawn, settings.seed)
    start = dense.fresh(faces.x[faces.learnt], len(LABELS), settings.seed)
    return _lifted(network.fit(some.x, some.target, start, settings, weight=some.weight, told=told))


def _lifted(weights: Weights) -> Weights:
    lift = np.array([LIFT.get(label, 0.0) for label in LABELS], np.float32)
    return replace(weights, biases=(*weights.biases[:-1], weights.biases[-1] + lift))


def cross_validated(
    faces: Material, drawn: Shown, weights: Weights, settings: TrainingSettings, stage: Stage
) -> Floats:
    """The probabilities of all faces by the finished network; London's by networks that had not seen that person."""
    shares = dense.predict(weights, faces.x)
    told = stage("London, by cross-validation", FOLDS)
    fold = folds(faces.person, FOLDS, settings.seed)
    for number in range(FOLDS):
        out = faces.london & (fold == number)
        others = replace(faces, learnt=faces.learnt & ~out)
        shares[out] = dense.predict(taught(others, drawn, settings), faces.x[out])
        judged = out & (faces.y >= 0)
        loss = -np.log(shares[judged, faces.y[judged]]).mean()
        told(number + 1, float(loss), figures.balanced_accuracy(faces.y[judged], shares[judged].argmax(1)))
    return shares


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """Shares of these rows, with intervals by person."""

    faces: Material
    shares: Floats

    def of(self, rows: NDArray[np.bool_], figure: Callable[[NDArray[np.int64], Floats], float]) -> proof.Figure:
        at = np.flatnonzero(rows)
        y, shares = self.faces.y, self.shares
        return proof.with_interval(at, self.faces.person[at], lambda drawn: figure(y[drawn], shares[drawn]))


def _right(y: NDArray[np.int64], shares: Floats) -> float:
    return float((shares.argmax(1) == y).mean())


def _figures(faces: Material, shares: Floats, judged: NDArray[np.bool_]) -> dict[str, proof.Figure]:
    judge, held, london, y = _Judge(faces, shares), faces.held, faces.london & judged, faces.y
    rest = y == LABELS.index(AT_REST)
    found = {
        "balanced_accuracy": judge.of(held, lambda y, p: figures.balanced_accuracy(y, p.argmax(1))),
        "accuracy": judge.of(held, _right),
        "calibration_error": judge.of(held, figures.calibration_error),
    }
    found |= {f"recall.{label}": judge.of(held & (y == number), _right) for number, label in enumerate(LABELS)}
    for part in figures.ANSWERED:
        found[f"answered.{part}"] = judge.of(held, lambda y, p, part=part: figures.answered(y, p, part))  # type: ignore[misc]
    found["closed_smiles"] = judge.of(held & faces.closed, _right)
    found["london.rest"] = judge.of(london & rest, _right)
    found["london.rest.darkest"] = judge.of(london & rest & (faces.grey < DARKEST_GREY), _right)
    found["london.smiles"] = judge.of(london & ~rest, _right)
    return found
