"""The figures of act's health: gathered when they are due, from what everybody already counts."""

from __future__ import annotations

import resource
from datetime import datetime
from pathlib import Path

from moodkiosk.act.loop import Loop
from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.act.players.player import PlayerStatus
from moodkiosk.act.sockets import SenseLink

STATM = Path("/proc/self/statm")


def rss_mb() -> float:
    """Resident memory of this process, MB (10**6 bytes); proc(5), statm, second field, in pages."""
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


def rounded(days: float | None) -> float | None:
    """Days to a tenth: what changes with every look at the clock would be news all the time."""
    return None if days is None else round(days, 1)


def gather(at: datetime, started: float, now: float, loop: Loop, bridge: SenseLink, player: PlayerStatus) -> Health:
    """The payload of the topic `health`.

    Args:
        at: the time of day.
        started: monotonic seconds at which act was started.
        now: monotonic seconds.
        loop: the main loop, for what it knows of sense and what it dropped.
        bridge: the link, for the lines it dropped.
        player: the player's status.
    """
    sense = loop.sense.health
    counters = {
        "stale_readings": loop.counters.stale_readings,
        "inbox_full": loop.counters.inbox_full,
        "left_out": loop.guard.left_out,
        "link_damaged": bridge.damaged,
        "link_oversized": bridge.oversized,
    }
    if sense is not None:
        counters |= {f"sense_{name}": count for name, count in sense.counters.items()}
    return Health(
        at=at.isoformat(timespec="seconds"),
        uptime_seconds=int(now - started),
        sense=bridge.connected,
        pace=sense.pace if sense else None,
        frames_per_second=sense.frames_per_second if sense else None,
        cpu_ms_per_frame=sense.cpu_ms_per_frame if sense else None,
        celsius=sense.celsius if sense else None,
        throttled=sense.throttled if sense else None,
        sense_rss_mb=sense.rss_mb if sense else None,
        act_rss_mb=rss_mb(),
        queues={"inbox": loop.inbox.qsize()},
        counters=counters,
        requests_today=player.requests_today,
        login_days_left=rounded(player.login_days_left),
    )
