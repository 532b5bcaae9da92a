"""Forgetting: deletes the recordings of a person, or all, from a folder; says what it deleted."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodkiosk.host import files
from moodkiosk.sense.records import npy
from moodkiosk.sense.unzip import Damaged
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was deleted.

    Attributes:
        recordings: files deleted.
        samples: samples taken out of files that hold other people too.
        unreadable: files that nobody can tell whose they are; they are still there.
    """

    recordings: int = 0
    samples: int = 0
    unreadable: tuple[Path, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether anything was deleted, or might be the person's."""
        return bool(self.recordings or self.samples or self.unreadable)

    def __add__(self, other: Erased) -> Erased:
        return Erased(
            self.recordings + other.recordings, self.samples + other.samples, self.unreadable + other.unreadable
        )

    def __str__(self) -> str:
        said = Reason("erased.recordings", count=self.recordings)
        if self.samples:
            said = Reason("erased.and_samples", first=said, samples=self.samples)
        if self.unreadable:
            said = Reason("erased.unreadable", first=said, names=[str(path) for path in self.unreadable])
        return said


def erase(folder: Path, person: str) -> Erased:
    """Deletes the recordings of `person` in `folder` and its folders; "" deletes everybody's.

    A file that holds several people loses that person's samples only. What is no recording stays. Raises OSError.
    """
    done = Erased()
    for path in sorted(path for path in folder.rglob("*.npz*") if path.is_file()):
        if path.name.startswith("."):
            done += _leftover(path)
        elif path.suffix == ".npz":
            done += _recording(path, person)
    return done


def same_person(one: str, other: str) -> bool:
    """Whether two spellings name the same person: case does not matter."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def _leftover(path: Path) -> Erased:
    """A power cut may leave a half-written file of landmarks behind; nobody needs it."""
    path.unlink(missing_ok=True)
    return Erased()


def _recording(path: Path, person: str) -> Erased:
    try:
        data = files.read_at_most(path, npy.LIMIT_BYTES)
        promised = npy.headers(data)
        if "face" not in promised or "label" not in promised:
            return Erased()
        face = promised["face"]
        if face is None or face.size_bytes > npy.LIMIT_BYTES:
            return Erased(unreadable=(path,))
        theirs = _rows_of(person, face.shape[:1], npy.arrays(data, ("person",)))
        if theirs is None:
            return Erased(unreadable=(path,))
        if theirs.all():
            path.unlink()
            return Erased(recordings=1)
        if not theirs.any():
            return Erased()
        files.write_atomic(path, _without(theirs, npy.arrays(data)), path.stat().st_mode & 0o777)
    except (Damaged, files.TooLarge):
        return Erased(unreadable=(path,))
    return Erased(samples=int(theirs.sum()))


def _without(rows: Rows, arrays: dict[str, NDArray[Any]]) -> bytes:
    """The bytes of a file without these samples."""
    import numpy as np

    kept = {name: array[~rows] if array.shape[:1] == rows.shape else array for name, array in arrays.items()}
    buffer = io.BytesIO()
    # numpy takes the names as keyword arguments, and a file may hold some that are called like its own.
    known: dict[str, Any] = {name: array for name, array in kept.items() if name not in ("file", "allow_pickle")}
    np.savez_compressed(buffer, **known)
    return buffer.getvalue()


def _rows_of(person: str, shape: tuple[int, ...], arrays: dict[str, NDArray[Any]]) -> Rows | None:
    """Bool [n]: which of the samples, `shape` [n], are that person's; "" means everybody's, bool [1].

    None if nobody can tell.
    """
    import numpy as np

    if not person:
        return np.ones(1, np.bool_)
    names = arrays.get("person", np.array(""))
    if names.dtype.kind == "S":  # as other programs may write it; `learn.npz` reads it the same way
        names = np.char.decode(names, "utf-8", "replace")
    if not shape or not (names.size == 1 or names.shape == shape):
        return None
    names = np.broadcast_to(names.reshape(-1), shape)
    return np.array([same_person(str(name), person) for name in names.tolist()], np.bool_)
