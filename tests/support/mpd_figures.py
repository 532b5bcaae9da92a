"""What music by MPD costs: how soon it sounds, act's memory beside that of a dry run, how often act wakes up.

    python -m tests.support.mpd_figures [--times 10] [--minutes 3] [--json]

A real MPD plays into a pipe, and a real act beside it decides. Sound: from the decision, as act prints it, to the first
sample in the pipe that is not silent. Memory: the proportional set size (proc(5), smaps_rollup) of that act and of one
with the player `dry-run`, after the same commands, at the same moment. Waking up: see `calm_minutes`; a minute more is
counted with strace(1), where that is there.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import select
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from moodkiosk.link import protocol
from tests.support import mpd
from tests.support.calm_minutes import Minute, calm, minute
from tests.support.kiosk import Half, Kiosk
from tests.support.sense_lines import hello
from tests.support.wait import until

MOODS = {"happy": {"play": ["Sunny"]}, "sad": {"play": ["Calm/Rain.flac"]}}
SILENT_SECONDS = 0.5
LIMITS = {"sound_seconds": 0.3, "memory_mb": 3.0, "wakes_a_minute": 5}
"""What was promised, at most."""


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Attributes:
        sound_seconds: from each decision to the first sound.
        told_seconds: from each decision until act says that it plays.
        memory_mb: of act by its player, MB (10^6 bytes).
        minutes: calm ones.
    """

    sound_seconds: list[float]
    told_seconds: list[float]
    memory_mb: dict[str, float]
    minutes: list[Minute]


class Ear:
    """Listens to the pipe on a thread of its own: when there was sound last, and since when.

    Attributes:
        began_at, heard_at: the first sample of what is heard that is not silent, and the newest; monotonic seconds.
    """

    def __init__(self, pipe: Path) -> None:
        self.began_at = self.heard_at = float("-inf")
        self._pipe = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        threading.Thread(target=self._listen, daemon=True).start()

    def silence(self) -> None:
        """Waits until nothing is heard."""
        until(lambda: time.monotonic() - self.heard_at > SILENT_SECONDS, 30, "silence")

    def _listen(self) -> None:
        poller = select.poll()
        poller.register(self._pipe, select.POLLIN)
        while True:
            poller.poll()
            at = time.monotonic()
            came = b""
            with contextlib.suppress(BlockingIOError):
                came = os.read(self._pipe, 65_536)
            if came.strip(b"\0"):
                if at - self.heard_at > SILENT_SECONDS / 2:
                    self.began_at = at
                self.heard_at = at
            elif not came:
                time.sleep(0.001)  # nobody has the other end open just now


@contextlib.contextmanager
def act(folder: Path, **settings: object) -> Iterator[tuple[Kiosk, Half]]:
    """An act that knows the moods by hand."""
    folder.mkdir()
    with (
        Kiosk(folder, None, {"music": {"moods": MOODS}, **settings}) as kiosk,
        socket.socket(socket.AF_UNIX) as sense,
    ):
        half = kiosk.start("act")
        until(lambda: kiosk.answers("status"), 60, "act")
        sense.connect(str(folder / "run" / "link.sock"))
        sense.sendall(protocol.encode(hello("happy", "sad")))
        until(lambda: kiosk.ask("status").data["labels"], 30, "the labels")  # type: ignore[index] # a table
        yield kiosk, half


def sound_and_memory(folder: Path, times: int) -> tuple[list[float], list[float], dict[str, float]]:
    """Plays now for the one mood, now for the other; beside it a dry run has the same commands."""
    folder.mkdir()
    with mpd.running(folder / "mpd") as server:
        ours = {"mpd": {"host": "127.0.0.1", "port": server.port}, "music": {"player": "mpd", "moods": MOODS}}
        with act(folder / "one", **ours) as (kiosk, half), act(folder / "other") as (dry, dry_half):
            ear, sounds, tolds = Ear(server.folder / "heard"), [], []
            for number in range(times):
                server.ask("stop")
                ear.silence()
                mood = list(MOODS)[number % len(MOODS)]
                assert kiosk.ask("mood", mood).ok
                told_at = time.monotonic()
                decided_at = float(half.wait_for(type="decision", action="play", mood=mood)["at"])
                until(lambda since=decided_at: ear.began_at > since, 30, "sound")  # type: ignore[misc]
                sounds.append(ear.began_at - decided_at)
                tolds.append(told_at - decided_at)
                assert dry.ask("mood", mood).ok
            threading.Event().wait(5)
            memory = {"mpd": pss_mb(half.process.pid), "dry-run": pss_mb(dry_half.process.pid)}
    return [round(one, 3) for one in sounds], [round(one, 3) for one in tolds], memory


def pss_mb(process: int) -> float:
    """The proportional set size of a process, MB (10^6 bytes)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6, 1)


def measured(folder: Path, times: int, minutes: int) -> Figures:
    """Everything, one after the other."""
    sounds, tolds, memory = sound_and_memory(folder / "sound", times)
    found: list[Minute] = []
    if minutes:
        with calm(folder) as kiosk:
            found = [minute(kiosk) for _ in range(minutes)]
            if shutil.which("strace"):
                found.append(minute(kiosk, traced=True))
    return Figures(sounds, tolds, memory, found)


def main() -> int:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--times", type=int, default=10, help="how often music begins")
    parser.add_argument("--minutes", type=int, default=3, help="calm ones; 0: none")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = measured(Path(name), given.times, given.minutes)
    if given.json:
        print(json.dumps(asdict(figures) | {"limits": LIMITS}))
        return 0
    sounds, tolds, memory = figures.sound_seconds, figures.told_seconds, figures.memory_mb
    print(f"from the decision to sound  {min(sounds):.3f} to {max(sounds):.3f} s, {len(sounds)} times")
    print(f"until act says it plays     {min(tolds):.3f} to {max(tolds):.3f} s")
    print(f"act's memory                {memory['mpd'] - memory['dry-run']:+.1f} MB beside dry-run {memory}")
    for one in figures.minutes:
        total = f"main loop {one.main_loop}, other threads {sum(one.others)} {one.others}"
        waits = "" if one.waits is None else f"; waits that ended, by strace: {one.waits}"
        print(f"a calm minute               {total}{', another song' if one.song else ''}{waits}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
