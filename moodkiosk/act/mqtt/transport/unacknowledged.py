"""The messages that the broker has not acknowledged yet: how a slow broker is told from a quick one."""

from __future__ import annotations

import threading
import time

STALL_SECONDS = 2.0
"""A broker that leaves a message unacknowledged for so long is stalled: what happens now would reach it late."""


class Unacknowledged:
    """Message ids, their topics and when they were sent. Callable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[str, float]] = {}

    def add(self, number: int, topic: str) -> None:
        """A message was sent."""
        with self._lock:
            self._waiting[number] = (topic, time.monotonic())

    def done(self, number: int) -> str:
        """A message was acknowledged; returns its topic, "" if it is not known."""
        with self._lock:
            return self._waiting.pop(number, ("", 0.0))[0]

    def clear(self) -> None:
        """A new connection knows nothing of the old one's messages."""
        with self._lock:
            self._waiting.clear()

    @property
    def count(self) -> int:
        """How many there are."""
        with self._lock:
            return len(self._waiting)

    def waits(self, topic: str) -> bool:
        """Whether a message on `topic` is not acknowledged yet."""
        with self._lock:
            return any(topic == other for other, _ in self._waiting.values())

    def is_stalled(self) -> bool:
        """Whether the oldest has waited too long."""
        with self._lock:
            oldest = min((at for _, at in self._waiting.values()), default=None)
        return oldest is not None and time.monotonic() - oldest > STALL_SECONDS
