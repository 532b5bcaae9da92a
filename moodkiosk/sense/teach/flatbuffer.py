"""A dense network as a TensorFlow Lite file, written without TensorFlow.

The graph is the one that Keras' converter makes of the same network. Numbers of tables, fields and operators are those
of TensorFlow Lite's `schema.fbs`; how they lie in the file is FlatBuffers' binary format (its "Internals" page).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.dense import Weights

    Floats = NDArray[np.float32]

VERSION, IDENTIFIER = 3, b"TFL3"
FULLY_CONNECTED, MUL, SOFTMAX, SUB = 9, 18, 25, 41
"""Of the enumeration `BuiltinOperator`."""
OPTIONS = {FULLY_CONNECTED: 8, SOFTMAX: 9, MUL: 21, SUB: 28}
"""Operator to the number of its table in the union `BuiltinOptions`."""
RELU = 1
"""Of the enumeration `ActivationFunctionType`."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number in a table, as `struct` packs it: "B", "i", "I" or "f"."""

    kind: str
    value: float


class Table(dict[int, "Scalar | Table | list[Table] | Sequence[int] | bytes | str"]):
    """A table: field number to value."""


def to_tflite(weights: Weights) -> bytes:
    """The network as a float32 flatbuffer, input [1, k], output [1, labels]; same weights, same bytes."""
    graph = _Graph()
    at = graph.tensor("measures", (1, len(weights.mean)))
    inputs = [at]
    for name, code, numbers in (("mean", SUB, weights.mean), ("scale", MUL, np.float32(1) / weights.scale)):
        constant = graph.tensor(name, (1, len(weights.mean)), numbers)
        at = graph.operator(code, [at, constant], graph.tensor(f"{name}_out", (1, len(weights.mean))))
    last = len(weights.biases) - 1
    for number, (kernel, bias) in enumerate(zip(weights.kernels, weights.biases, strict=True)):
        wires = graph.tensor(f"kernel{number}", kernel.shape[::-1], kernel.T)
        offset = graph.tensor(f"bias{number}", bias.shape, bias)
        out = graph.tensor(f"dense{number}", (1, len(bias)))
        at = graph.operator(FULLY_CONNECTED, [at, wires, offset], out, activation=0 if number == last else RELU)
    at = graph.operator(SOFTMAX, [at], graph.tensor("probabilities", (1, len(weights.biases[-1]))))
    return graph.file(inputs, [at])


class _Graph:
    """A subgraph in the making: its tensors with their buffers, and its operators in their order."""

    def __init__(self) -> None:
        self._tensors: list[Table] = []
        self._buffers = [Table()]  # the first is empty, by convention: for tensors that are worked out
        self._operators: list[Table] = []
        self._codes: list[int] = []

    def tensor(self, name: str, shape: tuple[int, ...], numbers: Floats | None = None) -> int:
        """Adds a float32 tensor, constant where it has numbers; returns its index."""
        buffer = 0
        if numbers is not None:
            buffer = len(self._buffers)
            self._buffers.append(Table({0: np.ascontiguousarray(numbers, "<f4").tobytes()}))
        self._tensors.append(Table({0: shape, 2: Scalar("I", buffer), 3: name}))
        return len(self._tensors) - 1

    def operator(self, code: int, inputs: list[int], output: int, activation: int = 0) -> int:
        """Adds an operator; returns its output."""
        if code not in self._codes:
            self._codes.append(code)
        options = Table({0: Scalar("f", 1.0) if code == SOFTMAX else Scalar("B", activation)})
        kind = Scalar("B", OPTIONS[code])
        index = Scalar("I", self._codes.index(code))
        self._operators.append(Table({0: index, 1: inputs, 2: [output], 3: kind, 4: options}))
        return output

    def file(self, inputs: list[int], outputs: list[int]) -> bytes:
        """The whole model."""
        codes = [Table({0: Scalar("B", code), 2: Scalar("i", 1), 3: Scalar("i", code)}) for code in self._codes]
        subgraph = Table({0: self._tensors, 1: inputs, 2: outputs, 3: self._operators, 4: "main"})
        model = Table({0: Scalar("I", VERSION), 1: codes, 2: [subgraph], 3: "moodkiosk", 4: self._buffers})
        return _written(model)


def _written(root: Table) -> bytes:
    """Tables from the root on, each before what it points to, since an offset only points ahead."""
    out = bytearray(4) + IDENTIFIER
    waiting: deque[tuple[int, object]] = deque([(0, root)])
    while waiting:
        at, value = waiting.popleft()
        place = _placed(out, value, waiting)
        out[at : at + 4] = struct.pack("<I", place - at)
    return bytes(out)


def _placed(out: bytearray, value: object, waiting: deque[tuple[int, object]]) -> int:
    """Appends a value; where it begins. What it points to is put in the queue, with where its offset is to stand."""
    if isinstance(value, Table):
        return _table(out, value, waiting)
    if isinstance(value, bytes):
        out.extend(bytes(-(len(out) + 4) % 16))  # numbers lie at multiples of 16, as `force_align` asks
        out.extend(struct.pack("<I", len(value)) + value)
        return len(out) - len(value) - 4
    out.extend(bytes(-len(out) % 4))
    begin = len(out)
    if isinstance(value, str):
        text = value.encode()
        out.extend(struct.pack("<I", len(text)) + text + b"\0")
        return begin
    assert isinstance(value, Sequence)
    out.extend(struct.pack("<I", len(value)))
    for item in value:
        if isinstance(item, Table):
            waiting.append((len(out), item))
            out.extend(bytes(4))
        else:
            out.extend(struct.pack("<i", item))
    return begin


def _table(out: bytearray, table: Table, waiting: deque[tuple[int, object]]) -> int:
    """The vtable, then the table: an offset back to it, and every field in four bytes."""
    numbers = sorted(table)
    slots = numbers[-1] + 1 if numbers else 0
    vtable_bytes, table_bytes = 4 + 2 * slots, 4 + 4 * len(numbers)
    out.extend(bytes(-(len(out) + vtable_bytes) % 4))
    begin = len(out)
    out.extend(struct.pack("<HH", vtable_bytes, table_bytes))
    out.extend(b"".join(struct.pack("<H", 4 + 4 * numbers.index(n) if n in table else 0) for n in range(slots)))
    place = len(out)
    out.extend(struct.pack("<i", place - begin))
    for number in numbers:
        value = table[number]
        if isinstance(value, Scalar):
            packed = struct.pack(f"<{value.kind}", value.value if value.kind == "f" else int(value.value))
            out.extend(packed.ljust(4, b"\0"))
        else:
            waiting.append((len(out), value))
            out.extend(bytes(4))
    return place
