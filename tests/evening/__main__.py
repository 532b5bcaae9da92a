"""Plays evenings; see scripts/evening."""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tests.evening.figures import COLUMNS, Figures, bars, row
from tests.evening.household import Evening
from tests.evening.speaker import Living

SEEDS = 20


def evening(seed: int, hours: float) -> Figures:
    """One household."""
    random.seed(seed)  # the player draws its first songs from there
    chance = random.Random(seed)
    speaker = Living(autoplay=chance.random() < 0.5, song_seconds=chance.uniform(170, 240))
    with tempfile.TemporaryDirectory() as folder, speaker as api:
        return Evening(api, Path(folder), seed, hours).play()


def main() -> int:
    """The command. Ends with 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="scripts/evening", description="a household's days with the kiosk's music")
    parser.add_argument("--hours", type=float, default=24.0, help="how long each is, from six in the morning (24)")
    parser.add_argument("--seed", type=int, help=f"play this one only (without: {SEEDS} of them)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    args = parser.parse_args()
    if not 0 < args.hours <= 24 * 31:
        parser.error(f"--hours: expected a number above 0, and a month at most, got {args.hours:g}")
    logging.disable(logging.CRITICAL)
    seeds = range(1, SEEDS + 1) if args.seed is None else [args.seed]
    if not args.json:
        print(" ".join(f"{name:>12}" for name in COLUMNS))
    found = []
    for seed in seeds:
        found.append(evening(seed, args.hours))
        if not args.json:
            print(" ".join(f"{value:>12}" for value in row(found[-1])), flush=True)
    promised = bars(found)
    if args.json:
        bar = [{"what": what, "measured": measured, "at_most": most} for what, measured, most in promised]
        print(json.dumps({"households": [asdict(one) for one in found], "bars": bar}))
    else:
        for text, count in Counter(text for one in found for text in (*one.against, *one.surprises)).most_common():
            print(f"  {count} × {text}")
        for what, measured, most in promised:
            print(f"{'ok' if measured <= most else 'MISSED':6} {measured:6.2f} {what} (at most {most:g})")
    return int(any(measured > most for _, measured, most in promised))


if __name__ == "__main__":
    sys.exit(main())
