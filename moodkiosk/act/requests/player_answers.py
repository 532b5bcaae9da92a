"""Those who ask for music: they are answered once the player has said what became of it, or soon in any case."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from moodkiosk.act.requests.waiting import WaitingList
from moodkiosk.decide.music.reasons import LATE
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport

WAIT_SECONDS = 25.0
"""A decision ends after `spotify.deadline_seconds`, 20 unless it is set higher; the page and the command line wait for
30."""

Complete = Callable[[Result, Decision, PlayerReport | None], Result]
"""Makes the answer of what could be said before; None: somebody asked for something else. `decide.kiosk.completed`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for what becomes of a decision, until `deadline` (monotonic seconds)."""

    promise: Result
    decision: Decision
    future: Future[Result]
    deadline: float


class PlayerAnswers:
    """Who waits for which decision. Nothing here waits; the main loop calls in."""

    def __init__(self, complete: Complete) -> None:
        self._complete = complete
        self._waiting = WaitingList[Waiting]()

    def wait(self, promise: Result, decision: Decision, future: Future[Result], at: float) -> None:
        """Somebody has asked for what the player now gets to do."""
        self._waiting.add(Waiting(promise, decision, future, at + WAIT_SECONDS))

    def done(self, decision: Decision, report: PlayerReport | None) -> None:
        """The player has done with a decision. Earlier ones that it never began were replaced by it."""
        mine = self._waiting.take(lambda one: one.decision is decision)
        for one in self._waiting.take(lambda one: one.decision.at <= decision.at):
            one.future.set_result(self._complete(one.promise, one.decision, None))
        for one in mine:
            one.future.set_result(self._complete(one.promise, one.decision, report))

    @property
    def due(self) -> float:
        """When the first of them has waited long enough, monotonic seconds; infinity: nobody waits."""
        return self._waiting.due

    def expire(self, at: float) -> None:
        """Lets go those who have waited long enough."""
        for one in self._waiting.late(at):
            one.future.set_result(replace(one.promise, ok=False, error=LATE))
