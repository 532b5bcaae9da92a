"""Recordings to a model file that has proved itself: check, split, train, examine, train on everything, verify."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk import __version__
from moodkiosk.failure import Failure, UsageError
from moodkiosk.learn.data import checks
from moodkiosk.learn.data.augment import Variety
from moodkiosk.learn.data.samples import people, vectors
from moodkiosk.learn.data.split import Split, split, turns
from moodkiosk.learn.evaluate import certainty, evaluate, streams
from moodkiosk.learn.train import fit, network
from moodkiosk.learn.train.network import EpochDone
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import BadModel, Manifest, bundle, unbundle
from moodkiosk.sense.mood.measures import FACE, FACE_AND_HANDS, FACE_AND_OPINION, MEASURES
from moodkiosk.sense.teach import dense, figures, masks, recipe
from moodkiosk.sense.teach import flatbuffer as flatbuffers
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset
    from moodkiosk.learn.evaluate.evaluate import Answers
    from moodkiosk.learn.train.fit import Fitted
    from moodkiosk.sense.teach.dense import Weights

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

MAX_DIFFERENCE = 1e-5
"""Between Keras and TensorFlow Lite, on held-out samples."""

ASKED_SHARE = 0.5
"""From this share of samples with the second opinion on, it counts; in the others it says nothing."""

SAME = 0.005
"""A model may be worse by this much than the one it replaces and still pass as no worse."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a model is to be made.

    Attributes:
        hands: "auto", "yes" or "no".
        base: "starter" or "none".
        epochs: None for what suits the base and the number of samples.
        seed: same data, same seed: same file.
        vary: show varied copies of the samples too: "auto", "yes" or "no". Auto: when starting from nothing, where it
            helps most (docs/learning.md).
        mirror: gestures mean the same with the other hand, so copies are varied and some of them mirrored.
        force: write it although it is doubtful.
    """

    hands: str = "auto"
    base: str = "starter"
    epochs: int | None = None
    seed: int = 0
    vary: str = "auto"
    mirror: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A finished model file and how it was found.

    Attributes:
        file: its bytes.
        manifest: what it says of itself.
        split: how samples were held out.
        answers: on the held-out samples, of a network that had not seen them.
        matters: measure to the balanced accuracy that is lost when it is shuffled among the held-out samples.
        data: all samples.
        findings: what was noticed about them.
        difference: the largest one between Keras and TensorFlow Lite on the held-out samples.
    """

    file: bytes
    manifest: Manifest
    split: Split
    answers: Answers
    matters: dict[str, float]
    data: Dataset
    findings: tuple[checks.Finding, ...]
    difference: float


Stage = Callable[[str, int], EpochDone]
"""Told that a training begins: what for, and of how many epochs; gives who is to be told after each epoch."""


def make(
    data: Dataset,
    options: Options,
    stage: Stage,
    say: Callable[[str], None],
    settle: streams.Settle | None = None,
) -> Examined:
    """Makes a model of these recordings. Raises UsageError where they cannot be trained on."""
    hands, why = _hands(data, options.hands)
    say(f"{'with' if hands else 'without'} hands: {why}")
    findings = checks.check(data, hands)
    for finding in findings:
        say(f"{finding.weight}: {finding.text}")
    grave = [
        finding.text
        for finding in findings
        if finding.weight == "fatal" or (finding.weight == "doubt" and not options.force)
    ]
    if grave:
        raise UsageError("; ".join(grave))
    parts = split(data, options.seed)
    say(turns(data, parts)[0].reason)
    return _train(data, parts, FACE_AND_HANDS if hands else _schema(data, say), options, stage, settle, tuple(findings))


def _train(
    data: Dataset,
    parts: Split,
    schema: str,
    options: Options,
    stage: Stage,
    settle: streams.Settle | None,
    findings: tuple[checks.Finding, ...],
) -> Examined:
    labels = data.labels
    base = fit.base_of(models.STARTER) if options.base == "starter" else None
    vary = options.vary == "yes" or options.mirror or (options.vary == "auto" and base is None)
    variety = Variety(mirror=options.mirror) if vary else None

    def fitted(samples: Dataset, what: str, watched: Dataset | None = None, *, in_numpy: bool = False) -> Fitted:
        settings = recipe.settings_for(base, len(samples), options.epochs, options.seed)
        told = stage(what, settings.epochs)
        return fit.fit_weights(samples, labels, schema, settings, base, variety, watched, told, in_numpy=in_numpy)

    splits = turns(data, parts)
    rows, said, of_parts = [], [], []
    for number, part in enumerate(splits, 1):
        held, which = data.select(part.held), f", part {number} of {len(splits)}" if len(splits) > 1 else ""
        examined = fitted(data.select(part.train), f"examining{which}", held, in_numpy=len(splits) > 1)
        rows.append(np.flatnonzero(part.held))
        said.append(dense.predict(examined.weights, vectors(held, schema)))
        of_parts.append((examined, held))
    matters = _matters(examined, schema, vectors(held, schema), fit.numbers(held, labels))
    held, shares = data.select(np.concatenate(rows)), np.concatenate(said)
    truth = fit.numbers(held, labels)
    temperature = figures.best_temperature(truth, shares)
    final = fitted(data, "training on everything")
    flatbuffer = network.to_tflite(final.weights)
    manifest = Manifest(
        labels=labels,
        schema=schema,
        extractor=", ".join(sorted({source.extractor for source in data.sources})),
        mirrored=bool(data.mirrored.mean() > 0.5),
        uses_hands=schema == FACE_AND_HANDS,
        neutral_mean=None if final.usual is None else tuple(final.usual.astype(float).round(6).tolist()),
        temperature=round(temperature, 4),
        network_sha256=hashlib.sha256(flatbuffer).hexdigest(),
        training_files={source.path.name: source.sha256 for source in data.sources},
        version=__version__,
        covered_mouths=masks.taught(
            labels, data.label, masks.covered(data.opinion), truth, shares.argmax(1), masks.covered(held.opinion)
        ),
        made="train",
    )
    in_time = [] if settle is None else [one for part in of_parts for one in _in_time(*part, manifest, settle)]
    answers = evaluate.Answers(labels, held, truth, models.tempered(shares, temperature), {}, streams=tuple(in_time))
    manifest = replace(manifest, metrics=metrics_of(answers))
    file = bundle(flatbuffer, manifest, {dense.FILE: dense.packed(final.weights)})
    difference = verify(file, final.weights, vectors(held, schema))
    return Examined(file, manifest, splits[0], answers, matters, data, findings, difference)


