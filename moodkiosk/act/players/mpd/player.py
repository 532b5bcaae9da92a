"""The player "mpd": carries decisions out on an MPD server."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from moodkiosk.act.players.covers import Covers
from moodkiosk.act.players.mpd import library, offers, queue, songs
from moodkiosk.act.players.mpd.loudness import Loudness
from moodkiosk.act.players.mpd.news import News
from moodkiosk.act.players.mpd.protocol import Connection, MpdError, password_of
from moodkiosk.act.players.mpd.queue import Memory, Status
from moodkiosk.act.players.player import Clock, PlayerStatus, Superseded
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.config.settings import Config
from moodkiosk.decide.music import choose
from moodkiosk.decide.music.respect import pauses_since
from moodkiosk.moods.decision import Action, Decision
from moodkiosk.moods.report import LookKind, LookReport, PlayerReport, ReportKind, Track
from moodkiosk.moods.song import SongsReport, Wanted
from moodkiosk.words.reason import Reason, together

SOUND_SECONDS = 3.0
"""A song must play within this; a stream may take as long to answer."""
STEP_SECONDS = 0.1
COVER_SECONDS = 5.0
"""A picture is fetched within this: somebody looks at the page."""
PAUSED, PAUSED_OTHERS = Reason("people.paused"), Reason("people.paused_other")

log = logging.getLogger("moodkiosk.act.player")

Outcome = tuple[ReportKind, str, str | None, str | None, str]
"""Kind of the report, status, what plays, the choice it came from, and what was tried before."""
Do = Callable[[Connection, Decision, Superseded], Outcome]


class MpdPlayer:
    """A `Player`. What a restart must not forget is in the state folder: `mpd.json`."""

    def __init__(self, config: Config, state_dir: Path, clock: Clock) -> None:
        self._music, self._mpd = config.music, config.mpd
        self._clock = clock
        self._file = StateFile(state_dir / "mpd.json", Memory)
        self._loudness = Loudness(lambda: self._file.kept, clock.wait, self._mpd.deadline_seconds / 2)
        self._said = "ready"
        self._busy = threading.Lock()
        self._news: News | None = None
        self._told_by: Connection | None = None
        self._covers = Covers(self._picture, clock.monotonic)

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport | None:
        """Carries out a decision; see `players.Player`."""
        do = self._button(decision.action)
        with self._busy:
            return self._carry_out(do, decision, superseded)

    def _button(self, action: Action) -> Do:
        match action:
            case "play":
                return self._start
            case "pause":
                return self._pause
            case "resume":
                return self._resume
            case "volume":
                return self._volume
            case "skip":
                return self._skip
            case "none":
                raise ValueError("a decision to do nothing is not carried out")

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
            what,
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
        kind, text = self._seen(server, now)
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

    def _start(self, server: Connection, decision: Decision, superseded: Superseded) -> Outcome:
        memory, now = self._file.kept, queue.status(server)
        kind, text = self._seen(server, now)
        if kind == "others" and not decision.asked:
            return "overridden", text, None, None, ""
        if kind == "ours" and decision.continues:
            self._loudness.cap(server, decision.volume_percent_max, now.volume)
            return "kept", "ready", memory.what, memory.uri, ""
        passed_over: list[str] = []
        mood = decision.mood or ""
        if self._music.direction == "lift":
            mood = choose.sought(mood, self._music)
        for found in library.find(server, decision, passed_over, mood):
            if superseded():
                raise MpdError("replaced", "")
            if kind == "others" and not memory.kept:
                queue.keep(server, now, memory)
            self._loudness.cap(server, decision.volume_percent_max, now.volume)
            silent = self._fill(server, found)
            if silent is None:
                return "played", "ready", found.what, found.value, together(passed_over)
            passed_over.append(silent)
        return "failed", together(passed_over) or Reason("player.nothing_to_play"), None, None, ""

    def _fill(self, server: Connection, found: library.Found) -> str | None:
        """Puts it into the queue and waits until it is heard; why it is not. Raises MpdError."""
        # In another order each time; random and repeat, which are other people's settings, stay as they are.
        files = random.sample(found.files, len(found.files))
        memory = self._file.kept
        memory.queue, memory.tracks, memory.started, memory.paused = "", "", None, False
        memory.what, memory.uri = found.what, found.value
        try:
            queue.fill(server, files)
            server.ask("play", 0)
        except MpdError as error:
            if error.kind not in ("refused", "not found"):
                raise
            # It may know so soon that a song cannot be played, or has none of the files any more.
            queue.empty(server)
            return f"MPD does not play “{found.what}”: {error.text.removeprefix('MPD: ')}"
        queue.take(server, memory)
        memory.started = self._clock.wall()
        return self._silent(server, found.what)

    def _silent(self, server: Connection, what: str) -> str | None:
        """Waits until something is heard; why nothing is. Raises MpdError."""
        end = self._clock.monotonic() + SOUND_SECONDS
        while True:
            now = queue.status(server)
            if now.sounds:
                return None
            if now.error or self._clock.monotonic() >= end:
                queue.empty(server)
                self._file.kept.queue = ""
                return Reason("mpd.does_not_play", what=what, reason=now.error or Reason("mpd.stays_silent"))
            self._clock.wait(STEP_SECONDS)

    def _pause(self, server: Connection, decision: Decision, superseded: Superseded) -> Outcome:
        now = queue.status(server)
        kind, text = self._seen(server, now)
        if kind == "others" and not decision.asked:
            return "overridden", text, None, None, ""
        if now.state == "stop" or not queue.fingerprint(server, self._file.kept, now):
            return "nothing", "ready", None, None, ""
        if kind == "ours" and now.volume and decision.fade_seconds > 0:
            with self._loudness.faded_out(server, now.volume, decision.fade_seconds, superseded):
                server.ask("pause", 1)
        else:
            server.ask("pause", 1)
        self._file.kept.paused = kind == "ours"
        return "paused", "ready", None, None, ""

    def _volume(self, server: Connection, decision: Decision, superseded: Superseded) -> Outcome:
        """Brings our music under the cap, or up with it as far as it was lowered; what others play is theirs."""
        now = queue.status(server)
        kind, _ = self._seen(server, now)
        if kind == "ours":
            self._loudness.cap(server, decision.volume_percent_max, now.volume, decision.fade_seconds, superseded)
            self._loudness.rise(server, decision.volume_percent_max, decision.fade_seconds, superseded)
        return "adjusted", "ready", None, None, ""

    def _skip(self, server: Connection, decision: Decision, superseded: Superseded) -> Outcome:  # noqa: ARG002
        now = queue.status(server)
        current = queue.fingerprint(server, self._file.kept, now)
        ours = current == self._file.kept.queue != ""
        if not current or (now.state == "stop" and not ours):
            return "nothing", "ready", None, None, ""
        server.ask("next")
        if ours and queue.status(server).state == "stop":  # it was the last; silence is not wanted
            server.ask("play", 0)
        return "skipped", "ready", None, None, ""

    def _resume(self, server: Connection, decision: Decision, superseded: Superseded) -> Outcome:
        """What is paused goes on; else other people's queue comes back; else the decision's own choices are played."""
        memory, now = self._file.kept, queue.status(server)
        current = queue.fingerprint(server, memory, now)
        ours = current == memory.queue != ""
        self._loudness.cap(server, decision.volume_percent_max, now.volume)
        if now.state == "pause" and current:  # Mopidy also pauses what is empty
            server.ask("pause", 0)
            memory.paused = False
            return "resumed", "ready", memory.what if ours else None, memory.uri if ours else None, ""
        if now.state == "stop" and memory.kept:
            queue.give_back(server, memory)
            return "resumed", "ready", None, None, ""
        if now.state == "play":
            return "resumed", "ready", memory.what if ours else None, memory.uri if ours else None, ""
        return self._start(server, decision, superseded)

    def _seen(self, server: Connection, now: Status) -> tuple[LookKind, str]:
        """Whose music is there: ours, which runs; other people's, which they play or have paused; or nothing."""
        memory, wall = self._file.kept, self._clock.wall()
        current = queue.fingerprint(server, memory, now)
        if current and current == memory.queue:
            if now.state == "play" or memory.paused:
                return ("ours", "") if now.state == "play" else ("nothing", "")
            if now.error:  # an output has gone, as a USB card that was pulled out: MPD pauses then
                return "nothing", Reason("mpd.says", text=now.error)
            # It ran to its end (there is no current song then; in the mode "single" it stands before the next), or
            # somebody stopped it in the middle.
            ended = (now.state == "stop" and now.song is None) or (now.single and now.elapsed == 0)
            wall_time = datetime.fromtimestamp(wall).astimezone()
            paused_at = self._paused_at(f"{current[:16]} {now.song} {now.elapsed:.1f}", wall)
            if ended or paused_at < pauses_since(self._music, wall_time).timestamp():
                return "nothing", ""
            return "others", PAUSED
        if now.state == "play":
            memory.foreign, memory.foreign_since = "", None
            return "others", Reason("people.play_other")
        if now.state == "stop" or not current:
            return "nothing", ""
        since = self._paused_at(f"{current[:16]} {now.song} {now.elapsed:.1f}", wall)
        if 0 <= wall - since < 60 * self._music.respect_manual_minutes:
            return "others", PAUSED_OTHERS
        return "nothing", ""

    def _paused_at(self, position: str, wall: float) -> float:
        """When what stands still at this place was first seen to, in seconds since 1970."""
        memory = self._file.kept
        if memory.foreign != position:
            memory.foreign, memory.foreign_since = position, wall
        return memory.foreign_since or wall

    def _note(self, text: str) -> None:
        if text != self._said:
            log.log(logging.INFO if text == "ready" else logging.WARNING, "mpd: %s", text)
            self._said = text
