"""What act remembers over a restart: one small JSON file, written atomically and only when it changed."""

from __future__ import annotations

import logging
import math
from pathlib import Path

import msgspec

from moodkiosk.host import paths
from moodkiosk.host.files import NOT_JSON, TooLarge, read_at_most, write_atomic
from moodkiosk.words.reason import Reason, plain
from moodkiosk.words.system import system

COALESCE_SECONDS = 2.0
"""A burst of changes of one setting (a slider) becomes one write. A change of another one has both written at once: a
power cut loses the last setting at most."""

LIMIT_BYTES = 8 * 1024 * 1024
"""More than is remembered."""

log = logging.getLogger("moodkiosk.act")


class Store:
    """The file `act.json` in the state folder.

    Attributes:
        status: "ready", or why nothing can be kept.
    """

    def __init__(self, folder: Path) -> None:
        self.status: str = "ready"
        self._path = folder / "act.json"
        self._written: bytes | None = None
        self._due: float | None = None
        self._seen: dict[str, object] = {}
        self._waiting: set[str] = set()  # the names of what changed since the last write

    @property
    def due(self) -> float:
        """When `keep` is to be called again, for it to write, monotonic seconds; infinity: everything is kept."""
        return math.inf if self._due is None else self._due

    def load(self) -> dict[str, object] | None:
        """What was remembered; None on the first start or when the file is damaged (which is said, once)."""
        try:
            raw = read_at_most(self._path, LIMIT_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.status = Reason("kept.unreadable", path=str(self._path), reason=system(error))
            log.warning(self.status)
            return None
        except TooLarge:
            raw = b""
        try:
            found = msgspec.json.decode(raw, type=dict[str, object])
        except NOT_JSON:
            aside = self._path.with_suffix(".damaged")
            try:
                self._path.replace(aside)
            except OSError as error:
                log.warning("%s is damaged, and cannot be set aside: %s", self._path, error.strerror)
            else:
                log.warning("%s was damaged; it is set aside as %s", self._path, aside.name)
            return None
        self._written, self._seen = raw, found
        return found

    def keep(self, remembered: dict[str, object], at: float, *, now: bool = False) -> None:
        """Keeps what is remembered, soon; `now` writes at once. Unchanged content is never written again.

        Args:
            remembered: what `decide.kiosk.remember` says.
            at: monotonic seconds.
            now: do not wait for further changes.
        """
        raw = msgspec.json.encode(remembered, order="sorted", enc_hook=plain)
        changed = {name for name, value in remembered.items() if name not in self._seen or self._seen[name] != value}
        another = bool(self._waiting and changed - self._waiting)
        self._seen = remembered
        if raw == self._written:
            self._due = None
            self._waiting.clear()
            return
        self._waiting |= changed
        if self._due is None:
            self._due = at + COALESCE_SECONDS
        if not now and not another and at < self._due:
            return
        try:
            paths.make_private(self._path.parent)
            write_atomic(self._path, raw)
        except OSError as error:
            if self.status == "ready":
                log.warning("cannot keep settings in %s: %s", self._path, error.strerror)
            self.status = Reason("kept.not", reason=system(error))
            self._due = at + 60
            return
        self.status = "ready"
        self._written, self._due = raw, None
        self._waiting.clear()
