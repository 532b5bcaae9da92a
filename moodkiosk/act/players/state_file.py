"""What a player must not forget over a restart: a small file with one struct, written when that has changed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from moodkiosk.host import paths
from moodkiosk.host.files import NOT_JSON, TooLarge, read_at_most, write_atomic
from moodkiosk.words.reason import plain

LIMIT_BYTES = 4 * 1024 * 1024
"""More than any of them grows to."""
LARGEST = 1e11
"""No number in them is larger: as seconds since 1970 it is the year 5138, which the calendar still knows."""

log = logging.getLogger("moodkiosk.act.player")

Kept = TypeVar("Kept", bound=msgspec.Struct)


class StateFile(Generic[Kept]):
    """A file that keeps one struct. What cannot be kept is kept in memory, and that is said once.

    Attributes:
        kept: the struct; change it, then call `save`.
    """

    def __init__(self, path: Path, kind: type[Kept]) -> None:
        self._path = path
        self._complained = False
        self._written: bytes | None = None
        self.kept: Kept = self._load(kind)

    def _load(self, kind: type[Kept]) -> Kept:
        try:
            raw = read_at_most(self._path, LIMIT_BYTES)
            found = msgspec.json.decode(raw, type=kind)
        except FileNotFoundError:
            return kind()
        except OSError as error:
            log.warning("cannot read %s: %s; starting afresh", self._path, error.strerror)
            return kind()
        except (TooLarge, *NOT_JSON):
            log.warning("%s is damaged; starting afresh", self._path)
            return kind()
        if not _bounded(msgspec.to_builtins(found)):
            log.warning("%s is damaged; starting afresh", self._path)
            return kind()
        self._written = raw
        return found

    def save(self) -> None:
        """Writes the struct if it has changed."""
        raw = msgspec.json.encode(self.kept, enc_hook=plain)
        if raw == self._written:
            return
        try:
            paths.make_private(self._path.parent)
            write_atomic(self._path, raw)
        except OSError as error:
            if not self._complained:
                log.warning("cannot keep %s: %s", self._path, error.strerror)
            self._complained = True
            return
        self._written, self._complained = raw, False


def _bounded(value: object) -> bool:
    """Whether every number can be computed with, whatever it is for."""
    match value:
        case int() | float():
            return abs(value) <= LARGEST
        case dict():
            return all(map(_bounded, value.values()))
        case list():
            return all(map(_bounded, value))
    return True
