"""Never louder than allowed, and never with a jump: the speaker's volume."""

from __future__ import annotations

import logging

from moodkiosk.act.players import lowered
from moodkiosk.act.players.spotify.memory import Memory
from moodkiosk.act.players.spotify.web_api.answers import Device
from moodkiosk.act.players.spotify.web_api.client import Client
from moodkiosk.act.players.spotify.web_api.errors import ApiError

STEPS = 3
"""A fade takes at most so many requests."""

log = logging.getLogger("moodkiosk.act.player")


def steps(current: int, target: int) -> list[int]:
    """The volumes of a fade, in percent; the last one is the target."""
    count = min(STEPS, abs(target - current))
    return [round(current + (target - current) * number / count) for number in range(1, count + 1)]


def before(client: Client, device: Device | None, cap: int | None, memory: Memory) -> bool:
    """Before the music starts: not above the cap, at once. False: it could not be set, or is not known for sure.

    A speaker that does not say how loud it is gets what it had when it last did, if that is allowed.
    """
    if device is None or device.id is None or cap is None or not device.supports_volume:
        return True
    current = device.volume_percent
    if current is None:
        return _set(client, device, cap if memory.volume_percent is None else min(cap, memory.volume_percent)) and False
    if current <= cap:
        return device.is_active
    return fit(client, device, cap, memory) and device.is_active


def fit(client: Client, device: Device | None, cap: int | None, memory: Memory, fade_seconds: float = 0.0) -> bool:
    """Brings a volume under the cap, or up again as far as we had lowered it; best-effort, False if that failed."""
    if device is None or device.id is None or cap is None or not device.supports_volume:
        return True
    if device.volume_percent is None:
        return _set(client, device, cap)
    memory.volume_percent = device.volume_percent
    target, after = lowered.volume(device.volume_percent, cap, memory.lowered)
    if target is not None and not fade(client, device, target, fade_seconds):
        return False
    memory.lowered = after
    return True


def fade(client: Client, device: Device, target: int, seconds: float) -> bool:
    """Moves the volume in a few steps; what was begun is brought to its end."""
    current = device.volume_percent
    volumes = [target] if current is None or seconds <= 0 else steps(current, target)
    if len(volumes) > 1:
        client.undisturbed()
    for number, percent in enumerate(volumes):
        if number:
            client.pause_for(seconds / len(volumes))
        if not _set(client, device, percent):
            return False
    return True


def fade_out(client: Client, device: Device, seconds: float) -> int | None:
    """Turns it down before it is paused; returns the volume to give back to it then, or None."""
    current = device.volume_percent
    if seconds <= 0 or not device.supports_volume or current is None or current < STEPS:
        return None
    client.undisturbed()
    for percent in steps(current, 0)[:-1]:
        if not _set(client, device, percent):
            break
        client.pause_for(seconds / STEPS)
    return current


def _set(client: Client, device: Device, percent: int) -> bool:
    assert device.id is not None
    try:
        client.set_volume(device.id, percent)
    except ApiError as error:
        if error.kind in ("replaced", "late", "busy"):
            raise
        log.warning("the volume of %s stays at %s %%: %s", device.name, device.volume_percent, error.text)
        return False
    return True
