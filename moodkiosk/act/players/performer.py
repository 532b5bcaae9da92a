"""The player at work: on a thread of its own, on what the main loop wants done; what comes of it goes back there."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from moodkiosk.act.players.exchange import Exchange
from moodkiosk.act.players.player import Look, Player, PlayerStatus
from moodkiosk.act.players.spotify.account.tokens import warning
from moodkiosk.act.players.worker import NewestWins
from moodkiosk.act.ports import Carried, Item
from moodkiosk.decide import kiosk
from moodkiosk.host.guard import Guard
from moodkiosk.link.protocol import OURS
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import SongsReport, Wanted
from moodkiosk.words.reason import Reason

AT_WORK = Reason("act.player_at_work")


class Performer:
    """One thing at a time: the newest decision wins, and looks and searches never take the place of anything.

    Attributes:
        player: the one that is in use.
    """

    def __init__(self, player: Player, put: Callable[[Item], object], guard: Guard) -> None:
        """`put` hands something to the main loop; `guard` takes what comes from the player."""
        self.player = Exchange(player)
        self._put = put
        self._guard = guard
        self._said: tuple[str, int | None] = "", None
        self._warned_days: int | None = None
        self._worker = NewestWins[Decision | Look | Wanted]("player", self._do)

    def carry_out(self, decision: Decision) -> None:
        """Has a decision carried out, instead of one that has not been begun."""
        self._worker.put(decision)

    def look(self) -> str | None:
        """Somebody asks what plays; why the player does not look, or None."""
        reason = self.player.no_look()
        if reason is None and not self._worker.offer(Look()):
            reason = AT_WORK
        return reason

    def find(self, wanted: Wanted) -> str | None:
        """Somebody wants songs to choose from; why the player does not search, or None."""
        return None if self._worker.offer(wanted) else AT_WORK

    def hear(self) -> PlayerStatus:
        """What the player knows without having been asked to play; what of it is news goes to the main loop.

        That is its state, how long its sign-in lasts, and once at each of WARN_DAYS that it is ending.
        """
        status = self.player.status()
        left = None if status.login_days_left is None else max(0, math.floor(status.login_days_left))
        if (status.text, left) != self._said:
            self._said = status.text, left
            self._put(kiosk.PlayerSays(status.text, left))
        due = warning(status.login_days_left)
        if due not in (None, self._warned_days):
            days = Reason("spotify.days_left", count=left) if left else Reason("spotify.last_day")
            self._put(kiosk.Notice("login_expiring", days))
        self._warned_days = due
        return status

    def stop(self, seconds: float) -> None:
        """Ends the thread after the job at hand, waiting at most `seconds`."""
        self._worker.stop(seconds)

    def _do(self, job: Decision | Look | Wanted) -> None:
        """On the player's thread."""
        if self._guard.take(f"an answer of the player to {type(job).__name__}", lambda: self._at_the_player(job)):
            return
        at = time.monotonic()
        match job:
            case Look():
                self._put(LookReport("unknown", at, OURS))
            case Wanted():
                self._put(SongsReport(job, at, status=OURS))
            case Decision():
                self._put(Carried(job, PlayerReport("failed", at, OURS, job.mood, job.what, asked=job.asked)))

    def _at_the_player(self, job: Decision | Look | Wanted) -> None:
        superseded = self._worker.superseded
        match job:
            case Look():
                if (seen := self.player.look(superseded)) is not None:
                    self._put(seen)
            case Wanted():
                self._put(self.player.find(job, superseded))
            case Decision():
                self._put(Carried(job, self.player.play(job, superseded)))
