"""Which version of moodkiosk lies on this machine: a newer one than the one that runs waits for a restart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
INSTALLED = Path("/opt/moodkiosk/current")
"""Where `scripts/install-pi` puts it; a link that an upgrade turns. The Debian package replaces what runs (PACKAGE)."""
ASSIGNED = re.compile(r'^__version__ = "([0-9a-zA-Z.+~-]{1,40})"', re.MULTILINE)


def newest_here(running: str, folders: Sequence[Path] = (PACKAGE, INSTALLED)) -> str:
    """The newest version on this machine, never older than the `running` one. Nothing is asked of a network."""
    files = [file for folder in folders for file in (folder / "__init__.py", *_deeper(folder))]
    return max((running, *filter(None, map(_version, files))), key=_order)


def _deeper(folder: Path) -> list[Path]:
    """Where the package lies in an environment."""
    return [*folder.glob("lib/python3*/site-packages/moodkiosk/__init__.py"), folder / "moodkiosk" / "__init__.py"]


def _version(file: Path) -> str | None:
    try:
        found = ASSIGNED.search(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return found[1] if found else None


def _order(version: str) -> list[tuple[int, int, str]]:
    """Numbers by value; 1.2.dev3 comes before 1.2."""
    parts = re.findall(r"\d+|[a-z]+", version.lower())
    return [(1, int(part), "") if part.isdigit() else (-1, 0, part) for part in parts] + [(0, 0, "")]
