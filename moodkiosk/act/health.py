"""The figures of act's health: gathered when they are due, from what everybody already counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from moodkiosk.act.loop import Loop
from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.act.players.player import PlayerStatus
from moodkiosk.act.sockets import SenseLink
from moodkiosk.host.guard import Guard
from moodkiosk.host.machine import rss_mb

CLOCK_SET = timedelta(seconds=5)
"""By less than this the two clocks may come to differ without anybody's doing."""


def rounded(days: float | None) -> float | None:
    """Days to a tenth: what changes with every look at the clock would be news all the time."""
    return None if days is None else round(days, 1)


class Begin:
    """When act was started, in the time of day: the same each time, unless somebody has set the clock."""

    def __init__(self, at: float) -> None:
        """`at`: monotonic seconds."""
        self._at = at
        self._known: datetime | None = None

    def seconds(self, now: float) -> int:
        """How long ago that was."""
        return int(now - self._at)

    def wall(self, wall: datetime, now: float) -> datetime:
        """`wall` is the time of day at `now`, monotonic seconds."""
        found = wall - timedelta(seconds=now - self._at)
        if self._known is None or abs(found - self._known) > CLOCK_SET:
            self._known = found
        return self._known


def sense(bridge: SenseLink, loop: Loop) -> bool | None:
    """Whether the half that sees is there; None: not yet, it is starting."""
    return bridge.connected or (None if loop.awaits_sense else False)


def gather(
    at: datetime,
    begin: Begin,
    now: float,
    loop: Loop,
    bridge: SenseLink,
    player: PlayerStatus,
    guards: Iterable[Guard] = (),
) -> Health:
    """The payload of the topic `health`.

    Args:
        at: the time of day.
        begin: when act was started.
        now: monotonic seconds.
        loop: the main loop, for what it knows of sense and what it dropped.
        bridge: the link, for the lines it dropped.
        player: the player's status.
        guards: those beside the loop's, for what they left out.
    """
    said = loop.sense.health
    counters = {
        "stale_readings": loop.counters.stale_readings,
        "inbox_full": loop.counters.inbox_full,
        "left_out": sum(guard.left_out for guard in (loop.guard, *guards)),
        "link_damaged": bridge.damaged,
        "link_oversized": bridge.oversized,
    }
    if said is not None:
        counters |= {f"sense_{name}": count for name, count in said.counters.items()}
    return Health(
        at=at.isoformat(timespec="seconds"),
        started_at=begin.wall(at, now).isoformat(timespec="seconds"),
        uptime_seconds=begin.seconds(now),
        sense=sense(bridge, loop),
        pace=said.pace if said else None,
        frames_per_second=said.frames_per_second if said else None,
        active_rate_hz=(said.active_rate_hz or None) if said else None,
        cpu_ms_per_frame=said.cpu_ms_per_frame if said else None,
        celsius=said.celsius if said else None,
        throttled=said.throttled if said else None,
        sense_rss_mb=said.rss_mb if said else None,
        act_rss_mb=round(rss_mb(), 1),
        queues={"inbox": loop.inbox.qsize()},
        counters=counters,
        requests_today=player.requests_today,
        login_days_left=rounded(player.login_days_left),
    )
