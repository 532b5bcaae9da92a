"""The TensorFlow Lite file that is written without TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from moodkiosk.sense.interpreter import Network, runtime
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import unbundle
from moodkiosk.sense.teach import dense
from moodkiosk.sense.teach.flatbuffer import to_tflite


def drawn_lots(inputs: int, labels: int) -> tuple[dense.Weights, NDArray[np.float32]]:
    """A network of random numbers, and inputs of the size that it expects."""
    rng = np.random.default_rng(labels)
    x = rng.normal(0.5, 0.3, (50, inputs)).astype(np.float32)
    return dense.fresh(x, labels, labels), x


@pytest.mark.parametrize("labels", range(2, 13))
@pytest.mark.parametrize("inputs", [33, 40])
def test_litert_reads_any_number_of_labels_and_measures_and_says_what_numpy_says(inputs: int, labels: int) -> None:
    weights, x = drawn_lots(inputs, labels)
    network = Network(to_tflite(weights), delegated=False)
    assert (network.input_shapes, network.output_shapes) == ([(1, inputs)], [(1, labels)])
    said = []
    for row in x:
        network.input[0] = row
        network.run()
        said.append(network.output(0)[0].copy())
    assert np.abs(np.stack(said) - dense.predict(weights, x)).max() < 1e-5


def test_it_has_the_same_operators_as_what_keras_converter_made() -> None:
    starter = models.STARTER.read_bytes()
    ours = to_tflite(dense.base_of(starter).weights)
    theirs = unbundle(starter)[1]
    operators = [
        [operator["op_name"] for operator in runtime().Interpreter(model_content=network)._get_ops_details()]
        for network in (ours, theirs)
    ]
    assert operators[0] == operators[1]
    assert len(ours) < 1.05 * len(theirs)


def test_the_same_network_is_the_same_file() -> None:
    weights, _ = drawn_lots(33, 5)
    assert to_tflite(weights) == to_tflite(weights)
