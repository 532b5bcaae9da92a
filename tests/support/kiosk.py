"""A whole kiosk as two real processes, for end-to-end tests: what a household would run, on this machine's loopback."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import yaml

from moodkiosk.failure import Failure
from moodkiosk.link import control
from moodkiosk.moods.command import Result
from moodkiosk.operate.broker import Broker, free_port
from tests.support.wait import until

# Short times: a test need not wait as people do.
QUICK: dict[str, Any] = {
    "kiosk": {"id": "test", "name": "Test kiosk"},
    "camera": {"source": "actor"},
    "presence": {"leave_seconds": 3.0},
    "mood": {"settle_seconds": 0.75, "refractory_seconds": 0.5},
    "music": {
        "player": "dry-run",
        "min_minutes_between_changes": 0,
        "after_seconds": 0,
        "quiet_hours": [],
        "moods": {},
    },
}


class Half:
    """One process of the kiosk.

    Attributes:
        lines: the JSON lines that it prints.
        everything: all lines that it printed so far.
        log: what it wrote to stderr so far.
    """

    def __init__(self, name: str, config: Path, *, for_people: bool = False) -> None:
        self.name = name
        self.lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self.log: list[str] = []
        self.everything: list[str] = []
        command = [
            sys.executable,
            "-m",
            "moodkiosk",
            name,
            "--config",
            str(config),
            *([] if for_people else ["--json"]),
        ]
        self._for_people = for_people
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._threads = [
            threading.Thread(target=self._read_lines, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def wait_for(self, seconds: float = 60.0, **wanted: object) -> dict[str, Any]:
        """The next line whose keys have these values. Raises queue.Empty after `seconds` without any line."""
        while True:
            try:
                line = self.lines.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"{self.name} never said {wanted}; its log:\n{''.join(self.log)}") from None
            if all(line.get(key) == value for key, value in wanted.items()):
                return line

    def send(self, number: int) -> None:
        """Sends a signal."""
        os.kill(self.process.pid, number)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 60.0) -> int:
        """Ends the process and returns its exit code."""
        if self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.send(number)
        assert self.process.stdout is not None
        if self.process.stdout.closed:
            return self.process.wait(seconds)
        code = self.process.wait(seconds)
        for thread in self._threads:
            thread.join(seconds)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code

    def _read_lines(self, stream: IO[str]) -> None:
        for line in stream:
            self.everything.append(line)
            if not self._for_people:
                self.lines.put(json.loads(line))

    def _read_log(self, stream: IO[str]) -> None:
        self.log.extend(stream)


class Kiosk:
    """Act and sense, their configuration and folders."""

    def __init__(self, folder: Path, broker: Broker | None, settings: Mapping[str, Any] | None = None) -> None:
        mqtt: dict[str, Any] = {"enabled": False}
        if broker is not None:
            mqtt = {"host": broker.host, "port": broker.port, "protocol": broker.protocol}
        everything = QUICK | {
            "mqtt": mqtt,
            "web": {"port": free_port()},
            "paths": {"runtime": str(folder / "run"), "state": str(folder / "state")},
        }
        for section, values in (settings or {}).items():
            everything[section] = everything.get(section, {}) | values
        self.settings = everything
        self.config = folder / "config.yaml"
        self.config.write_text(yaml.safe_dump(everything))
        self.folder = folder
        self.halves: list[Half] = []

    def start(self, name: str, *, for_people: bool = False) -> Half:
        """Starts "act" or "sense", which prints JSON lines or such for people."""
        half = Half(name, self.config, for_people=for_people)
        self.halves.append(half)
        return half

    def ask(self, name: str, value: object = None) -> Result:
        """Puts a command to the kiosk, as the command line does; an act that was only just started is waited for."""
        return until(lambda: self._asked(name, value), what="act to listen")

    def _asked(self, name: str, value: object) -> Result | None:
        try:
            return control.ask(self.folder / "run" / "control.sock", name, value)
        except control.NotRunning:
            if any(half.name == "act" and half.process.poll() is None for half in self.halves):
                return None
            raise

    def answers(self, name: str) -> Result | None:
        """The same, or None while the kiosk is not there."""
        try:
            return self.ask(name)
        except Failure:
            return None

    def page(self, path: str) -> bytes:
        """What the kiosk's page answers to a GET."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.settings['web']['port']}/{path}", timeout=60) as answer:
            return bytes(answer.read())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for half in self.halves:
            half.stop()
