"""The network, in Keras: three dense layers, softmax, categorical cross-entropy. TensorFlow is loaded here only."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.learn.train.backend import silent, tensorflow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

HIDDEN = (64, 32)
"""Units of the two hidden layers."""

EpochDone = Callable[[int, float, float | None], None]
"""Told after each epoch: its number from 1, the loss, the balanced accuracy on held-out samples (None without any)."""


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
    sizes = (x.shape[1], *HIDDEN, labels)
    kernels = []
    for above, below in itertools.pairwise(sizes):
        limit = np.sqrt(6 / (above + below))  # Glorot & Bengio 2010
        kernels.append(rng.uniform(-limit, limit, (above, below)).astype(np.float32))
    scale = np.where(x.std(0) > 1e-6, x.std(0), 1).astype(np.float32)
    return Weights(
        x.mean(0).astype(np.float32), scale, tuple(kernels), tuple(np.zeros(n, np.float32) for n in sizes[1:])
    )


def fit(
    x: Floats,
    y: Whole,
    start: Weights,
    settings: TrainingSettings,
    anchor: Weights | None = None,
    weight: Floats | None = None,
    held: tuple[Floats, Whole] | None = None,
    told: EpochDone | None = None,
) -> Weights:
    """Trains and returns the weights.

    Args:
        x: measures [n, k].
        y: label numbers [n].
        start: where to start; its mean and scale stay.
        settings: how.
        anchor: weights that `pull` pulls to; None: 0.
        weight: of the samples [n], or None for class weights: every label counts the same.
        held: measures and label numbers that are only looked at.
        told: called after each epoch.
    """
    with tensorflow() as tf:
        import keras

        keras.utils.set_random_seed(settings.seed)
        labels = len(start.biases[-1])
        model = _build(start, settings, anchor)
        steps = -(-len(x) // settings.batch)
        rate = keras.optimizers.schedules.CosineDecay(settings.rate, settings.epochs * steps)
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=settings.smoothing)
        model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=min(steps, 32))
        if weight is None:
            weight = _class_weight(y, labels)
        z = _normalised(x, start)
        rows = tf.data.Dataset.from_tensor_slices((z, np.eye(labels, dtype=np.float32)[y], weight))
        batches = rows.shuffle(len(x), seed=settings.seed).batch(settings.batch)
        callback = keras.callbacks.LambdaCallback(on_epoch_end=_teller(model, start, held, told)) if told else None
        model.fit(batches, epochs=settings.epochs, shuffle=False, verbose=0, callbacks=[callback] if callback else None)
        kernels = tuple(layer.kernel.numpy() for layer in _dense(model))
        return replace(start, kernels=kernels, biases=tuple(layer.bias.numpy() for layer in _dense(model)))


def predict(weights: Weights, x: Floats) -> Floats:
    """Probabilities [n, labels], computed in numpy: the reference that Keras and TensorFlow Lite are compared with."""
    hidden = _normalised(x, weights)
    for kernel, bias in zip(weights.kernels[:-1], weights.biases[:-1], strict=True):
        hidden = np.maximum(hidden @ kernel + bias, 0)
    logits = hidden @ weights.kernels[-1] + weights.biases[-1]
    powers = np.exp(logits - logits.max(1, keepdims=True))
    shares: Floats = powers / powers.sum(1, keepdims=True)
    return shares


def keras_probabilities(weights: Weights, x: Floats) -> Floats:
    """What Keras says, [n, labels]."""
    with tensorflow():
        shares: Floats = np.asarray(_whole(weights, None)(x))
        return shares


def to_tflite(weights: Weights) -> bytes:
    """The network as a float32 TensorFlow Lite flatbuffer, input [1, k], output [1, labels]."""
    with tensorflow() as tf, silent():
        converted: bytes = tf.lite.TFLiteConverter.from_keras_model(_whole(weights, 1)).convert()
        return converted


def _normalised(x: Floats, weights: Weights) -> Floats:
    return ((x - weights.mean) / weights.scale).astype(np.float32)


def _class_weight(y: Whole, labels: int) -> Floats:
    counts = np.bincount(y, minlength=labels)
    per_label = len(y) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return per_label[y].astype(np.float32)


def _build(start: Weights, settings: TrainingSettings, anchor: Weights | None) -> Any:
    """The trainable part, from normalised measures to probabilities."""
    import keras

    inputs = keras.Input((len(start.mean),))
    flow = keras.layers.GaussianNoise(settings.noise, seed=settings.seed)(inputs)
    for index, units in enumerate(HIDDEN):
        flow = keras.layers.Dense(units, activation="relu")(flow)
        flow = keras.layers.Dropout(settings.dropout, seed=settings.seed + index)(flow)
    outputs = keras.layers.Dense(len(start.biases[-1]), activation="softmax")(flow)
    model = _pulled_class()(inputs, outputs)
    model.pull, model.anchors = settings.pull, []
    for index, layer in enumerate(_dense(model)):
        layer.set_weights([start.kernels[index], start.biases[index]])
        model.anchors.append(anchor.kernels[index] if anchor else np.zeros_like(start.kernels[index]))
    return model


def _pulled_class() -> Any:
    import keras
    import tensorflow as tf

    class Pulled(keras.Model):  # type: ignore[misc] # Keras comes without types
        """A model whose kernels are pulled towards given ones, beside the optimizer."""

        pull = 0.0
        anchors: list[Floats]

        def train_step(self, data: Any) -> Any:
            logs = super().train_step(data)
            share = self.optimizer.learning_rate * self.pull
            for layer, anchor in zip(_dense(self), self.anchors, strict=True):
                layer.kernel.assign_sub(share * (layer.kernel - tf.constant(anchor)))
            return logs

    return Pulled


def _dense(model: Any) -> list[Any]:
    import keras

    return [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]


def _whole(weights: Weights, batch: int | None) -> Any:
    """The network as the kiosk runs it, from measures to probabilities."""
    import keras

    inputs = keras.Input(batch_shape=(batch, len(weights.mean)))
    flow = keras.layers.Normalization(mean=weights.mean, variance=weights.scale**2)(inputs)
    for index, bias in enumerate(weights.biases):
        last = index == len(weights.biases) - 1
        flow = keras.layers.Dense(len(bias), activation="softmax" if last else "relu")(flow)
    model = keras.Model(inputs, flow)
    for layer, kernel, bias in zip(_dense(model), weights.kernels, weights.biases, strict=True):
        layer.set_weights([kernel, bias])
    return model


def _teller(
    model: Any, start: Weights, held: tuple[Floats, Whole] | None, told: EpochDone
) -> Callable[[int, dict[str, float]], None]:
    def on_epoch_end(epoch: int, logs: dict[str, float]) -> None:
        told(epoch + 1, float(logs["loss"]), None if held is None else _balanced(model, start, *held))

    return on_epoch_end


def _balanced(model: Any, start: Weights, x: Floats, y: Whole) -> float:
    right = np.asarray(model(_normalised(x, start))).argmax(1) == y
    return float(np.mean([right[y == label].mean() for label in np.unique(y)]))
