"""Nobody is there and nothing changes: nothing is written to the disk, and hardly anything to the log.

Some seconds here, ten minutes with MOODKIOSK_CALM_SECONDS=600.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from moodkiosk.failure import Failure
from moodkiosk.link import control
from moodkiosk.operate.broker import free_port, private_broker
from tests.support.wait import until

CAMERA = Path(__file__).parents[1] / "soak" / "actor_camera.py"
SECONDS = float(os.environ.get("MOODKIOSK_CALM_SECONDS", "8"))
# With a question mark those that not every processor has.
CALLS = (
    "openat,?open,?creat,write,pwrite64,writev,pwritev,pwritev2,truncate,ftruncate,fallocate,copy_file_range,sendfile,"
    "fsync,fdatasync,sync_file_range,syncfs,sync,?rename,renameat,renameat2,?link,linkat,symlinkat,?symlink,?unlink,"
    "unlinkat,?mkdir,mkdirat,?rmdir,fchmod,fchmodat,?chmod,fchown,fchownat,utimensat"
)
# Not on a disk: kernel, devices, memory.
NO_DISK = re.compile(r'<(/dev/|/proc/|/sys/|pipe:|socket:|anon_inode|UNIX|TCP|NETLINK|/memfd)|"/(dev|proc|sys)/')


def disk_writes(trace: Path, since: float, until_then: float) -> list[str]:
    """The traced calls between two times that change something on a disk."""
    found = []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        match = re.match(r"\d+ +([\d.]+) (\w+)\(", line)
        if match is None or not since < float(match[1]) < until_then or " = -1 " in line:
            continue
        opens_to_read = match[2] in ("openat", "open") and not re.search("O_WRONLY|O_RDWR|O_CREAT", line)
        if not opens_to_read and not NO_DISK.search(line) and "<... " not in line:
            found.append(line)
    return found


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """A kiosk before whose camera nobody is, with a broker."""
    (tmp_path / "word").write_text("empty", encoding="ascii")
    camera = tmp_path / "camera"
    camera.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(CAMERA), str(tmp_path / "word")])} "$@"\n')
    camera.chmod(0o755)
    with private_broker() as broker:
        settings = {
            "camera": {"source": "rpicam", "width": 320, "height": 240, "rpicam_command": str(camera)},
            "mqtt": {"host": broker.host, "port": broker.port, "protocol": broker.protocol},
            "web": {"port": free_port()},
            "paths": {"runtime": str(tmp_path / "run"), "state": str(tmp_path / "state")},
        }
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        yield path


def camera_is_on(runtime: Path) -> bool:
    try:
        data = control.ask(runtime / "control.sock", "status", timeout=5).data
    except Failure:
        return False
    return isinstance(data, dict) and data["camera_status"] == "on"


def log_lines(folder: Path) -> int:
    """How many lines both halves have logged."""
    return sum(len((folder / f"{half}.log").read_bytes().splitlines()) for half in ("act", "sense"))


@pytest.mark.slow
@pytest.mark.timeout(600 + SECONDS)
@pytest.mark.needs("strace")
def test_calm_writes_nothing(tmp_path: Path, config: Path) -> None:
    halves = {}
    for half in ("act", "sense"):
        trace = str(tmp_path / f"{half}.trace")
        command = ["strace", "-f", "-y", "-ttt", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", trace]
        command += [sys.executable, "-m", "moodkiosk", half, "--config", str(config)]
        with (tmp_path / f"{half}.log").open("wb") as log:
            halves[half] = subprocess.Popen(command, stdout=log, stderr=log, process_group=0)
    try:
        until(lambda: camera_is_on(tmp_path / "run"), 60, "the camera")
        threading.Event().wait(10)  # what is coalesced after the start is written by then
        lines_before, since = log_lines(tmp_path), time.time()
        threading.Event().wait(SECONDS)
        assert all(child.poll() is None for child in halves.values())
        lines, until_then = log_lines(tmp_path) - lines_before, time.time()
    finally:
        for child in halves.values():
            os.killpg(child.pid, signal.SIGTERM)  # strace itself is deaf to it, and ends with what it traces
        for child in halves.values():
            child.wait(20)
    at_the_start = disk_writes(tmp_path / "act.trace", 0, since)
    assert any(str(tmp_path / "state") in line for line in at_the_start), "what is written would not be seen"
    for half in halves:
        written = disk_writes(tmp_path / f"{half}.trace", since, until_then)
        assert [line for line in written if ".log>" not in line] == []
    assert lines <= max(1, SECONDS / 360)  # at most 10 an hour
