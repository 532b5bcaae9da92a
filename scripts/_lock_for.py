"""Prints a lock file with only what one Python needs, for pip on another machine.

    python _lock_for.py requirements/device.txt 3.11

pip compares the conditions of a lock ("; python_full_version < '3.11.3'") with the Python it runs on, not with the one
it installs for. Here they are compared with the first release of the given one, so that nothing is missing on any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def entries(text: str) -> Iterator[str]:
    """The requirements of a lock, each with its hashes."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for entry in re.split(r"\n(?=\S)", "\n".join(lines)):
        if entry.strip():
            yield entry.rstrip()


def for_python(text: str, minor: str, marker: Any) -> Iterator[str]:
    """The entries that hold for Python `minor` on Linux, without their conditions."""
    environment = {
        "python_version": minor,
        "python_full_version": f"{minor}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
    }
    for entry in entries(text):
        first, newline, hashes = entry.partition("\n")
        name, semicolon, condition = first.rstrip("\\ ").partition(" ; ")
        if not semicolon or marker(condition).evaluate(environment):
            yield f"{name} \\{newline}{hashes}" if newline else name


def main() -> int:
    from pip._vendor.packaging.markers import Marker

    print("\n".join(for_python(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2], Marker)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
