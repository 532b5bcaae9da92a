"""Networks in TensorFlow Lite's format, run by LiteRT on one thread."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Network:
    """A network whose tensors are all of float32. Not for use by several threads at once.

    Attributes:
        input_shapes: of the inputs, in the network's order.
        output_shapes: of the outputs, in the network's order.
    """

    def __init__(self, source: Path | bytes, *, delegated: bool = True) -> None:
        """Loads it.

        Args:
            source: a file, which is mapped and not copied, or its bytes.
            delegated: run by XNNPACK, eight to ten times faster where there are convolutions. A small dense network
                gains nothing from it.

        Raises:
            ValueError: it is no network, or has a tensor that is not of float32.
        """
        tflite = runtime()
        kinds = tflite.OpResolverType
        kind = kinds.AUTO if delegated else kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        given = {"model_content": source} if isinstance(source, bytes) else {"model_path": str(source)}
        try:
            with hushed():
                # One thread: two cost 8 % more for the same work (docs/performance.md).
                self._interpreter = tflite.Interpreter(**given, num_threads=1, experimental_op_resolver_type=kind)
                self._interpreter.allocate_tensors()
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        taken, made = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        for detail in (*taken, *made):
            if detail["dtype"] is not np.float32:
                raise ValueError(f"tensor {detail['name']!r} is not of float32")
        self.input_shapes = [tuple(map(int, detail["shape"])) for detail in taken]
        self.output_shapes = [tuple(map(int, detail["shape"])) for detail in made]
        self._input = self._interpreter.tensor(taken[0]["index"])
        self._outputs = [self._interpreter.tensor(detail["index"]) for detail in made]

    @property
    def input(self) -> Floats:
        """Where to write what the next run is to see. Not to be kept: nothing may hold it while the network runs."""
        view: Floats = self._input()
        return view

    def run(self) -> None:
        """Runs on what is in `input`."""
        self._interpreter.invoke()

    def output(self, index: int) -> Floats:
        """What the last run made, by the network's order. Not to be kept, like `input`."""
        view: Floats = self._outputs[index]()
        return view


def runtime() -> Any:
    """LiteRT's module `interpreter`, or that of tflite-runtime, its predecessor, where that is what is installed."""
    try:
        from ai_edge_litert import interpreter as tflite
    except ImportError:
        from tflite_runtime import interpreter as tflite
    return tflite


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Keeps MediaPipe and LiteRT from printing their greetings to stderr, which no setting of theirs stops."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)
