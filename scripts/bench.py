#!/usr/bin/env python3
"""What seeing costs, always as a ratio to something measured in the same run, side by side and in turns.

    scripts/bench.py [--json] [--quick] [--only NAME …] [--plot FILE.svg]

Every side is a process of its own; two sides take turns for several rounds, and the median of the rounds' ratios
counts. Memory and what a lesson costs are no ratios. What is compared with, MediaPipe's own FaceMesh and the classic
loop, has environments of its own, which are set up once (Python 3.11 or 3.12; where there is none, those figures are
left out). Ends with 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent

try:
    import moodkiosk  # noqa: F401 - only whether it is there
except ModuleNotFoundError:  # the system's Python: go on with the project's own
    os.execv(HERE / "_python", ["_python", *sys.argv])  # noqa: S606 - no shell is wanted
sys.path.insert(0, str(HERE.parent))

LIMITS = {
    "overhead": 0.85,
    "overhead_720": 0.95,
    "paced_overhead": 1.15,
    "paced_overhead_720": 1.35,
    "classic_ratio": 32.0,
    "idle_ratio": 0.14,
    "opinion_share": 0.2,
    "sense_rss_mb": 95.0,
    "sense_rss_growth_mb": 2.0,
    "act_rss_mb": 70.0,
    "lesson_cpu_seconds": 3.0,
    "lesson_step_seconds": 0.5,
    "lesson_rss_mb": 15.0,
    "first_reading_ratio": 0.45,
    "threads": 1.2,
}
"""What each figure may be at most; `classic_ratio` at least."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one object whose keys are the figures")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure only these: overhead paced idle classic …")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the figures and their limits")
    args = parser.parse_args()
    from scripts.benchmark.measurements import Bench
    from scripts.benchmark.report import kept, machine, plot, table
    from scripts.benchmark.turns import listening

    # As in an installed kiosk, and as MediaPipe is where it is installed: no side is measured compiling its modules.
    compileall.compile_dir(HERE.parent / "moodkiosk", quiet=2)
    figures: dict[str, list[float]] = {}
    with listening() as link:
        bench = Bench(link, quick=args.quick)
        measures: dict[str, Callable[[], dict[str, list[float]]]] = {
            name: getattr(bench, name)
            for name in ("overhead", "paced", "idle", "classic", "opinion", "memory", "act", "lesson", "first_reading")
        }
        for name in args.only or measures:
            if name not in measures:
                parser.error(f"unknown measurement {name!r}; known: {', '.join(measures)}")
            print(f"measuring {name} …", file=sys.stderr)
            figures |= measures[name]()
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
