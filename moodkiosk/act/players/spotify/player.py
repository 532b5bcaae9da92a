"""The player "spotify": carries decisions out on a Spotify Connect speaker, and says how it is doing."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from moodkiosk.act.players.covers import Covers
from moodkiosk.act.players.player import Clock, PlayerStatus, Superseded
from moodkiosk.act.players.spotify import pictures
from moodkiosk.act.players.spotify.account.tokens import TokenFile, days_left, path_of, warning
from moodkiosk.act.players.spotify.memory import Memory
from moodkiosk.act.players.spotify.override import Respect
from moodkiosk.act.players.spotify.web_api import allowance
from moodkiosk.act.players.spotify.web_api.errors import LOGIN, ApiError, Kind
from moodkiosk.act.players.spotify.web_api.rate_limit import RateLimit
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.config.settings import Config
from moodkiosk.decide.music.respect import pauses_since
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import SongsReport, Wanted
from moodkiosk.words.reason import Reason, together

if TYPE_CHECKING:
    from moodkiosk.act.players.spotify.music import Finder
    from moodkiosk.act.players.spotify.remote import Remote
    from moodkiosk.act.players.spotify.web_api.client import Client

Found = TypeVar("Found")

REMOTE = "moodkiosk.act.players.spotify.remote"

LOOK_SECONDS = 5.0
"""A look ends within this: a decision may come at any time, and should not have to wait for it."""
MENDED_BY_LOOKING: frozenset[Kind] = frozenset({"offline", "server", "portal", "garbage", "token", "late"})
"""Troubles that are over once Spotify has answered anything; others, such as a speaker that is missing, may not be."""

log = logging.getLogger("moodkiosk.act.player")


class SpotifyPlayer:
    """A `Player`. What a restart must not forget is in the state folder: `spotify.json` and `spotify-music.json`."""

    def __init__(self, config: Config, state_dir: Path, clock: Clock) -> None:
        self._config = config
        self._state_dir = state_dir
        self._clock = clock
        self._file = StateFile(state_dir / "spotify.json", Memory)
        self._tokens = TokenFile(path_of(config.spotify.token_file, state_dir))
        self._rate_limit = RateLimit(self._file.kept, clock)
        self._error: ApiError | None = None
        self._refused_tokens: object = None
        self._waits: str | None = None
        self._said = "ready"
        self._looked_at: float | None = None
        self._at_work: tuple[Client, Finder] | None = None
        self._covers = Covers(pictures.Pictures(config.spotify).fetch, clock.monotonic)
        # spotipy takes a while to import: not while act starts, but before the first decision comes.
        threading.Thread(target=import_module, args=(REMOTE,), name="spotify-import", daemon=True).start()

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport | None:
        """Carries out a decision; see `players.Player`."""
        from moodkiosk.act.players.spotify.remote import Outcome

        name, error = decision.speaker or self._config.music.speaker, None
        try:
            outcome = self._at_the_remote(
                lambda remote: remote.carry_out(decision, name), self._config.spotify.deadline_seconds, superseded
            )
        except ApiError as found:
            error = found
            outcome = Outcome("failed", found.text)
        if error is not None and error.kind == "replaced":
            return None
        self._note(error, outcome.text if outcome.retry_at is not None else None)
        return PlayerReport(
            outcome.kind,
            self._clock.monotonic(),
            outcome.text,
            decision.mood,
            outcome.what,
            outcome.uri,
            decision.asked,
            outcome.retry_at,
            stopped=outcome.stopped,
            lasts_seconds=outcome.lasts_seconds,
            note=outcome.note,
            track=outcome.track,
            ours=outcome.ours,
        )

    def look(self, superseded: Superseded) -> LookReport | None:
        """Looks once at what plays; see `players.Player`."""
        memory, clock, name = self._file.kept, self._clock, self._config.music.speaker
        allowance.use(memory, clock.wall())
        seconds = min(LOOK_SECONDS, self._config.spotify.deadline_seconds)
        try:
            seen = self._at_the_remote(lambda remote: remote.look(name), seconds, superseded)
        except ApiError as error:
            if error.kind == "replaced":
                return None
            self._note(error, self._waits)
            return LookReport("unknown", clock.monotonic(), error.text)
        if self._error is not None and self._error.kind in MENDED_BY_LOOKING:
            self._note(None, self._waits)
        started = memory.started
        since = datetime.fromtimestamp(started.at, UTC) if seen.kind == "ours" and started is not None else None
        return LookReport(seen.kind, clock.monotonic(), seen.status, since, seen.stopped, seen.track, ours=seen.ours)

    def close(self) -> None:
        """It says nothing by itself."""

    def no_look(self) -> str | None:
        """Why not to look now; any thread may ask."""
        wall, at = self._clock.wall(), self._clock.monotonic()
        if self._tokens.load() is None or self._rate_limit.until() is not None:
            return self.status().text
        if self._looked_at is not None and at - self._looked_at < allowance.APART_SECONDS:
            return Reason("spotify.just_looked")
        if allowance.used_up(self._file.kept, wall) or self._requests_today(wall) >= allowance.REQUESTS_A_DAY:
            return Reason("spotify.looked_often")
        return None

    def find(self, wanted: Wanted, superseded: Superseded) -> SongsReport:
        """One search, kept for weeks; see `players.Player`. Those that are not kept share the allowance of looks."""
        memory, wall = self._file.kept, self._clock.wall()

        def may_ask() -> bool:
            if allowance.used_up(memory, wall) or self._requests_today(wall) >= allowance.REQUESTS_A_DAY:
                return False
            allowance.use(memory, wall)
            return True

        seconds = min(LOOK_SECONDS, self._config.spotify.deadline_seconds)
        try:
            _, finder = self._at_work = self._at_work or self._prepare()
            found = self._at_the_remote(
                lambda _remote: finder.songs(wanted.words, wall, may_ask, self._covers), seconds, superseded
            )
        except ApiError as error:
            return SongsReport(wanted, self._clock.monotonic(), status=error.text)
        return SongsReport(wanted, self._clock.monotonic(), tuple(found))

    def cover(self, key: str) -> bytes | None:
        """The picture, from Spotify's own servers; see `players.Player`."""
        return self._covers.get(key)

    def status(self) -> PlayerStatus:
        """How it is doing; any thread may ask."""
        wall = self._clock.wall()
        left = days_left(self._tokens.authorized_at(), wall)
        return PlayerStatus(
            self._text(left),
            self._requests_today(wall),
            left,
            self._rate_limit.until(),
        )

    def _text(self, left: float | None) -> str:
        tokens, error = self._tokens.load(), self._error
        if tokens is None:
            return Reason("spotify.do", what=self._tokens.problem or "", do=LOGIN)
        try:
            self._rate_limit.check()
        except ApiError as closed:
            return closed.text
        # A new sign-in, or time, may have settled what was wrong.
        if error is not None and error.kind != "busy" and (error.kind != "sign_in" or tokens is self._refused_tokens):
            return error.text
        text: str = self._waits or "ready"
        if left is not None and warning(left) is not None:
            days = max(0, int(left))
            text = together((text, Reason("spotify.ends", count=days, do=LOGIN)))
        return text

    def _prepare(self) -> tuple[Client, Finder]:
        from moodkiosk.act.players.spotify.music import Finder
        from moodkiosk.act.players.spotify.web_api.client import Client
        from moodkiosk.act.players.spotify.web_api.session import ApiSession

        spotify = self._config.spotify
        session = ApiSession(self._rate_limit, self._clock.monotonic, self._count, spotify.timeout_seconds)
        client = Client(spotify, self._tokens, session, self._clock)
        path, explicit = self._state_dir / "spotify-music.json", self._config.music.explicit
        return client, Finder(path, client, random.Random(random.random()), explicit=explicit)

    def _at_the_remote(self, do: Callable[[Remote], Found], seconds: float, superseded: Superseded) -> Found:
        """Does something with the remote control, within so many seconds. Raises ApiError."""
        from moodkiosk.act.players.spotify.remote import Remote

        music, spotify = self._config.music, self._config.spotify
        client, finder = self._at_work = self._at_work or self._prepare()
        client.begin(self._clock.monotonic() + seconds, superseded)
        wall = datetime.fromtimestamp(self._clock.wall()).astimezone()
        pause_seconds = (wall - pauses_since(music, wall)).total_seconds()
        respect = Respect(pause_seconds, 60 * music.respect_manual_minutes)
        try:
            self._rate_limit.check()
            kept, wake, covers = self._file.kept, spotify.wake_command, self._covers
            return do(Remote(client, finder, kept, self._clock, respect, wake, covers))
        finally:
            client.end()
            self._file.save()
            finder.save()
            self._looked_at = self._clock.monotonic()

    def _requests_today(self, wall: float) -> int:
        memory = self._file.kept
        return memory.requests if memory.requests_day == _day(wall) else 0

    def _count(self) -> None:
        memory, day = self._file.kept, _day(self._clock.wall())
        if memory.requests_day != day:
            memory.requests_day, memory.requests = day, 0
        memory.requests += 1

    def _note(self, error: ApiError | None, waits: str | None) -> None:
        """Keeps what is wrong for the status, and logs it when that has changed."""
        self._waits = waits
        self._error, self._refused_tokens = error, self._tokens.load()
        text = error.text if error else "ready"
        if text != self._said:
            log.log(logging.WARNING if error else logging.INFO, "spotify: %s", text)
            self._said = text


def _day(wall: float) -> str:
    return datetime.fromtimestamp(wall).astimezone().date().isoformat()
