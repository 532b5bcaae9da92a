"""Says when the processor is too slow for what is asked of it, and what to set."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from moodkiosk.decide.settings import SETTLE_SECONDS_MOST
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.config.settings import Config

LOOKS_TO_SETTLE = 3
"""So many looks there should be in the time in which a mood settles (mood.settle_seconds)."""

SMALL_PX = (640, 480)
"""A smaller picture makes a look hardly cheaper."""

NEWS = 1.25
"""The figure is said anew when it has changed by this factor."""


class LookTimes:
    """How long the last few looks took."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=5)

    def add(self, seconds: float) -> None:
        """A look took so long."""
        self._seconds.append(max(seconds, 0.0))

    @property
    def usual(self) -> float:
        """Seconds that a look takes: the median, so that one during which the process was stopped does not count.

        0 until there are two: the first look ever also loads what it needs.
        """
        if len(self._seconds) < 3:
            return min(self._seconds) if len(self._seconds) == 2 else 0.0
        # Not by `statistics`, which sense would load for nothing else: 10 ms of its start.
        ordered, count = sorted(self._seconds), len(self._seconds)
        return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2


class Slowness:
    """What to say of the time that looks take."""

    def __init__(self, settings: Config, *, hands: bool) -> None:
        """`hands`: whether the model looks at hands."""
        self._settings = settings
        self._hands = hands
        self._said_seconds = 0.0

    def text(self, look_seconds: float) -> str | None:
        """In one line what is too slow for what and what to set; None where the processor keeps up."""
        if look_seconds * LOOKS_TO_SETTLE <= self._settings.mood.settle_seconds:
            self._said_seconds = 0.0
            return None
        if not self._said_seconds / NEWS <= look_seconds <= self._said_seconds * NEWS:
            self._said_seconds = look_seconds
        seconds, camera, people = self._said_seconds, self._settings.camera, self._settings.sense.max_people
        load = Reason("slow.pictures", width=camera.width, height=camera.height)
        load = Reason("slow.people", load=load, people=people) if people > 1 else load
        load = Reason("slow.hands", load=load) if self._hands else load
        if (settle_seconds := math.ceil((LOOKS_TO_SETTLE + 1) * seconds)) > SETTLE_SECONDS_MOST:
            return Reason("slow.hopeless", load=load, seconds=round(seconds, 1))
        advice = [f"mood.settle_seconds: {settle_seconds}"]
        if people > 1:
            advice.insert(0, "sense.max_people: 1")
        if camera.width * camera.height > SMALL_PX[0] * SMALL_PX[1]:
            advice.insert(0, f"camera.width: {SMALL_PX[0]}, camera.height: {SMALL_PX[1]}")
        key = "slow.looks_with_hands" if self._hands else "slow.looks"
        return Reason(key, load=load, seconds=round(seconds, 1), advice=advice)
