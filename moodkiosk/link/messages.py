"""What the two halves say to each other: the fields of each line (contract 6); `protocol` writes and reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from moodkiosk.moods.reading import Reading


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