def _in_time(examined: Fitted, held: Dataset, manifest: Manifest, settle: streams.Settle) -> list[streams.Stream]:
    """What a network would have settled on of samples that it had not seen."""
    usual = None if examined.usual is None else tuple(examined.usual.tolist())
    model = models.MoodModel(replace(manifest, neutral_mean=usual), flatbuffers.to_tflite(examined.weights), "")
    x, looks = vectors(held, manifest.schema), np.zeros(len(held), bool)
    return streams.streams(model, held, x, people(held), {}, settle, looks=looks)


def verify(file: bytes, weights: Weights, x: Floats) -> float:
    """Runs the finished file as the kiosk will, next to Keras: the largest difference. Raises Failure if large."""
    model = models.MoodModel(*unbundle(file), "")
    difference = float(np.abs(np.stack([model.raw(row) for row in x]) - network.keras_probabilities(weights, x)).max())
    if not difference <= MAX_DIFFERENCE:
        raise Failure(Reason("train.differs", difference=f"{difference:.1e}"))
    return difference


def objection(found: Examined, out: Path) -> str | None:
    """Why the model should not take its place at `out`: it is no better than guessing, or worse than what is there."""
    score = found.manifest.metrics["balanced_accuracy"] or 0.0
    if (luck := certainty.guessing(found.answers, found.split.way)) is not None:
        return f"it has not shown that it learnt anything: {luck}"
    if not out.exists():
        return None
    try:
        old = models.load(out)
    except BadModel as error:
        return f"what is there is not a model of moodkiosk ({error})"
    theirs = _score_of(old, found)
    if theirs is not None and score < theirs - SAME:
        return (
            f"its balanced accuracy on held-out samples is {score:.3f}, that of the one it would replace {theirs:.3f}"
        )
    return None


def _score_of(old: models.MoodModel, found: Examined) -> float | None:
    """Balanced accuracy of another model on what it has not seen of the held-out samples; None if that says nothing."""
    if not set(found.manifest.labels) <= set(old.labels):
        return None
    if old.manifest.training_files == found.manifest.training_files:
        return old.manifest.metrics.get("balanced_accuracy")  # it saw them all in the end; this is from before
    held = found.answers.data
    seen = set(old.manifest.training_files.values())
    new = held.select(np.array([held.sources[file].sha256 not in seen for file in held.file]))
    if set(new.labels) != set(held.labels):
        return None
    try:
        said = evaluate.answers(old, new)
    except UsageError:
        return None
    return figures.balanced_accuracy(said.truth, said.shares.argmax(1))


def _hands(data: Dataset, wish: str) -> tuple[bool, str]:
    if wish == "no":
        return False, "as asked"
    if wish == "yes":
        if not data.hands_seen.any():
            raise UsageError(Reason("train.no_hands"))
        return True, "as asked"
    return checks.wants_hands(data)


def _schema(data: Dataset, say: Callable[[str], None]) -> str:
    """Whether the second opinion counts: where most of the samples have it."""
    asked = ~np.isnan(data.opinion).any(1)
    if asked.mean() >= ASKED_SHARE:
        return FACE_AND_OPINION
    say(f"without the second opinion: {int(asked.sum())} of {len(data)} samples have it (older recordings do not)")
    return FACE


def metrics_of(answers: Answers) -> dict[str, float | None]:
    """The figures that go into the manifest."""
    found = evaluate.summary(answers)
    names = ("balanced_accuracy", "accuracy", "window_balanced_accuracy", "calibration_error")
    metrics = {name: None if found[name] is None else round(found[name], 4) for name in names}
    metrics |= {f"recall.{label}": round(share, 4) for label, share in found["recall"].items()}
    metrics |= {f"answered.{part}": round(share, 4) for part, share in found["answered"].items()}
    return metrics | {"held_out_samples": found["n"]}


def _matters(fitted: Fitted, schema: str, x: Floats, truth: Whole) -> dict[str, float]:
    """Permutation importance (Breiman 2001), mean of five shuffles."""
    rng = np.random.default_rng(0)
    whole = figures.balanced_accuracy(truth, dense.predict(fitted.weights, x).argmax(1))
    lost = {}
    for column, name in enumerate(MEASURES[schema]):
        scores = []
        for _ in range(5):
            shuffled = x.copy()
            shuffled[:, column] = rng.permutation(x[:, column])
            scores.append(figures.balanced_accuracy(truth, dense.predict(fitted.weights, shuffled).argmax(1)))
        lost[name] = whole - float(np.mean(scores))
    return dict(sorted(lost.items(), key=lambda item: -item[1]))
