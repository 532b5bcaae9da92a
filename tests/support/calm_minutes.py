"""A whole kiosk before an empty room, with music of a real MPD's; how often act wakes up, thread by thread.

    python -m tests.support.calm_minutes [--minutes 3] [--broker] [--strace] [--camera-off]

Prints a JSON object a minute: the voluntary context switches (proc(5)) of act's main thread and of each other one, and
how often the watchdog was fed. Both halves run as under systemd: with a notification socket and a watchdog of 90 and 60
seconds. Everything is on this machine's loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from moodkiosk.failure import Failure
from moodkiosk.link import control
from moodkiosk.operate.broker import free_port, private_broker
from tests.support import mpd
from tests.support.wait import until

CAMERA = Path(__file__).parents[1] / "soak" / "actor_camera.py"
WATCHDOG_SECONDS = {"act": 90, "sense": 60}
SETTLE_SECONDS = 65.0
"""What has just begun is not calm yet."""
WAITS = re.compile(
    r"(?:futex|poll|ppoll|select|pselect6|epoll_wait|epoll_pwait2?|recvfrom|recvmsg|read|accept4?|clock_nanosleep|"
    r"connect|restart_syscall)(?:\(| resumed>).* <([0-9.]+)>$",
    re.MULTILINE,
)
"""A line of strace -T about a call that may wait, and how long it took; also where another thread came in between."""
WAITED_SECONDS = 0.0005
"""A call that takes less has not waited: there was something already."""


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


@dataclass(frozen=True)
class Minute:
    """How often act woke up in a minute in which nothing happened but music.

    Attributes:
        seconds: how long it was.
        main_loop, others: voluntary context switches of the main thread, and of each other one that had some.
        waits: calls in which any thread had waited and that ended, None where strace(1) did not look.
        fed: how often the watchdog was fed.
        song: another song played at its end than at its beginning.
        calm: act knew at its end that nobody is there.
    """

    seconds: float
    main_loop: int
    others: list[int]
    waits: int | None
    fed: int
    song: bool
    calm: bool


def minute(kiosk: Running, seconds: float = 60.0, *, traced: bool = False) -> Minute:
    """Lets a minute pass; one that is `traced` has more context switches, by strace's own doing."""
    song, fed = kiosk.status().get("now_playing"), kiosk.fed
    threading.Event().wait(1)  # the answer is none of it
    before, began = kiosk.switches(), time.monotonic()
    act = kiosk.halves["act"].pid
    with tracing(act, kiosk.runtime.parent / "trace") if traced else contextlib.nullcontext() as trace:
        threading.Event().wait(seconds)
        after = kiosk.switches()
    passed = time.monotonic() - began
    counts = {thread: count - before.get(thread, 0) for thread, count in after.items()}
    main_loop = counts.pop(act)
    others = sorted((count for count in counts.values() if count), reverse=True)
    status = kiosk.status()
    waits = None if trace is None else waited(trace.read_text(encoding="utf-8", errors="replace"))
    other_song, calm = title(status.get("now_playing")) != title(song), status.get("present") is False
    return Minute(round(passed, 1), main_loop, others, waits, kiosk.fed - fed, other_song, calm)


def title(playing: object) -> object:
    """The song of what `status` says plays now."""
    return playing.get("title") if isinstance(playing, dict) else None


@contextlib.contextmanager
def tracing(process: int, path: Path) -> Iterator[Path]:
    """Writes down what calls a process makes, on all its threads, and how long each takes."""
    command = ["strace", "-f", "-T", "-p", str(process), "-o", str(path)]
    tracer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: all(_traced(task) for task in Path(f"/proc/{process}/task").iterdir()), 30, "strace")
        yield path
    finally:
        tracer.send_signal(signal.SIGINT)  # it lets go
        tracer.wait()


def _traced(task: Path) -> bool:
    return "\nTracerPid:\t0\n" not in (task / "status").read_text(encoding="ascii", errors="replace")


def waited(trace: str) -> int:
    """How many calls ended in which a thread had waited for something to happen."""
    ended = WAITS.findall(trace)
    return sum(float(seconds) >= WAITED_SECONDS for seconds in ended)


def main() -> int:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--minutes", type=int, default=3)
    parser.add_argument("--broker", action="store_true")
    parser.add_argument("--strace", action="store_true", help="counts waits that ended as well")
    parser.add_argument("--camera-off", action="store_true", help="closes the camera, as at night")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, calm(Path(name), broker=given.broker) as kiosk:
        if given.camera_off:
            control.ask(kiosk.runtime / "control.sock", "camera", "off")
            threading.Event().wait(SETTLE_SECONDS)
        for _ in range(given.minutes):
            print(json.dumps(asdict(minute(kiosk, traced=given.strace))), flush=True)
    return 0


@contextlib.contextmanager
def calm(folder: Path, *, broker: bool = False) -> Iterator[Running]:
    """A kiosk with music of its own before an empty room, a while after it has begun."""
    tunes = folder / "tunes"
    subprocess.run([sys.executable, "-m", "moodkiosk", "tunes", str(tunes)], check=True, stdout=subprocess.DEVNULL)
    with running(folder, music=tunes, broker=broker) as kiosk:
        threading.Event().wait(SETTLE_SECONDS)
        yield kiosk


if __name__ == "__main__":
    sys.exit(main())
