"""From samples to a network: where to start, what to show it, and for how long."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.learn.data.augment import Variety, varied
from moodkiosk.learn.data.samples import neutral_mean, own_neutrals, people, vectors, with_own_neutrals
from moodkiosk.learn.train import network
from moodkiosk.sense import unzip
from moodkiosk.sense.mood.bundle import BadModel, unbundle
from moodkiosk.sense.mood.measures import FACE_MEASURES, MEASURES
from moodkiosk.sense.mood.model import LIMIT_BYTES
from moodkiosk.sense.records import npy
from moodkiosk.sense.unzip import Damaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset
    from moodkiosk.learn.train.network import EpochDone, TrainingSettings, Weights

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

WEIGHTS = "weights.npz"
"""In the model file: the network as numbers, so that a training can start from it."""

STARTER_EPOCHS, STARTER_EPOCHS_FEW, FEW = 60, 120, 500
"""Epochs of a training that starts from the starter, with at least, or with fewer than, `FEW` samples."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A network to start from.

    Attributes:
        labels: what it can tell apart.
        usual: mean measures of the faces at rest that it was trained on, face only.
        weights: of a network that takes the face's measures.
    """

    labels: tuple[str, ...]
    usual: Floats
    weights: Weights


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A trained network.

    Attributes:
        weights: they take plain measures.
        usual: the `neutral_mean` for its manifest.
    """

    weights: Weights
    usual: Floats | None


def base_of(path: Path) -> Base:
    """A model file as a base. Raises BadModel."""
    try:
        data = path.read_bytes()
        manifest, _ = unbundle(data)
        with unzip.opened(data) as archive:
            packed = unzip.read(archive, WEIGHTS, LIMIT_BYTES)
        weights = network.Weights.from_arrays(npy.arrays(packed, limit_bytes=LIMIT_BYTES))
    except (OSError, KeyError, ValueError, Damaged) as error:
        raise BadModel(f"{path}: cannot be trained further: {error}") from None
    if manifest.neutral_mean is None or len(weights.mean) != len(FACE_MEASURES):
        raise BadModel(f"{path}: cannot be trained further: it uses hands, or knows no neutral face")
    return Base(manifest.labels, np.array(manifest.neutral_mean, np.float32), weights)


def weights_file(weights: Weights) -> bytes:
    """What `base_of` reads; same weights, same bytes."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = weights.arrays()  # its own keywords have other types
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def settings_for(base: Base | None, samples: int, epochs: int | None, seed: int) -> TrainingSettings:
    """How to train: the defaults from nothing, more gently from a base (docs/learning.md has figures)."""
    if base is None:
        return network.TrainingSettings(epochs=epochs or 50, seed=seed)
    usual = STARTER_EPOCHS if samples >= FEW else STARTER_EPOCHS_FEW
    return network.TrainingSettings(
        epochs=epochs or usual, seed=seed, rate=2e-3, noise=0.2, smoothing=0.05, pull=0.1, dropout=0.0
    )


def fit_weights(
    data: Dataset,
    labels: tuple[str, ...],
    schema: str,
    settings: TrainingSettings,
    base: Base | None = None,
    variety: Variety | None = None,
    held: Dataset | None = None,
    told: EpochDone | None = None,
) -> Fitted:
    """Trains on `data`; `held` is only looked at after each epoch.

    With a base, everybody is seen relative to their own face at rest. One person's is built into the network, so that
    it needs no calibration. Several people are shown as they are and relative to it, so that both will do.
    """
    y = _numbers(data, labels)
    x, person = vectors(data, schema), people(data)
    own = own_neutrals(x, data.label, person)
    alone = len(np.unique(data.person)) == 1 and len(own) == 1
    shift, usual = np.zeros(x.shape[1], np.float32), neutral_mean(x, data.label)
    if base is not None:
        usual = base.usual
        if alone:
            usual = next(iter(own.values()))
            shift[: len(usual)] = usual - base.usual
    x, y = _shown(x, y, data, schema, base, own, alone, variety, settings.seed)
    start = (
        network.fresh(x, len(labels), settings.seed) if base is None else _from(base, x, labels, schema, settings.seed)
    )
    start = start.moved(shift)
    eyes = None if held is None else (vectors(held, schema), _numbers(held, labels))
    weights = network.fit(x, y, start, settings, anchor=None if base is None else start, held=eyes, told=told)
    return Fitted(weights, usual)


def _numbers(data: Dataset, labels: tuple[str, ...]) -> Whole:
    return np.array([labels.index(label) for label in data.label.tolist()], np.int64)


def _shown(
    x: Floats,
    y: Whole,
    data: Dataset,
    schema: str,
    base: Base | None,
    own: dict[str, Floats],
    alone: bool,
    variety: Variety | None,
    seed: int,
) -> tuple[Floats, Whole]:
    """What the network is shown: the samples, and if asked for varied ones, and those relative to own neutral faces."""
    parts = [x]
    if variety is not None:
        rng = np.random.default_rng(seed)
        face, left, right = varied(data.face, data.left_hand, data.right_hand, variety, rng)
        parts.append(vectors(replace(data, face=face, left_hand=left, right_hand=right), schema))
    if base is not None and own and not alone:
        parts += [with_own_neutrals(part, people(data), own, base.usual) for part in parts]
    return np.concatenate(parts), np.tile(y, len(parts))


def _from(base: Base, x: Floats, labels: tuple[str, ...], schema: str, seed: int) -> Weights:
    """The base's network for these labels and measures: what it does not know starts small or at nothing."""
    new = network.fresh(x, len(labels), seed)
    count, total = len(FACE_MEASURES), len(MEASURES[schema])
    mean, scale = new.mean.copy(), new.scale.copy()
    mean[:count], scale[:count] = base.weights.mean, base.weights.scale
    first = np.zeros((total, base.weights.kernels[0].shape[1]), np.float32)
    first[:count] = base.weights.kernels[0]
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
