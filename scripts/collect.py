#!/usr/bin/env python3
"""Records labelled landmarks of a person to train with; the same as `moodkiosk collect`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

try:
    from moodkiosk import cli
except ModuleNotFoundError:  # the system's Python: go on with the project's own
    os.execv(Path(__file__).parent / "_python", ["_python", *sys.argv])  # noqa: S606 - no shell is wanted

if __name__ == "__main__":
    sys.exit(cli.main(["collect", *sys.argv[1:]]))
