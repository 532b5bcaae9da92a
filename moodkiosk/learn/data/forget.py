"""`moodkiosk forget`: deletes a person's recordings, or all of them, where they were collected."""

from __future__ import annotations

from pathlib import Path

from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths
from moodkiosk.host.paths import RECORDINGS
from moodkiosk.learn.data.outbox import OUTBOX
from moodkiosk.sense.records.erase import Erased, erase
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system


def folders(given: Path | None) -> list[Path]:
    """Where to look: the folder that is named, or collect's usual one; and what is kept here until it is fetched."""
    outbox = paths.home() / OUTBOX
    usual = [RECORDINGS] if RECORDINGS.is_dir() else []
    return (usual if given is None else [given]) + ([outbox] if outbox.is_dir() else [])


def forget_recordings(folder: Path, person: str) -> Erased:
    """Deletes the recordings of `person` in `folder`, "" for everybody's; returns what was deleted.

    Raises UsageError when there is no such folder, Failure when something could not be deleted.
    """
    if not folder.is_dir():
        raise UsageError(Reason("file.no_folder", folder=str(folder)))
    try:
        return erase(folder, person)
    except OSError as error:
        why = Reason("file.unusable", path=str(error.filename), reason=system(error))
        raise Failure(Reason("file.not_all", folder=str(folder), reason=why)) from None
