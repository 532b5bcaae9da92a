"""The bridge between the half that sees and the half that talks: JSON lines over a Unix socket (contract 6).

A line is one object with a "type"; its other keys are the fields of the class below of that type. A line that is
damaged, too long, of an unknown type or with a field of the wrong type is dropped and counted, never fatal.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import msgspec

from moodkiosk.host.files import NOT_JSON
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


@dataclass(frozen=True, slots=True)
class Hello:
    """Sense introduces itself, on connecting and after a model was loaded."""

    version: str
    labels: tuple[str, ...]
    model_hash: str  # sha256 of the model file, hexadecimal
    schema: str  # the measure schema id
    uses_hands: bool = False
    people: tuple[str, ...] = ()  # names of those with a calibrated neutral face
    person: str | None = None  # whose neutral face is in use
    settings: str = ""  # what it has read of the configuration, see config.changes.digest
    teaches: bool = False  # it knows the orders that begin with "teach"
    calms: bool = False  # it knows the order "calm"
    remembers: bool | None = None  # corrections are kept to learn from; None: an older sense, which has no switch
    model_made: Literal["", "starter", "taught", "trained"] = ""  # who made the model; "": an older sense
    model_date: str = ""  # when its file was written, ISO 8601 with zone
    model_accuracy: float | None = None  # share of right looks, evenly over the moods, on looks held out for testing


@dataclass(frozen=True, slots=True)
class SenseHealth:
    """How sense is doing; sent when its camera's status changes, looks first have a length, and every 30 s.

    Attributes:
        at: monotonic seconds.
        camera: "on", "off", "starting", "lent" or "lost"; detail says why in words, "" where nothing is to be said.
        frames_per_second: frames looked at a second, over the last interval.
        cpu_ms_per_frame: processor milliseconds a frame, all threads.
        look_seconds: how long one look takes, from the picture to its reading; 0 while that is not known.
        active_rate_hz: looks a second while somebody is there, as the processor is; 0 where sense does not say.
        rss_mb: resident memory.
        pace: "active", "idle", "hot" or "off".
        celsius: temperature of the processor, None where it is not known.
        throttled: the firmware slows the processor down.
        counters: dropped and damaged things by name, since the start.
    """

    at: float
    camera: Literal["on", "off", "starting", "lent", "lost"]
    detail: str = ""
    frames_per_second: float = 0.0
    cpu_ms_per_frame: float = 0.0
    rss_mb: float = 0.0
    pace: Literal["active", "idle", "hot", "off"] = "idle"
    celsius: float | None = None
    throttled: bool = False
    counters: dict[str, int] = field(default_factory=dict)
    look_seconds: float = 0.0
    active_rate_hz: float = 0.0


@dataclass(frozen=True, slots=True)
class SenseResult:
    """What became of an order; `id` is the order's."""

    id: int
    ok: bool
    text: str = ""


TeachPhase = Literal["invited", "waiting", "countdown", "recording", "fitting", "shown", "over"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What is odd about what was shown.

    Attributes:
        what: "few frames", "no neutral", "one label", "crosswise" (label and other are shown the wrong way round),
            "alike" (label hardly differs from other), "unlike" (what is shown has nothing to do with what is seen),
            "two people" (under one name), "frozen" (label: the same picture again and again).
        label, other: the moods it is about, or "".
        person: whom, or "".
        text: the same as a sentence.
    """

    what: str
    label: str = ""
    other: str = ""
    person: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was learnt, measured on the last part of each take, which was not learnt from.

    Attributes:
        better: the new model is better than the one before it beyond chance; it is in use.
        before, after: share of right looks, evenly over the moods, 0 to 1.
        low, high: the bounds within which `after` lies as likely as not to surprise (95 %).
        looks: how many looks were held out.
        moods: label to (before, after): shares of right looks.
        people: name to (before, after), where several people have taught.
        remarks: what is odd about what was shown.
        text: all of it in one line.
    """

    better: bool
    before: float
    after: float
    low: float
    high: float
    looks: int
    moods: dict[str, tuple[float, float]] = field(default_factory=dict)
    people: dict[str, tuple[float, float]] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Teaching:
    """How a sitting goes: sent when anything of it changes, and once a second meanwhile.

    Attributes:
        at: monotonic seconds.
        phase: "invited" (act's own: somebody would like the page to offer it), "waiting" (for somebody to be seen
            well), "countdown", "recording", "fitting", "shown" (what came of it: keep, undo, or show a mood again),
            "over" (`text` says how).
        label: the mood under way or next.
        number, count: which of how many moods it is, from 1.
        seconds, left_seconds: how long the phase lasts, and how long from `at` on; 0 where that is not known.
        view: "seen", "nobody", "two people", "no picture", or a reason of `moods.reading.Quality`.
        hint: what to do now: "show", "move", "vary", "relax" or "".
        person: who it is, or "".
        text: what happened last, in one line for people.
        proof: what came of it, when shown.
    """

    at: float
    phase: TeachPhase
    label: str | None = None
    number: int = 0
    count: int = 0
    seconds: float = 0.0
    left_seconds: float = 0.0
    view: str = ""
    hint: str = ""
    person: str = ""
    text: str = ""
    proof: Proof | None = None


OrderName = Literal[
    "camera",
    "calibrate",
    "person",
    "correct",
    "reload",
    "forget",
    "teach",
    "teach_again",
    "teach_keep",
    "teach_undo",
    "teach_stop",
    "remember",
    "calm",
]
ORDER_NAMES: dict[str, OrderName] = {name: name for name in get_args(OrderName)}


@dataclass(frozen=True, slots=True)
class Order:
    """Act asks sense for something.

    Attributes:
        id: echoed in the result.
        what: "camera" (value "on", "off" or "lend": released for 10 s from now), "calibrate" (value: a name),
            "person" (value: a name, or "" for nobody in particular), "correct" (value: the right label),
            "reload" (the model), "forget" (value: a name, or "" for everything), "teach" (a sitting; value: a
            `moods.lesson.Lesson` as JSON), "teach_again" (value: the mood to show once more), "teach_keep",
            "teach_undo", "teach_stop", "remember" (corrections; value: "on" or "off"), "calm" (value: seconds; while
            nobody is there and nothing changes, a reading is enough once in so long, and says so; "0", and after
            connecting: every look is told. Has no result.).
        value: see `what`.
    """

    id: int
    what: OrderName
    value: str = ""


FromSense = Hello | Reading | SenseHealth | SenseResult | Teaching
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
    return msgspec.json.encode(said(body, SAID.get(kind, ())), enc_hook=plain) + b"\n"


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
