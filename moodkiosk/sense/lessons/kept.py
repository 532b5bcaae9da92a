"""What was shown to the kiosk, as ordinary recordings (contract 1): a folder for each sitting, whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.host import files, paths
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.records import erase, npy, recording
from moodkiosk.sense.unzip import Damaged

if TYPE_CHECKING:
    from moodkiosk.sense.lessons.sitting import Shown
    from moodkiosk.sense.records.erase import Erased
    from moodkiosk.sense.teach.takes import Take

FOLDER = "taught"
"""In sense's state folder."""

SITTING = "[0-9]{8}-[0-9]{6}-[0-9a-f]{6}"
"""What a sitting's folder is called: the local time when it was complete, and what makes it the only one."""

MOST_SITTINGS = 24
"""So many are learnt from, the newest; older ones stay until somebody deletes them."""

log = logging.getLogger("moodkiosk.sense")


class Lessons:
    """The recordings of all sittings."""

    def __init__(self, state: Path) -> None:
        """`state`: sense's state folder. What a power cut has left half written is removed."""
        self.folder = state / FOLDER
        for leftover in self._found(".*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def _found(self, pattern: str) -> list[Path]:
        """What there is of a pattern, in order; nothing where this user may not look."""
        try:
            return sorted(self.folder.glob(pattern))
        except PermissionError:
            return []

    def encoded(self, shown: Iterable[Shown], person: str) -> dict[str, bytes]:
        """The recordings of one sitting: name of the file to its bytes."""
        session = time.strftime("%Y-%m-%d %H:%M:%S")
        return {
            f"{recording.safe_name(each.label) or 'mood'}-{os.urandom(3).hex()}.npz": recording.encode(
                recording.Recording(
                    each.label, each.samples, mirrored=False, extractor=EXTRACTOR, person=person, session=session
                )
            )
            for each in shown
        }

    def new_name(self) -> str:
        """The name of a sitting that is complete now."""
        return f"{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(3).hex()}"

    def keep(self, recordings: dict[str, bytes], name: str) -> None:
        """Writes a sitting; at any moment, a power cut included, all of it is there or nothing. Raises OSError."""
        paths.make_private(self.folder)
        beside, place = self.folder / f".{name}", self.folder / name
        beside.mkdir(mode=0o700)
        try:
            for file, data in recordings.items():
                files.write_atomic(beside / file, data)
            files.rename_folder(beside, place)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise

    def there(self, name: str) -> bool:
        """Whether a sitting of that name is kept."""
        return (self.folder / name).is_dir()

    def drop(self, name: str) -> None:
        """Deletes a sitting, if it is there. Raises OSError."""
        beside = self.folder / f".{name}"
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            files.rename_folder(self.folder / name, beside)
            shutil.rmtree(beside)

    def takes(self, schema: str, more: Path | None = None) -> list[Take]:
        """All that can be learnt from, by the measures `schema`: the sittings, and the recordings in `more`."""
        from moodkiosk.sense.teach.takes import BadTake, takes_of  # what only learning needs

        sittings = sorted((path for path in self._found("[!.]*") if path.is_dir()), reverse=True)[:MOST_SITTINGS]
        found: list[Take] = []
        for path in _recordings([*reversed(sittings), *([more] if more else [])]):
            try:
                found += takes_of(files.read_at_most(path, npy.LIMIT_BYTES), path.name, schema)
            except (BadTake, OSError, files.TooLarge) as error:
                log.warning("%s is not learnt from: %s", path.name, error)
        return found

    @property
    def people(self) -> bool:
        """Whether anything was shown and is kept."""
        return bool(self._found("[!.]*/*.npz"))

    @property
    def labels(self) -> set[str]:
        """The moods of which anything is kept."""
        found: set[str] = set()
        for path in self._found("[!.]*/*.npz"):
            try:
                found |= set(
                    npy.arrays(files.read_at_most(path, npy.LIMIT_BYTES), ("label",))["label"].ravel().tolist()
                )
            except (KeyError, Damaged, OSError, files.TooLarge):
                continue
        return found

    def forget(self, person: str) -> Erased:
        """Deletes the recordings of `person`, "" for everybody's. Raises OSError."""
        done = erase.erase(self.folder, person)
        for path in self._found("[!.]*"):
            with contextlib.suppress(OSError):  # it still holds others' recordings
                path.rmdir()
        return done


def _recordings(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.glob("[!.]*.npz"))
