"""The benchmark runs and prints what machines read; its figures are for people to judge, not for tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "scripts" / "bench.py"


def test_the_benchmark_prints_one_object_whose_keys_are_the_figures(tmp_path: Path) -> None:
    plot = tmp_path / "plot.svg"
    command = [sys.executable, str(BENCH), "--quick", "--json", "--only", "act", "--plot", str(plot)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert set(figures) == {"act_rss_mb", "notes", "missed", "machine", "load"}
    assert figures["missed"] == []
    assert 10 < figures["act_rss_mb"] <= 70
    assert "act_rss_mb</text>" in plot.read_text(encoding="utf-8")


def test_a_measurement_that_does_not_exist_is_refused() -> None:
    command = [sys.executable, str(BENCH), "--only", "speed"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "unknown measurement 'speed'" in done.stderr


@pytest.mark.slow
def test_a_lesson_is_measured() -> None:
    command = [sys.executable, str(BENCH), "--quick", "--json", "--only", "lesson"]
    figures = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    assert 0 < figures["lesson_step_seconds"] < figures["lesson_cpu_seconds"]
    assert figures["lesson_rss_mb"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["full", "paced", "empty", "memory"])
def test_each_side_of_our_own_turns_the_loop_as_it_is_today(tmp_path: Path, kind: str) -> None:
    sides = BENCH.with_name("benchmark") / "sides.py"
    command = [sys.executable, str(sides), kind, "320", "240", str(tmp_path / "link.sock")]
    done = subprocess.run(command, input="frames 2\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["frames"] == 2
