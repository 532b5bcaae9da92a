"""The remote control: starts, pauses and skips on the speaker, and looks before it touches anything."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from moodkiosk.act.players.covers import Covers
from moodkiosk.act.players.player import Clock
from moodkiosk.act.players.spotify import launch, loudness, override, speaker
from moodkiosk.act.players.spotify.memory import Memory, Noticed, Started
from moodkiosk.act.players.spotify.music import Finder
from moodkiosk.act.players.spotify.web_api.answers import Playback
from moodkiosk.act.players.spotify.web_api.client import Client
from moodkiosk.act.players.spotify.web_api.errors import ApiError
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookKind, ReportKind, Track
from moodkiosk.words.reason import Reason, together

HARDLY_BEGUN_SECONDS = 10.0
"""A song is not worth waiting for when so little of it has been, or is still to be, heard."""
SOON_SECONDS = 60.0
"""Music whose end is near is looked at again no sooner than after this."""
EARLY_SECONDS = 3.0
"""Music that waits for the end of a song is asked for so much before it."""
JUST_BEGUN_SECONDS = 10.0
"""Music that was started longer ago has begun, or never will."""

log = logging.getLogger("moodkiosk.act.player")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision; the fields are those of `PlayerReport`."""

    kind: ReportKind
    text: str = "ready"
    what: str | None = None
    uri: str | None = None
    retry_at: float | None = None
    stopped: bool = False
    lasts_seconds: float | None = None
    note: str = ""
    track: Track | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen by a look; the fields are those of `LookReport`."""

    kind: LookKind
    status: str = ""
    stopped: bool = False
    track: Track | None = None
    ours: bool = False


class Remote:
    """Carries out one decision at a time. Every method raises ApiError when the world does not let it."""

    def __init__(
        self,
        client: Client,
        finder: Finder,
        memory: Memory,
        clock: Clock,
        respect: override.Respect,
        wake_command: tuple[str, ...],
        covers: Covers,
    ) -> None:
        self._client = client
        self._finder = finder
        self._memory = memory
        self._clock = clock
        self._respect = respect
        self._launch = launch.Launch(client, memory, clock, wake_command)
        self._covers = covers

    def carry_out(self, decision: Decision, name: str) -> Outcome:
        """Presses the button for the decision's action, on the speaker of that name."""
        match decision.action:
            case "play":
                return self.play(decision, name)
            case "pause":
                return self.pause(decision, name)
            case "resume":
                return self.resume(decision, name)
            case "volume":
                return self.volume(decision, name)
            case "skip":
                return self.skip(decision, name)
            case "none":
                raise ValueError("a decision to do nothing is not carried out")

    def play(self, decision: Decision, name: str) -> Outcome:
        """Starts the first of the decision's choices that can be started, unless people come first."""
        playback = self._look(name)
        if not decision.asked:
            reason = override.hands_off(playback, name, self._memory, self._clock.wall(), self._respect)
            if reason is not None:
                stopped = self._is_stopped(playback, name)
                ours = stopped and self._is_ours(playback, name)
                return Outcome("overridden", reason, stopped=stopped, track=self._track(playback), ours=ours)
            if decision.finish_song and (waiting := self._song_first(playback, name)):
                return waiting
        started = self._memory.started
        if decision.continues and started is not None and launch.plays(playback, started.uri, name, self._memory):
            self._fit(playback, decision)
            left = self._lasts_seconds(started, playback)
            track = self._track(playback)
            return Outcome("kept", what=started.called, uri=started.uri, lasts_seconds=left, track=track)
        last = started.uri if started else None
        reasons: list[str] = []
        for music in self._finder.find(decision, self._clock.wall(), last, reasons):
            try:
                if decision.asked or not launch.plays(playback, music.uri, name, self._memory):
                    self._launch.start(music, playback, decision, name)
                else:
                    self._fit(playback, decision)
            except ApiError as error:
                if error.kind != "not_found":
                    raise
                self._finder.forget(music.uri)
                reasons.append(Reason("list.of", what=music.called(decision.mood), reason=error.text))
            else:
                lasts = self._memory.started.lasts_seconds if self._memory.started else None
                what, note = music.called(decision.mood), together(reasons)
                return Outcome("played", what=what, uri=music.uri, lasts_seconds=lasts, note=note)
        why = together(reasons) or Reason("spotify.none_set")
        raise ApiError("not_found", Reason("spotify.nothing_to_play", reason=why))

    def look(self, name: str) -> Seen:
        """What plays, as the next decision would judge it."""
        playback = self._look(name)
        reason = override.hands_off(playback, name, self._memory, self._clock.wall(), self._respect)
        if reason is not None:
            stopped = self._is_stopped(playback, name)
            return Seen("others", reason, stopped, self._track(playback), stopped and self._is_ours(playback, name))
        if playback is None or not playback.is_playing:
            return Seen("nothing")
        return Seen("ours", track=self._track(playback))

    def pause(self, decision: Decision, name: str) -> Outcome:
        """Pauses the speaker; without being asked, only what we started there."""
        playback, memory = self._look(name), self._memory
        if decision.asked and self._has_just_begun() and (playback is None or not playback.is_playing):
            self._client.pause_for(launch.VERIFY_SECONDS)  # what was started a moment ago is not told yet
            playback = self._look(name)
        device = playback.device if playback else None
        if playback is None or not playback.is_playing:
            return Outcome("paused" if override.is_speaker(device, name, memory) else "nothing")
        if device is None or device.id is None or not override.is_speaker(device, name, memory):
            if decision.asked:
                raise ApiError("no_speaker", Reason("spotify.nothing_playing", name=name))
            return Outcome(
                "overridden",
                Reason("people.play_on", where=device.name if device else Reason("spotify.another_device")),
            )
        if not decision.asked and not override.is_ours(playback, name, memory):
            return Outcome("overridden", Reason("people.other_on", where=device.name))
        volume_before = loudness.fade_out(self._client, device, decision.fade_seconds)
        try:
            self._client.pause(device.id)
        except ApiError as error:
            if error.kind != "restricted":  # it has just been paused
                raise
        if volume_before is not None:
            loudness.fade(self._client, device, volume_before, 0.0)
        memory.paused_by_us = not decision.asked
        if decision.asked:
            memory.noticed = Noticed(override.mark(playback), self._clock.wall())
        return Outcome("paused", track=self._track(playback))

    def resume(self, decision: Decision, name: str) -> Outcome:
        """Goes on with what is paused on the speaker, whoever paused it; where nothing is, plays the choices."""
        playback, memory = self._look(name), self._memory
        device = playback.device if playback else None
        here = override.is_speaker(device, name, memory)
        if playback is None or device is None or device.id is None or not here:
            if decision.choices:
                return self.play(decision, name)
            raise ApiError("no_speaker", Reason("spotify.nothing_paused", name=name))
        loudness.before(self._client, device, decision.volume_percent_max, memory)
        if not playback.is_playing:
            try:
                self._client.resume(device.id)
            except ApiError as error:
                if error.kind != "restricted":  # it has just been resumed
                    raise
        memory.paused_by_us, memory.noticed = False, None
        ours = memory.started if override.is_ours(playback, name, memory) else None
        what, uri = (ours.called, ours.uri) if ours else (None, None)
        return Outcome("resumed", what=what, uri=uri, track=self._track(playback))

    def volume(self, decision: Decision, name: str) -> Outcome:
        """Brings our music under the cap; what others play is theirs."""
        playback = self._look(name)
        ours = playback is not None and playback.is_playing and override.is_ours(playback, name, self._memory)
        if playback is not None and ours and override.is_speaker(playback.device, name, self._memory):
            self._fit(playback, decision)
        return Outcome("adjusted")

    def skip(self, decision: Decision, name: str) -> Outcome:  # noqa: ARG002 - only people ask for it
        """Goes to the next song on the speaker."""
        playback = self._look(name)
        device = playback.device if playback else None
        if device is None or device.id is None or not override.is_speaker(device, name, self._memory):
            raise ApiError("no_speaker", Reason("spotify.nothing_playing", name=name))
        self._client.skip(device.id)
        return Outcome("skipped")

    def _look(self, name: str) -> Playback | None:
        """What is playing; if that is on the speaker, its id is known for nothing."""
        playback = self._client.playback()
        device = playback.device if playback else None
        if device is not None and device.id and not device.is_restricted and device.name.casefold() == name.casefold():
            speaker.seen(device, name, self._memory)
        return playback

    def _has_just_begun(self) -> bool:
        """Whether music of ours was started so lately that it may only just begin."""
        started = self._memory.started
        return started is not None and 0 <= self._clock.wall() - started.at < JUST_BEGUN_SECONDS

    def _track(self, playback: Playback | None) -> Track | None:
        """The song that the look before has found: no request is sent for it."""
        return playback.track(self._covers) if playback else None

    def _is_stopped(self, playback: Playback | None, name: str) -> bool:
        """Whether somebody has paused the music in the room."""
        if playback is None or playback.is_playing:
            return False
        return override.is_in_the_room(playback, name, self._memory)

    def _is_ours(self, playback: Playback | None, name: str) -> bool:
        return playback is not None and override.is_ours(playback, name, self._memory)

    def _fit(self, playback: Playback | None, decision: Decision) -> None:
        device = playback.device if playback else None
        loudness.fit(self._client, device, decision.volume_percent_max, self._memory, decision.fade_seconds)

    def _lasts_seconds(self, started: Started, playback: Playback | None) -> float | None:
        """How long our music goes on at least; near its end, as long as this song does."""
        if started.lasts_seconds is None:
            return None
        left = started.at + started.lasts_seconds - self._clock.wall()
        song = playback.remaining_seconds if playback else None
        return max(left, SOON_SECONDS if song is None else song + 2, SOON_SECONDS)

    def _song_first(self, playback: Playback | None, name: str) -> Outcome | None:
        """The song that is playing on the speaker is to be finished: says when to come again."""
        if playback is None or not override.is_speaker(playback.device, name, self._memory):
            return None
        left = playback.remaining_seconds
        if left is None or left <= HARDLY_BEGUN_SECONDS or (playback.progress_ms or 0) < 1000 * HARDLY_BEGUN_SECONDS:
            return None
        end = datetime.fromtimestamp(self._clock.wall() + left).astimezone().strftime("%H:%M")
        text = Reason("spotify.song_first", time=end)
        return Outcome("failed", text, retry_at=self._clock.monotonic() + left - EARLY_SECONDS)
