"""A person's override: whether what is playing, or was stopped, is to be left alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from moodkiosk.act.players.spotify.memory import Memory, Noticed
from moodkiosk.act.players.spotify.web_api.answers import Device, Playback
from moodkiosk.words.reason import Reason

CONTINUED = "spotify:station:"
"""Spotify goes on with a station of its own after the last song of a playlist; nobody has chosen that."""

ONE_PLACE = Reason("people.one_place")
"""What a household has to know whose second kiosk, on the same account, has taken the music."""

BELIEVED_SECONDS = 7 * 86_400.0
"""A pause that seems older than this is a sign of a wrong clock, not of an old pause."""


def is_speaker(device: Device | None, name: str, memory: Memory) -> bool:
    """Whether a device is the kiosk's speaker: by its name, whatever the case."""
    return device is not None and (
        device.name.casefold() == name.casefold()
        or (device.id is not None and device.id == memory.speaker_id and memory.speaker_name == name)
    )


def is_ours(playback: Playback, name: str, memory: Memory) -> bool:
    """Whether it is what we have started, or what Spotify goes on with on the speaker when that is over."""
    uri = playback.context_uri or ""
    goes_on = uri.startswith(CONTINUED) and memory.started is not None and is_speaker(playback.device, name, memory)
    return memory.is_ours(uri) or goes_on


def mark(playback: Playback) -> str:
    """What is remembered of music that a person has stopped: enough to know it again."""
    return f"{playback.device.id if playback.device else None} {playback.context_uri}"


@dataclass(frozen=True, slots=True)
class Respect:
    """How long a pause is left alone, in seconds: one in the room, and one of other people's music elsewhere."""

    pause_seconds: float
    elsewhere_seconds: float


def is_in_the_room(playback: Playback, name: str, memory: Memory) -> bool:
    """Whether it is of the kiosk's speaker, or our own wherever it was moved: who pauses that wants silence here."""
    return is_speaker(playback.device, name, memory) or is_ours(playback, name, memory)


def hands_off(playback: Playback | None, name: str, memory: Memory, wall: float, respect: Respect) -> str | None:
    """Why automatic music is to leave things as they are, in words; None if nothing speaks against it.

    Music that a person plays is left alone for as long as it plays. A pause is a person's unless it is our own; it
    is left alone for a while, counted from the moment Spotify gives for it, or else from when it was first
    seen (which is noted in `memory`).

    Args:
        playback: what is playing; None: nothing is, and nothing is paused either.
        name: of the kiosk's speaker.
        memory: what we started.
        wall: seconds since 1970.
        respect: how long a pause is left alone.
    """
    if playback is None:
        memory.noticed = None
        return None
    here = is_speaker(playback.device, name, memory)
    where = playback.device.name if playback.device else Reason("spotify.another_device")
    ours = is_ours(playback, name, memory)
    if playback.device is not None and playback.device.is_private_session and not here:
        return Reason("people.listen_in_private", where=where)
    if playback.is_playing:
        memory.noticed, memory.paused_by_us = None, False
        if ours:
            return None if here else _elsewhere(Reason("people.moved", where=where))
        other = Reason("people.other_on", where=where)
        return other if here else _elsewhere(other)
    if ours and here and (memory.paused_by_us or _ended(playback, memory)):
        return None
    what = mark(playback)
    if memory.noticed is None or memory.noticed.what != what:
        memory.noticed = Noticed(what, wall)
    if wall < memory.noticed.at:  # the clock was set back since
        memory.noticed = Noticed(what, wall)
    since = wall - memory.noticed.at
    said = since if playback.timestamp is None else wall - playback.timestamp / 1000
    if said <= BELIEVED_SECONDS:
        since = max(since, said)
    in_the_room = is_in_the_room(playback, name, memory)
    longest = respect.pause_seconds if in_the_room else respect.elsewhere_seconds
    return None if since >= longest else Reason("people.paused_on", where=where)


def _elsewhere(what: Reason) -> Reason:
    return Reason("music.after", text=what, note=ONE_PLACE)


def _ended(playback: Playback, memory: Memory) -> bool:
    """Whether our music has ended by itself: Spotify then shows its first song, paused before it has begun.

    A pause by a button of ours has been noticed already, wherever in a song it was.
    """
    return playback.progress_ms == 0 and (memory.noticed is None or memory.noticed.what != mark(playback))
