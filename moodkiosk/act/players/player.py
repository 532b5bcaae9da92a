"""The seam of the players: what carries a decision out. `choose` makes the configured one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import SongsReport, Wanted

Publish = Callable[[str, bytes], bool]
"""Sends a payload to an MQTT topic, not retained; False: there is no connection, and nothing is kept for later."""

Hear = Callable[[LookReport], object]
"""Takes what a speaker has said by itself."""

Superseded = Callable[[], bool]
"""Whether a newer decision waits; asked between requests, so that it need not wait for this one."""


@dataclass(frozen=True, slots=True)
class Look:
    """A job for the player beside decisions: to look at what plays, because somebody asked."""


@dataclass(frozen=True, slots=True)
class PlayerStatus:
    """How the player is doing.

    Attributes:
        text: "ready", or what is wrong and what a person can do about it.
        requests_today: requests sent to the Web API since midnight.
        login_days_left: days until the sign-in ends, below 0 when it has; None: there is none, or it is unknown.
        retry_at: monotonic seconds before which nothing is sent, because Spotify asked to wait; None: try any time.
    """

    text: str = "ready"
    requests_today: int = 0
    login_days_left: float | None = None
    retry_at: float | None = None


class Player(Protocol):
    """Plays music, one decision at a time, always from the same thread; `status`, `no_look` and `cover` from any."""

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport | None:
        """Carries out a decision to play, pause, skip or resume; None: a newer one took over, nothing was started.

        Blocks for `spotify.deadline_seconds` at most. Never raises for what the world does: the report says it.
        Somebody may be waiting for the report, so it says what is known to be, not what was wished: see
        `PlayerReport.certainty`.

        The decision says what to play in two ways: `choices`, in the order in which to try them, and for players that
        search by fields `mood`, `language`, `artist` and `genre` (each may be empty). Where it `continues` and what was
        started last for its mood still plays on the speaker, nothing is touched and the report is "kept". The volume
        never exceeds `volume_percent_max`, whatever the speaker says first; changes of ours take `fade_seconds`.
        """

    def look(self, superseded: Superseded) -> LookReport | None:
        """Looks at what plays, because somebody asked; None: a decision took over, which looks for itself.

        Blocks for a few seconds at most. Never raises for what the world does. A player whose speaker says by itself
        what plays may hand such reports (`live`) to the main loop at any time, from any thread.
        """

    def find(self, wanted: Wanted, superseded: Superseded) -> SongsReport:
        """Finds things to choose from: about ten, the best first. A player that cannot search finds none.

        Blocks for a few seconds at most. Never raises for what the world does: the report's status says it.
        """

    def cover(self, key: str) -> bytes | None:
        """The picture that `Track.cover` and `Song.cover` are keys of; None: there is none (any more).

        Blocks for a few seconds at most, and not for `play`: the page's thread asks. Never raises for what the world
        does. `players.covers` keeps and bounds them.
        """

    def close(self) -> None:
        """Another player takes over: this one is asked nothing more, and says nothing more by itself."""

    def no_look(self) -> str | None:
        """Why there is nothing to be gained by a look now, or why it would be one too many; None: it is due."""

    def status(self) -> PlayerStatus:
        """How the player is doing, at once and without any request."""


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as the players use it.

    Attributes:
        monotonic: seconds that never jump; the time of decisions and reports.
        wall: seconds since 1970, right or wrong; for what is kept over restarts.
        wait: waits so many seconds at most; used in short steps, between requests only.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    wait: Callable[[float], object] = _wait


def never() -> bool:
    """No newer decision will come."""
    return False
