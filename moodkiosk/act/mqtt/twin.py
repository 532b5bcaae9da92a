"""Another kiosk with our id on the same broker: a mistake in somebody's configuration, which both of them say."""

from __future__ import annotations

import logging
from collections import deque

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.words.reason import Reason

SILENT_HEALTHS = 3
"""One that was silent for so many of its healths is gone."""
INSTANCE_LENGTH = 60

log = logging.getLogger("moodkiosk.mqtt")


class Twin:
    """What is known of it."""

    def __init__(self, kiosk: str, instance: str, health_seconds: float) -> None:
        """`instance` is ours, as in `info`."""
        self._kiosk = kiosk
        self._instance = instance
        self._silence_seconds = SILENT_HEALTHS * health_seconds
        self._own_healths: deque[bytes] = deque(maxlen=4)
        self._text = ""
        self._heard_at = float("-inf")

    def status(self, now: float) -> str:
        """In words; "" while there is none."""
        return self._text if now - self._heard_at < self._silence_seconds else ""

    def own(self, health: bytes) -> None:
        """We publish this health."""
        self._own_healths.append(health)

    def left(self) -> None:
        """Somebody has said "offline" for our id."""
        self._text = ""

    def is_of(self, info: bytes, now: float) -> bool:
        """Takes in an `info` that was published for our id; True if it is another kiosk's, and that is news."""
        other = keys_of(info).get("instance")
        if not isinstance(other, str) or other == self._instance:
            return False
        self._heard_at = now
        who = other[:INSTANCE_LENGTH]
        text = Reason("broker.twin_named", name=self._kiosk, who=who)
        if text == self._text:
            return False
        log.warning(text)
        self._text = text
        return True

    def feels(self, health: bytes, now: float) -> None:
        """Takes in a `health` that was published for our id."""
        if health in self._own_healths or "uptime_seconds" not in keys_of(health):
            return
        self._text = self._text or Reason("broker.twin", name=self._kiosk)
        self._heard_at = now


def keys_of(payload: bytes) -> dict[str, object]:
    """The JSON object; {} for anything else."""
    try:
        return msgspec.json.decode(payload, type=dict[str, object])
    except NOT_JSON:
        return {}
