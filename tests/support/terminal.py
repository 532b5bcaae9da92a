"""A program on a terminal of its own: what it shows can be waited for, keys can be pressed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")


class Terminal:
    """80 columns, 24 rows; a context manager."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        given = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(environment or {})}
        given.pop("COLUMNS", None)
        self.process = subprocess.Popen(
            command, cwd=folder, env=given, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)
        self.text = ""

    def wait_for(self, *wanted: str, seconds: float = 90.0) -> str:
        """Everything shown since the last call, up to one of `wanted`. Raises AssertionError at the deadline."""
        deadline = time.monotonic() + seconds
        pattern = re.compile("|".join(map(re.escape, wanted)))
        while not (found := pattern.search(self.text)):
            if not self._read(deadline):
                raise AssertionError(f"never showed {wanted}, but:\n{self.text[-3000:]}")
        shown, self.text = self.text[: found.end()], self.text[found.end() :]
        return shown

    def press(self, keys: str) -> None:
        """Types keys."""
        os.write(self._master, keys.encode())

    def hang_up(self) -> None:
        """The connection is lost: the terminal goes away."""
        os.close(self._master)
        self._master = -1

    def wait(self, seconds: float = 60.0) -> int:
        """The exit code, once the program has ended."""
        deadline = time.monotonic() + seconds
        while self._master >= 0 and self._read(deadline):
            pass
        return self.process.wait(max(deadline - time.monotonic(), 0.1))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        if self._master >= 0:
            os.close(self._master)

    def _read(self, deadline: float) -> bool:
        """Reads what has come; False when the program has ended or the deadline is over."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self._master], [], [], left)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says EIO when nobody holds the other end any more
            return False
        self.text += ESCAPES.sub("", data.decode("utf-8", "replace"))
        return bool(data)


def take(terminal: Terminal, key: str = " ") -> str:
    """Records one take of "happy" in a guided sitting and returns what was shown meanwhile.

    It is done again if the actor happens to be away, or the machine too busy for enough pictures; "" if it is for good.
    """
    for _ in range(5):
        terminal.wait_for("view   good")
        terminal.press(key)
        terminal.wait_for("HAPPY  now")
        shown = terminal.wait_for("samples kept", "nothing was kept")
        if shown.endswith("samples kept"):
            return shown
    return ""


def broken_off(terminal: Terminal) -> bool:
    """Ctrl-C in the middle of one more take: the sitting says so and ends as everything ends at Ctrl-C.

    False if the take was over before the key was pressed, since on a busy machine this process got no turn for so
    long. That sitting has nothing to break off and ends with 0; try again with a longer take (`TAKES`).
    """
    terminal.press("a")
    terminal.wait_for("HAPPY  now")
    terminal.press("\x03")
    code = terminal.wait()
    if code == 0 and "2 recordings with" in terminal.text:
        return False
    # Anything but 130 has its reason in the last lines.
    assert code == 130, f"ended with {code} instead of 130 at Ctrl-C; the last it said:\n{terminal.text[-3000:]}"
    assert "broken off; 1 recording with" in terminal.text, terminal.text[-3000:]
    return True


TAKES = (4, 20, 80)
"""Seconds of a take that is to be broken off in its middle, one attempt after the other."""
