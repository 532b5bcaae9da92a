"""The main job, as the demo runs it: both processes, the drawn actor, MediaPipe, TFLite, a broker, a dry run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.support.wait import until

pytestmark = pytest.mark.slow
DEMO = [sys.executable, "-m", "moodkiosk", "demo"]
MOODS = {"neutral", "happy", "sad", "angry", "surprise"}


def lines_until_enough(stream: IO[str]) -> list[dict[str, object]]:
    """The lines up to the departure after all five moods, from the last one before.

    The scene begins when the camera opens: a slow start misses the first mood, and the next visit counts.
    """
    moods: set[object] = set()
    lines: list[dict[str, object]] = []
    for line in stream:
        found = json.loads(line)
        lines.append(found)
        if found["type"] == "event":
            moods |= {found["mood"]} & MOODS if found["kind"] == "mood_changed" else set()
            if found["kind"] == "left" and moods == MOODS:
                break
            if found["kind"] == "left":
                moods, lines = set(), []
    return lines


def test_within_40_seconds_all_five_moods_an_arrival_and_a_departure_are_seen_and_decided_upon() -> None:
    with subprocess.Popen([*DEMO, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        seen = lines_until_enough(demo.stdout)
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
    at = [float(str(line["at"])) for line in seen]
    assert max(at) - min(at) < 40
    events = [line for line in seen if line["type"] == "event"]
    kinds = [line["kind"] for line in events]
    assert "arrived" in kinds
    assert kinds[-1] == "left" or "left" in kinds
    decisions = [line for line in seen if line["type"] == "decision"]
    assert {line["mood"] for line in decisions} >= {"happy", "sad", "angry", "surprise"}
    assert all(line["reason"] for line in decisions)
    assert {line["speaker"] for line in decisions if line["action"] == "play"} == {"Living room"}
    assert len({line["id"] for line in events}) == len(events)


def test_ctrl_c_ends_both_processes_without_a_traceback() -> None:
    # A session of its own, as a terminal gives; Ctrl-C reaches everybody in the foreground group.
    with subprocess.Popen(
        DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline().startswith("Open http://127.0.0.1:")
        for line in demo.stdout:
            if "presence" in line:
                break
        halves = [int(pid) for pid in subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(demo.pid)]).split()]
        os.killpg(demo.pid, signal.SIGINT)
        _, log = demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert "Traceback" not in log
    assert len(halves) >= 2
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in halves))


@pytest.mark.parametrize("seconds", ["0", "-4", "nan", "inf"])
def test_a_time_that_is_none_is_refused_before_anything_starts(seconds: str) -> None:
    done = subprocess.run([*DEMO, "--seconds", seconds], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"moodkiosk: --seconds: expected a number above 0, got {seconds}\n"


@pytest.mark.parametrize("slower", ["0.5", "21", "nan"])
def test_how_much_slower_is_bounded(slower: str) -> None:
    done = subprocess.run([*DEMO, "--slower", slower], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"moodkiosk: --slower: expected a number from 1 to 20, got {slower}\n"
