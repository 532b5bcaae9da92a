"""The unit files: understood by systemd, as closed as promised, and saying what the papers say."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "systemd"
SERVICES = ("moodkiosk-sense.service", "moodkiosk-act.service")
analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


def settings(name: str) -> dict[str, list[str]]:
    """The settings of a unit file; a key may be there several times."""
    found: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"(\w+)=(.*)", line):
            found.setdefault(match[1], []).append(match[2])
    return found


def systemd_analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units beside a program that is there: systemd looks for it."""
    for path in UNITS.glob("moodkiosk*"):
        text = re.sub(
            r"(?m)^(Exec(?:Start|StartPre|Reload)=[-+]*)/\S+", r"\1/bin/true", path.read_text(encoding="utf-8")
        )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return tmp_path


@analyze
def test_systemd_understands_every_line(installed: Path) -> None:
    for path in sorted(installed.glob("*.service")) + sorted(installed.glob("*.target")):
        done = systemd_analyze("verify", "--recursive-errors=no", str(path))
        assert (done.returncode, done.stderr) == (0, ""), path.name


@analyze
def test_a_key_that_systemd_does_not_know_would_be_noticed(installed: Path) -> None:
    path = installed / "moodkiosk-act.service"
    path.write_text(
        path.read_text(encoding="utf-8").replace("[Service]", "[Service]\nPrivateNetwrok=yes"), encoding="utf-8"
    )
    assert systemd_analyze("verify", "--recursive-errors=no", str(path)).returncode != 0


@analyze
@pytest.mark.parametrize(("name", "threshold"), [("moodkiosk-sense.service", 13), ("moodkiosk-act.service", 18)])
def test_what_an_attacker_could_reach_stays_below_the_promised_figure(name: str, threshold: int) -> None:
    done = systemd_analyze("security", "--offline=true", f"--threshold={threshold}", "--no-pager", str(UNITS / name))
    assert done.returncode == 0, done.stdout


def test_what_sees_has_no_network_and_only_cameras() -> None:
    sense = settings("moodkiosk-sense.service")
    assert sense["PrivateNetwork"] == ["yes"]
    assert sense["RestrictAddressFamilies"] == ["AF_UNIX"]
    assert sense["DevicePolicy"] == ["closed"]
    assert sense["DeviceAllow"] == ["char-81 rw", "char-media rw", "char-dma_heap rw"]
    assert "ReadWritePaths" not in sense
    assert sense["StateDirectory"] == ["moodkiosk/sense"]


def test_what_talks_has_no_camera() -> None:
    act = settings("moodkiosk-act.service")
    assert act["PrivateDevices"] == ["yes"]
    assert "DeviceAllow" not in act
    assert "SupplementaryGroups" not in act


def test_the_halves_are_two_users() -> None:
    users = [settings(name)["User"] for name in SERVICES]
    assert users == [["moodkiosk-sense"], ["moodkiosk-act"]]


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_watched_restarted_and_limited(name: str) -> None:
    unit = settings(name)
    assert unit["Type"] == ["notify"]
    assert unit["Restart"] == ["always"]
    assert unit["RestartPreventExitStatus"] == ["2"]
    assert unit["LimitCORE"] == ["0"]  # a core dump would hold pictures
    for key in ("WatchdogSec", "MemoryMax", "CPUWeight", "Nice", "TasksMax", "LogRateLimitBurst"):
        assert key in unit, key
    assert "Requires" not in unit  # each lives without the other
    assert "BindsTo" not in unit


def test_the_processor_can_be_looked_up_by_what_sees() -> None:
    """ProcSubset=pid hides /proc/cpuinfo, without which every frame takes four times as long."""
    assert "ProcSubset" not in settings("moodkiosk-sense.service")


def test_the_watchdog_waits_longer_than_the_longest_pause_between_two_attempts_to_open_a_camera() -> None:
    from moodkiosk.sense.camera.capture import BACK_OFF_SECONDS, FIRST_DEADLINE_SECONDS

    longest = max(BACK_OFF_SECONDS) + FIRST_DEADLINE_SECONDS
    assert float(settings("moodkiosk-sense.service")["WatchdogSec"][0]) > longest


@pytest.mark.parametrize("name", SERVICES)
def test_restarts_wait_longer_and_longer_and_there_is_still_time_to_start(name: str) -> None:
    unit = settings(name)
    assert unit["ExecStartPre"] == ["-/opt/moodkiosk/current/scripts/back-off %n"]
    assert float(unit["TimeoutStartSec"][0]) >= max(waits(restarts, 0, 0) for restarts in range(30)) + 60
    assert unit["StartLimitIntervalSec"] == ["0"]


def test_the_pauses_between_restarts_grow() -> None:
    assert [waits(restarts, 0, 0) for restarts in range(10)] == [0, 0, 0, 0, 5, 10, 20, 40, 60, 60]


def test_a_half_that_was_ready_for_a_minute_has_not_failed_in_a_row() -> None:
    assert waits(restarts=30, ready_ago=75, gone_ago=5) == 0
    assert waits(restarts=30, ready_ago=40, gone_ago=5) == 60  # it was ready, but not for long
    assert waits(restarts=30, ready_ago=7200, gone_ago=3600) == 60  # it was, but has failed for an hour since


def waits(restarts: int, ready_ago: int, gone_ago: int) -> int:
    """How long scripts/back-off waits where systemd says this; `ago` in seconds, 0: never."""
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    with tempfile.TemporaryDirectory() as folder:
        said = {"NRestarts": restarts}
        for key, ago in (("Enter", ready_ago), ("Exit", gone_ago)):
            said[f"Active{key}TimestampMonotonic"] = int((now - ago) * 1e6) if ago else 0
        lines = "".join(f"echo {key}={value}\n" for key, value in said.items())
        for name, text in (("systemctl", lines), ("sleep", "echo slept $1\n")):
            (Path(folder) / name).write_text(f"#!/bin/sh\n{text}", encoding="ascii")
            (Path(folder) / name).chmod(0o755)
        done = subprocess.run(
            [UNITS.parent / "scripts/back-off", "moodkiosk-sense.service"],
            env={"PATH": f"{folder}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"slept (\d+)", done.stdout)
    return int(found[1]) if found else 0


def test_nothing_is_writable_for_what_sees_but_its_state_folder() -> None:
    sense = settings("moodkiosk-sense.service")
    assert sense["ProtectSystem"] == ["strict"]
    assert sense["ReadOnlyPaths"] == ["/tmp /var/tmp"]
    assert sense["InaccessiblePaths"] == ["-/dev/shm -/dev/mqueue -/run/lock"]
