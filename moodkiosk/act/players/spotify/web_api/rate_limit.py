"""Keeps away from the Web API for as long as it asks for (status 429), over restarts as well."""

from __future__ import annotations

from datetime import datetime

from moodkiosk.act.players.player import Clock
from moodkiosk.act.players.spotify.memory import Memory
from moodkiosk.act.players.spotify.web_api.errors import BUSY_SECONDS, BUSY_SECONDS_MAX, QUOTA_USED, TOO_MANY, ApiError
from moodkiosk.words.reason import Reason

UNASKED_SECONDS_MAX = 3600.0
"""Without a time from Spotify, the waiting time doubles up to this."""

NEAR_SECONDS = 43_200.0
"""A time that is further away is said with its day."""


class RateLimit:
    """Open, or closed until a time. Counts on the monotonic clock; the wall clock is only for the file."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._memory = memory
        self._clock = clock
        self._why = next((why for why in (TOO_MANY, QUOTA_USED) if why == memory.busy_why), memory.busy_why or TOO_MANY)
        self._until: float | None = None
        if memory.busy_until is not None:
            # A wall clock that was set back must not make the wait longer than it was.
            left = min(memory.busy_until - clock.wall(), memory.busy_seconds, BUSY_SECONDS_MAX)
            self._until = clock.monotonic() + left if left > 0 else None

    def check(self) -> None:
        """Raises ApiError while closed."""
        if (until := self.until()) is not None:
            opens = datetime.fromtimestamp(self._clock.wall() + until - self._clock.monotonic()).astimezone()
            when = moment(opens, near=until - self._clock.monotonic() < NEAR_SECONDS)
            raise ApiError("busy", Reason("spotify.wait", time=when, why=self._why))

    def until(self) -> float | None:
        """Monotonic seconds at which it opens; None: it is open."""
        if self._until is not None and self._clock.monotonic() >= self._until:
            self._until = None
        return self._until

    def close(self, error: ApiError) -> None:
        """Spotify asked to be left alone."""
        seconds = error.retry_after_seconds
        if seconds is None:
            before = self._memory.busy_seconds if self._memory.busy_until is not None else 0.0
            seconds = min(max(BUSY_SECONDS, 2 * before), UNASKED_SECONDS_MAX)
        seconds = min(max(seconds, 1.0), BUSY_SECONDS_MAX)
        self._why, self._memory.busy_why = error.text, str.__str__(error.text)
        self._until = self._clock.monotonic() + seconds
        self._memory.busy_until, self._memory.busy_seconds = self._clock.wall() + seconds, seconds

    def answered(self) -> None:
        """Spotify has answered a request: the next waiting time starts small again."""
        self._memory.busy_until, self._memory.busy_seconds, self._memory.busy_why = None, 0.0, ""


def moment(local: datetime, *, near: bool) -> Reason:
    """A time of day, with its date where it is not `near`."""
    time = f"{local:%H:%M}"
    if near:
        return Reason("time.near", time=time)
    return Reason(
        "time.date", day=Reason(f"day.{local:%w}"), date=local.day, month=Reason(f"month.{local.month}"), time=time
    )
