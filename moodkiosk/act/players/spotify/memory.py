"""What the player must not forget over a restart: small files, written when something in them has changed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from moodkiosk.host import paths
from moodkiosk.host.files import NOT_JSON, write_atomic

log = logging.getLogger("moodkiosk.act.player")


class Started(msgspec.Struct, frozen=True):
    """Music that we have started; `at` in seconds since 1970, `name` for people."""

    uri: str
    speaker_id: str
    at: float
    name: str = ""


class Lowered(msgspec.Struct, frozen=True):
    """A volume that we have lowered, in percent: as it was, and as it is now."""

    was: int
    now: int


class Noticed(msgspec.Struct, frozen=True):
    """Music that a person has stopped: where and what, and when that was first seen (seconds since 1970)."""

    what: str
    at: float


class Memory(msgspec.Struct):
    """What the player remembers.

    Attributes:
        speaker_name, speaker_id: the device that had this name when it was last seen.
        trusted: music that was started there was heard to play.
        missing: the speaker was looked for in vain, and has not been seen since.
        woken: the wake command was tried since the speaker was last there.
        started: what we started last.
        pending: what we may have started after that; the answer did not arrive.
        paused_by_us: because everybody had left.
        noticed: a pause that is a person's.
        lowered: the speaker's volume, if we have lowered it.
        shuffled: shuffle was switched on once; whoever switches it off again is left alone.
        busy_until, busy_seconds: until when (since 1970), and for how long, Spotify wants to be left alone.
        looks, looks_at: how many looks for those who ask were left when the last one was used (since 1970).
        requests, requests_day: how many were sent on that day (ISO).
    """

    speaker_name: str = ""
    speaker_id: str | None = None
    trusted: bool = False
    missing: bool = False
    woken: bool = False
    started: Started | None = None
    pending: str | None = None
    paused_by_us: bool = False
    noticed: Noticed | None = None
    lowered: Lowered | None = None
    shuffled: bool = False
    busy_until: float | None = None
    busy_seconds: float = 0.0
    looks: float = 0.0
    looks_at: float | None = None
    requests: int = 0
    requests_day: str = ""

    def is_ours(self, uri: str | None) -> bool:
        """Whether this is music that we started."""
        return uri is not None and (uri == self.pending or (self.started is not None and uri == self.started.uri))


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
        raw = msgspec.json.encode(self.kept)
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
