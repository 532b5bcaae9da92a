#!/usr/bin/env python3
"""Says how well a mood model reads recordings."""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path

try:
    from moodkiosk import cli
    from moodkiosk.config.arguments import DeskParser
    from moodkiosk.failure import EPILOG
except ModuleNotFoundError:  # the system's Python: go on with the project's own
    os.execv(Path(__file__).parent / "_python", ["_python", *sys.argv])  # noqa: S606 - no shell is wanted


def arguments() -> argparse.Namespace:
    parser = DeskParser(prog="evaluate.py", description=__doc__, epilog=EPILOG)
    parser.add_argument("dataset", nargs="+", type=Path, metavar="DATASET", help="recordings: an .npz file or a folder")
    parser.add_argument("--model", required=True, type=Path, metavar="M", help="the model file")
    parser.add_argument("--neutral", action="store_true", help="subtract each person's own neutral face")
    parser.add_argument(
        "--gain", type=gain, default=1.0, metavar="G", help="with --neutral: sense.neutral_gain (default 1)"
    )
    parser.add_argument(
        "--no-self-calibrate", action="store_true", help="in time: do not learn the face at rest while watching"
    )
    parser.add_argument("--json", action="store_true", help="for machines: one JSON object a data set")
    return parser.parse_args()


def gain(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 3:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 3, not {text!r}")
    return value


def main(args: argparse.Namespace) -> int:
    from moodkiosk.decide import debounce
    from moodkiosk.decide.settings import Settings
    from moodkiosk.learn.evaluate import evaluate

    return evaluate.main(args, lambda readings: debounce.settled(readings, Settings()))


if __name__ == "__main__":
    sys.exit(cli.guarded(lambda: main(arguments()), "evaluate.py"))
