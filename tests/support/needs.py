"""What some tests need besides Python, looked for once a test that needs it is about to begin.

What lacks is set up then, where that is allowed: `scripts/test` allows it (MOODKIOSK_TEST_SETUP), pytest by itself
takes what is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TRAIN_PYTHON = ROOT / ".venv-train" / "bin" / "python"
"""Of the environment with TensorFlow."""
MEDIAPIPE_PYTHON = ROOT / ".venv-mediapipe" / "bin" / "python"
"""Of the environment with MediaPipe's own runtime."""
PYTHONS = {"train": TRAIN_PYTHON, "mediapipe": MEDIAPIPE_PYTHON}
PATH = os.pathsep.join(
    (os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/lib/openssh", "/usr/libexec/openssh")
)
OTHER_NAMES = {"chromium": "chromium-browser"}
MARKED = {"train": "train", "browser": "chromium"}
"""What a test with such a mark needs; a test marked `needs("…")` needs what it says."""


def look(name: str) -> Path | None:
    """Where a program is, or the Python of an environment; None: it is not there."""
    if name in PYTHONS:
        return PYTHONS[name] if PYTHONS[name].exists() else None
    for program in (name, OTHER_NAMES.get(name)):
        if program and (where := shutil.which(program, path=PATH)):
            return Path(where)
    return None


@cache
def find(name: str) -> Path | None:
    """The same, after it was set up where that is allowed and it lacks (or, an environment, is out of date)."""
    allowed = bool(os.environ.get("MOODKIOSK_TEST_SETUP"))
    if allowed and (name in PYTHONS or look(name) is None):
        subprocess.run([ROOT / "scripts" / "_need", name], check=False)
    return look(name)
