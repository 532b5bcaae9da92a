"""Who is signed in: sessions that outlive a restart, and sign-ins that cannot be tried without end."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from moodkiosk.act.web.access import password
from moodkiosk.host import paths
from moodkiosk.host.files import NOT_JSON, read_at_most, write_atomic

SESSION_SECONDS = 60 * 86_400.0
LIMIT_BYTES = 256 * 1024
"""More than a password, or the sessions, take."""
SESSIONS_LIMIT = 200
"""The oldest goes when there are more."""
ATTEMPTS, ATTEMPTS_SECONDS = 5, 300.0
"""So many wrong passwords from one address in so many seconds; then it has to wait."""
ADDRESSES_LIMIT = 1000

log = logging.getLogger("moodkiosk.web")


class Kept(msgspec.Struct):
    """The file: digests of session tokens and when they end (seconds since 1970), and the password they belong to."""

    password: str
    ends: dict[str, float]


class Sessions:
    """The sessions of one password. A new password ends them all. Belongs to the page's thread."""

    def __init__(self, password_file: Path, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._password_file = password_file
        self._path = folder / "web-sessions.json"
        self._now = now
        self._hash, self._hash_stamp = "", (0, 0)
        self._ends: dict[str, float] = {}
        self._refresh()
        self._load()

    def knows(self, token: str) -> bool:
        """Whether `token` is that of a session."""
        self._refresh()
        return bool(token) and self._ends.get(_digest(token), 0.0) > self._now()

    def matches(self, given: str) -> bool:
        """Whether `given` is the password. Takes a moment, of purpose: not for the page's thread."""
        return bool(self._hash) and password.matches(given, self._hash)

    def open(self) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(32)
        self._ends[_digest(token)] = self._now() + SESSION_SECONDS
        self._drop_old()
        return token

    def close(self, token: str) -> None:
        """Ends a session."""
        self._ends.pop(_digest(token), None)

    def save(self) -> None:
        """Keeps the sessions; blocks for as long as the disk takes."""
        try:
            paths.make_private(self._path.parent)
            write_atomic(self._path, msgspec.json.encode(Kept(_digest(self._hash), dict(self._ends))))
        except OSError as error:
            log.warning("sessions are not kept in %s: %s", self._path, error.strerror)

    def _load(self) -> None:
        try:
            kept = msgspec.json.decode(read_at_most(self._path, LIMIT_BYTES), type=Kept)
        except FileNotFoundError:
            return
        except (OSError, *NOT_JSON) as error:
            log.warning("sessions cannot be read from %s: %s", self._path, error)
            return
        if kept.password == _digest(self._hash):
            self._ends = kept.ends
            self._drop_old()

    def _drop_old(self) -> None:
        alive = sorted((end, digest) for digest, end in self._ends.items() if end > self._now())
        self._ends = {digest: end for end, digest in alive[-SESSIONS_LIMIT:]}

    def _refresh(self) -> None:
        """Reads the password file again if it has changed."""
        try:
            about = self._password_file.stat()
            stamp = (about.st_mtime_ns, about.st_ino)
            if stamp == self._hash_stamp:
                return
            found = read_at_most(self._password_file, LIMIT_BYTES).decode().strip()
        except (OSError, ValueError) as error:
            stamp, found = (0, 0), ""
            if self._hash:
                log.warning("the page's password cannot be read, nobody can sign in: %s", error)
        if found != self._hash:
            self._ends = {}
        self._hash, self._hash_stamp = found, stamp


class Throttle:
    """Counts wrong passwords by address."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._wrong: dict[str, list[float]] = {}

    def wait_seconds(self, address: str) -> float:
        """How long this address has to wait before it may try again; 0: it may."""
        times = self._recent(address)
        return 0.0 if len(times) < ATTEMPTS else times[-ATTEMPTS] + ATTEMPTS_SECONDS - self._now()

    def wrong(self, address: str) -> None:
        """A wrong password came from this address."""
        key = _network(address)
        times = [*self._recent(address), self._now()]
        self._wrong.pop(key, None)
        self._wrong[key] = times  # the last in order, so that the first is the one to forget
        while len(self._wrong) > ADDRESSES_LIMIT:
            del self._wrong[next(iter(self._wrong))]

    def right(self, address: str) -> None:
        """The right password came from this address."""
        self._wrong.pop(_network(address), None)

    def _recent(self, address: str) -> list[float]:
        return [at for at in self._wrong.get(_network(address), []) if at > self._now() - ATTEMPTS_SECONDS]


def _network(address: str) -> str:
    """The address, or its /64 network: who has one IPv6 address has all of those."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
