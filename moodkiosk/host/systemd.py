"""Talking to systemd: readiness, status and watchdog (sd_notify(3)), and log lines with priorities (sd-daemon(3)).

Off systemd, on a desk, nothing is notified and log lines are plain.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

REPEAT_SECONDS, REPEATS = 600.0, 5
"""The very same line is logged at most this often in this time."""
FORGET_SECONDS = 6 * REPEAT_SECONDS
"""A line that was not seen for this long begins anew."""
LINES_PER_MINUTE = 60
"""More than this is a storm, and is cut off: the journal lies on an SD card."""


def notify(message: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Tells systemd something: "READY=1", "STATUS=…", "WATCHDOG=1", "STOPPING=1"; several, one a line.

    Returns whether it was told; False without a systemd that listens.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return False
    if address.startswith("@"):  # an abstract socket, unix(7)
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as peer:
            peer.settimeout(0.2)  # systemd reads fast; if it does not, the kiosk goes on
            peer.sendto(message.encode("utf-8", "replace"), address)
    except OSError:  # nobody listens, or too many files are open just now
        return False
    return True


def watchdog_seconds(environ: Mapping[str, str] = os.environ) -> float | None:
    """How often at least "WATCHDOG=1" is expected of this process; None without a watchdog."""
    microseconds, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", str(os.getpid()))
    if re.fullmatch("[0-9]{1,18}", microseconds) is None or process != str(os.getpid()):
        return None
    return int(microseconds) / 1e6 or None  # 0: it is switched off


def takes_hangup() -> bool:
    """Whether SIGHUP asks for the configuration again, as of a service; at a terminal it says that this has gone."""
    try:
        return not os.isatty(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):  # there is no input
        return True


def in_journal(stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `stream` (by default stderr) goes to the journal, as systemd.exec(5) tells by JOURNAL_STREAM."""
    try:
        found = os.fstat((stream or sys.stderr).fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def set_up_logging(level: str | int = "info", stream: TextIO | None = None) -> None:
    """Sends the log of this process to `stream` (by default stderr), in the form that suits where it goes."""
    handler = logging.StreamHandler(stream or sys.stderr)
    if in_journal(stream):
        handler.setFormatter(JournalFormatter("%(name)s: %(message)s"))
        handler.addFilter(NoStorm(time.monotonic))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s  %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logging.raiseExceptions = False  # a log that cannot be written is no reason for a traceback
    root.setLevel(level.upper() if isinstance(level, str) else level)


class JournalFormatter(logging.Formatter):
    """Puts the priority that the journal understands before every line: "<4>" is a warning."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's lines, each with its priority."""
        priority = _priority(record.levelno)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def _priority(level: int) -> int:
    """A log level as a syslog priority, syslog(3)."""
    steps = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
    return next((priority for least, priority in steps if level >= least), 7)


class NoStorm(logging.Filter):
    """Lets a line through unless the same one was logged often a short while ago, or there are too many altogether."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[str, str], _Seen] = {}
        self._minute, self._lines = clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged; how often it was held back before is added to it."""
        now = self._clock()
        if now - self._minute >= 60:
            self._minute, self._lines = now, 0
            self._seen = {line: seen for line, seen in self._seen.items() if now - seen.since < FORGET_SECONDS}
        line = (record.name, record.getMessage())
        seen = self._seen.get(line)
        if seen is None or now - seen.since >= REPEAT_SECONDS:
            held_back = seen.held_back if seen else 0
            seen = self._seen[line] = _Seen(now)
            if held_back:
                record.msg, record.args = f"{line[1]} (and {held_back} times before)", ()
        if seen.logged >= REPEATS or self._lines >= LINES_PER_MINUTE:
            seen.held_back += 1
            return False
        seen.logged += 1
        self._lines += 1
        return True


@dataclass
class _Seen:
    """A line since `since`: how often it was logged, how often held back."""

    since: float
    logged: int = 0
    held_back: int = 0
