"""Server-sent events (WHATWG HTML, "Server-sent events"): the page learns of a change when it happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from moodkiosk.act.web.history import Day
from moodkiosk.act.web.snapshot import Snapshot

STREAMS_LIMIT = 20
BEAT_SECONDS = 5.0
"""Something is sent at least this often, so that a page whose kiosk has gone can say so."""
SMOOTH_SECONDS = 0.2
"""Changes that come faster than this are sent together."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Streams:
    """The open streams. All of it belongs to the page's thread."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.open: set[asyncio.Event] = set()
        self._snapshot = snapshot
        self._closing = False

    @property
    def full(self) -> bool:
        """Whether no further stream may be opened."""
        return len(self.open) >= STREAMS_LIMIT

    def wake(self) -> None:
        """Something has changed."""
        for stream in self.open:
            stream.set()

    def close(self) -> None:
        """Ends all streams, and those that are opened later."""
        self._closing = True
        self.wake()

    async def run(self, hello: dict[str, str], receive: Receive, send: Send) -> None:
        """Feeds one stream until its reader has gone or the kiosk stops.

        Args:
            hello: the first event, for the page: its token and the version of its assets.
            receive: of ASGI.
            send: of ASGI.
        """
        woken = asyncio.Event()
        woken.set()
        self.open.add(woken)
        leaving = asyncio.ensure_future(_leave(receive, woken))
        news = News(self._snapshot)
        try:
            await _put(send, b"retry: 2000\n" + _event("hello", msgspec.json.encode(hello)))
            while not (self._closing or leaving.done()):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), BEAT_SECONDS)
                woken.clear()
                await _put(send, news.fetch() or _event("beat", b"{}"))
                if not self._closing:
                    await asyncio.sleep(SMOOTH_SECONDS)
        except OSError:
            pass  # the reader has gone
        finally:
            self.open.discard(woken)
            leaving.cancel()


class News:
    """What is new on the snapshot since this was asked last."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._told = snapshot.events_told
        self._state = self._teaching = b""
        self._day: Day | None = None

    def fetch(self) -> bytes:
        """The news as events; empty if there is none."""
        lines = []
        for number, event in self._snapshot.events_after(self._told):
            lines.append(_event("happened", event))
            self._told = number
        state, day = self._snapshot.state, self._snapshot.day
        if state is not self._state:
            lines.append(_event("state", state))
        if (teaching := self._snapshot.teaching) is not self._teaching:
            lines.append(_event("teaching", teaching))
            self._teaching = teaching
        if day is not self._day:
            lines.append(_event("history", b"{}"))
        self._state, self._day = state, day
        return b"".join(lines)


async def _leave(receive: Receive, woken: asyncio.Event) -> None:
    """Ends when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    woken.set()


def _event(name: str, data: bytes) -> bytes:
    """One event; JSON has no line ends in it."""
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"


async def _put(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})
