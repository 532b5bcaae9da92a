"""Training in numpy, an epoch at a time, as Keras does it: Adam, cosine decay, label smoothing, noise, dropout.

The network is so small that this takes a fraction of a second; between two epochs the caller may do something else.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.teach.dense import normalised
from moodkiosk.sense.teach.recipe import class_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.dense import Weights
    from moodkiosk.sense.teach.recipe import Plan, TrainingSettings

    Floats = NDArray[np.float32]

FIRST, SECOND, TINY = 0.9, 0.999, 1e-7
"""Of Adam (Kingma & Ba 2015): decay of the two moments, and what keeps from dividing by 0; Keras' defaults."""


def fit(plan: Plan, settings: TrainingSettings) -> Generator[float, None, Weights]:
    """Trains; yields the loss after each epoch, and returns the weights."""
    rng = np.random.default_rng(settings.seed)
    net = _Net(plan.start)
    anchor, pulled = _flat(plan.anchor or plan.start), net.kernel_mask * np.float32(settings.pull)
    if plan.anchor is None:
        anchor = np.zeros_like(anchor)
    z, weight = normalised(plan.x, plan.start), class_weight(plan.y, net.labels)
    aim = np.full((len(z), net.labels), settings.smoothing / net.labels, np.float32)
    aim[np.arange(len(z)), plan.y] += 1 - settings.smoothing
    steps = -(-len(z) // settings.batch)
    step, total = 0, settings.epochs * steps
    first, second = np.zeros_like(net.numbers), np.zeros_like(net.numbers)
    for _ in range(settings.epochs):
        order, losses = rng.permutation(len(z)), 0.0
        for rows in np.array_split(order, range(settings.batch, len(z), settings.batch)):
            noisy = z[rows] + rng.normal(0, settings.noise, (len(rows), z.shape[1])).astype(np.float32)
            losses += net.slope(noisy, aim[rows], weight[rows], settings.dropout, rng) * len(rows)
            rate = settings.rate * 0.5 * (1 + math.cos(math.pi * step / total))
            step += 1
            first += (1 - FIRST) * (net.slopes - first)
            second += (1 - SECOND) * (net.slopes**2 - second)
            pace = rate * math.sqrt(1 - SECOND**step) / (1 - FIRST**step)
            net.numbers -= np.float32(pace) * first / (np.sqrt(second) + np.float32(TINY))
            net.numbers -= np.float32(rate) * pulled * (net.numbers - anchor)
        yield losses / len(z)
    return net.weights(plan.start)


class _Net:
    """The trainable numbers in one row, and their slopes in another; kernels and biases are views of them."""

    def __init__(self, start: Weights) -> None:
        self.numbers = _flat(start)
        self.slopes = np.zeros_like(self.numbers)
        self.labels = len(start.biases[-1])
        self._layers = _views(self.numbers, start)
        self._slopes = _views(self.slopes, start)
        self.kernel_mask = np.zeros_like(self.numbers)
        for kernel, _ in _views(self.kernel_mask, start):
            kernel[:] = 1

    def slope(self, z: Floats, aim: Floats, weight: Floats, dropout: float, rng: np.random.Generator) -> float:
        """Works out the slopes for a batch by backpropagation; returns the mean loss."""
        seen, kept = [z], []
        for kernel, bias in self._layers[:-1]:
            hidden = np.maximum(seen[-1] @ kernel + bias, 0)
            keep = (rng.random(hidden.shape) >= dropout).astype(np.float32) / np.float32(1 - dropout) if dropout else 1
            kept.append(keep)
            seen.append(hidden * keep)
        kernel, bias = self._layers[-1]
        logits = seen[-1] @ kernel + bias
        logits -= logits.max(1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        back = (np.exp(logs) - aim) * (weight / len(z))[:, None]
        for number in range(len(self._layers) - 1, -1, -1):
            kernel_slope, bias_slope = self._slopes[number]
            np.matmul(seen[number].T, back, out=kernel_slope)
            back.sum(0, out=bias_slope)
            if number:
                back = (back @ self._layers[number][0].T) * ((seen[number] > 0) * kept[number - 1])
        return float(-(weight * (aim * logs).sum(1)).mean())

    def weights(self, start: Weights) -> Weights:
        """The numbers as they are now, as a network."""
        kernels, biases = zip(*((kernel.copy(), bias.copy()) for kernel, bias in self._layers), strict=True)
        return replace(start, kernels=tuple(kernels), biases=tuple(biases))


def _flat(weights: Weights) -> Floats:
    pairs = zip(weights.kernels, weights.biases, strict=True)
    return np.concatenate([part.ravel() for pair in pairs for part in pair]).astype(np.float32)


def _views(row: Floats, like: Weights) -> Sequence[tuple[Floats, Floats]]:
    views, at = [], 0
    for kernel, bias in zip(like.kernels, like.biases, strict=True):
        middle, end = at + kernel.size, at + kernel.size + bias.size
        views.append((row[at:middle].reshape(kernel.shape), row[middle:end]))
        at = end
    return views
