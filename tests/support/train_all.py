"""Runs several command lines of scripts/train.py in one process of .venv-train: TensorFlow is slow to load.

Reads a JSON list of argument lists from stdin, prints a JSON list of [exit code, stdout, stderr, seconds, CPU seconds].
Both are without the time that TensorFlow needs to load.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import runpy
import sys
import time
from pathlib import Path

SCRIPT = str(Path(__file__).resolve().parents[2] / "scripts" / "train.py")


def run(arguments: list[str]) -> tuple[int, str, str, float, float]:
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    start, cpu_start = time.monotonic(), time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        sys.argv = ["train.py", *arguments]
        try:
            runpy.run_path(SCRIPT, run_name="__main__")
        except SystemExit as end:
            code = end.code
    seconds, cpu_seconds = time.monotonic() - start, time.process_time() - cpu_start
    return int(code) if isinstance(code, int) else 1, out.getvalue(), err.getvalue(), seconds, cpu_seconds


def load_tensorflow() -> None:
    from moodkiosk.learn import train

    train.prepare()
    importlib.import_module("tensorflow")
    importlib.import_module("keras")


if __name__ == "__main__":
    load_tensorflow()
    print(json.dumps([run(arguments) for arguments in json.load(sys.stdin)]))
