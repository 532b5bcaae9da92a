"""The player "spotify": carries decisions out on a Spotify Connect speaker, and says how it is doing."""

from __future__ import annotations

import logging
import random
import threading
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.act.players import Clock, PlayerStatus, Superseded
from moodkiosk.act.spotify.gate import Gate
from moodkiosk.act.spotify.memory import Memory, Shelf
from moodkiosk.act.spotify.tokens import TokenFile, days_left, path_of, warning
from moodkiosk.act.spotify.trouble import LOGIN, Trouble
from moodkiosk.moods import Decision, PlayerReport
from moodkiosk.settings import Config

if TYPE_CHECKING:
    from moodkiosk.act.spotify.client import Client
    from moodkiosk.act.spotify.music import Finder

REMOTE = "moodkiosk.act.spotify.remote"

log = logging.getLogger("moodkiosk.act.player")


class SpotifyPlayer:
    """A `Player`. What a restart must not forget is in the state folder: `spotify.json` and `spotify-music.json`."""

    def __init__(self, config: Config, state_dir: Path, clock: Clock) -> None:
        self._config = config
        self._state_dir = state_dir
        self._clock = clock
        self._shelf = Shelf(state_dir / "spotify.json", Memory)
        self._tokens = TokenFile(path_of(config.spotify.token_file, state_dir))
        self._gate = Gate(self._shelf.kept, clock)
        self._trouble: Trouble | None = None
        self._refused_tokens: object = None
        self._waits: str | None = None
        self._said = "ready"
        self._at_work: tuple[Client, Finder] | None = None
        # spotipy takes a while to import: not while act starts, but before the first decision comes.
        threading.Thread(target=import_module, args=(REMOTE,), name="spotify-import", daemon=True).start()

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport | None:
        """Carries out a decision to play, pause or skip; see `players.Player`."""
        from moodkiosk.act.spotify.remote import Outcome, Remote

        music, spotify = self._config.music, self._config.spotify
        client, finder = self._at_work = self._at_work or self._prepare()
        client.begin(self._clock.monotonic() + spotify.deadline_seconds, superseded)
        remote = Remote(
            client, finder, self._shelf.kept, self._clock, 60 * music.respect_manual_minutes, spotify.wake_command
        )
        name = decision.speaker or music.speaker
        trouble = None
        try:
            self._gate.check()
            do = {"pause": remote.pause, "skip": remote.skip}.get(decision.action, remote.play)
            outcome = do(decision, name)
        except Trouble as found:
            trouble = found
            outcome = Outcome("failed", found.text)
        finally:
            client.end()
            self._shelf.save()
            finder.save()
        if trouble is not None and trouble.kind == "replaced":
            return None
        self._note(trouble, outcome.text if outcome.retry_at is not None else None)
        return PlayerReport(
            outcome.kind,
            self._clock.monotonic(),
            outcome.text,
            decision.mood,
            outcome.what,
            outcome.uri,
            decision.asked,
            outcome.retry_at,
        )

    def status(self) -> PlayerStatus:
        """How it is doing; any thread may ask."""
        memory, wall = self._shelf.kept, self._clock.wall()
        left = days_left(self._tokens.authorized_at(), wall)
        return PlayerStatus(
            self._text(left),
            memory.requests if memory.requests_day == _day(wall) else 0,
            left,
            self._gate.until(),
        )

    def _text(self, left: float | None) -> str:
        tokens, trouble = self._tokens.load(), self._trouble
        if tokens is None:
            return f"{self._tokens.problem}: {LOGIN}"
        try:
            self._gate.check()
        except Trouble as closed:
            return closed.text
        # A new sign-in, or time, may have settled what was wrong.
        if (
            trouble is not None
            and trouble.kind != "busy"
            and (trouble.kind != "sign_in" or tokens is self._refused_tokens)
        ):
            return trouble.text
        text = self._waits or "ready"
        if left is not None and warning(left) is not None:
            days = max(0, int(left))
            text += f"; the Spotify sign-in ends in {days} day{'' if days == 1 else 's'}: {LOGIN}"
        return text

    def _prepare(self) -> tuple[Client, Finder]:
        from moodkiosk.act.spotify.client import Client
        from moodkiosk.act.spotify.line import Line
        from moodkiosk.act.spotify.music import Finder

        spotify = self._config.spotify
        line = Line(self._gate, self._clock.monotonic, self._count, spotify.timeout_seconds)
        client = Client(spotify, self._tokens, line, self._clock)
        return client, Finder(self._state_dir / "spotify-music.json", client, random.Random())

    def _count(self) -> None:
        memory, day = self._shelf.kept, _day(self._clock.wall())
        if memory.requests_day != day:
            memory.requests_day, memory.requests = day, 0
        memory.requests += 1

    def _note(self, trouble: Trouble | None, waits: str | None) -> None:
        """Keeps what is wrong for the status, and logs it when that has changed."""
        self._waits = waits
        self._trouble, self._refused_tokens = trouble, self._tokens.load()
        text = trouble.text if trouble else "ready"
        if text != self._said:
            log.log(logging.WARNING if trouble else logging.INFO, "spotify: %s", text)
            self._said = text


def _day(wall: float) -> str:
    return datetime.fromtimestamp(wall).astimezone().date().isoformat()
