"""Finds the speaker by its name among the devices that are there, never another one; and sets its shuffle."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Sequence

from moodkiosk.act.players.spotify.memory import Memory
from moodkiosk.act.players.spotify.web_api.answers import Device
from moodkiosk.act.players.spotify.web_api.client import Client
from moodkiosk.act.players.spotify.web_api.errors import ApiError
from moodkiosk.words.reason import Reason

log = logging.getLogger("moodkiosk.act.player")

TRIES = 3
TRY_SECONDS = 3.0
WAKE_SECONDS = 5.0
"""The wake command may take so long."""


def choose(devices: Sequence[Device], name: str) -> Device:
    """The usable device of that name, whatever the case; of several the active one. Raises ApiError, saying why not."""
    named = [device for device in devices if device.name.casefold() == name.casefold()]
    usable = [device for device in named if device.id and not device.is_restricted]
    if usable:
        return next((device for device in usable if device.is_active), usable[0])
    if any(device.is_restricted for device in named):
        raise ApiError("no_speaker", Reason("spotify.speaker_restricted", name=name))
    others = sorted({device.name for device in devices if device.name}) or Reason("spotify.no_other")
    raise ApiError("no_speaker", Reason("spotify.speaker_missing", name=name, others=others))


def find(client: Client, name: str, memory: Memory, wake_command: Sequence[str], *, patient: bool) -> Device:
    """Looks for the speaker. Raises ApiError if it is not there.

    Looks three times, three seconds apart, then runs the wake command once and looks a last time. While the speaker
    stays missing, only `patient` calls go to that length, and the wake command is not run again.
    """
    tries = TRIES if patient or not memory.missing else 1
    for attempt in range(tries):
        if attempt:
            client.pause_for(TRY_SECONDS)
        try:
            return seen(choose(client.devices(), name), name, memory)
        except ApiError as error:
            if error.kind != "no_speaker":
                raise
            reason = error
    memory.missing, memory.speaker_id = True, None
    if not wake_command or memory.woken:
        raise reason
    memory.woken = True
    _wake(wake_command)
    client.pause_for(TRY_SECONDS)
    return seen(choose(client.devices(), name), name, memory)


def seen(device: Device, name: str, memory: Memory) -> Device:
    """Remembers the speaker's device."""
    if device.id != memory.speaker_id or name != memory.speaker_name:
        memory.trusted = False
    memory.speaker_name, memory.speaker_id = name, device.id
    memory.missing = memory.woken = False
    return device


def shuffle(client: Client, device_id: str, memory: Memory) -> None:
    """Switches shuffle on, once and for all, best-effort."""
    try:
        client.shuffle(device_id)
    except ApiError as error:
        log.warning("shuffle could not be switched on: %s", error.text)
        return
    memory.shuffled = True


def _wake(command: Sequence[str]) -> None:
    log.info("speaker is missing: running %s", command[0])
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAKE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("spotify.wake_command failed: %s", error)
        return
    if done.returncode:
        log.warning("spotify.wake_command failed with status %d", done.returncode)
