"""Never louder than allowed, and smoothly: the server's volume, in percent."""

from __future__ import annotations

from collections.abc import Callable

from moodkiosk.act.players import lowered
from moodkiosk.act.players.mpd import queue
from moodkiosk.act.players.mpd.protocol import Connection
from moodkiosk.act.players.mpd.queue import Memory

STEP_SECONDS = 0.25
MIXER_STEP_PERCENT = 3
"""A mixer may not have the very volume that it was given; more than this from it is somebody's hand."""


class Loudness:
    """Moves the volume; what it has lowered is in the memory, so that it may rise again (after the quiet hours)."""

    def __init__(self, memory: Callable[[], Memory], wait: Callable[[float], object], longest_seconds: float) -> None:
        """No fade takes longer than `longest_seconds`."""
        self._memory, self._wait, self._longest_seconds = memory, wait, longest_seconds

    def cap(self, server: Connection, percent: int | None, volume: int | None, fade_seconds: float = 0.0) -> None:
        """Brings a volume under the cap; never up."""
        memory = self._memory()
        target, after = lowered.volume(self._as_set(volume), percent, memory.lowered)
        if volume is None or percent is None or volume <= percent:
            return
        target = percent if target is None else min(target, percent)
        chosen = self.fade(server, volume, target, fade_seconds)
        memory.lowered = after if chosen == volume else None

    def rise(self, server: Connection, percent: int | None, fade_seconds: float) -> None:
        """Up again as far as it was lowered here, if nobody has touched it since; our music is heard already."""
        memory, volume = self._memory(), queue.status(server).volume
        target, after = lowered.volume(self._as_set(volume), percent, memory.lowered)
        if volume is not None and target is not None and target > volume:
            chosen = self.fade(server, volume, target, fade_seconds)
            memory.lowered = after if chosen == volume else None

    def fade(self, server: Connection, volume: int, target: int, seconds: float) -> int:
        """Moves the volume smoothly, in half of the time that a decision has.

        Somebody's hand on it in between is never moved up again. Returns what they chose, or what it was before.
        """
        chosen, last = volume, volume
        count = max(1, round(min(seconds, self._longest_seconds) / STEP_SECONDS))
        for number in range(1, count + 1):
            found = queue.status(server).volume
            if found is not None and abs(found - last) > MIXER_STEP_PERCENT:
                chosen = last = found
                if target > volume:
                    break
            step = round(volume + (target - volume) * number / count)
            last = step if target > volume else min(last, step)
            server.ask("setvol", last)
            if number < count:
                self._wait(STEP_SECONDS)
        return chosen

    def _as_set(self, volume: int | None) -> int | None:
        """The volume as it was set here, where the mixer has but another one near it."""
        ours = self._memory().lowered
        return ours.now if ours and volume is not None and abs(volume - ours.now) <= MIXER_STEP_PERCENT else volume
