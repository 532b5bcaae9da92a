"""Figures to graph, in the format of OpenMetrics."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from moodkiosk.act.metrics import LABELS_LIMIT, MEDIA_TYPE, OTHERS, Metrics
from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.decide.music.gates import GATES
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from tests.support.household import Household
from tests.support.web import page_only

HEALTH = Health(
    at="2026-11-23T12:00:00+01:00", started_at="2026-11-23T11:00:00+01:00", uptime_seconds=3600, sense=True,
    pace="active", frames_per_second=5.0, active_rate_hz=5.0, cpu_ms_per_frame=48.0, celsius=None, throttled=False,
    sense_rss_mb=214.5, act_rss_mb=61.3, queues={"inbox": 0}, counters={"stale_readings": 2, "mqtt_events": 1},
    requests_today=7, login_days_left=None,
)  # fmt: skip


# The ABNF of OpenMetrics 1.0, as far as it is used: https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"')
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL.pattern},?)*)\}})? (-?[0-9.e+-]+)")
SUFFIXES = {"counter": "_total", "info": "_info", "gauge": ""}
ESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


def read(metrics: Metrics) -> dict[tuple[str, str], float]:
    """Sample name and its labels to its value. Every line must be as the format says, families in one piece."""
    text = metrics.text().decode()
    assert text.endswith("# EOF\n")
    found: dict[tuple[str, str], float] = {}
    families: list[str] = []
    kind = ""
    for line in text.splitlines()[:-1]:
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in families
            families.append(name)
        elif line.startswith("# HELP "):
            assert line.split(" ")[2] == families[-1]
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample[1] == families[-1] + SUFFIXES[kind], line
            labels = {
                name: re.sub(r"\\.", lambda each: ESCAPED[each[0]], value)
                for name, value in LABEL.findall(sample[2] or "")
            }
            key = sample[1], ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
            assert key not in found
            found[key] = float(line.rsplit(" ", 1)[1])
    return found


def test_before_anything_has_happened_it_is_a_good_document() -> None:
    assert [name for name, _ in read(Metrics())] == ["moodkiosk_info"]


def test_what_happened_is_counted_and_what_is_not_known_is_left_out() -> None:
    metrics = Metrics()
    for mood in ("happy", "happy", 'odd "one"\\\n', None):
        metrics.tell(MoodEvent("mood_changed", 0.0, "1", mood=mood))
    metrics.tell(MoodEvent("arrived", 0.0, "2", mood="happy"))
    metrics.decided(Decision("play", 0.0, "somebody looks happy", mood="happy"))
    metrics.decided(Decision("none", 0.0, "not played: cool-down until 18:10", mood="happy", gate="cool-down"))
    metrics.decided(Decision("skip", 0.0, "somebody asked", asked=True))
    metrics.feel(HEALTH)
    found = read(metrics)
    assert found["moodkiosk_moods_settled_total", "mood=happy"] == 2
    assert found["moodkiosk_moods_settled_total", 'mood=odd "one"\\\n'] == 1
    assert found["moodkiosk_decisions_total", "action=play,reason=mood"] == 1
    assert found["moodkiosk_decisions_total", "action=none,reason=cool-down"] == 1
    assert found["moodkiosk_decisions_total", "action=skip,reason=asked"] == 1
    assert found["moodkiosk_looks_per_second", ""] == 5.0
    assert found["moodkiosk_look_cpu_seconds", ""] == pytest.approx(0.048)
    assert found["moodkiosk_resident_memory_bytes", "half=sense"] == pytest.approx(214.5e6)
    assert found["moodkiosk_dropped_total", "what=stale_readings"] == 2
    assert found["moodkiosk_spotify_requests_today", ""] == 7
    assert not [name for name, _ in found if "celsius" in name]


def test_however_many_moods_there_are_the_document_stays_small() -> None:
    metrics = Metrics()
    for number in range(1000):
        metrics.tell(MoodEvent("mood_changed", 0.0, "1", mood=f"mood {number}"))
    found = read(metrics)
    moods = {labels: value for (name, labels), value in found.items() if name == "moodkiosk_moods_settled_total"}
    assert len(moods) == LABELS_LIMIT + 1
    assert moods[f"mood={OTHERS}"] == 1000 - LABELS_LIMIT


def test_a_decision_against_music_says_which_gate_was_shut() -> None:
    home = Household(Settings(music=MusicSettings(moods={"happy": MoodMusic(play=("Sunny side",))}, automatic=False)))
    home.look("happy", 30)
    assert home.decisions[-1].gate == "automatic music"
    assert home.decisions[-1].gate in GATES


def get(address: str) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", b""


def test_the_page_has_them_only_where_they_are_wished_for(tmp_path: Path) -> None:
    metrics = Metrics()
    for folder in ("off", "on"):
        (tmp_path / folder).mkdir()
    with page_only(tmp_path / "off", figures=metrics.text) as (_, address):
        assert get(f"{address}metrics")[0] == 404
    with page_only(tmp_path / "on", figures=metrics.text, metrics=True) as (_, address):
        assert get(f"{address}metrics") == (200, MEDIA_TYPE, metrics.text())
