"""The network that looks at crops, in Keras: depthwise separable convolutions (Howard et al. 2017) with shortcuts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.learn.train import backend
from moodkiosk.learn.train.opinion.batches import BATCH, Batches
from moodkiosk.sense.mood.crop import SIZE_PX, standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

STEM = 24
BLOCKS = ((64, 2), (64, 1), (128, 2), (128, 1), (128, 1), (192, 2), (192, 1))
"""Channels and stride of each block."""

ANSWERS = 9
"""Seven moods, "an animal", "mouth covered"."""

STEPS = 16_000
"""Batches shown, if nothing else is said: some twenty minutes of one core of 2021."""

CHECKPOINT = "checkpoint.npz"

Told = Callable[[int, float], None]
"""Told now and then: the step, and the mean loss since the last time."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """How to train.

    Attributes:
        steps: batches shown.
        seed: same data, same seed, same machine: same weights.
        rate: of AdamW; it rises over `warm_up` steps, stays, and falls to 0 in a line over the last `last` of the
            steps, so that a training can be made longer or shorter until the fall begins.
        decay: of AdamW, kernels only.
        smooth: the weights that are kept are a running mean: each step adds 1 - smooth of the newest.
        dropout: before the last layer.
        temperatures: of the teacher's answers, until the fall begins and from then on.
        sizes: width of the crops in pixels, until the fall begins and from then on: small ones teach as much a step in
            half the time, and the last steps get used to the whole ones (progressive resizing, Howard 2018).
        warm_up: steps.
        last: share of the steps, 0 to 1.
    """

    steps: int = STEPS
    seed: int = 0
    rate: float = 3e-3
    decay: float = 1e-2
    smooth: float = 0.997
    dropout: float = 0.2
    temperatures: tuple[float, float] = (1.5, 1.25)
    sizes: tuple[int, int] = (48, SIZE_PX)
    warm_up: int = 500
    last: float = 0.3

    def temperature(self, step: int) -> float:
        """Of the teacher's answers at a step."""
        return self.temperatures[self._left(step) < 1]

    def size(self, step: int) -> int:
        """Width of the crops at a step, in pixels."""
        return self.sizes[self._left(step) < 1]

    def rate_at(self, step: int) -> float:
        """Of learning at a step."""
        return self.rate * min((step + 1) / self.warm_up, self._left(step))

    def _left(self, step: int) -> float:
        """What is left of the fall, 1 before it begins."""
        return min(1.0, (self.steps - step) / (self.last * self.steps))


def prepare() -> None:
    """What TensorFlow must find in the environment when it is loaded.

    Unlike the small network's training this one uses oneDNN, which halves its time; so the same data and seed give the
    same weights on the same kind of processor only.
    """
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
    backend.prepare()


def build(batch: int, dropout: float = 0.0, size: int | None = SIZE_PX) -> Any:
    """The network from standardised crops [batch, size, size, 1] to answers [batch, 9], none of them squashed."""
    from keras import Input, Model, layers

    def normal(flow: Any) -> Any:
        return layers.BatchNormalization()(flow)

    inputs = Input(batch_shape=(batch, size, size, 1))
    flow = layers.ReLU()(normal(layers.Conv2D(STEM, 3, 2, "same", use_bias=False)(inputs)))
    for channels, stride in BLOCKS:
        # Nothing in between: as good, learns sooner and costs less (Chollet 2017, Xception).
        block = layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(flow)
        block = normal(layers.Conv2D(channels, 1, use_bias=False)(block))
        if stride == 1 and flow.shape[-1] == channels:
            block = layers.Add()([flow, block])
        flow = layers.ReLU()(block)
    flow = layers.Dropout(dropout, seed=0)(layers.GlobalAveragePooling2D()(flow))
    return Model(inputs, layers.Dense(ANSWERS)(flow))


def train(batches: Batches, how: Hyperparameters, folder: Path, told: Told, every: int = 500) -> list[Floats]:
    """Trains, and returns the running mean of the weights; goes on from a checkpoint in `folder` if there is one."""
    training = _Training(batches, how)
    training.restore(folder / CHECKPOINT)
    losses: list[float] = []
    while training.step < how.steps:
        losses.append(training.advance())
        if training.step % every == 0 or training.step == how.steps:
            training.save(folder / CHECKPOINT)
            told(training.step, float(np.mean(losses)))
            losses = []
    return training.smoothed()


