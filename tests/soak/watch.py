"""What must be true all the time: nothing grows, and no event is stale or told twice."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

FRESH_SECONDS = 5.0
"""An event that is older than this when it arrives is stale."""
WARM_SECONDS = 60.0
"""After its start a process still grows: caches fill."""
PAGE_MB = os.sysconf("SC_PAGESIZE") / 1e6


class Listener:
    """A subscriber to the events that finds what must not be.

    Attributes:
        events: by kind.
        complaints: what was wrong.
        frozen: from when to when (seconds since the epoch) the broker stood still: what it had taken by then it
            delivers late, which is not the kiosk's doing.
    """

    def __init__(self, port: int) -> None:
        self.events: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.frozen: list[tuple[float, float]] = []
        self._seen: set[str] = set()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(1, 2)
        self._client.on_connect = lambda client, *_: client.subscribe("moodkiosk/soak/event", 0)
        self._client.on_message = lambda _client, _data, message: self._take(message)
        self._client.connect("127.0.0.1", port, keepalive=10)
        self._client.loop_start()

    def close(self) -> None:
        """Disconnects."""
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, message: paho.MQTTMessage) -> None:
        event = json.loads(message.payload)
        self.events[event["kind"]] += 1
        if message.retain:
            self.complaints.append(f"retained event {event}")
        if event["id"] in self._seen:
            self.complaints.append(f"told twice: {event}")
        self._seen.add(event["id"])
        at = datetime.fromisoformat(event["at"]).timestamp()
        age = time.time() - at
        if age > FRESH_SECONDS and not any(begin <= at <= end for begin, end in self.frozen):
            self.complaints.append(f"{age:.0f} s old: {event}")


@dataclass
class Life:
    """Samples of one process: (uptime in seconds, resident MB, threads, open files)."""

    name: str
    samples: list[tuple[float, float, int, int]] = field(default_factory=list)

    def growth(self) -> dict[str, float] | None:
        """From the first to the last quarter of its warm life; None if it was too short to say."""
        warm = [sample for sample in self.samples if sample[0] >= WARM_SECONDS]
        if len(warm) < 20:
            return None
        quarter = len(warm) // 4
        first, last = warm[:quarter], warm[-quarter:]

        def change(column: int) -> float:
            return statistics.median(s[column] for s in last) - statistics.median(s[column] for s in first)

        return {
            "minutes": round((warm[-1][0] - warm[0][0]) / 60, 1),
            "rss_mb": round(statistics.median(s[1] for s in last), 1),
            "rss_mb_grown": round(change(1), 2),
            "threads_grown": change(2),
            "files_grown": change(3),
        }


class Lives:
    """Samples of all processes that have lived."""

    def __init__(self) -> None:
        self.all: dict[int, Life] = {}

    def sample(self, name: str, pid: int, uptime: float) -> None:
        """Looks at a process, if it is there."""
        process = Path(f"/proc/{pid}")
        try:
            pages = int((process / "statm").read_text(encoding="ascii").split()[1])
            threads = len(list((process / "task").iterdir()))
            files = len(list((process / "fd").iterdir()))
        except OSError:
            return
        self.all.setdefault(pid, Life(name)).samples.append((uptime, pages * PAGE_MB, threads, files))
