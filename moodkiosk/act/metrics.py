"""Figures for those who graph, in the text format of OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/).

Bounded: labels are moods, gates and the names of our own counters, never people; and no more than LABELS_LIMIT of each.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

from moodkiosk import __version__
from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
LABELS_LIMIT = 40
"""More different moods, say, are counted together."""
OTHERS = "others"
ONE_MB = 1e6

Key = TypeVar("Key")
Samples = Iterable[tuple[Mapping[str, str], float | None]]


class Metrics:
    """Counts what happens, and writes it down. Callable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moods: Counter[str] = Counter()
        self._decisions: Counter[tuple[str, str]] = Counter()
        self._health: Health | None = None

    def tell(self, event: MoodEvent) -> None:
        """Something happened."""
        if event.kind == "mood_changed" and event.mood is not None:
            with self._lock:
                _count(self._moods, event.mood, OTHERS)

    def decided(self, decision: Decision) -> None:
        """Something was decided."""
        reason = decision.gate or ("asked" if decision.asked else "mood" if decision.action == "play" else "other")
        with self._lock:
            _count(self._decisions, (decision.action, reason), (OTHERS, OTHERS))

    def feel(self, health: Health) -> None:
        """The kiosk's own figures, as they are now."""
        self._health = health

    def text(self) -> bytes:
        """All of it, as it is sent."""
        with self._lock:
            moods = [({"mood": mood}, float(count)) for mood, count in sorted(self._moods.items())]
            decisions = [
                ({"action": action, "reason": reason}, float(count))
                for (action, reason), count in sorted(self._decisions.items())
            ]
        lines = [
            *_family("moodkiosk", "info", "Which version runs.", [({"version": __version__}, 1.0)]),
            *_family("moodkiosk_moods_settled", "counter", "Moods that settled.", moods),
            *_family("moodkiosk_decisions", "counter", "Decisions about music, and what decided them.", decisions),
        ]
        if self._health is not None:
            lines += _figures(self._health)
        return "".join(f"{line}\n" for line in (*lines, "# EOF")).encode()


def _figures(health: Health) -> list[str]:
    """The figures of health."""
    look_ms, rss = health.cpu_ms_per_frame, {"act": health.act_rss_mb, "sense": health.sense_rss_mb}
    memory = [({"half": half}, None if mb is None else mb * ONE_MB) for half, mb in rss.items()]
    dropped = [({"what": name}, float(count)) for name, count in sorted(health.counters.items())[:LABELS_LIMIT]]
    look_seconds = None if look_ms is None else look_ms / 1000
    return [
        *_family("moodkiosk_uptime_seconds", "gauge", "Since act was started.", [({}, float(health.uptime_seconds))]),
        *_family("moodkiosk_sense_up", "gauge", "The half that sees is connected.", [({}, float(bool(health.sense)))]),
        *_family("moodkiosk_looks_per_second", "gauge", "Frames looked at.", [({}, health.frames_per_second)]),
        *_family("moodkiosk_look_cpu_seconds", "gauge", "Processor time of a look.", [({}, look_seconds)]),
        *_family("moodkiosk_processor_celsius", "gauge", "Temperature of the processor.", [({}, health.celsius)]),
        *_family("moodkiosk_resident_memory_bytes", "gauge", "Memory of each half.", memory),
        *_family("moodkiosk_dropped", "counter", "What was dropped, damaged or left out.", dropped),
        *_family(
            "moodkiosk_spotify_requests_today",
            "gauge",
            "Requests to the Web API since midnight.",
            [({}, float(health.requests_today))],
        ),
    ]


def _family(name: str, kind: str, words: str, samples: Samples) -> list[str]:
    """A metric family: its type, what it is, and its samples; what is not known is left out."""
    suffix = {"counter": "_total", "info": "_info"}.get(kind, "")
    lines = [f"# TYPE {name} {kind}", f"# HELP {name} {words}"]
    return lines + [f"{name}{suffix}{_labels(labels)} {value!r}" for labels, value in samples if value is not None]


def _labels(labels: Mapping[str, str]) -> str:
    """Labels with their values escaped: backslash, quotation mark, end of line."""
    if not labels:
        return ""
    escaped = {
        name: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for name, value in labels.items()
    }
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped.items()) + "}"


def _count(counter: Counter[Key], key: Key, others: Key) -> None:
    counter[key if key in counter or len(counter) < LABELS_LIMIT else others] += 1
