"""Where recordings are put: any folder that can be written, and on a kiosk one in which they wait to be fetched."""

from __future__ import annotations

import tempfile
from pathlib import Path

from moodkiosk.failure import Failure
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

OUTBOX = ".local/state/moodkiosk/outbox"
"""On the kiosk, in the home of who signs in."""


def make_writable(folder: Path) -> None:
    """Makes the folder if need be. Raises Failure if nothing can be written there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Failure(Reason("collect.folder", folder=str(folder), reason=system(error))) from None
