"""Runs the soak; see scripts/soak."""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import yaml

from moodkiosk.failure import Failure
from moodkiosk.link import control
from moodkiosk.operate.broker import free_port
from tests.soak.faults import FROZEN, Status, Trouble, camera_on, troubles
from tests.soak.halves import Supervised
from tests.soak.watch import Listener, Lives
from tests.support.broker import Mosquitto
from tests.support.webapi import CLIENT_ID, WebApi

SAMPLE_SECONDS = 5.0
GROWN_MB, GROWN_THREADS, GROWN_FILES = 8.0, 2, 4
HAPPY, SAD = "spotify:playlist:37i9dQZF1DXdPec7aLTmlC", "spotify:playlist:37i9dQZF1DX7qK8ma5wgG1"


class Soak:
    """A kiosk and its surroundings, for a while."""

    def __init__(self, folder: Path, seed: int, stack: contextlib.ExitStack) -> None:
        self.chance = random.Random(seed)
        self.folder = folder
        self.fault_file = folder / "fault"
        self.fault_file.write_text("", encoding="ascii")
        self.broker = Mosquitto(folder).start()
        stack.callback(self.broker.stop)
        self.api = stack.enter_context(WebApi())
        config = self._configure()
        self.act, self.sense = (Supervised(name, config, folder) for name in ("act", "sense"))
        stack.callback(self.act.end)
        stack.callback(self.sense.end)
        self.listener = Listener(self.broker.port)
        stack.callback(self.listener.close)
        self.lives = Lives()
        self.recoveries: dict[str, list[float]] = defaultdict(list)
        self.failures: list[str] = []

    def run(self, seconds: float, only: str) -> None:
        """Trouble after trouble, of those whose name matches `only`, with calm between."""
        end = time.monotonic() + seconds
        everything = troubles(self.fault_file, self.broker, self.api, self.act, self.sense)
        choices = [trouble for trouble in everything if re.search(only, trouble.name)]
        self._await("the start", camera_on, 60)
        while time.monotonic() < end:
            self._calm(self.chance.uniform(5, 25))
            self._suffer(self.chance.choices(choices, [trouble.weight for trouble in choices])[0])
        self._calm(30)

    def report(self) -> dict[str, object]:
        """The figures, and what went wrong."""
        lives = [(life.name, growth) for life in self.lives.all.values() if (growth := life.growth())]
        for name, growth in lives:
            grown = (growth["rss_mb_grown"], growth["threads_grown"], growth["files_grown"])
            if grown[0] > GROWN_MB or grown[1] > GROWN_THREADS or grown[2] > GROWN_FILES:
                self.failures.append(f"{name} grew: {growth}")
        longest = {
            name: max((growth for found, growth in lives if found == name), key=lambda g: g["minutes"], default=None)
            for name in ("act", "sense")
        }
        tracebacks = {half.name: half.log.read_bytes().count(b"Traceback") for half in (self.act, self.sense)}
        self.failures += [f"{name} wrote {count} tracebacks" for name, count in tracebacks.items() if count]
        return {
            "faults": sum(len(seconds) for seconds in self.recoveries.values()),
            "recovery_seconds": {name: summary(seconds) for name, seconds in sorted(self.recoveries.items())},
            "starts": {half.name: half.starts for half in (self.act, self.sense)},
            "watchdog_kills": {half.name: half.watchdog_kills for half in (self.act, self.sense)},
            "longest_life": longest,
            "events": dict(self.listener.events),
            "log_lines": {half.name: len(half.log.read_bytes().splitlines()) for half in (self.act, self.sense)},
            "tracebacks": tracebacks,
            "failures": self.failures + self.listener.complaints,
        }

    def _configure(self) -> Path:
        camera = self.folder / "camera"
        program = Path(__file__).parent / "actor_camera.py"
        camera.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" "{program}" "{self.fault_file}" "$@"\n', encoding="utf-8"
        )
        camera.chmod(0o755)
        state = self.folder / "state" / "act"
        state.mkdir(parents=True)
        token = state / "spotify-token.json"
        token.write_text(json.dumps(self.api.sign_in()), encoding="utf-8")
        token.chmod(0o600)
        developer = {name: getattr(self.api.developer, name) for name in ("api_url", "authorize_url", "token_url")}
        settings = {
            "kiosk": {"id": "soak"},
            "camera": {"source": "rpicam", "width": 320, "height": 240, "rpicam_command": str(camera)},
            "presence": {"leave_seconds": 3.0},
            "mood": {"settle_seconds": 0.75, "refractory_seconds": 0.5},
            "mqtt": {"host": "127.0.0.1", "port": self.broker.port},
            "web": {"port": free_port()},
            "spotify": {"client_id": CLIENT_ID, "developer": developer},
            "music": {
                "player": "spotify",
                "quiet_hours": [],
                "min_minutes_between_changes": 0,
                "after_seconds": 1,
                "moods": {"happy": {"play": [HAPPY]}, "sad": {"play": [SAD]}, "surprise": {"play": [SAD]}},
            },
            "paths": {"runtime": str(self.folder / "run"), "state": str(self.folder / "state")},
        }
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return path

    def _suffer(self, trouble: Trouble) -> None:
        began = time.time()
        trouble.begin()
        if trouble.lasting:
            self._wait(self.chance.uniform(3, 20))
        if trouble.name == FROZEN:
            self.listener.frozen.append((began, time.time()))
        trouble.end()
        self._await(trouble.name, trouble.over, trouble.bound_seconds)

    def _await(self, name: str, over: object, bound_seconds: float) -> None:
        began = time.monotonic()
        while True:
            seconds = time.monotonic() - began
            if callable(over) and over(self._status()):
                self.recoveries[name].append(seconds)
                print(f"{time.strftime('%H:%M:%S')}  {name}: over after {seconds:.1f} s", file=sys.stderr, flush=True)
                return
            if seconds > bound_seconds:
                self.failures.append(f"{name}: not over after {bound_seconds:.0f} s: {self._status()}")
                print(f"{time.strftime('%H:%M:%S')}  {self.failures[-1]}", file=sys.stderr, flush=True)
                return
            self._wait(0.25)

    def _calm(self, seconds: float) -> None:
        """Samples while nothing is wrong."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._wait(min(left, SAMPLE_SECONDS))
            for half in (self.act, self.sense):
                if half.pid:
                    self.lives.sample(half.name, half.pid, time.monotonic() - half.started_at)

    def _status(self) -> Status:
        try:
            found = control.ask(self.folder / "run" / "control.sock", "status", timeout=5).data
        except Failure:
            return None
        return found if isinstance(found, dict) else None

    @staticmethod
    def _wait(seconds: float) -> None:
        time.sleep(seconds)


def summary(seconds: list[float]) -> dict[str, float]:
    return {"times": len(seconds), "median": round(statistics.median(seconds), 1), "worst": round(max(seconds), 1)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None, help="the same troubles again")
    parser.add_argument("--only", default="", metavar="REGEX", help="only troubles with such a name")
    parser.add_argument("--keep", type=Path, help="keep logs and state in this folder")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"soak of {args.hours} hours, seed {seed}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="moodkiosk-soak-") as name:
        with contextlib.ExitStack() as stack:
            soak = Soak(Path(name), seed, stack)
            soak.run(args.hours * 3600, args.only)
            found = {"hours": args.hours, "seed": seed} | soak.report()
        if args.keep:
            shutil.copytree(name, args.keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock", "*.notify"))
    print(json.dumps(found, indent=2))
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
