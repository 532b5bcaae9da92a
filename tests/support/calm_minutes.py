"""A whole kiosk before an empty room, with music of a real MPD's; how often act wakes up, thread by thread.

    python -m tests.support.calm_minutes [--minutes 3] [--broker]

Prints a line a minute: the voluntary context switches (proc(5)) of act's main thread and of each other one, and how
often the watchdog was fed. Both halves run as under systemd: with a notification socket and a watchdog of 30 and 60
seconds. Everything is on this machine's loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from moodkiosk.failure import Failure
from moodkiosk.link import control
from moodkiosk.operate.broker import free_port, private_broker
from tests.support import mpd
from tests.support.wait import until

CAMERA = Path(__file__).parents[1] / "soak" / "actor_camera.py"
WATCHDOG_SECONDS = {"act": 30, "sense": 60}


@dataclass
class Running:
    """The kiosk: its processes, and what systemd would hear.

    Attributes:
        fed: how often act has fed its watchdog.
    """

    runtime: Path
    halves: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    fed: int = 0

    def status(self) -> dict[str, Any]:
        """What `moodkiosk status` prints; {} while nobody answers."""
        try:
            data = control.ask(self.runtime / "control.sock", "status", timeout=20).data
        except Failure:
            return {}
        return data if isinstance(data, dict) else {}

    def switches(self) -> dict[int, int]:
        """Voluntary context switches of act so far, by thread."""
        found = {}
        for task in Path(f"/proc/{self.halves['act'].pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):  # it has ended meanwhile
                lines = (task / "status").read_text(encoding="ascii", errors="replace").splitlines()
                found[int(task.name)] = next(int(line.split()[1]) for line in lines if line.startswith("voluntary_"))
        return found


@contextlib.contextmanager
def running(folder: Path, *, music: Path | None = None, broker: bool = False) -> Iterator[Running]:
    """Starts it, and waits until act knows that nobody is there; `music` is a folder of long songs, None: no MPD."""
    with contextlib.ExitStack() as stack:
        settings: dict[str, Any] = {
            "camera": {"source": "rpicam", "width": 320, "height": 240, "rpicam_command": str(_camera(folder))},
            "presence": {"leave_seconds": 5.0},
            "mqtt": {"enabled": False},
            "web": {"port": free_port()},
            "paths": {"runtime": str(folder / "run"), "state": str(folder / "state")},
        }
        if broker:
            there = stack.enter_context(private_broker())
            settings["mqtt"] = {"host": there.host, "port": there.port, "protocol": there.protocol}
        if music is not None:
            server = stack.enter_context(mpd.running(folder / "mpd"))
            settings |= {"music": {"player": "mpd"}, "mpd": {"host": "127.0.0.1", "port": server.port}}
            _play(server, music)
        config = folder / "config.yaml"
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        found = Running(folder / "run")
        listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        listener.bind(str(folder / "notify"))
        threading.Thread(target=_listen, args=(listener, found), daemon=True).start()
        for half, seconds in WATCHDOG_SECONDS.items():
            environ = os.environ | {"WATCHDOG_USEC": str(seconds * 1_000_000)}
            if half == "act":
                environ["NOTIFY_SOCKET"] = str(folder / "notify")
            command = [sys.executable, "-m", "moodkiosk", half, "--config", str(config)]
            found.halves[half] = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(_end, found.halves[half])
        until(lambda: found.status().get("present") is False, 240, "an empty room")
        yield found


def _camera(folder: Path) -> Path:
    (folder / "word").write_text("empty", encoding="ascii")
    camera = folder / "camera"
    camera.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(CAMERA), str(folder / "word")])} "$@"\n')
    camera.chmod(0o755)
    return camera


def _play(server: mpd.Mpd, music: Path) -> None:
    """Somebody plays what is in the folder, one after the other."""
    for song in sorted(music.iterdir()):
        (server.folder / "music" / song.name).write_bytes(song.read_bytes())
    server.ask("update")
    until(lambda: "updating_db" not in server.status(), 60, "the songs")
    for song in sorted(music.iterdir()):
        server.ask("add", song.name)
    server.ask("repeat", 1)
    server.ask("play", 0)


def _listen(listener: socket.socket, found: Running) -> None:
    with contextlib.suppress(OSError):
        while True:
            found.fed += listener.recv(4096).startswith(b"WATCHDOG=1")


def _end(half: subprocess.Popen[bytes]) -> None:
    half.kill()
    half.wait()


def main() -> int:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--minutes", type=int, default=3)
    parser.add_argument("--broker", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tunes = folder / "tunes"
        subprocess.run([sys.executable, "-m", "moodkiosk", "tunes", str(tunes)], check=True, stdout=subprocess.DEVNULL)
        with running(folder, music=tunes, broker=given.broker) as kiosk:
            threading.Event().wait(60)  # what has just begun is not calm yet
            for minute in range(1, given.minutes + 1):
                before, fed = kiosk.switches(), kiosk.fed
                began = time.monotonic()
                threading.Event().wait(60)
                after = kiosk.switches()
                counts = {thread: count - before.get(thread, 0) for thread, count in after.items()}
                main_loop = counts.pop(kiosk.halves["act"].pid)
                others = sorted((count for count in counts.values() if count), reverse=True)
                print(
                    f"minute {minute} ({time.monotonic() - began:.0f} s): main loop {main_loop}, all other threads "
                    f"{sum(others)} {others}, watchdog fed {kiosk.fed - fed} times, {kiosk.status().get('present')=}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
