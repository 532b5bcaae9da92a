"""`moodkiosk forget --recordings DIR`: deletes a person's recordings, or all of them, wherever they were collected."""

from __future__ import annotations

from pathlib import Path

from moodkiosk.cli import Failure, UsageError
from moodkiosk.sense.erase import erase


def forget_recordings(folder: Path, person: str) -> str:
    """Deletes the recordings of `person` in `folder`, "" for everybody's; returns what was deleted, in one line.

    Raises UsageError when there is no such folder, Failure when something could not be deleted.
    """
    if not folder.is_dir():
        raise UsageError(f"no such folder: {folder}")
    try:
        return f"{folder}: {erase(folder, person)}"
    except OSError as error:
        raise Failure(f"could not delete everything in {folder}: {error.strerror}: {error.filename}") from None