def answers(weights: list[Floats], crops: NDArray[np.uint8]) -> Floats:
    """What the network says of crops uint8 [n, 64, 64]: [n, 9]."""
    with backend.tensorflow(1):
        model = build(256)
        model.set_weights(weights)
        said = []
        for first in range(0, len(crops), 256):
            part = standardised(crops[first : first + 256].astype(np.float32))[..., None]
            said.append(np.asarray(model(np.resize(part, (256, 64, 64, 1)), training=False))[: len(part)])
        return np.concatenate(said)


def to_tflite(weights: list[Floats]) -> bytes:
    """The network as a TensorFlow Lite flatbuffer with float16 weights: [1, 64, 64, 1] to [1, 9], both float32."""
    with backend.tensorflow(1) as tf, backend.silent():
        model = build(1)
        model.set_weights(weights)
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        converted: bytes = converter.convert()
        return converted


def _resized(crops: Floats, size: int) -> Floats:
    """Crops [n, 64, 64] of another width."""
    import cv2

    if size == crops.shape[1]:
        return crops
    return np.stack([cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA) for crop in crops])


class _Training:
    """A training that can be interrupted: its state is one file."""

    def __init__(self, batches: Batches, how: Hyperparameters) -> None:
        self._batches, self._how = batches, how
        self.step = 0
        with backend.tensorflow(1) as tf:
            import keras

            keras.utils.set_random_seed(how.seed)
            self._model = build(BATCH, how.dropout, None)
            self._optimizer = keras.optimizers.AdamW(how.rate, weight_decay=how.decay)
            self._optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
            self._optimizer.build(self._model.trainable_variables)
            self._mean = [tf.Variable(value) for value in self._model.get_weights()]
            self._fit = tf.function(self._step)

    def advance(self) -> float:
        """One step; returns the loss."""
        how = self._how
        temperature = how.temperature(self.step)
        batch = self._batches.batch(self.step, temperature)
        self._optimizer.learning_rate.assign(how.rate_at(self.step))
        prior = np.log(self._batches.prior(temperature))
        loss = self._fit(
            standardised(_resized(batch.crop, how.size(self.step)))[..., None],
            batch.target, batch.weight, batch.animal, batch.covered, batch.covered_weight, prior,
            np.float32(min(how.smooth, (1 + self.step) / (10 + self.step))),
        )  # fmt: skip
        self.step += 1
        return float(loss)

    def smoothed(self) -> list[Floats]:
        """The running mean of the weights, in Keras' order."""
        return [value.numpy() for value in self._mean]

    def save(self, path: Path) -> None:
        """Writes all there is to know."""
        state = [value.numpy() for value in self._state()]
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, *state, step=self.step)
        part.replace(path)

    def restore(self, path: Path) -> None:
        """Reads what `save` wrote, if it is there."""
        if not path.exists():
            return
        with np.load(path) as saved:
            for number, variable in enumerate(self._state()):
                variable.assign(saved[f"arr_{number}"])
            self.step = int(saved["step"])

    def _state(self) -> list[Any]:
        return [*self._model.variables, *self._optimizer.variables, *self._mean]

    def _step(
        self,
        crop: Any,
        target: Any,
        weight: Any,
        animal: Any,
        covered: Any,
        mouthed: Any,
        prior: Any,
        smooth: Any,
    ) -> Any:
        import tensorflow as tf

        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
        with tf.GradientTape() as tape:
            said = self._model(crop, training=True)
            # The network's own answer is for moods that are all equally usual; what was shown is put in here
            # (logit adjustment, Menon et al. 2021).
            logs = tf.nn.log_softmax(said[:, :7] + prior)
            moods = tf.reduce_sum(weight * -tf.reduce_sum(target * logs, 1)) / tf.reduce_sum(weight)
            beast = tf.reduce_mean(cross_entropy(animal, said[:, 7]))
            mouth = tf.reduce_mean(mouthed * cross_entropy(covered, said[:, 8]))
            loss = moods + 0.5 * beast + 0.5 * mouth
        variables = self._model.trainable_variables
        self._optimizer.apply(tape.gradient(loss, variables), variables)
        for mean, variable in zip(self._mean, self._model.weights, strict=True):
            mean.assign(smooth * mean + (1 - smooth) * variable)
        return loss
