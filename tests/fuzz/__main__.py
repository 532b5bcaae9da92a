"""Runs the fuzzer; see scripts/fuzz."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import warnings
from pathlib import Path

from tests.fuzz.run import Outcome, again, fuzz
from tests.fuzz.targets import TARGETS

FAILURES = Path("fuzz-failures")
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""A disk would wait for every file to be safe on it."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description="Gives spoilt inputs to everything that reads what others wrote; keeps those that fail, small.",
        epilog="Exit codes: 0 nothing failed, 1 something did, 2 a mistake in the arguments.",
    )
    top.add_argument("targets", nargs="*", metavar="TARGET", help=f"default: all of {', '.join(TARGETS)}")
    top.add_argument("--minutes", type=float, default=1.0, metavar="N", help="for each target (default 1)")
    top.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other inputs (default 1)")
    top.add_argument("--keep", type=Path, default=FAILURES, metavar="DIR", help=f"failing inputs (default: {FAILURES})")
    top.add_argument("--again", type=Path, metavar="FILE", help="give one input that was kept to the one TARGET")
    return top


def main() -> int:
    """Fuzzes one target after the other."""
    top = parser()
    args = top.parse_args()
    if unknown := [name for name in args.targets if name not in TARGETS]:
        top.error(f"no such target: {unknown[0]}; there are {', '.join(TARGETS)}")
    chosen = [TARGETS[name] for name in args.targets or TARGETS]
    # What numpy or a parser warns of is written to stderr in the kiosk; here it counts as a failure.
    warnings.simplefilter("error")
    if args.again is not None:
        if len(chosen) != 1:
            top.error("--again needs one TARGET")
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            story = again(chosen[0], Path(folder), args.again.read_bytes())
        print(story or "nothing wrong")
        return int(story is not None)
    print(f"{'target':<14} {'inputs':>9} {'a second':>9} {'valid':>6} {'slowest':>8}  failures", flush=True)
    failed = False
    for target in chosen:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            outcome = fuzz(target, Path(folder), 60 * args.minutes, args.seed, args.keep)
        failed = failed or bool(outcome.failures)
        print(row(target.name, outcome), flush=True)
        for way, (data, _) in outcome.failures.items():
            print(f"    {way}: {len(data)} bytes in {args.keep / target.name}", flush=True)
    return int(failed)


def row(name: str, outcome: Outcome) -> str:
    """The figures of one target."""
    rate, valid = outcome.inputs / outcome.seconds, outcome.taken / outcome.inputs
    slowest = f"{1000 * outcome.slowest_seconds:.0f} ms"
    return f"{name:<14} {outcome.inputs:>9,} {rate:>9,.0f} {valid:>6.0%} {slowest:>8}  {len(outcome.failures)}"


sys.exit(main())
