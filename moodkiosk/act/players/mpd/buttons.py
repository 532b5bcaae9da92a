"""What is done at the server for each kind of decision."""

from __future__ import annotations

import random
from collections.abc import Callable

from moodkiosk.act.players.mpd import library, queue, whose
from moodkiosk.act.players.mpd.loudness import Loudness
from moodkiosk.act.players.mpd.protocol import Connection, MpdError
from moodkiosk.act.players.mpd.queue import Memory, Status
from moodkiosk.act.players.player import Clock, Superseded
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.decide.music import choose
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.moods.decision import Action, Decision
from moodkiosk.moods.report import LookKind, ReportKind
from moodkiosk.words.reason import Reason, together

SOUND_SECONDS = 3.0
"""A song must play within this; a stream may take as long to answer."""
STEP_SECONDS = 0.1

Outcome = tuple[ReportKind, str, str | None, str | None, str]
"""Kind of the report, status, what plays, the choice it came from, and what was tried before."""
Do = Callable[[Connection, Decision, Superseded], Outcome]


class Buttons:
    """One for each `Action`."""

    def __init__(self, music: MusicSettings, file: StateFile[Memory], loudness: Loudness, clock: Clock) -> None:
        self._music = music
        self._file = file
        self._loudness = loudness
        self._clock = clock

    def of(self, action: Action) -> Do:
        """What is done for a decision; it raises MpdError."""
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

    def seen(self, server: Connection, now: Status) -> tuple[LookKind, str]:
        """Whose music is there, in words as well."""
        return whose.seen(server, self._file.kept, now, self._music, self._clock.wall())

    def _start(self, server: Connection, decision: Decision, superseded: Superseded) -> Outcome:
        memory, now = self._file.kept, queue.status(server)
        kind, text = self.seen(server, now)
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
            return Reason("mpd.does_not_play", what=found.what, reason=error.said)
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
        kind, text = self.seen(server, now)
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
        kind, _ = self.seen(server, now)
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
