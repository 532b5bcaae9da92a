"""Starts music on the speaker: found or woken first, and looked at again where it was not in use."""

from __future__ import annotations

import logging
import random

from moodkiosk.act.players.player import Clock
from moodkiosk.act.players.spotify import loudness, override, speaker
from moodkiosk.act.players.spotify.library import Music
from moodkiosk.act.players.spotify.memory import Memory, Started
from moodkiosk.act.players.spotify.web_api.answers import Device, Playback
from moodkiosk.act.players.spotify.web_api.client import Client
from moodkiosk.act.players.spotify.web_api.errors import ApiError
from moodkiosk.moods.decision import Decision
from moodkiosk.words.reason import Reason

VERIFY_SECONDS = 2.0
"""It takes about so long until the Web API tells of what a speaker began to play."""
SONG_SECONDS = 180.0
"""Few songs are shorter, on average: music is taken to last so long for each of its songs."""
SONGS_AT_LEAST = 10
"""A playlist or an album whose length is not known is taken to have so many songs."""
RECENT = 5
"""Music does not begin with a song again that it began with one of so many times before."""

log = logging.getLogger("moodkiosk.act.player")


class Launch:
    """Starts one piece of music at a time. Raises ApiError when the world does not let it."""

    def __init__(self, client: Client, memory: Memory, clock: Clock, wake_command: tuple[str, ...]) -> None:
        self._client, self._memory, self._clock, self._wake_command = client, memory, clock, wake_command

    def start(self, music: Music, playback: Playback | None, decision: Decision, name: str) -> None:
        """Starts it on the speaker of that name, no louder than wished. `playback`: what was playing before."""
        memory, cap = self._memory, decision.volume_percent_max
        device = playback.device if playback and override.is_speaker(playback.device, name, memory) else None
        active = device is not None and bool(device.id) and not device.is_restricted
        listed = False
        known = memory.speaker_id if memory.speaker_name == name else None
        if not active and (known is None or cap is not None):  # its volume is not known without looking
            device, listed = self._find(name, decision), True
        device_id = device.id if device is not None and device.id else known
        assert device_id is not None
        fits = loudness.before(self._client, device, cap, memory)
        shuffle = music.uri.startswith("spotify:playlist:") and not memory.shuffled
        shuffle = shuffle and playback is not None and playback.shuffle_state is False
        if shuffle and active:
            speaker.shuffle(self._client, device_id, memory)
        device_id = self._launch(device_id, music, decision, name, listed=listed)
        shuffled = shuffle or (playback is not None and playback.shuffle_state is True)
        left = _songs_left(music, None if shuffled or music.first else memory.begun.get(music.uri))
        lasts = None if left is None else left * SONG_SECONDS
        memory.started = Started(music.uri, device_id, self._clock.wall(), music.name, lasts, decision.mood)
        memory.pending, memory.paused_by_us, memory.noticed = None, False, None
        try:
            if shuffle and not active:
                speaker.shuffle(self._client, device_id, memory)
            if not fits or (not active and not memory.trusted):
                self._verify(music, name, cap)
            if fits:  # up again as far as we had lowered it, slowly
                loudness.fit(self._client, device, cap, memory, decision.fade_seconds)
        except ApiError as error:
            if error.kind == "no_speaker":
                raise
            log.debug("it plays, as far as can be seen: %s", error.text)
        if active:
            memory.trusted = True

    def _find(self, name: str, decision: Decision) -> Device:
        return speaker.find(self._client, name, self._memory, self._wake_command, patient=decision.asked)

    def _launch(self, device_id: str, music: Music, decision: Decision, name: str, *, listed: bool) -> str:
        """Starts the music and returns the id of the device that took it.

        An id that is no longer good is looked up again, once; a device that is listed but not found is woken by
        transferring the playback to it.
        """
        song = self._first_song(music)
        try:
            self._put(device_id, music.uri, song, name)
            return device_id
        except ApiError as error:
            if error.kind == "not_found" and song is not None and music.songs is None:
                self._put(device_id, music.uri, None, name)  # it is shorter than was thought
                return device_id
            if error.kind != "no_speaker":
                raise
        if not listed:
            self._memory.speaker_id = None
            device_id = self._find(name, decision).id or ""
            try:
                self._put(device_id, music.uri, song, name)
                return device_id
            except ApiError as error:
                if error.kind != "no_speaker":
                    raise
        try:
            self._client.transfer(device_id)
            self._put(device_id, music.uri, song, name)
        except ApiError as error:
            if error.kind != "no_speaker":
                raise
            raise ApiError("no_speaker", Reason("spotify.speaker_idle", name=name)) from None
        return device_id

    def _first_song(self, music: Music) -> int | str | None:
        """The song to begin with, none of the last ones: its number (from 0), or its URI; None: it cannot be chosen."""
        if music.first:
            return music.first
        if music.uri.split(":")[1] not in ("playlist", "album"):
            return None
        songs, recent = music.songs or SONGS_AT_LEAST, self._memory.begun.get(music.uri, [])
        first_ones = min(songs, max(songs // 2, 2 * RECENT))  # it may not be shuffled, and is to last for a while
        recent = recent[-min(RECENT, first_ones - 1) :] if first_ones > 1 else []
        song = random.choice([number for number in range(first_ones) if number not in recent])
        self._memory.begun[music.uri] = [*recent, song]
        return song

    def _put(self, device_id: str, uri: str, song: int | str | None, name: str) -> None:
        """Starts it. When it is unclear whether that worked, looks; it is ours from now on in any case."""
        memory, before = self._memory, self._memory.pending
        memory.pending = uri
        try:
            self._client.start(device_id, uri, song)
        except ApiError as error:
            if error.unclear or error.kind == "restricted":
                try:
                    if error.unclear:
                        self._client.pause_for(VERIFY_SECONDS)
                    if plays(self._client.playback(), uri, name, self._memory):
                        return
                except ApiError as worse:
                    log.debug("could not look after a failed start: %s", worse.text)
            if not error.unclear:
                memory.pending = before
            raise

    def _verify(self, music: Music, name: str, cap: int | None) -> None:
        """Looks once whether a speaker that was not in use really plays, and how loud."""
        self._client.pause_for(VERIFY_SECONDS)
        playback = self._client.playback()
        if playback is None or not playback.is_playing or not override.is_speaker(playback.device, name, self._memory):
            text = Reason("spotify.speaker_silent", name=name)
            raise ApiError("no_speaker", text)
        log.debug("%s plays on %s", music.uri, name)
        self._memory.trusted = True
        loudness.fit(self._client, playback.device, cap, self._memory)


def plays(playback: Playback | None, uri: str, name: str, memory: Memory) -> bool:
    """Whether the speaker of that name plays this."""
    return (
        playback is not None
        and playback.is_playing
        and playback.context_uri == uri
        and override.is_speaker(playback.device, name, memory)
    )


def _songs_left(music: Music, begun: list[int] | None) -> int | None:
    """How many songs it has from the one that it was begun with, the newest of `begun`; None: that is not known."""
    if music.songs is None:
        return None
    return music.songs - begun[-1] if begun else music.songs
