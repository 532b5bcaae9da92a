"""The player "mpd": carries decisions out on an MPD server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from moodkiosk.act.players.covers import Covers
from moodkiosk.act.players.mpd import offers, queue, songs
from moodkiosk.act.players.mpd.buttons import Buttons, Do
from moodkiosk.act.players.mpd.loudness import Loudness
from moodkiosk.act.players.mpd.news import News
from moodkiosk.act.players.mpd.protocol import Connection, MpdError, password_of
from moodkiosk.act.players.mpd.queue import Memory
from moodkiosk.act.players.mpd.whose import PAUSED, PAUSED_OTHERS
from moodkiosk.act.players.player import Clock, PlayerStatus, Superseded
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.config.settings import Config
from moodkiosk.decide.music import choose
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookKind, LookReport, PlayerReport, Track
from moodkiosk.moods.song import SongsReport, Wanted

COVER_SECONDS = 5.0
"""A picture is fetched within this: somebody looks at the page."""
log = logging.getLogger("moodkiosk.act.player")


class MpdPlayer:
    """A `Player`. What a restart must not forget is in the state folder: `mpd.json`."""

    def __init__(self, config: Config, state_dir: Path, clock: Clock) -> None:
        self._mpd = config.mpd
        self._clock = clock
        self._file = StateFile(state_dir / "mpd.json", Memory)
        self._loudness = Loudness(lambda: self._file.kept, clock.wait, self._mpd.deadline_seconds / 2)
        self._buttons = Buttons(config.music, self._file, self._loudness, clock)
        self._said = "ready"
        self._busy = threading.Lock()
        self._news: News | None = None
        self._told_by: Connection | None = None
        self._covers = Covers(self._picture, clock.monotonic)

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport | None:
        """Carries out a decision; see `players.Player`."""
        do = self._buttons.of(decision.action)
        with self._busy:
            return self._carry_out(do, decision, superseded)

    def listen(self, tell: Callable[[LookReport], object]) -> None:
        """From now on what plays is told as soon as it changes, on a thread of its own; until `close`."""
        self._news = News(self._mpd, lambda server: tell(self._look(server)), self._clock)
        self._news.start()

    def close(self) -> None:
        """See `players.Player`."""
        if self._news is not None:
            self._news.stop()

    def _carry_out(self, do: Do, decision: Decision, superseded: Superseded) -> PlayerReport | None:
        track = None
        try:
            with self._connected(self._mpd.deadline_seconds) as server:
                kind, text, what, uri, note = do(server, decision, superseded)
                if kind in ("played", "kept", "resumed"):
                    self._loudness.rise(server, decision.volume_percent_max, decision.fade_seconds, superseded)
                track = songs.current(server, self._covers)
        except MpdError as error:
            if error.kind == "replaced":
                return None
            kind, text, what, uri, note = "failed", error.text, None, None, ""
        finally:
            self._file.save()
        self._note("ready" if kind != "failed" else text)
        at = self._clock.monotonic()
        stopped, asked = text in (PAUSED, PAUSED_OTHERS), decision.asked
        return PlayerReport(
            kind,
            at,
            text,
            decision.mood,
            what and choose.spoken(what),
            uri,
            asked,
            stopped=stopped,
            note=note,
            track=track,
            ours=text == PAUSED,
        )

    def look(self, superseded: Superseded) -> LookReport | None:  # noqa: ARG002 - it takes no time
        """Looks at what plays; see `players.Player`."""
        return self._look()

    def _look(self, server: Connection | None = None) -> LookReport:
        """What plays, asked over the connection of the news where there is one. Raises MpdError when that is lost."""
        with self._busy:
            return self._looked(server)

    def _looked(self, server: Connection | None) -> LookReport:
        at = self._clock.monotonic()
        try:
            if server is None or self._news is None:
                with self._connected(self._mpd.deadline_seconds) as one:
                    kind, text, track = self._glance(one)
            else:
                self._news.limit(self._mpd.deadline_seconds)
                kind, text, track = self._glance(server, anew=server is not self._told_by)
                self._told_by = server
        except MpdError as error:
            if server is not None and error.lost:
                raise
            self._note(error.text)
            return LookReport("unknown", at, error.text)
        finally:
            self._file.save()
        self._note("ready")
        started = self._file.kept.started
        since = datetime.fromtimestamp(started, UTC) if kind == "ours" and started is not None else None
        stopped, live = text in (PAUSED, PAUSED_OTHERS), self._news is not None and self._news.listening
        return LookReport(kind, at, text, since, stopped=stopped, track=track, live=live, ours=text == PAUSED)

    def _glance(self, server: Connection, *, anew: bool = False) -> tuple[LookKind, str, Track | None]:
        """Whose music is there, in words, and the song: all in one question, as long as the queue is the same.

        Where the server may have started `anew` it goes on with our music by itself, as loud as it remembers: not above
        the cap.
        """
        status, song = map(dict, server.ask_all("status", "currentsong"))
        now = queue.read(status)
        kind, text = self._buttons.seen(server, now)
        if anew and kind == "ours":
            self._loudness.cap(server, self._file.kept.cap, now.volume)
        return kind, text, songs.track(status, song, self._covers)

    def find(self, wanted: Wanted, superseded: Superseded) -> SongsReport:  # noqa: ARG002 - it takes no time
        """Playlists, albums and songs of the library; see `players.Player`."""
        try:
            with self._connected(self._mpd.deadline_seconds) as server:
                found = offers.find(server, wanted, self._covers)
        except MpdError as error:
            return SongsReport(wanted, self._clock.monotonic(), status=error.text)
        return SongsReport(wanted, self._clock.monotonic(), found)

    def cover(self, key: str) -> bytes | None:
        """The picture that MPD has of a song; see `players.Player`."""
        return self._covers.get(key)

    def no_look(self) -> str | None:
        """A look costs nothing."""
        return None

    def status(self) -> PlayerStatus:
        """How it was when it was last asked something."""
        return PlayerStatus(self._said)

    def _connected(self, seconds: float) -> Connection:
        end = self._clock.monotonic() + seconds
        mpd = self._mpd
        return Connection(mpd.host, mpd.port, password_of(mpd), lambda: end - self._clock.monotonic())

    def _picture(self, file: str) -> bytes | None:
        """Over a connection of its own, on the page's thread."""
        try:
            with self._connected(COVER_SECONDS) as server:
                return songs.picture(server, file)
        except MpdError:
            return None

    def _note(self, text: str) -> None:
        if text != self._said:
            log.log(logging.INFO if text == "ready" else logging.WARNING, "mpd: %s", text)
            self._said = text
