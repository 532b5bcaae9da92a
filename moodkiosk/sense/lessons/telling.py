"""How a sitting goes, as it is told to act: when it is news, and not too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from moodkiosk.link.messages import Proof, Teaching, TeachPhase

if TYPE_CHECKING:
    from moodkiosk.sense.lessons.sitting import Sitting

TELL_SECONDS = 0.1
"""Between two messages at least."""


class Telling:
    """What was told last, and what is news.

    Attributes:
        at: when something was told last.
    """

    def __init__(self, tell: Callable[[Teaching], None]) -> None:
        """`tell` sends a line to act."""
        self.at = float("-inf")
        self._tell = tell
        self._told: Teaching | None = None

    def say(self, sitting: Sitting, proof: Proof | None, at: float) -> None:
        """Tells how it goes, when that is news."""
        phase: TeachPhase = "shown" if proof else "fitting" if sitting.phase == "complete" else sitting.phase
        teaching = Teaching(
            at,
            phase,
            sitting.label,
            sitting.number,
            len(sitting.plan.labels),
            sitting.seconds,
            round(sitting.seconds_left(at), 1),
            sitting.view if sitting.watching else "",
            sitting.hint(at),
            sitting.plan.person,
            proof.text if proof else sitting.news,
            proof,
        )
        told = self._told
        if told is not None and _essence(teaching) == _essence(told):
            return
        hurried = told is not None and told.phase == phase and 0 <= at - self.at < TELL_SECONDS
        if not hurried:
            self.send(teaching)

    def over(self, at: float, text: str, *, person: str = "", proof: Proof | None = None) -> None:
        """Tells how it has ended."""
        self.send(Teaching(at, "over", person=person, text=text, proof=proof))

    def send(self, teaching: Teaching) -> None:
        """Tells this, whatever was told before."""
        self._told, self.at = teaching, teaching.at
        self._tell(teaching)


def _essence(teaching: Teaching) -> Teaching:
    """All but the time, and of what is left whole seconds."""
    return replace(teaching, at=0.0, left_seconds=float(int(teaching.left_seconds)))
