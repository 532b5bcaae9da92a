"""Recordings as streams: what the kiosk would have settled on while they were made, and how well that went.

The samples of one person in one sitting follow each other at their own times, through the kiosk's own code: the neutral
face that calibrates itself, the model, the belief. Judged is time, not samples.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods.reading import AT_REST, Quality, Reading
from moodkiosk.sense.mood.selfcalibration import SelfCalibration
from moodkiosk.sense.teach import proof

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset
    from moodkiosk.sense.mood.model import MoodModel

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

BETWEEN_SECONDS = 0.2
"""Between the last sample of a recording and the first of the next."""

LONGEST_SECONDS = 1.0
"""No sample speaks for longer than this: recordings have gaps."""

GOOD = Quality(weight=1.0, reason=None)
"""Recordings hold good views only."""

TRACK = 1

Settle = Callable[[list[Reading]], Sequence[tuple[str | None, Mapping[str, float]]]]
"""The kiosk's debounce: after each reading of one person, the mood that has settled and the belief in each label."""


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One person in one sitting, as the kiosk would have seen it.

    Attributes:
        person: who.
        at: seconds from the start, [n], rising.
        seconds: that each sample speaks for, [n].
        truth: label numbers, [n].
        settled: number of the mood that had settled, -1: not sure; [n].
        belief: in each label, [n, labels].
        judged: False for samples that were used as the neutral look, [n].
    """

    person: str
    at: NDArray[np.float64]
    seconds: NDArray[np.float64]
    truth: Whole
    settled: Whole
    belief: Floats
    judged: Flags

    @property
    def right(self) -> float:
        """Seconds in which the settled mood was right."""
        return self._seconds(self.settled == self.truth)

    @property
    def unsure(self) -> float:
        """Seconds in which none was settled."""
        return self._seconds(self.settled < 0)

    @property
    def total(self) -> float:
        """All seconds that are judged."""
        return self._seconds(np.ones(len(self.at), bool))

    def at_rest(self, rest: int) -> float:
        """Seconds of a face at rest."""
        return self._seconds(self.truth == rest)

    def false_moods(self, rest: int) -> int:
        """How often another mood settled while the face was at rest."""
        before = np.concatenate([[-1], self.settled[:-1]])
        other = (self.settled >= 0) & (self.settled != rest) & (self.settled != before)
        return int((other & (self.truth == rest) & self.judged).sum())

    def latencies(self) -> list[float]:
        """For each time a mood began and was settled on before it ended: how many seconds that took."""
        starts = np.flatnonzero(np.concatenate([[True], np.diff(self.truth) != 0]))
        found = []
        for first, end in zip(starts, [*starts[1:], len(self.at)], strict=True):
            right = np.flatnonzero(self.settled[first:end] == self.truth[first])
            if len(right):
                found.append(float(self.at[first + right[0]] - self.at[first]))
        return found

    def _seconds(self, rows: Flags) -> float:
        return float(self.seconds[rows & self.judged].sum())


def streams(
    model: MoodModel,
    data: Dataset,
    x: Floats,
    person: NDArray[np.str_],
    own: Mapping[str, Floats],
    settle: Settle,
    *,
    looks: Flags,
    self_calibrate: bool = True,
    gain: float = 1.0,
) -> list[Stream]:
    """The streams of a data set whose labels the model knows; samples without times are left out.

    Args:
        model: what reads.
        data: the samples.
        x: their measures by the model's schema.
        person: whose each is.
        own: neutral looks that were given, by person.
        settle: decides when a mood has settled.
        looks: samples that those are made of; they are not judged [n].
        self_calibrate: as `sense.self_calibrate`.
        gain: as `sense.neutral_gain`.
    """
    found = []
    for rows in _sittings(data, person):
        at = _one_clock(data, rows)
        read = _readings(model, at, x[rows], own.get(str(person[rows[0]])), self_calibrate=self_calibrate, gain=gain)
        truth = np.array([model.labels.index(label) for label in data.label[rows].tolist()])
        mood, belief = settled(settle(read), model.labels)
        seconds = np.minimum(np.diff(at, append=at[-1] + BETWEEN_SECONDS), LONGEST_SECONDS)
        found.append(Stream(str(person[rows[0]]), at, seconds, truth, mood, belief, ~looks[rows]))
    return found


def summary(found: list[Stream], labels: tuple[str, ...]) -> dict[str, proof.Figure]:
    """Shares of time, false moods a minute of rest and the median latency, with intervals by person."""
    rest = labels.index(AT_REST) if AT_REST in labels else -1
    people = np.array([stream.person for stream in found])

    def figure(of: Callable[[list[Stream]], float]) -> proof.Figure:
        return proof.with_interval(np.arange(len(found)), people, lambda drawn: of([found[one] for one in drawn]))

    def share(part: Callable[[Stream], float]) -> proof.Figure:
        return figure(lambda some: sum(map(part, some)) / max(sum(stream.total for stream in some), 1e-9))

    def false_moods(some: list[Stream]) -> float:
        minutes = sum(stream.at_rest(rest) for stream in some) / 60
        return sum(stream.false_moods(rest) for stream in some) / minutes if minutes > 0 else float("nan")

    def latency(some: list[Stream]) -> float:
        seconds = [value for stream in some for value in stream.latencies()]
        return float(np.median(seconds)) if seconds else float("nan")

    return {
        "right": share(lambda stream: stream.right),
        "not_sure": share(lambda stream: stream.unsure),
        "wrong": share(lambda stream: stream.total - stream.right - stream.unsure),
        "false_moods_a_minute": figure(false_moods),
        "latency_seconds": figure(latency),
    }


def _sittings(data: Dataset, person: NDArray[np.str_]) -> list[Whole]:
    """Rows of each person's sittings, in the order in which they are shown: by file, then by time."""
    keys = np.array([f"{who}\0{session}" for who, session in zip(person, data.session, strict=True)])
    timed = np.isfinite(data.at)
    found = []
    for key in np.unique(keys[timed]):
        rows = np.flatnonzero((keys == key) & timed)
        found.append(rows[np.lexsort((data.at[rows], data.file[rows]))].astype(np.int64))
    return found


