"""Runs several command lines of scripts/train.py in one process of .venv-train: TensorFlow is slow to load.

Reads a JSON list of argument lists from stdin, prints a JSON object. "runs": a list of [exit code, stdout, stderr,
seconds, CPU seconds], both without the time that TensorFlow needs to load; the others are what `network_facts`,
`refusals` and `converter_facts` found.
An argument list that begins with WRONG is run with a converter that gets something wrong.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import runpy
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

if TYPE_CHECKING:
    from moodkiosk.sense.teach.dense import Weights

WRONG = "wrong converter"
SCRIPT = str(Path(__file__).resolve().parents[2] / "scripts" / "train.py")


def run(arguments: list[str]) -> tuple[int, str, str, float, float]:
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    start, cpu_start = time.monotonic(), time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        sys.argv = ["train.py", *(word for word in arguments if word != WRONG)]
        try:
            with wrong_converter() if WRONG in arguments[:1] else contextlib.nullcontext():
                runpy.run_path(SCRIPT, run_name="__main__")
        except SystemExit as end:
            code = end.code
    seconds, cpu_seconds = time.monotonic() - start, time.process_time() - cpu_start
    return int(code) if isinstance(code, int) else 1, out.getvalue(), err.getvalue(), seconds, cpu_seconds


def wrong_converter() -> contextlib.AbstractContextManager[Any]:
    """What it converts is not quite what was trained."""
    from moodkiosk.learn.train import network

    right = network.to_tflite
    return mock.patch.object(network, "to_tflite", lambda weights: right(leaning(weights, 0.01)))


def leaning(weights: Weights, by: float) -> Weights:
    """The same network, a little more inclined to its first label."""
    last = weights.biases[-1].copy()
    last[0] += by
    return replace(weights, biases=(*weights.biases[:-1], last))


def network_facts() -> dict[str, Any]:
    """Layers of what is trained, and the loss of a training that changes nothing with the one worked out by hand."""
    from moodkiosk.learn.train import network
    from moodkiosk.sense.teach import dense, recipe

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 33)).astype(np.float32), np.array([0] * 8 + [1] * 3 + [2])
    start, losses = dense.fresh(x, 3, 0), []
    settings = recipe.TrainingSettings(epochs=1, rate=0.0, batch=12, noise=0.0, smoothing=0.0, dropout=0.0)
    network.fit(x, y, start, settings, told=lambda _epoch, loss, _held: losses.append(loss))
    by_hand = -(4 / np.bincount(y)[y] * np.log(rows(start, x)[np.arange(12), y])).mean()
    layers_of = network._dense(network._build(start, settings, None))
    layers = [(*layer.kernel.shape, layer.activation.__name__) for layer in layers_of]
    return {"layers": layers, "loss": losses[0], "loss by hand": float(by_hand)}


def converter_facts() -> dict[str, float]:
    """How far files are apart, for 2, 5 and 12 labels, that Keras' converter and the kiosk itself made of a network."""
    from moodkiosk.learn.train import network
    from moodkiosk.sense.interpreter import Network
    from moodkiosk.sense.teach import dense, flatbuffer

    x = np.random.default_rng(0).normal(size=(20, 33)).astype(np.float32)
    apart = {}
    for labels in (2, 5, 12):
        weights, said = dense.fresh(x, labels, labels), []
        for file in (network.to_tflite(weights), flatbuffer.to_tflite(weights)):
            runs = Network(file, delegated=False)
            for row in x:
                runs.input[0] = row
                runs.run()
                said.append(runs.output(0)[0].copy())
        apart[str(labels)] = float(np.abs(np.stack(said[:20]) - np.stack(said[20:])).max())
    return apart


def rows(weights: Weights, x: Any) -> Any:
    from moodkiosk.sense.teach import dense

    return dense.predict(weights, x).astype(np.float64)


def refusals() -> list[list[Any]]:
    """[what is said of it, or None; how far a file is from what Keras has] for files that are less and more apart."""
    from moodkiosk.failure import Failure
    from moodkiosk.learn.train import make_model, network
    from moodkiosk.sense.mood import model as models
    from moodkiosk.sense.mood.bundle import bundle, unbundle
    from moodkiosk.sense.mood.measures import MEASURES
    from moodkiosk.sense.teach import dense

    manifest, _ = unbundle(models.STARTER.read_bytes())
    x = np.random.default_rng(0).normal(size=(20, len(MEASURES[manifest.schema]))).astype(np.float32)
    weights = dense.fresh(x, len(manifest.labels), 0)
    flatbuffer = network.to_tflite(weights)
    file = bundle(flatbuffer, replace(manifest, network_sha256=hashlib.sha256(flatbuffer).hexdigest()))
    found: list[list[Any]] = []
    for by in (0.0, 3e-5, 1e-4, 1e-2):
        other, said = leaning(weights, by), None
        try:
            make_model.verify(file, other, x)
        except Failure as failure:
            said = str(failure)
        found.append([said, float(np.abs(rows(other, x) - rows(weights, x)).max())])
    return found


def load_tensorflow() -> None:
    from moodkiosk.learn.train import backend

    backend.prepare()
    importlib.import_module("tensorflow")
    importlib.import_module("keras")


if __name__ == "__main__":
    load_tensorflow()
    runs = [run(arguments) for arguments in json.load(sys.stdin)]
    print(
        json.dumps({"runs": runs, "network": network_facts(), "refusals": refusals(), "converter": converter_facts()})
    )
