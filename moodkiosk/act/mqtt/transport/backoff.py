"""How long to wait before the next attempt to reach the broker."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_SECONDS = 1.0
MOST_SECONDS = 60.0
STEADY_SECONDS = 10.0
"""A connection that held this long was a good one: the next failure is the first again."""


class Backoff:
    """Doubles from one second to a minute; jitter keeps many kiosks from coming back in one moment."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        """`chance` gives numbers from 0 to 1."""
        self._chance = chance
        self._failures = 0

    def next_seconds(self, lasted_seconds: float) -> float:
        """The time to wait after a connection that `lasted_seconds` (0: there was none)."""
        if lasted_seconds >= STEADY_SECONDS:
            self._failures = 0
        delay = min(MOST_SECONDS, FIRST_SECONDS * 2.0**self._failures)
        self._failures = min(self._failures + 1, 10)
        return delay * (0.5 + 0.5 * self._chance())
