"""What is measured: each measurement lets its sides take turns, and gives the rounds of its figures."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from scripts.benchmark.turns import Round, Side, python_of

VGA, HD = (640, 480), (1280, 720)


class Bench:
    """The measurements. Each returns the rounds of its figures, by name."""

    def __init__(self, link: Path, *, quick: bool) -> None:
        self.link = link
        self.rounds = 5 if quick else 9
        self.scale = 0.3 if quick else 1.0
        self.notes: dict[str, float | str | None] = {}

    def overhead(self) -> dict[str, list[float]]:
        """CPU a frame of the whole sense loop at full speed ÷ bare FaceMesh."""
        found: dict[str, list[float]] = {}
        if self._lacks("bare"):
            return found
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
        found: dict[str, list[float]] = {}
        if self._lacks("bare"):
            return found
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
        if self._lacks("classic"):
            return {}
        ours = Side("full", VGA, self.link)
        theirs = Side("classic", VGA, self.link)
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

    def opinion(self) -> dict[str, list[float]]:
        """CPU of the second opinion on a face ÷ CPU of our face mesh on it."""
        ours, mesh = self._in_turns(("opinion", "mesh"), VGA, "frames", 600 * self.scale)
        self.notes["opinion_ms"] = _median_per(ours, "cpu_ms", "frames")
        self.notes["mesh_ms"] = _median_per(mesh, "cpu_ms", "frames")
        return {"opinion_share": _ratios(ours, mesh, "cpu_ms", "frames")}

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
        from scripts.benchmark.processes import act_rss_mb

        return {"act_rss_mb": [act_rss_mb()]}

    def lesson(self) -> dict[str, list[float]]:
        """What it costs to learn five moods of 25 frames; sense looks between two steps of that."""
        from scripts.benchmark.processes import lesson

        found = [lesson() for _ in range(self.rounds)]
        return {
            f"lesson_{name}": [entry[name] for entry in found] for name in ("cpu_seconds", "step_seconds", "rss_mb")
        }

    def first_reading(self) -> dict[str, list[float]]:
        """Process start to first reading ÷ import mediapipe, build FaceMesh and process one picture."""
        from scripts.benchmark.processes import bare_start_seconds, clip_of, sense_start_seconds

        if self._lacks("bare"):
            return {}
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

    def _lacks(self, kind: str) -> bool:
        if python_of(kind) is None:
            self.notes[kind] = "left out: needs Python 3.11 or 3.12"
        return python_of(kind) is None

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
