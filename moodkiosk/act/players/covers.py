"""Covers: pictures of music, fetched by the player only when the page wants one, kept in memory and bounded."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

COVER_LIMIT_BYTES = 512 * 1024
"""A larger picture is not shown."""
KEPT_BYTES = 3 * 1024 * 1024
"""So much is kept of all of them, the ones shown last."""
KNOWN = 200
"""So many addresses are known at a time: those of a list, and of the songs of an evening."""
MISSES_SECONDS = 600.0
"""A picture that could not be fetched is not asked for again before this."""

MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))

Fetch = Callable[[str], bytes | None]
"""Fetches a picture from where the player says it is: `COVER_LIMIT_BYTES` and some seconds at most. Never raises for
what the world does; None: there is none."""


def media_type(picture: bytes) -> str | None:
    """What kind of picture it is, by its first bytes; None: none that is shown. Nothing is believed of its sender."""
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in MAGIC if picture.startswith(magic)), None)


class Covers:
    """Covers by key. The page knows keys only: no address of the world is ever asked for by a browser.

    May be called from any thread.
    """

    def __init__(self, fetch: Fetch, monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._sources: OrderedDict[str, str] = OrderedDict()
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._missed: dict[str, float] = {}

    def offer(self, source: str) -> str:
        """Makes a picture known, by its address or whatever the player finds it by; its key."""
        key = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:16]
        with self._lock:
            self._sources[key] = source
            self._sources.move_to_end(key)
            while len(self._sources) > KNOWN:
                self._missed.pop(self._sources.popitem(last=False)[0], None)
        return key

    def get(self, key: str) -> bytes | None:
        """The picture, fetched now if it must be; None: there is none, or it cannot be had."""
        with self._lock:
            if (kept := self._pictures.get(key)) is not None:
                self._pictures.move_to_end(key)
                return kept
            source, missed = self._sources.get(key), self._missed.get(key)
        if source is None or (missed is not None and self._monotonic() - missed < MISSES_SECONDS):
            return None
        picture = self._fetch(source)
        good = picture is not None and len(picture) <= COVER_LIMIT_BYTES and media_type(picture) is not None
        with self._lock:
            if not good or picture is None:
                self._missed[key] = self._monotonic()
                return None
            self._missed.pop(key, None)
            self._pictures[key] = picture
            while sum(map(len, self._pictures.values())) > KEPT_BYTES:
                self._pictures.popitem(last=False)
        return picture
