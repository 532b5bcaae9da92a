"""What a player must not forget over a restart: a small file with one struct, written when that has changed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from moodkiosk.host import paths
from moodkiosk.host.files import NOT_JSON, write_atomic
from moodkiosk.words.reason import plain

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
            raw = self._path.read_bytes()
            found = msgspec.json.decode(raw, type=kind)
        except FileNotFoundError:
            return kind()
        except OSError as error:
            log.warning("cannot read %s: %s; starting afresh", self._path, error.strerror)
            return kind()
        except NOT_JSON:
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
