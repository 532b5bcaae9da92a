#!/usr/bin/env python3
"""What seeing costs, always as a ratio to something measured in the same run, side by side and in turns.

    scripts/bench.py [--json] [--quick] [--only NAME …] [--plot FILE.svg]

Every side is a process of its own; two sides take turns for several rounds, and the median of the rounds' ratios
counts. The classic side needs the desktop environment .venv-train (scripts/test sets it up) and is left out without.
Ends with 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent

try:
    import moodkiosk  # noqa: F401 - only whether it is there
except ModuleNotFoundError:  # the system's Python: go on with the project's own
    os.execv(HERE / "_python", ["_python", *sys.argv])  # noqa: S606 - no shell is wanted
sys.path.insert(0, str(HERE.parent))

# What is measured must be the kiosk's own environment: with TensorFlow installed, MediaPipe loads it.
OWN_PYTHON = next((str(path) for path in [HERE.parent / ".venv" / "bin" / "python"] if path.exists()), sys.executable)
TRAIN_PYTHON = HERE.parent / ".venv-train" / "bin" / "python"
VGA, HD = (640, 480), (1280, 720)

LIMITS = {
    "overhead": 1.3,
    "overhead_720": 1.6,
    "paced_overhead": 1.8,
    "paced_overhead_720": 2.3,
    "classic_ratio": 20.0,
    "idle_ratio": 0.5,
    "sense_rss_mb": 150.0,
    "sense_rss_growth_mb": 2.0,
    "act_rss_mb": 70.0,
    "first_reading_ratio": 1.5,
    "threads": 1.2,
}
"""What each figure may be at most; `classic_ratio` at least."""

Round = dict[str, float]


class Side:
    """One process of `bench_sides.py`."""

    def __init__(self, kind: str, size: tuple[int, int], link: Path, python: str = OWN_PYTHON) -> None:
        command = [python, str(HERE / "bench_sides.py"), kind, *map(str, size), str(link)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._answer()

    def round(self, what: str, number: float) -> Round:
        """Lets it work for so many "frames" or "seconds"."""
        assert self._process.stdin is not None
        amount = int(number) if what == "frames" else round(number, 2)
        print(what, amount, file=self._process.stdin, flush=True)
        return self._answer()

    def end(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def _answer(self) -> Round:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(map(str, self._process.args))} ended ({self._process.wait()})")  # type: ignore[arg-type]  # a list of texts
        answer: Round = json.loads(line)
        return answer


@contextlib.contextmanager
def listening() -> Iterator[Path]:
    """A socket that takes whatever sense tells, in act's place."""
    with tempfile.TemporaryDirectory(prefix="moodkiosk-bench-") as folder, socket.socket(socket.AF_UNIX) as server:
        path = Path(folder) / "link.sock"
        server.bind(str(path))
        server.listen()

        def take() -> None:
            peers: list[socket.socket] = []
            with contextlib.suppress(OSError):
                while True:
                    readable, _, _ = select.select([server, *peers], [], [])
                    for peer in readable:
                        if peer is server:
                            peers.append(server.accept()[0])
                        elif not peer.recv(65536):
                            peers.remove(peer)

        threading.Thread(target=take, daemon=True).start()
        yield path