def _one_clock(data: Dataset, rows: Whole) -> NDArray[np.float64]:
    """Times that go on from file to file, each of which has a clock of its own."""
    at = data.at[rows]
    step = np.diff(at, prepend=at[0])
    step[np.diff(data.file[rows], prepend=data.file[rows[0]]) != 0] = BETWEEN_SECONDS
    clock: NDArray[np.float64] = np.cumsum(step)
    return clock


def _readings(
    model: MoodModel, at: NDArray[np.float64], x: Floats, given: Floats | None, *, self_calibrate: bool, gain: float
) -> list[Reading]:
    watching = SelfCalibration(model.usual) if self_calibrate and model.usual is not None else None
    found = []
    for moment, row in zip(at.tolist(), x, strict=True):
        neutral = given
        if watching is not None:
            watching.see(TRACK, moment, row, functools.partial(model.read, row))
            neutral = watching.neutral(TRACK, given)
        shares = model.read(row, neutral, gain)
        mood = max(shares, key=shares.__getitem__)
        found.append(Reading(moment, 1, TRACK, mood, shares, shares[mood], GOOD))
    return found


def settled(said: Sequence[tuple[str | None, Mapping[str, float]]], labels: tuple[str, ...]) -> tuple[Whole, Floats]:
    """What `settle` said as numbers: the label, -1 for not sure, [n]; and the belief in each, [n, labels]."""
    moods = np.array([-1 if mood is None else labels.index(mood) for mood, _ in said], np.int64)
    beliefs = np.array([[belief.get(label, 0.0) for label in labels] for _, belief in said], np.float32)
    return moods, beliefs
