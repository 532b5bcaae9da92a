"""How a mood network is taught: what it is shown, where it starts, how long. One recipe, for numpy and for Keras."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.measures import MEASURES, SAYS_NOTHING, resting, with_own_neutral
from moodkiosk.sense.mood.median import median
from moodkiosk.sense.teach import dense

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from moodkiosk.sense.teach.dense import Base, Weights

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]
    Texts = NDArray[np.str_]

STARTER_EPOCHS, STARTER_EPOCHS_FEW, FEW = 60, 120, 500
"""Epochs of a training that starts from the starter, with at least, or with fewer than, `FEW` samples."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train.

    Attributes:
        epochs: times that every sample is seen.
        seed: same data, same seed: same network.
        rate: of Adam at the start; it falls to 0 along half a cosine.
        batch: samples a step.
        noise: added to the inputs, in standard deviations of each measure.
        smoothing: of the labels, 0 to 1.
        pull: towards the weights it started from (towards 0 without a start), as in decoupled weight decay:
            each step, W -= rate * pull * (W - W_start).
        dropout: share of hidden units left out at each step.
    """

    epochs: int = 50
    seed: int = 0
    rate: float = 1e-3
    batch: int = 32
    noise: float = 0.15
    smoothing: float = 0.05
    pull: float = 0.1
    dropout: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a network is shown, and where it starts.

    Attributes:
        x, y: measures [n, k] and label numbers [n].
        start: the network before; it takes plain measures, as the trained one will.
        anchor: what the training is pulled to; None: from nothing.
        usual: the `neutral_mean` for the manifest.
    """

    x: Floats
    y: Whole
    start: Weights
    anchor: Weights | None
    usual: Floats | None


def settings_for(base: Base | None, samples: int, epochs: int | None, seed: int) -> TrainingSettings:
    """How to train: the defaults from nothing, more gently from a base (docs/learning.md has figures)."""
    if base is None:
        return TrainingSettings(epochs=epochs or 50, seed=seed)
    usual = STARTER_EPOCHS if samples >= FEW else STARTER_EPOCHS_FEW
    return TrainingSettings(
        epochs=epochs or usual, seed=seed, rate=2e-3, noise=0.2, smoothing=0.05, pull=0.1, dropout=0.0
    )


def plan(
    x: Floats,
    label: Texts,
    person: Texts,
    labels: tuple[str, ...],
    schema: str,
    base: Base | None,
    seed: int,
    varied: Sequence[Floats] = (),
) -> Plan:
    """What to show of these samples.

    With a base, everybody is seen relative to their own face at rest. One person's is built into the network, so that
    it needs no calibration. Several people are shown as they are and relative to it, so that both will do.

    Args:
        x: measures by `schema`, [n, k].
        label: [n], each one of `labels`.
        person: [n], who it is.
        labels: what the network is to tell apart.
        schema: a key of `measures.MEASURES`.
        base: where to start; None: from nothing.
        seed: of what the base does not know.
        varied: the same samples again, varied, each [n, k].
    """
    y = np.array([labels.index(name) for name in label.tolist()], np.int64)
    base = None if base is None else base.for_schema(schema)
    own = own_neutrals(x, label, person)
    alone = len(np.unique(person)) == 1 and len(own) == 1
    shift, usual = np.zeros(x.shape[1], np.float32), neutral_mean(x, label)
    parts = [x, *varied]
    if base is not None:
        usual = base.usual[: resting(schema)]
        if alone:
            rest = next(iter(own.values()))
            mine = np.where(np.isnan(rest[: len(usual)]), usual, rest[: len(usual)])
            shift[: len(usual)] = mine[: len(usual)] - usual
            usual = mine
        elif own:
            parts += [with_own_neutrals(part, person, own, usual) for part in parts]
    shown = np.concatenate(parts)
    start = dense.fresh(shown, len(labels), seed)
    if base is not None:
        start = _taken_over(base, start, labels, schema)
    start = start.moved(shift)
    return Plan(shown, np.tile(y, len(parts)), start, None if base is None else start, usual)


def class_weight(y: Whole, labels: int) -> Floats:
    """What each sample [n] counts, so that every label counts the same; 1 on average."""
    counts = np.bincount(y, minlength=labels)
    per_label = len(y) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return per_label[y].astype(np.float32)


def own_neutrals(x: Floats, label: Texts, person: Texts) -> dict[str, Floats]:
    """Each person's median measures at rest, without hands; people without a sample at rest are left out."""
    count = _resting(x)
    rest = label == AT_REST
    return {str(name): _median(x[rest & (person == name), :count]) for name in np.unique(person[rest])}


def with_own_neutrals(x: Floats, person: Texts, own: Mapping[str, Floats], usual: Floats, gain: float = 1.0) -> Floats:
    """The measures as if everybody's face at rest were the usual one; people who are not in `own` stay as they are."""
    moved = x.copy()
    for name, neutral in own.items():
        rows = person == name
        moved[rows] = with_own_neutral(x[rows], neutral, usual, gain)
    return moved


def neutral_mean(x: Floats, label: Texts) -> Floats | None:
    """Mean measures of all samples at rest, without hands; None without any."""
    rest = label == AT_REST
    if not rest.any():
        return None
    at_rest = x[rest, : _resting(x)]
    there = ~np.isnan(at_rest)
    mean = np.where(there, at_rest, 0).sum(0) / np.maximum(there.sum(0), 1)
    return np.where(there.any(0), mean, np.float32(SAYS_NOTHING)).astype(np.float32)


def _median(looks: Floats) -> Floats:
    """Of measures [n, k]: [k], each of the looks that have it; NaN where none has."""
    gaps = np.isnan(looks)
    middle = median(np.where(gaps, np.float32(0), looks))
    asked, some = ~gaps.any(1), gaps.any(0)
    if some.any():
        middle[some] = median(looks[asked][:, some]) if asked.any() else np.nan
    return middle.astype(np.float32, copy=False)


def _resting(x: Floats) -> int:
    """How many of these measures have a value at rest; schemas differ in their number."""
    return next(resting(schema) for schema, names in MEASURES.items() if len(names) == x.shape[1])


def _taken_over(base: Base, new: Weights, labels: tuple[str, ...], schema: str) -> Weights:
    """The base's network for these labels and measures: what it does not know starts small or at nothing."""
    names, known = MEASURES[schema], MEASURES[base.schema]
    here = [index for index, name in enumerate(names) if name in known]
    there = [known.index(names[index]) for index in here]
    mean, scale = new.mean.copy(), new.scale.copy()
    mean[here], scale[here] = base.weights.mean[there], base.weights.scale[there]
    first = np.zeros((len(names), base.weights.kernels[0].shape[1]), np.float32)
    first[here] = base.weights.kernels[0][there]
    last, bias = 0.3 * new.kernels[-1], np.zeros(len(labels), np.float32)
    for index, label in enumerate(labels):
        if label in base.labels:
            last[:, index] = base.weights.kernels[-1][:, base.labels.index(label)]
            bias[index] = base.weights.biases[-1][base.labels.index(label)]
    return replace(
        base.weights,
        mean=mean,
        scale=scale,
        kernels=(first, *base.weights.kernels[1:-1], last),
        biases=(*base.weights.biases[:-1], bias),
    )