class Bench:
    """The measurements. Each returns the rounds of its figures, by name."""

    def __init__(self, link: Path, *, quick: bool) -> None:
        self.link = link
        self.rounds = 5 if quick else 9
        self.scale = 0.3 if quick else 1.0
        self.notes: dict[str, float | str | None] = {}

    def overhead(self) -> dict[str, list[float]]:
        """CPU a frame of the whole sense loop at full speed ÷ bare FaceMesh."""
        found = {}
        for name, size in (("overhead", VGA), ("overhead_720", HD)):
            ours, bare = self._in_turns(("full", "bare"), size, "frames", 300 * self.scale)
            found[name] = _ratios(ours, bare, "cpu_ms", "frames")
            self.notes[f"ours_ms_{size[1]}"] = _median_per(ours, "cpu_ms", "frames")
            self.notes[f"bare_ms_{size[1]}"] = _median_per(bare, "cpu_ms", "frames")
            if size == VGA:
                # CPU time over wall time, without the time in which other processes had the processor.
                found["threads"] = [
                    entry["cpu_ms"] / 1000 / (entry["seconds"] - entry["waited_seconds"]) for entry in ours
                ]
                self.notes["thread_count"] = ours[-1]["threads"]
        return found

    def paced(self) -> dict[str, list[float]]:
        """The same at 5 frames a second, with the search for newcomers running."""
        found = {}
        for name, size in (("paced_overhead", VGA), ("paced_overhead_720", HD)):
            ours, bare = self._in_turns(("paced", "bare"), size, "seconds", 8 * self.scale)
            found[name] = _ratios(ours, bare, "cpu_ms", "frames")
            self.notes[f"paced_ours_ms_{size[1]}"] = _median_per(ours, "cpu_ms", "frames")
            self.notes[f"paced_bare_ms_{size[1]}"] = _median_per(bare, "cpu_ms", "frames")
        return found

    def idle(self) -> dict[str, list[float]]:
        """CPU a minute with nobody there ÷ with one face, at the default rates."""
        nobody, somebody = self._in_turns(("empty", "paced"), VGA, "seconds", 8 * self.scale)
        self.notes["idle_cpu_ms_a_minute"] = 60 * _median_per(nobody, "cpu_ms", "seconds")
        self.notes["active_cpu_ms_a_minute"] = 60 * _median_per(somebody, "cpu_ms", "seconds")
        return {"idle_ratio": _ratios(nobody, somebody, "cpu_ms", "seconds")}

    def classic(self) -> dict[str, list[float]]:
        """CPU a frame of the classic loop ÷ ours."""
        if not TRAIN_PYTHON.exists():
            self.notes["classic"] = "left out: there is no .venv-train"
            return {}
        ours = Side("full", VGA, self.link)
        theirs = Side("classic", VGA, self.link, str(TRAIN_PYTHON))
        ours.round("frames", 60)
        theirs.round("frames", 10)
        ratios, costs, rss = [], [], []
        for _ in range(self.rounds):
            one, other = ours.round("frames", 300 * self.scale), theirs.round("frames", 60 * self.scale)
            costs.append(other["cpu_ms"] / other["frames"])
            ratios.append(costs[-1] / (one["cpu_ms"] / one["frames"]))
            rss.append(other["rss_mb"])
        ours.end()
        theirs.end()
        self.notes["classic_ms"], self.notes["classic_rss_mb"] = statistics.median(costs), statistics.median(rss)
        return {"classic_ratio": ratios}

    def memory(self) -> dict[str, list[float]]:
        """Resident memory of sense after 5,000 frames, and its growth from frame 2,000 to 20,000."""
        side = Side("memory", VGA, self.link)
        early = side.round("frames", 2_000)["rss_mb"]
        middle = side.round("frames", 3_000)["rss_mb"]
        late = side.round("frames", 15_000)["rss_mb"]
        side.end()
        return {"sense_rss_mb": [middle], "sense_rss_growth_mb": [late - early]}

    def act(self) -> dict[str, list[float]]:
        """Resident memory of act, with Spotify, MQTT and the page switched on."""
        from scripts.bench_processes import act_rss_mb

        return {"act_rss_mb": [act_rss_mb()]}

    def first_reading(self) -> dict[str, list[float]]:
        """Process start to first reading ÷ import mediapipe, build FaceMesh and process one picture."""
        from scripts.bench_processes import bare_start_seconds, clip_of, sense_start_seconds

        with tempfile.TemporaryDirectory(prefix="moodkiosk-bench-") as folder:
            clip = clip_of(Path(folder))
            sense_start_seconds(clip), bare_start_seconds(clip)  # warm the disk's cache
            ours, bare = [], []
            for _ in range(self.rounds):
                ours.append(sense_start_seconds(clip))
                bare.append(bare_start_seconds(clip))
        self.notes["first_reading_seconds"] = statistics.median(ours)
        self.notes["bare_first_seconds"] = statistics.median(bare)
        return {"first_reading_ratio": [one / other for one, other in zip(ours, bare, strict=True)]}

    def matplotlib(self) -> dict[str, list[float]]:
        """What leaving matplotlib out of `import mediapipe` saves; a note, no limit."""
        from scripts.bench_processes import import_cost

        with_it, without = import_cost(stub=False), import_cost(stub=True)
        for name, index in (("seconds", 0), ("mb", 1)):
            self.notes[f"import_{name}_with_matplotlib"] = with_it[index]
            self.notes[f"import_{name}"] = without[index]
        return {}

    def _in_turns(
        self, kinds: tuple[str, str], size: tuple[int, int], what: str, number: float
    ) -> tuple[list[Round], list[Round]]:
        sides = [Side(kind, size, self.link) for kind in kinds]
        rounds: tuple[list[Round], list[Round]] = ([], [])
        for side in sides:
            side.round("frames", 60)  # warm
        for _ in range(self.rounds):
            for side, found in zip(sides, rounds, strict=True):
                found.append(side.round(what, number))
        for side in sides:
            side.end()
        return rounds


def _ratios(ours: list[Round], theirs: list[Round], cost: str, per: str) -> list[float]:
    return [(one[cost] / one[per]) / (other[cost] / other[per]) for one, other in zip(ours, theirs, strict=True)]


def _median_per(rounds: list[Round], cost: str, per: str) -> float:
    return statistics.median(entry[cost] / entry[per] for entry in rounds)


def machine() -> str:
    """Processor, cores and system, for the record."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("model name", "Model")):
                name = line.partition(":")[2].strip()
                break
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one object whose keys are the figures")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure only these: overhead paced idle classic …")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw the figures and their limits (needs matplotlib)"
    )
    args = parser.parse_args()
    figures: dict[str, list[float]] = {}
    with listening() as link:
        bench = Bench(link, quick=args.quick)
        measures: dict[str, Callable[[], dict[str, list[float]]]] = {
            name: getattr(bench, name)
            for name in ("overhead", "paced", "idle", "classic", "memory", "act", "first_reading", "matplotlib")
        }
        for name in args.only or measures:
            if name not in measures:
                parser.error(f"unknown measurement {name!r}; known: {', '.join(measures)}")
            print(f"measuring {name} …", file=sys.stderr)
            figures |= measures[name]()
    from scripts.bench_report import kept, plot, table

    medians = {name: round(statistics.median(rounds), 3) for name, rounds in figures.items()}
    missed = [name for name, median in medians.items() if not kept(name, median, LIMITS[name])]
    if args.json:
        notes = {name: round(value, 3) if isinstance(value, float) else value for name, value in bench.notes.items()}
        about = {"notes": notes, "missed": missed, "machine": machine(), "load": os.getloadavg()[0]}
        print(json.dumps({**medians, **about}))
    else:
        table(figures, LIMITS, bench.notes, machine())
    if args.plot:
        plot(figures, LIMITS, args.plot)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
