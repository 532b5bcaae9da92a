"""Files that survive a power cut: written beside, synced, renamed, folder synced. Nothing half-written is ever seen."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from pathlib import Path

NOT_JSON = (ValueError, RecursionError)
"""What reading JSON from outside may raise: msgspec's errors and those of bytes that are no UTF-8 are ValueErrors."""

LEFTOVER_LETTERS = 10  # two dots, and the eight letters that mkstemp adds
LEFTOVER_SECONDS = 3600.0
"""A temporary file as old as this belongs to nobody any more: the power went off while it was written."""


class TooLarge(ValueError):
    """A file is larger than anything it could be."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is larger than it can be")


def read_at_most(path: Path, limit_bytes: int) -> bytes:
    """The content of a file. Raises TooLarge when it has more than `limit_bytes`, and OSError.

    What is not a regular file is refused: a pipe or a terminal would be waited for.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        # One more, should it have grown; never the limit itself, which would be set aside in memory at once.
        data = file.read(min(about.st_size, limit_bytes) + 1)
    if len(data) > limit_bytes:
        raise TooLarge(path)
    return data


def write_atomic(path: Path, data: bytes, mode: int = 0o600, owner: tuple[int, int] | None = None) -> None:
    """Puts `data` at `path` so that at any moment either the old or the new content is there, whole.

    The file has `mode` from its first byte, and belongs to `owner` (user id, group id; None: who writes it) before it
    appears at `path`. Raises OSError (disk full, folder not writable), and then the old
    content stands and nothing is left beside it.
    """
    name = _write_beside(path, data, mode, owner)
    try:
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    _sync_folder(path.parent)


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Like `write_atomic`, but never over a file that is there: raises FileExistsError then."""
    name = _write_beside(path, data, mode, None)
    try:
        _take_name(name, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
    _sync_folder(path.parent)


def rename_folder(folder: Path, name: Path) -> None:
    """Gives a folder whose files are written another name: it is there whole, or not at all. Raises OSError."""
    _sync_folder(folder)
    os.replace(folder, name)
    _sync_folder(name.parent)


def _take_name(name: str, path: Path) -> None:
    """Gives the file `name` the name `path`, which must be free."""
    try:
        os.link(name, path)  # unlike a rename it never replaces
    except FileExistsError:
        raise
    except OSError as error:
        # USB sticks (FAT, exFAT) know no links.
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.replace(name, path)


def _write_beside(path: Path, data: bytes, mode: int, owner: tuple[int, int] | None) -> str:
    """A temporary file beside `path` that holds the data, safe on the disk; its name. Nothing is left on an error."""
    import tempfile  # with `random`: 3 ms of the start of a process that writes nothing yet

    _sweep(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            if mode != 0o600:
                os.fchmod(file.fileno(), mode)
            if owner is not None:
                os.fchown(file.fileno(), *owner)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(name)
        raise
    return name


def _sweep(path: Path) -> None:
    """Removes what earlier writers of `path` left beside it when they were cut off."""
    with os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name.startswith(f".{path.name}.") and len(entry.name) == len(path.name) + LEFTOVER_LETTERS:
                with contextlib.suppress(OSError):  # another writer was faster
                    if time.time() - entry.stat().st_mtime > LEFTOVER_SECONDS:
                        os.unlink(entry.path)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
