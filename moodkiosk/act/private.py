"""Whose the files are that only act's user may read, also where an administrator makes them for it."""

from __future__ import annotations

import os
from pathlib import Path

from moodkiosk.failure import Failure
from moodkiosk.host import paths
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system


def owner_for(path: Path, like: Path) -> tuple[int, int] | None:
    """Makes sure beforehand that `path` can be written, with its folder made if need be.

    Returns owner and group of `like`, or of the folder where `like` does not exist, if root writes for act; else None.
    Raises Failure.
    """
    folder = path.parent
    try:
        paths.make_private(folder)
        about = (like if like.exists() else folder).stat()
    except OSError as error:
        raise Failure(Reason("signin.needs_sudo", path=str(path), reason=system(error))) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Failure(Reason("signin.folder_needs_sudo", folder=str(folder)))
    return (about.st_uid, about.st_gid) if os.geteuid() == 0 else None
