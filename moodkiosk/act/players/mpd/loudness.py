"""Never louder than allowed, and smoothly: the server's volume, in percent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from moodkiosk.act.players import lowered
from moodkiosk.act.players.lowered import Lowered
from moodkiosk.act.players.mpd import queue
from moodkiosk.act.players.mpd.protocol import Connection
from moodkiosk.act.players.mpd.queue import Memory
from moodkiosk.act.players.player import Superseded, never

STEP_SECONDS = 0.25
MIXER_STEP_PERCENT = 3
"""A mixer may not have the very volume that it was given; more than this from it is somebody's hand."""


class Loudness:
    """Moves the volume; what it has lowered is in the memory, so that it may rise again (after the quiet hours).

    Where a fade is cut off, for the server has gone, the memory has how far it had come.
    """

    def __init__(self, memory: Callable[[], Memory], wait: Callable[[float], object], longest_seconds: float) -> None:
        """No fade takes longer than `longest_seconds`."""
        self._memory, self._wait, self._longest_seconds = memory, wait, longest_seconds

    def cap(
        self,
        server: Connection,
        percent: int | None,
        volume: int | None,
        fade_seconds: float = 0.0,
        hurry: Superseded = never,
    ) -> None:
        """Brings a volume under the cap; never up. `hurry` says when there is no time for a fade."""
        memory = self._memory()
        if percent is not None:
            memory.cap = percent
        target, after = lowered.volume(self._as_set(volume), percent, memory.lowered)
        if volume is None or percent is None or volume <= percent:
            return
        target = percent if target is None else min(target, percent)
        self._fade(server, volume, target, fade_seconds, after.was if after else volume, hurry)

    def rise(self, server: Connection, percent: int | None, fade_seconds: float, hurry: Superseded) -> None:
        """Up again as far as it was lowered here, if nobody has touched it since; our music is heard already."""
        memory, volume = self._memory(), queue.status(server).volume
        before = memory.lowered
        target, _ = lowered.volume(self._as_set(volume), percent, before)
        if before is not None and volume is not None and target is not None and target > volume:
            self._fade(server, volume, target, fade_seconds, before.was, hurry)

    @contextlib.contextmanager
    def faded_out(self, server: Connection, volume: int, fade_seconds: float, hurry: Superseded) -> Iterator[None]:
        """Inside it nothing is heard; then the volume is as before, or as somebody has chosen meanwhile."""
        memory = self._memory()
        before = memory.lowered
        was = before.was if before is not None and before.now == self._as_set(volume) else volume
        chosen = self._fade(server, volume, 0, fade_seconds, was, hurry)
        yield
        server.ask("setvol", chosen)
        memory.lowered = before if chosen == volume else None

    def _fade(self, server: Connection, volume: int, target: int, seconds: float, was: int, hurry: Superseded) -> int:
        """Moves the volume from what it is to the target smoothly, in half of the time that a decision has.

        Somebody's hand on it in between is never moved up again. In a hurry it is quieter at once, and louder later.
        Returns what they chose, or what it was before. What it `was` is remembered at each step, unless they chose.
        """
        memory = self._memory()
        chosen, last = volume, volume
        count = max(1, round(min(seconds, self._longest_seconds) / STEP_SECONDS))
        for number in range(1, count + 1):
            found = queue.status(server).volume
            if found is not None and abs(found - last) > MIXER_STEP_PERCENT:
                chosen = last = found
                if target > volume:
                    memory.lowered = None
                    break
            if target > volume and hurry():
                break
            end = number == count or hurry()
            step = target if end else round(volume + (target - volume) * number / count)
            last = step if target > volume else min(last, step)
            server.ask("setvol", last)
            memory.lowered = Lowered(was, last) if last < was and chosen == volume else None
            if end:
                break
            self._wait(STEP_SECONDS)
        return chosen

    def _as_set(self, volume: int | None) -> int | None:
        """The volume as it was set here, where the mixer has but another one near it."""
        ours = self._memory().lowered
        return ours.now if ours and volume is not None and abs(volume - ours.now) <= MIXER_STEP_PERCENT else volume
