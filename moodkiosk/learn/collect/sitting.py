"""A sitting: one person shows several labels, one take after another. Driven by looks and keys; knows no terminal.

Its time never goes back: a turn without a picture is told the clock, the next one the earlier time of a frame that was
on its way meanwhile. Every take is written as soon as it is complete; one that is broken off leaves nothing behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from moodkiosk.learn.collect.take import MIN_SAMPLES, Sight, Take
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.learn.data.summary import Floats

Phase = Literal["waiting", "pause", "countdown", "recording", "over"]

COUNTDOWN_SECONDS = 3.0
PAUSE_SECONDS = 8.0
"""Between two takes; the next begins by itself, so that one can stay where the camera sees one."""

WARN_SECONDS = 1.0
"""How often what there is to say is worked out anew."""

# What to do during a take, from which share of it on. Variety is what makes a model work on another day.
SCRIPT: tuple[tuple[float, str], ...] = (
    (0.0, Reason("collect.look")),
    (0.25, Reason("collect.lean")),
    (0.45, Reason("collect.turn")),
    (0.65, Reason("collect.nod")),
    (0.8, Reason("collect.vary")),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be recorded.

    Attributes:
        labels: in this order.
        seconds: how long a take lasts.
        by_hand: somebody is at the keys: wait for them before the first take.
        known: summary of what was recorded before of this person, by label.
    """

    labels: tuple[str, ...]
    seconds: float = 20.0
    by_hand: bool = True
    known: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A take that is on the disk."""

    label: str
    path: Path
    samples: int
    looks: int
    warnings: tuple[str, ...]
    summary: Floats


class Sitting:
    """The course of a sitting.

    Attributes:
        phase: "waiting" (for a key), "pause" (the next take begins by itself), "countdown", "recording", "over".
        take: the one under way, or None.
        kept: what was recorded, newest last.
        news: one line about what happened last, for people.
        warnings: what is wrong with the take under way, and what to do.
    """

    def __init__(self, plan: Plan, save: Callable[[str, Take], Path]) -> None:
        """`save` writes a take of a label and says where; raises OSError."""
        self.plan = plan
        self.phase: Phase = "waiting" if plan.by_hand else "pause"
        self.take: Take | None = None
        self.kept: list[Kept] = []
        self.news = ""
        self.warnings: list[str] = []
        self._save = save
        self._index = 0
        self._replaces: Kept | None = None
        self._extra: str | None = None  # a label that is recorded once more
        self._failed = False  # the take before was not worth keeping, and its label is still to come
        self._at = -math.inf
        self._ends_at: float | None = None
        self._warn_at = -math.inf

    @property
    def label(self) -> str | None:
        """The label of the take under way, or else of the next one; None after the last."""
        if self._extra is not None:
            return self._extra
        return self.plan.labels[self._index] if self._index < len(self.plan.labels) else None

    @property
    def missing(self) -> list[str]:
        """Labels of the plan of which nothing is kept."""
        return [label for label in self.plan.labels if label not in {kept.label for kept in self.kept}]

    @property
    def number(self) -> int:
        """Which label of the plan it is, from 1."""
        return min(self._index + 1, len(self.plan.labels))

    def seconds_left(self, at: float) -> float:
        """Until the phase ends by itself; 0 if it does not."""
        return 0.0 if self._ends_at is None else max(self._ends_at - max(at, self._at), 0.0)

    def share(self, at: float) -> float:
        """How much of the take is done, 0 to 1."""
        return max(0.0, 1 - self.seconds_left(at) / self.plan.seconds) if self.phase == "recording" else 0.0

    def todo(self, at: float) -> str:
        """What the person should do now, in one sentence."""
        if self.phase == "recording":
            return [text for share, text in SCRIPT if self.share(at) >= share][-1]
        if self.phase == "countdown":
            return Reason("collect.ready", label=self.label)
        if self.label is None:
            return Reason("collect.all_done")
        if self.phase == "waiting":
            return Reason("collect.begin")
        return Reason("collect.relax", label=self.label)

    def step(self, sight: Sight | None, at: float, key: str = "") -> None:
        """Goes on: with a look (None if there was no picture), the time, and the key that was pressed, or "".

        Raises OSError when a take cannot be written; what was kept before stays.
        """
        at = self._at = max(at, self._at)
        if key:
            self._press(key, at)
        if self.phase == "pause" and self._ends_at is None:  # the first one: now it is known when it began
            self._enter("pause", at)
        if self.phase == "recording" and self.take is not None and sight is not None:
            self.take.add(sight)
            if at >= self._warn_at:
                self.warnings = self.take.warnings(self._others())
                self._warn_at = at + WARN_SECONDS
        if self._ends_at is not None and at >= self._ends_at:
            self._advance(at)

    def lost(self, reason: str, at: float) -> None:
        """The camera is away: a take under way is broken off, to be begun again by a key or after a pause."""
        at = self._at = max(at, self._at)
        if self.phase in ("countdown", "recording"):
            self.news = Reason("collect.broken_off", label=self.label, reason=reason)
            self._enter("waiting" if self.plan.by_hand else "pause", at)

    def _press(self, key: str, at: float) -> None:
        idle = self.phase in ("waiting", "pause")
        if key == "q":
            self._enter("over", at)
        elif key == " " and idle:
            self._enter("over", at) if self.label is None else self._enter("countdown", at)
        elif key == "p" and idle:
            self._enter("pause" if self.phase == "waiting" else "waiting", at)
        elif key == "r":
            self._repeat(at)
        elif key == "d":
            self._drop(at)
        elif key == "s" and idle and self.label is not None:
            self._next_label()
            self._enter("pause", at)
        elif key == "a" and idle and self.kept:
            self._extra = self.kept[-1].label
            self._enter("countdown", at)

    def _repeat(self, at: float) -> None:
        """Once more: the take under way from its start, or the last one; that is replaced once the new one is kept."""
        if self.phase in ("waiting", "pause") and not self._failed:
            if not self.kept:
                return
            self._replaces, self._extra = self.kept[-1], self.kept[-1].label
        self._enter("countdown", at)

    def _drop(self, at: float) -> None:
        """Away with the take under way, or with the last one."""
        if self.phase in ("countdown", "recording"):
            self.news = Reason("collect.dropped", label=self.label)
            self._next_label()
            self._enter("pause", at)
        elif self.kept:
            gone = self.kept.pop()
            if gone is self._replaces:  # its repetition failed, and is still to come
                self._replaces = None
            gone.path.unlink(missing_ok=True)
            self.news = Reason("collect.deleted", label=gone.label, file=gone.path.name)

    def _advance(self, at: float) -> None:
        if self.phase == "countdown":
            self.take, self.warnings = Take(), []
            self._enter("recording", at)
            self._warn_at = at + WARN_SECONDS
        elif self.phase == "recording":
            self._complete(at)
        elif self.label is None:
            self._enter("over", at)
        else:
            self._enter("countdown", at)

    def _complete(self, at: float) -> None:
        """The take is over: keeps it, or says why not."""
        take, label = self.take, self.label
        assert take is not None
        assert label is not None
        if take.enough:
            self._keep(label, take)
        else:
            counts = {"seen": len(take.samples), "looks": take.looks, "least": MIN_SAMPLES}
            self.news = Reason("collect.nothing_kept", label=label, **counts)
            if self.plan.by_hand:
                self._failed = True
                self._enter("waiting", at)
                return
        self._next_label()
        self._enter("pause", at)

    def _keep(self, label: str, take: Take) -> None:
        warnings = tuple(take.warnings(self._others()))
        kept = Kept(label, self._save(label, take), len(take.samples), take.looks, warnings, take.summary)
        if self._replaces is not None:
            self.kept.remove(self._replaces)
            self._replaces.path.unlink(missing_ok=True)
        self.kept.append(kept)
        self.news = Reason("collect.kept", label=label, samples=kept.samples)

    def _next_label(self) -> None:
        if self._extra is None:
            self._index += 1
        self._extra = self._replaces = None
        self._failed = False

    def _enter(self, phase: Phase, at: float) -> None:
        if phase == "pause" and self.label is None and not self.plan.by_hand:
            phase = "over"
        lengths = {"pause": PAUSE_SECONDS, "countdown": COUNTDOWN_SECONDS, "recording": self.plan.seconds}
        self.phase = phase
        self._ends_at = at + lengths[phase] if phase in lengths else None
        if phase != "recording":
            self.take, self.warnings = None, []

    def _others(self) -> dict[str, Floats]:
        """A summary of what was recorded so far, by label, without the label under way."""
        found: dict[str, list[Floats]] = {label: [rows] for label, rows in self.plan.known.items()}
        for kept in self.kept:
            found.setdefault(kept.label, []).append(kept.summary)
        return {label: np.concatenate(rows) for label, rows in found.items() if label != self.label}
