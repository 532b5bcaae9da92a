"""The network, in Keras: three dense layers, softmax, categorical cross-entropy. TensorFlow is loaded here only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.learn.train.backend import silent, tensorflow
from moodkiosk.sense.mood.measures import without_gaps
from moodkiosk.sense.teach.dense import HIDDEN, normalised
from moodkiosk.sense.teach.recipe import class_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.dense import Weights
    from moodkiosk.sense.teach.recipe import TrainingSettings

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

EpochDone = Callable[[int, float, float | None], None]
"""Told after each epoch: its number from 1, the loss, the balanced accuracy on held-out samples (None without any)."""


def fit(
    x: Floats,
    y: Whole | Floats,
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
        y: label numbers [n], or probabilities of the labels [n, labels].
        start: where to start; its mean and scale stay.
        settings: how.
        anchor: weights that `pull` pulls to; None: 0.
        weight: of the samples [n], or None for class weights: every label counts the same. Wanted with probabilities.
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
        wanted: Any = np.eye(labels, dtype=np.float32)[y] if y.ndim == 1 else y
        if weight is None:
            weight = class_weight(wanted.argmax(1), labels)
        z = normalised(x, start)
        rows = tf.data.Dataset.from_tensor_slices((z, wanted, weight))
        batches = rows.shuffle(len(x), seed=settings.seed).batch(settings.batch)
        callback = keras.callbacks.LambdaCallback(on_epoch_end=_teller(model, start, held, told)) if told else None
        model.fit(batches, epochs=settings.epochs, shuffle=False, verbose=0, callbacks=[callback] if callback else None)
        kernels = tuple(layer.kernel.numpy() for layer in _dense(model))
        return replace(start, kernels=kernels, biases=tuple(layer.bias.numpy() for layer in _dense(model)))


def keras_probabilities(weights: Weights, x: Floats) -> Floats:
    """What Keras says, [n, labels]."""
    with tensorflow():
        shares: Floats = np.asarray(_whole(weights, None)(without_gaps(x, len(weights.mean))))
        return shares


def to_tflite(weights: Weights) -> bytes:
    """The network as a float32 TensorFlow Lite flatbuffer, input [1, k], output [1, labels]."""
    with tensorflow() as tf, silent():
        converted: bytes = tf.lite.TFLiteConverter.from_keras_model(_whole(weights, 1)).convert()
        return converted


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
    right = np.asarray(model(normalised(x, start))).argmax(1) == y
    return float(np.mean([right[y == label].mean() for label in np.unique(y)]))
