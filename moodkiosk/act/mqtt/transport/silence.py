"""When a silent connection is to be asked whether it still is one, so that its thread need not wake up before."""

from __future__ import annotations

SLACK_SECONDS = 0.05
"""So much after the moment itself: paho compares with a clock of its own."""


class Silence:
    """Since when neither side, or one of them, has said anything; all times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._heard_at = self._said_at = now

    def heard(self, now: float) -> None:
        """The broker has said something."""
        self._heard_at = now

    def said(self, now: float) -> None:
        """We have."""
        self._said_at = now

    def over(self, keepalive_seconds: float) -> float:
        """When paho has to ask (PINGREQ: MQTT 5, section 3.1.2.10), or to give up as its question was not answered.

        That is `keepalive_seconds` after the side that has been silent for longer said something.
        """
        return min(self._heard_at, self._said_at) + keepalive_seconds + SLACK_SECONDS

    def asked(self, now: float, keepalive_seconds: float) -> None:
        """Paho has had the time to do so, at `now`: an answer is waited for as long again."""
        if now >= self.over(keepalive_seconds):
            self._heard_at = self._said_at = now
