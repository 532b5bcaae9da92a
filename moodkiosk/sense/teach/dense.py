"""The mood network as numbers: three dense layers, from measures to probabilities. numpy alone."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.sense import unzip
from moodkiosk.sense.mood.bundle import BadModel, unbundle
from moodkiosk.sense.mood.measures import (
    FACE,
    FACE_AND_HANDS,
    FACE_AND_OPINION,
    FACE_MEASURES,
    MEASURES,
    SAYS_NOTHING,
    without_gaps,
)
from moodkiosk.sense.mood.model import LIMIT_BYTES
from moodkiosk.sense.records import npy
from moodkiosk.sense.unzip import Damaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

HIDDEN = (64, 32)
"""Units of the two hidden layers."""

FILE = "weights.npz"
"""In the model file: the network as numbers, so that a training can start from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A network as numbers; with them a training can start where another ended.

    Attributes:
        mean, scale: of the inputs, [k]: the first layer is (x - mean) / scale.
        kernels: [k, 64], [64, 32], [32, labels].
        biases: [64], [32], [labels].
    """

    mean: Floats
    scale: Floats
    kernels: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def moved(self, shift: Floats) -> Weights:
        """The same network for inputs that lie `shift` higher."""
        return replace(self, mean=self.mean + shift)

    def arrays(self) -> dict[str, Floats]:
        """By name, for a file."""
        named = {"mean": self.mean, "scale": self.scale}
        for index, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            named |= {f"kernel{index}": kernel, f"bias{index}": bias}
        return named

    @classmethod
    def from_arrays(cls, named: dict[str, Floats]) -> Weights:
        """What `arrays` gave. Raises KeyError, and ValueError when they are not a network of this shape."""
        kernels = tuple(named[f"kernel{index}"] for index in range(len(HIDDEN) + 1))
        biases = tuple(named[f"bias{index}"] for index in range(len(HIDDEN) + 1))
        found = cls(named["mean"], named["scale"], kernels, biases)
        sizes = (found.mean.size, *HIDDEN, biases[-1].size)
        wanted: list[tuple[int, ...]] = [(sizes[0],), (sizes[0],)]
        for below, above in itertools.pairwise(sizes):
            wanted += [(below, above), (above,)]
        numbers = list(found.arrays().values())
        if [array.shape for array in numbers] != wanted or not all(
            array.dtype == np.float32 and np.isfinite(array).all() for array in numbers
        ):
            raise ValueError("its weights are not those of such a network")
        return found


def fresh(x: Floats, labels: int, seed: int) -> Weights:
    """A network that knows nothing yet but mean and spread of its inputs."""
    rng = np.random.default_rng(seed)
    x = without_gaps(x, x.shape[1])
    sizes = (x.shape[1], *HIDDEN, labels)
    kernels = []
    for above, below in itertools.pairwise(sizes):
        limit = np.sqrt(6 / (above + below))  # Glorot & Bengio 2010
        kernels.append(rng.uniform(-limit, limit, (above, below)).astype(np.float32))
    scale = np.where(x.std(0) > 1e-6, x.std(0), 1).astype(np.float32)
    return Weights(
        x.mean(0).astype(np.float32), scale, tuple(kernels), tuple(np.zeros(n, np.float32) for n in sizes[1:])
    )


def predict(weights: Weights, x: Floats) -> Floats:
    """Probabilities [n, labels], computed in numpy: the reference that Keras and TensorFlow Lite are compared with."""
    hidden = normalised(x, weights)
    for kernel, bias in zip(weights.kernels[:-1], weights.biases[:-1], strict=True):
        hidden = np.maximum(hidden @ kernel + bias, 0)
    logits = hidden @ weights.kernels[-1] + weights.biases[-1]
    powers = np.exp(logits - logits.max(1, keepdims=True))
    shares: Floats = powers / powers.sum(1, keepdims=True)
    return shares


def normalised(x: Floats, weights: Weights) -> Floats:
    """The inputs [n, k] as the first dense layer gets them: of mean 0 and spread 1, without gaps."""
    return ((without_gaps(x, len(weights.mean)) - weights.mean) / weights.scale).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A network to start from.

    Attributes:
        labels: what it can tell apart.
        schema: which measures it takes, a key of `measures.MEASURES`.
        usual: mean measures of the faces at rest that it was trained on.
        weights: of the network.
    """

    labels: tuple[str, ...]
    schema: str
    usual: Floats
    weights: Weights

    def for_schema(self, schema: str) -> Base:
        """The same network for measures that may lack the second opinion: in there it says nothing, always."""
        count = len(FACE_MEASURES)
        if schema == self.schema or self.schema != FACE_AND_OPINION:
            return self
        weights = self.weights
        silent = (np.float32(SAYS_NOTHING) - weights.mean[count:]) / weights.scale[count:]
        first = (weights.biases[0] + silent @ weights.kernels[0][count:]).astype(np.float32)
        weights = replace(
            weights,
            mean=weights.mean[:count],
            scale=weights.scale[:count],
            kernels=(weights.kernels[0][:count], *weights.kernels[1:]),
            biases=(first, *weights.biases[1:]),
        )
        return Base(self.labels, FACE, self.usual[:count], weights)


def schema_of(starter: bytes) -> str:
    """By which measures takes are to be measured. Raises BadModel."""
    return base_of(starter).schema


def base_of(data: bytes) -> Base:
    """A model file's bytes as a base. Raises BadModel, one line."""
    manifest, _ = unbundle(data)
    try:
        with unzip.opened(data) as archive:
            packed = unzip.read(archive, FILE, LIMIT_BYTES)
        weights = Weights.from_arrays(npy.arrays(packed, limit_bytes=LIMIT_BYTES))
    except (KeyError, ValueError, Damaged) as error:
        raise BadModel(f"cannot be trained further: {error}") from None
    fits = len(weights.mean) == len(MEASURES[manifest.schema]) and len(weights.biases[-1]) == len(manifest.labels)
    if manifest.neutral_mean is None or manifest.schema == FACE_AND_HANDS or not fits:
        raise BadModel("cannot be trained further: it uses hands, or knows no neutral face")
    return Base(manifest.labels, manifest.schema, np.array(manifest.neutral_mean, np.float32), weights)


def packed(weights: Weights) -> bytes:
    """What `base_of` reads, under the name `FILE`; same weights, same bytes."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = weights.arrays()  # its own keywords have other types
    np.savez(buffer, **arrays)
    return buffer.getvalue()
