"""When the figures of act's health are gathered, and for whom: for MQTT every so often and at news, for /metrics."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moodkiosk.act import health
from moodkiosk.host.guard import Guard

if TYPE_CHECKING:
    from moodkiosk.act.loop import Loop
    from moodkiosk.act.metrics import Metrics
    from moodkiosk.act.mqtt.publisher import Publisher
    from moodkiosk.act.players.player import PlayerStatus
    from moodkiosk.act.sockets import SenseLink

MEASURE_SECONDS = 5.0
"""How old the figures of /metrics may be."""


class Measuring:
    """Asks everybody who counts. All times are monotonic seconds."""

    def __init__(
        self,
        begin: health.Begin,
        wall: Callable[[], datetime],
        loop: Loop,
        bridge: SenseLink,
        metrics: Metrics,
        publisher: Publisher | None,
        guards: tuple[Guard, ...],
    ) -> None:
        """Nothing is measured yet.

        Args:
            begin: when act was started.
            wall: the time of day.
            loop: the main loop.
            bridge: the link to sense.
            metrics: keeps them for /metrics.
            publisher: says them by MQTT; None: there is none.
            guards: of what comes in by other doors than the loop's.
        """
        self._begin = begin
        self._wall = wall
        self._loop = loop
        self._bridge = bridge
        self._metrics = metrics
        self._publisher = publisher
        self._guards = guards
        self._measured_at = float("-inf")
        self._told_sense: bool | None = None

    def turn(self, at: float, next_at: float, player: PlayerStatus, *, graphed: bool) -> float:
        """Gathers them for whoever wants them before `next_at`; when that is next. `graphed`: /metrics is wanted."""
        publisher = self._publisher
        due = publisher is not None and (publisher.health_due_at <= max(at, next_at) or self._sense_is_news())
        if due or (graphed and at - self._measured_at >= MEASURE_SECONDS):
            self._measured_at = at
            figures = health.gather(self._wall(), self._begin, at, self._loop, self._bridge, player, self._guards)
            self._metrics.feel(figures)
            if due and publisher is not None:
                self._told_sense = figures.sense
                publisher.health(figures)
        again = self._measured_at + MEASURE_SECONDS if graphed else math.inf
        return again if publisher is None else min(again, publisher.health_due_at)

    def _sense_is_news(self) -> bool:
        """Whether the other half has come (and said how it is doing), has gone, or has not come in time."""
        there = health.sense(self._bridge, self._loop)
        return there != self._told_sense and not (there and self._loop.sense.health is None)
