"""A player that is exchanged for another one while the kiosk runs, between two decisions."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from moodkiosk.act.players.player import Player, PlayerStatus, Superseded
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import SongsReport, Wanted


class Exchange:
    """A `Player`: the one that is in use."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._make: Callable[[], Player] | None = None
        self._at_work = False
        self._lock = threading.Lock()

    def change(self, make: Callable[[], Player]) -> None:
        """Another one takes over: at once, or when this one has done with its decision and kept what it knows."""
        with self._lock:
            self._make = make
            if not self._at_work:
                self._take_over()

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport | None:
        """See `Player`."""
        with self._working() as player:
            return player.play(decision, superseded)

    def look(self, superseded: Superseded) -> LookReport | None:
        """See `Player`."""
        with self._working() as player:
            return player.look(superseded)

    def find(self, wanted: Wanted, superseded: Superseded) -> SongsReport:
        """See `Player`."""
        with self._working() as player:
            return player.find(wanted, superseded)

    def cover(self, key: str) -> bytes | None:
        """See `Player`."""
        return self._player.cover(key)

    def close(self) -> None:
        """See `Player`."""
        self._player.close()

    def no_look(self) -> str | None:
        """See `Player`."""
        return self._player.no_look()

    def status(self) -> PlayerStatus:
        """See `Player`."""
        return self._player.status()

    @contextlib.contextmanager
    def _working(self) -> Iterator[Player]:
        with self._lock:
            self._at_work = True
            player = self._player
        try:
            yield player
        finally:
            with self._lock:
                self._at_work = False
                self._take_over()

    def _take_over(self) -> None:
        make, self._make = self._make, None
        if make is not None:
            self._player.close()
            self._player = make()
