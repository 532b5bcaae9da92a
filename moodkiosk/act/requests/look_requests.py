"""Those who ask what plays: they are answered once the player has looked, or soon in any case."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from moodkiosk.act.requests.waiting import WaitingList
from moodkiosk.decide.music.reasons import both
from moodkiosk.moods.command import Command, Result
from moodkiosk.moods.view import View
from moodkiosk.words.reason import Reason

WAIT_SECONDS = 2.0
"""Spotify answers in a fraction of this. Who asked waits no longer; what is found later is shown all the same."""

LATER = Reason("act.look_later")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who asked, and until when (monotonic seconds) they wait."""

    command: Command
    future: Future[Result]
    deadline: float


class LookRequests:
    """One look for all who ask while it lasts. Nothing here waits; the main loop calls in."""

    def __init__(self, begin: Callable[[], str | None]) -> None:
        """`begin` has the player look, and says why not; None: it has begun."""
        self._begin = begin
        self._waiting = WaitingList[Waiting]()

    def ask(self, command: Command, future: Future[Result], at: float) -> None:
        """Somebody asks."""
        reason = None if self._waiting else self._begin()
        if reason is None:
            self._waiting.add(Waiting(command, future, at + WAIT_SECONDS))
        else:
            _answer(command, future, Reason("act.not_looked", reason=reason))

    def done(self, text: str) -> None:
        """The player has looked; `text` says what is known now."""
        for one in self._waiting.take(lambda _: True):
            _answer(one.command, one.future, text)

    @property
    def due(self) -> float:
        """When the first of them has waited long enough, monotonic seconds; infinity: nobody waits."""
        return self._waiting.due

    def expire(self, at: float) -> None:
        """Lets go those who have waited long enough."""
        for one in self._waiting.late(at):
            _answer(one.command, one.future, LATER)


def _answer(command: Command, future: Future[Result], text: str) -> None:
    future.set_result(Result(command.name, ok=True, text=text, transaction=command.transaction))


def known(view: View) -> str:
    """What is known of the music, in one line, for somebody who asked."""
    music = both(view.playing or Reason("music.nothing_of_ours"), view.player_status)
    if view.override_until is None:
        return music
    return both(music, Reason("music.left_alone_until", time=view.override_until[11:16]))
