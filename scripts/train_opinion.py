#!/usr/bin/env python3
"""Trains the second opinion: the small network that looks at the pixels of a face. Takes half an hour."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def go_on_in_venv() -> None:
    """Starts again in the environment that has TensorFlow; does not return."""
    if os.environ.get("MOODKIOSK_IN_VENV_TRAIN"):
        sys.exit("train_opinion.py: TensorFlow is missing in .venv-train: remove that folder and try again")
    os.environ["MOODKIOSK_IN_VENV_TRAIN"] = "1"
    os.execv(HERE / "_python_train", ["_python_train", str(HERE / "train_opinion.py"), *sys.argv[1:]])  # noqa: S606 - no shell


if __name__ == "__main__":
    if importlib.util.find_spec("moodkiosk") is None or importlib.util.find_spec("tensorflow") is None:
        go_on_in_venv()
    from moodkiosk import cli
    from moodkiosk.config.arguments import DeskParser
    from moodkiosk.failure import EPILOG
    from moodkiosk.learn.train.opinion import command

    parser = DeskParser(prog="train_opinion.py", description=__doc__, epilog=EPILOG)
    command.add_arguments(parser)
    args = parser.parse_args()
    sys.exit(cli.guarded(lambda: command.main(args), "train_opinion.py"))
