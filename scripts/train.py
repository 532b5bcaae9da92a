#!/usr/bin/env python3
"""Trains a mood model from recordings, and writes it only if it has proved itself on samples it had not seen."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent


def go_on_in_venv() -> None:
    """Starts again in the environment that has TensorFlow; does not return."""
    if os.environ.get("MOODKIOSK_IN_VENV_TRAIN"):
        sys.exit("train.py: TensorFlow is missing in .venv-train: remove that folder and try again")
    os.environ["MOODKIOSK_IN_VENV_TRAIN"] = "1"
    os.execv(HERE / "_python_train", ["_python_train", str(HERE / "train.py"), *sys.argv[1:]])  # noqa: S606 - no shell


try:
    from moodkiosk import cli
    from moodkiosk.config.arguments import DeskParser
    from moodkiosk.failure import EPILOG
except ModuleNotFoundError:  # the system's Python
    go_on_in_venv()


def arguments() -> argparse.Namespace:
    parser = DeskParser(prog="train.py", description=__doc__, epilog=EPILOG)
    parser.add_argument("dataset", nargs="+", type=Path, metavar="DATASET", help="recordings: .npz files and folders")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the model file to write, NAME.tflite")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write report.html into this folder")
    parser.add_argument("--base", choices=["starter", "none"], default="starter",
                        help="what to start from (default: starter, a few own recordings adapt it)")  # fmt: skip
    parser.add_argument("--hands", choices=["auto", "yes", "no"], default="auto",
                        help="whether hands count (default: auto, if labels are told by them)")  # fmt: skip
    parser.add_argument("--epochs", type=whole(1, 10_000), metavar="N",
                        help="times to see every sample (default: 50; from the starter 60, or 120 if few)")  # fmt: skip
    parser.add_argument(
        "--seed", type=whole(0, 2**31 - 1), default=0, metavar="N", help="same seed, same file (default 0)"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="LABEL", help="train this label; may be repeated"
    )
    parser.add_argument("--rename", action="append", default=[], metavar="OLD=NEW", help="take a label for another")
    parser.add_argument("--mirror", action="store_true", help="gestures mean the same with the other hand")
    parser.add_argument("--vary", choices=["auto", "yes", "no"], default="auto",
                        help="show turned and noisier copies too (default: auto, from nothing only)")  # fmt: skip
    parser.add_argument("--starter", action="store_true", help="make the model that comes with moodkiosk")
    parser.add_argument("--force", action="store_true", help="write the model although it is doubtful or worse")
    return parser.parse_args()


def whole(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return number


if __name__ == "__main__":
    args = arguments()
    if importlib.util.find_spec("tensorflow") is None:
        go_on_in_venv()
    from moodkiosk.decide import debounce
    from moodkiosk.decide.settings import Settings
    from moodkiosk.learn.train import command

    sys.exit(cli.guarded(lambda: command.main(args, lambda said: debounce.settled(said, Settings())), "train.py"))
