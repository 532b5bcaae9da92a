"""One half of the kiosk as systemd would run it: restarted when it ends, killed when it stops feeding its watchdog."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

RESTART_SECONDS = 2.0
WATCHDOG_SECONDS = {"act": 90.0, "sense": 60.0}  # as in the units


class Supervised:
    """A half that lives for ever.

    Attributes:
        pid: of the process that runs now, 0 between two.
        starts, watchdog_kills: how often.
        log: what it wrote to stderr.
    """

    def __init__(self, name: str, config: Path, folder: Path) -> None:
        self.name = name
        self.pid = 0
        self.started_at = 0.0
        self.starts = self.watchdog_kills = 0
        self.log = folder / f"{name}.log"
        self._command = [sys.executable, "-m", "moodkiosk", name, "--config", str(config)]
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._address = folder / f"{name}.notify"
        self._socket.bind(str(self._address))
        self._socket.settimeout(0.5)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"supervise-{name}", daemon=True)
        self._thread.start()

    def kill(self, number: signal.Signals) -> None:
        """Sends a signal to the process that runs now."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end(self) -> None:
        """Ends it for good."""
        self._over.set()
        self._thread.join(20)
        self._socket.close()

    def _live(self) -> None:
        environment = os.environ | {
            "NOTIFY_SOCKET": str(self._address),
            "WATCHDOG_USEC": str(int(WATCHDOG_SECONDS[self.name] * 1e6)),
        }
        while not self._over.is_set():
            with self.log.open("ab") as log:
                child = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
            self.starts += 1
            self.started_at = time.monotonic()
            self.pid = child.pid
            self._watch(child)
            self.pid = 0
            self._over.wait(RESTART_SECONDS)

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        """Until it ends, by itself, by its watchdog, or because all is over."""
        fed_at, ready = time.monotonic(), False
        while child.poll() is None and not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                said = self._socket.recv(4096)
                ready = ready or b"READY=1" in said
                if b"WATCHDOG=1" in said or b"READY=1" in said:
                    fed_at = time.monotonic()
            if ready and time.monotonic() - fed_at > WATCHDOG_SECONDS[self.name]:
                self.watchdog_kills += 1
                child.kill()
                child.wait()
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        child.wait()
