"""Those who ask for songs to choose from: answered once the player has looked for some, or soon in any case."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from moodkiosk.act.requests.waiting import WaitingList
from moodkiosk.decide.music.songs import public
from moodkiosk.moods.command import Result
from moodkiosk.moods.song import Song, Wanted

WAIT_SECONDS = 6.0
"""A search takes a second or two. Who asked then gets what there is; what is found later is shown all the same."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who asked, what they would get now, and until when (monotonic seconds) they wait for more."""

    result: Result
    wanted: Wanted
    future: Future[Result]
    deadline: float


class SongRequests:
    """One search for all who want the same. Nothing here waits; the main loop calls in."""

    def __init__(self, begin: Callable[[Wanted], str | None], listed: Callable[[], tuple[Song, ...]]) -> None:
        """`begin` has the player search, and says why not (None: it has begun); `listed` is the list as it is now."""
        self._begin = begin
        self._listed = listed
        self._waiting = WaitingList[Waiting]()

    def ask(self, result: Result, wanted: Wanted, future: Future[Result], at: float) -> None:
        """Somebody asks for what the player has not found yet."""
        begun = any(one.wanted == wanted for one in self._waiting) or self._begin(wanted) is None
        if begun:
            self._waiting.add(Waiting(result, wanted, future, at + WAIT_SECONDS))
        else:
            future.set_result(result)

    def done(self, wanted: Wanted) -> None:
        """The player has searched."""
        for one in self._waiting.take(lambda one: one.wanted == wanted):
            self._answer(one)

    @property
    def due(self) -> float:
        """When the first of them has waited long enough, monotonic seconds; infinity: nobody waits."""
        return self._waiting.due

    def expire(self, at: float) -> None:
        """Lets go those who have waited long enough."""
        for one in self._waiting.late(at):
            self._answer(one)

    def _answer(self, one: Waiting) -> None:
        one.future.set_result(replace(one.result, data=[*map(public, self._listed())]))
