"""Who has a device open: asked only when a camera turns out to be busy."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from moodkiosk.words.reason import Reason

PROC = Path("/proc")


def cameras() -> list[str]:
    """Every device through which the camera at the ribbon cable may be held."""
    return [str(path) for pattern in ("media*", "video*") for path in Path("/dev").glob(pattern)]


def holder_of(devices: Iterable[str], proc: Path = PROC) -> str | None:
    """Name and number of the first process that has one of `devices` open, as "motion (process 812)".

    None if there is none, or none that this user may see: inside sense's sandbox only its own processes are.
    """
    wanted = {os.path.realpath(device) for device in devices}
    for folder in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        if folder.name == str(os.getpid()):
            continue
        try:
            opened = {str(link.readlink()) for link in (folder / "fd").iterdir()}
            if opened & wanted:
                name = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
                return Reason("usb.holder", name=name, number=folder.name)
        except OSError:  # ended meanwhile, or another user's
            continue
    return None
