"""The sign-in on disk: one file with the tokens, for its owner only, whole at any moment.

The sign-in itself ends six months after it was made, whatever is refreshed in between; `authorized_at` says when.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

from moodkiosk.host.files import read_at_most, write_atomic
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

log = logging.getLogger("moodkiosk.act.player")

LIMIT_BYTES = 64 * 1024
"""More than tokens take."""
LIFE_DAYS = 181
"""A sign-in lasts six months; this is the shortest that six months can be."""
WARN_DAYS = (30, 7, 1)
"""So many days before the end it is said."""
ENDED = Reason("spotify.has_ended")
SCOPES = (
    "user-read-playback-state",
    "user-modify-playback-state",
    "playlist-read-private",
    "playlist-read-collaborative",
)


def missing(scope: object) -> str:
    """What a sign-in lacks of SCOPES, in words; "" if nothing. `scope` is as Spotify says it, with blanks between."""
    allowed = str(scope).split()
    return ", ".join(name for name in SCOPES if name not in allowed)


LAST_SECONDS = 253_402_300_800.0
"""The end of the year 9999; what is later is no time."""


def path_of(configured: str, state_dir: Path) -> Path:
    """Where the tokens are: configured, else in act's state folder."""
    return Path(configured) if configured else state_dir / "spotify-token.json"


def days_left(authorized_at: float | None, wall: float) -> float | None:
    """Days until the sign-in ends; None if it is not known when it was made, or the clock is plainly wrong."""
    if authorized_at is None or wall < authorized_at - 86_400:
        return None
    return LIFE_DAYS - (wall - authorized_at) / 86_400


def warning(left: float | None) -> int | None:
    """Which of the warnings (30, 7 or 1 days) is due; None: none yet."""
    return None if left is None else min((days for days in WARN_DAYS if left <= days), default=None)


class TokenFile:
    """Reads and writes the tokens. The file is read again whenever it has changed: a new sign-in needs no restart.

    Attributes:
        problem: why there is nothing to sign in with, or None.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._stamp: tuple[int, int] | None = None
        self._tokens: dict[str, Any] | None = None
        self._lock = threading.Lock()  # the status is asked for from other threads

    def load(self) -> dict[str, Any] | None:
        """The tokens as spotipy keeps them, and `authorized_at`; None if there are none or they are damaged."""
        with self._lock:
            return self._load()

    def _load(self) -> dict[str, Any] | None:
        try:
            about = self.path.stat()
            stamp = (about.st_mtime_ns, about.st_ino)
            if stamp != self._stamp:
                self._tokens = _checked(json.loads(read_at_most(self.path, LIMIT_BYTES)))
                self.problem = None if self._tokens else Reason("spotify.damaged", path=str(self.path))
                self._stamp = stamp
        except FileNotFoundError:
            self._tokens, self._stamp = None, None
            self.problem = ENDED if ended(self.path).exists() else Reason("spotify.not_signed_in")
        except OSError as error:
            self._tokens, self._stamp = None, None
            self.problem = Reason("spotify.unreadable", path=str(self.path), reason=system(error))
        except (ValueError, RecursionError):
            self._tokens, self._stamp = None, stamp
            self.problem = Reason("spotify.damaged", path=str(self.path))
        return self._tokens

    def authorized_at(self) -> float | None:
        """When the sign-in was made, in seconds since 1970."""
        return _moment((self.load() or {}).get("authorized_at"))

    def save(self, tokens: dict[str, Any]) -> None:
        """Keeps refreshed tokens; what else is known of the sign-in stays.

        If they cannot be written they are kept in memory. If somebody has signed in anew since, that is what counts:
        `tokens["renewed"]` is the refresh token that they were got with.
        """
        kept, renewed = dict(tokens), tokens.get("renewed")
        kept.pop("renewed", None)
        now = self.load()
        if now is not None and renewed not in (None, now["refresh_token"]):
            return
        kept = {**(now or {}), **kept}
        try:
            write(self.path, kept)
        except OSError as error:
            log.warning("the renewed sign-in cannot be written to %s: %s", self.path, error.strerror)
            self._tokens = kept
            return
        self.load()

    def set_aside(self, refused: str) -> None:
        """Puts away a sign-in that has ended, unless a newer one is there. `refused` is its refresh token."""
        self._stamp = None
        tokens = self.load()
        if tokens is None or tokens["refresh_token"] != refused:
            return
        try:
            os.replace(self.path, ended(self.path))
        except OSError as error:
            log.warning("the ended sign-in %s cannot be set aside: %s", self.path, error.strerror)
            self._tokens, self.problem = None, ENDED


def ended(path: Path) -> Path:
    """Where a sign-in that has ended is put."""
    return path.with_name(path.name + ".ended")


def write(path: Path, tokens: dict[str, Any], owner: tuple[int, int] | None = None) -> None:
    """Writes the file, 0600 from its first byte, whole or not at all; None: it stays its owner's. Raises OSError."""
    if owner is None and os.geteuid() == 0 and path.exists():
        owner = (path.stat().st_uid, path.stat().st_gid)
    write_atomic(path, json.dumps(tokens).encode(), owner=owner)


def _checked(found: object) -> dict[str, Any] | None:
    if not isinstance(found, dict):
        return None
    texts = all(isinstance(found.get(key), str) and found[key] for key in ("access_token", "refresh_token", "scope"))
    return found if texts and _moment(found.get("expires_at")) is not None else None


def _moment(found: object) -> float | None:
    """Seconds since 1970, if it is a number that can be that."""
    return float(found) if isinstance(found, int | float) and 0 <= found <= LAST_SECONDS else None
