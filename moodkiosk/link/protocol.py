"""The bridge between the half that sees and the half that talks: JSON lines over a Unix socket (contract 6).

A line is one object with a "type"; its other keys are the fields of the class of that type, most of them in `messages`.
A line that is damaged, too long, of an unknown type or with a field of the wrong type is dropped and counted, never
fatal.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.link.messages import FromSense, Hello, Order, SenseHealth, SenseResult, Teaching
from moodkiosk.moods.reading import Reading
from moodkiosk.words.reason import Reason, heard, plain, said

LINE_LIMIT_BYTES = 64 * 1024
"""A line may have this many bytes, its end included."""

LONGEST_CALM_SECONDS = 60.0
"""For no longer than this may sense say nothing of what it sees."""

OURS = Reason("act.ours")
"""For whoever asked for what the guard had to leave out."""

LARGEST = 2**53
"""Whole numbers are exact in JSON up to here (RFC 8259, section 6)."""


Line = FromSense | Order

NAMES: dict[type, str] = {
    Hello: "hello",
    Reading: "reading",
    SenseHealth: "health",
    SenseResult: "result",
    Teaching: "teaching",
    Order: "order",
}
TYPES: dict[str, type] = {name: kind for kind, name in NAMES.items()}

SAID: dict[type, tuple[str, ...]] = {
    SenseHealth: ("detail",),
    SenseResult: ("text",),
    Teaching: ("text",),
}
"""The sentences of a line: beside each are its key and fields, which a peer that does not know them passes over."""


class BadLine(Exception):
    """A line that cannot be taken, and why."""


def answered(path: Path) -> bool:
    """Whether a process listens at the Unix socket; a file that a killed one left behind does not count.

    One that is too busy to take a connection listens as well, and so does one that may not be asked. Raises OSError
    where it cannot be found out (too many files are open, the path is longer than a socket's may be).
    """
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return False
        except (BlockingIOError, TimeoutError, PermissionError):
            return True
    return True


def encode(message: Line) -> bytes:
    """The message as one JSON line, end of line included. Also what `--json` prints (contract 3)."""
    kind = type(message)
    body = {"type": NAMES[kind], **{name: getattr(message, name) for name in message.__dataclass_fields__}}
    if isinstance(message, Reading) and not message.next_seconds:
        del body["next_seconds"]  # contract 3 fixes the keys of a usual reading
    return msgspec.json.encode(said(body, SAID[kind]) if kind in SAID else body, enc_hook=plain) + b"\n"


def decode(line: bytes) -> Line:
    """The message of one line. Raises BadLine."""
    if len(line) > LINE_LIMIT_BYTES:
        raise BadLine("line too long")
    try:
        body = msgspec.json.decode(line)
        kind = TYPES[body.pop("type")]
        for name in SAID.get(kind, ()):
            body[name] = heard(body, name) or body.get(name, "")
        message: Line = msgspec.convert(body, kind)
    except (*NOT_JSON, KeyError, TypeError, AttributeError) as error:
        raise BadLine(f"not a message: {error}") from None
    if not _bounded(message):
        raise BadLine("a number out of range")
    if isinstance(message, Reading):
        _check_reading(message)
    if isinstance(message, Teaching):
        _check_teaching(message)
    if isinstance(message, Hello) and not 0 <= (message.model_accuracy or 0) <= 1:
        raise BadLine("a number out of range")
    return message


def _bounded(value: object) -> bool:
    """Whether every number in it can be computed with and written down again, whatever it is for."""
    match value:
        case int():
            return abs(value) <= LARGEST
        case float():
            return math.isfinite(value)
        case dict():
            return all(map(_bounded, value.values()))
        case tuple():
            return all(map(_bounded, value))
    names = getattr(value, "__dataclass_fields__", ())
    return all(_bounded(getattr(value, name)) for name in names)


def _check_reading(reading: Reading) -> None:
    """The ranges of a reading: decisions trust them."""
    shares = (reading.confidence, reading.quality.weight, *reading.probabilities.values())
    if any(not 0.0 <= share <= 1.0 + 1e-6 for share in shares):
        raise BadLine("a number out of range")
    if reading.faces < 0 or len(reading.probabilities) > 64 or not 0 <= reading.next_seconds <= LONGEST_CALM_SECONDS:
        raise BadLine("a number out of range")


def _check_teaching(teaching: Teaching) -> None:
    """What is shown of it must be what it says."""
    spans = (teaching.seconds, teaching.left_seconds, teaching.number, teaching.count)
    if any(not 0 <= span <= 3600 for span in spans):
        raise BadLine("a number out of range")
    if (proof := teaching.proof) is None:
        return
    pairs = (*proof.moods.values(), *proof.people.values())
    shares = (proof.before, proof.after, proof.low, proof.high, *(share for pair in pairs for share in pair))
    if any(not 0.0 <= share <= 1.0 + 1e-6 for share in shares) or len(pairs) > 128:
        raise BadLine("a number out of range")


class LineSplitter:
    """Cuts a stream of bytes into lines and messages.

    Attributes:
        damaged: how many lines were dropped because they could not be taken.
        oversized: how many were dropped because they were too long.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self.oversized = 0
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that `data` completes, without their ends."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._skipping:
                self._skipping = False
            elif len(line) >= LINE_LIMIT_BYTES:
                self.oversized += 1
            elif line.strip():
                yield line
        if len(self._rest) >= LINE_LIMIT_BYTES:
            self.oversized += not self._skipping
            self._skipping, self._rest = True, b""

    def messages(self, data: bytes) -> Iterator[Line]:
        """The messages that `data` completes."""
        for line in self.feed(data):
            try:
                yield decode(line)
            except BadLine:
                self.damaged += 1
