"""What act knows of a sitting before the kiosk: sense holds it, the page and the command line follow it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from moodkiosk.link.messages import Hello, Proof, Teaching
from moodkiosk.moods.command import Command
from moodkiosk.moods.lesson import Taught
from moodkiosk.words.reason import Reason

INVITED_SECONDS, OVER_SECONDS = 120.0, 30.0
"""So long an invitation stands that nobody takes up, and so long it is told how a sitting has ended."""
GOING_ON = ("waiting", "countdown", "recording", "fitting", "shown")
BROKEN_OFF = Reason("taught.nothing_kept", why=Reason("taught.sense_stopped"))


class Classroom:
    """The sitting under way.

    Attributes:
        teaching: how it goes; None: there is none, and nobody has asked for one.
    """

    def __init__(self, tell: Callable[[Teaching | None], None]) -> None:
        """`tell` is told of every change."""
        self.teaching: Teaching | None = None
        self._tell = tell
        self._proof: Proof | None = None

    def hear(self, teaching: Teaching) -> Proof | None:
        """Sense says how it goes. Returns what was learnt when that is news."""
        self._set(teaching)
        if teaching.proof is None or teaching.proof == self._proof:
            return None
        self._proof = teaching.proof
        return teaching.proof if teaching.proof.text else None

    def left(self, at: float) -> None:
        """Sense has gone, and with it everything that was not complete."""
        if self.teaching is not None and self.teaching.phase in GOING_ON:
            self._set(replace(self.teaching, at=at, phase="over", text=BROKEN_OFF, proof=None))

    def refusal(self, command: Command, hello: Hello | None, absent: str) -> str | None:
        """Why a command cannot be carried out, or None; `absent` says why sense is not there, if it is not."""
        if hello is None:
            return absent
        if not (hello.teaches if command.name != "remember" else hello.remembers is not None):
            return Reason("act.older_sense")
        if command.name == "teach_invite" and self.teaching is not None and self.teaching.phase in GOING_ON:
            return Reason("act.sitting")
        return None

    def invite(self, at: float) -> str:
        """Has the page offer a sitting; says where to go."""
        self._set(Teaching(at, "invited"))
        return Reason("act.invited")

    @property
    def due(self) -> float:
        """When what is told now is told no longer, monotonic seconds; infinity: for as long as the sitting lasts."""
        lasts = {"invited": INVITED_SECONDS, "over": OVER_SECONDS}
        teaching = self.teaching
        return math.inf if teaching is None else teaching.at + lasts.get(teaching.phase, math.inf)

    def expire(self, at: float) -> None:
        """An invitation ends, and a sitting that is over is no news any more."""
        if self.teaching is not None and self.due < math.inf and not self.teaching.at <= at < self.due:
            self._set(None)

    def _set(self, teaching: Teaching | None) -> None:
        self.teaching = teaching
        self._tell(teaching)


def figures(proof: Proof) -> Taught:
    """What was learnt, as the smart home hears it: numbers without anybody's name."""
    people = max(1, len(proof.people))  # one alone is not listed
    return Taught(
        proof.better, proof.before, proof.after, proof.low, proof.high, proof.looks, people, moods=proof.moods
    )
