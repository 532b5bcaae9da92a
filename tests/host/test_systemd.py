"""sd_notify against a real Unix socket, and log lines as the journal wants them."""

from __future__ import annotations

import io
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from moodkiosk.host import systemd
from tests.support.wait import until


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(tmp_path: Path, abstract: bool) -> None:
    address = f"@moodkiosk-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address.replace("@", "\0") if abstract else address)
        listener.settimeout(10)
        assert systemd.notify("READY=1\nSTATUS=2 in view, mood happy – “müde”", {"NOTIFY_SOCKET": address})
        assert listener.recv(4096).decode() == "READY=1\nSTATUS=2 in view, mood happy – “müde”"


@pytest.mark.parametrize("address", ["", "vsock:1:2", "/nowhere/at/all", "@nobody-listens-here"])
def test_without_a_systemd_that_listens_nothing_happens(address: str) -> None:
    assert not systemd.notify("READY=1", {"NOTIFY_SOCKET": address})
    assert not systemd.notify("READY=1", {})


def test_a_systemd_that_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        until(lambda: not systemd.notify("WATCHDOG=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")}))


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_only_ours_if_it_says_so(environ: dict[str, str], seconds: float | None) -> None:
    assert systemd.watchdog_seconds(environ) == seconds


def record(text: str, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("moodkiosk.test", level, "", 0, text, (), None)


@pytest.mark.parametrize(
    ("level", "priority"),
    [(logging.DEBUG, 7), (logging.INFO, 6), (logging.WARNING, 4), (logging.ERROR, 3), (logging.CRITICAL, 2)],
)
def test_every_line_has_its_priority(level: int, priority: int) -> None:
    formatter = systemd.JournalFormatter("%(name)s: %(message)s")
    lines = formatter.format(record("first\nsecond", level)).splitlines()
    assert lines == [f"<{priority}>moodkiosk.test: first", f"<{priority}>second"]


def test_in_the_journal_lines_have_priorities_and_elsewhere_they_are_plain() -> None:
    script = (
        "import logging; from moodkiosk.host import systemd; systemd.set_up_logging(); "
        "logging.getLogger('x').warning('w')"
    )
    reading, writing = os.pipe()
    said = []
    for environ in ({}, {"JOURNAL_STREAM": f"{os.fstat(writing).st_dev}:{os.fstat(writing).st_ino}"}):
        subprocess.run([sys.executable, "-c", script], stderr=writing, env={**os.environ, **environ}, check=True)
        said.append(os.read(reading, 4096).decode())
    os.close(reading)
    os.close(writing)
    plain, journal = said
    assert plain.endswith("WARNING x: w\n")
    assert journal == "<4>x: w\n"


def test_a_stream_without_a_file_is_not_the_journal() -> None:
    assert not systemd.in_journal(io.StringIO(), {"JOURNAL_STREAM": "8:1"})


class Journal:
    """Asks the filter what gets through, at times that are given."""

    def __init__(self) -> None:
        self.now = 0.0
        self.filter = systemd.NoStorm(lambda: self.now)

    def lines(self, text: str, times: int = 1) -> list[str]:
        records = [record(text) for _ in range(times)]
        return [line.getMessage() for line in records if self.filter.filter(line)]


def test_the_same_line_again_and_again_is_held_back_and_counted() -> None:
    journal = Journal()
    assert len(journal.lines("broker away", 300)) == 5
    journal.now = 601
    assert journal.lines("broker away") == ["broker away (and 295 times before)"]
    assert journal.lines("broker away") == ["broker away"]


def test_a_storm_of_different_lines_is_cut_off_for_the_rest_of_the_minute() -> None:
    journal = Journal()
    assert sum(len(journal.lines(f"line {index}")) for index in range(500)) == 60
    journal.now = 61
    assert journal.lines("a minute later") == ["a minute later"]
