"""A household for the Spotify player: the double of the Web API, the real player, and a clock that tests wind."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from moodkiosk.act.players import choose
from moodkiosk.act.players.player import Clock, never
from moodkiosk.act.players.spotify.library import Library, Looked
from moodkiosk.config.settings import Config, SpotifySettings
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport
from tests.support.webapi import CLIENT_ID, WebApi

START = 1_795_000_000.0
"""In November 2026."""
HAPPY = "spotify:playlist:happy0000000000000000"
SAD = "spotify:playlist:sad000000000000000000"
FOREIGN = "spotify:album:foreign00000000000000"


NAMELESS = {uri: Looked(START, []) for uri in (HAPPY, SAD)}
"""As if it had been found out already that these have no name."""


def openapi() -> Path | None:
    """The document that requests are checked against, where the extra material is there."""
    given = os.environ.get("MOODKIOSK_TEST_DATA")
    return Path(given) / "spotify" / "openapi.yml" if given else None


class HandClock:
    """Time that passes only when somebody waits, or a test winds it.

    Attributes:
        waits: how long somebody waited, in all.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.offset = START
        self.waits = 0.0
        self._plans: list[tuple[float, Callable[[], None]]] = []

    def monotonic(self) -> float:
        """Never jumps."""
        return self.seconds

    def wall(self) -> float:
        """May be set, by `offset`."""
        return self.offset + self.seconds

    def wait(self, seconds: float) -> None:
        """Somebody waits."""
        self.waits += seconds
        self.wind(seconds)

    def wind(self, seconds: float) -> None:
        """Time passes, and what was planned happens."""
        self.seconds += seconds
        due = [plan for plan in self._plans if plan[0] <= self.seconds]
        self._plans = [plan for plan in self._plans if plan[0] > self.seconds]
        for _, happen in due:
            happen()

    def plan(self, seconds: float, happen: Callable[[], None]) -> None:
        """Something will happen in so many seconds."""
        self._plans.append((self.seconds + seconds, happen))

    def clock(self) -> Clock:
        """For the player."""
        return Clock(self.monotonic, self.wall, self.wait)


class Household:
    """A signed-in household.

    Attributes:
        api: the double.
        hand: the clock.
        player: the player; `restart` makes a new one from what is on disk.
    """

    def __init__(self, api: WebApi, folder: Path, hand: HandClock, **spotify: object) -> None:
        self.api, self.folder, self.hand = api, folder, hand
        api.now = hand.wall
        self.config = Config(
            music=MusicSettings(player="spotify", respect_pause=60.0),
            spotify=SpotifySettings(client_id=CLIENT_ID, developer=api.developer),
        )
        if spotify:
            self.config = msgspec.structs.replace(
                self.config, spotify=msgspec.structs.replace(self.config.spotify, **spotify)
            )
        self._told = 0
        (folder / "spotify-music.json").write_bytes(msgspec.json.encode(Library(named=NAMELESS)))
        self.keep_tokens(api.sign_in())
        self.restart()

    @property
    def token_file(self) -> Path:
        """Where the sign-in is kept."""
        return self.folder / "spotify-token.json"

    def keep_tokens(self, tokens: dict[str, object]) -> None:
        """Puts a sign-in on disk."""
        self.token_file.write_text(json.dumps(tokens))

    def restart(self) -> None:
        """The kiosk starts anew."""
        self.player = choose.make(self.config, self.folder, lambda _topic, _payload: False, self.hand.clock())

    def play(self, uri: str = HAPPY, **more: object) -> PlayerReport:
        """A decision to play a context."""
        return self.decide("play", choices=(Choice("uri", uri),), **more)

    def told(self, what: str = "") -> list[str]:
        """The requests that have arrived since the last call, as "METHOD /path"; only those that match `what`."""
        told, self._told = self.api.requests[self._told :], len(self.api.requests)
        return [line for seen in told if re.search(what, line := f"{seen.method} {seen.path.removeprefix('/v1')}")]

    def decision(self, action: str = "play", **more: object) -> Decision:
        """A decision of this household's."""
        fields: dict[str, object] = {"mood": "happy", "speaker": "Living room", "volume_percent_max": 60} | more
        return Decision(action, self.hand.seconds, "a test", **fields)  # type: ignore[arg-type] # checked by use

    def decide(self, action: str = "play", **more: object) -> PlayerReport:
        """Puts a decision to the player."""
        report = self.player.play(self.decision(action, **more), never)
        assert report is not None
        return report
