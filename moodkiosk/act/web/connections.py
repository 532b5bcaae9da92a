"""Connections that cannot be held against the page: a request must arrive in time, and there is a limit to them all."""

from __future__ import annotations

import asyncio
import resource

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS_LIMIT = 64
"""Streams, and what browsers open beside them. A browser opens up to six."""
OTHER_FILES = 32
"""File descriptors that act needs beside them: broker, link, command line, log, what it writes."""
FEWEST = 4
REQUEST_SECONDS = 5.0
"""From the connection, or from a further request's first byte, to the end of the request's head."""


def connections_limit() -> int:
    """How many connections there may be: fewer where this process may open few files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return CONNECTIONS_LIMIT
    return max(FEWEST, min(CONNECTIONS_LIMIT, files - OTHER_FILES))


class PatientButFirm(H11Protocol):
    """A connection that is closed when its request does not arrive in time.

    uvicorn waits for a request's head without end, once its first byte is there ("slow loris"). Where there are too
    many connections, the one goes that has kept us waiting longest, so that those who hold connections and say
    nothing cannot keep people out.

    Attributes:
        waiting_since: when we began to wait for its next request, seconds of the event loop's clock.
    """

    waiting_since = 0.0

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Counts the connection, and gives it its time."""
        super().connection_made(transport)
        self.waiting_since = self.loop.time()
        self._arm()
        if len(self.connections) > connections_limit():
            idle = [one for one in self.connections if isinstance(one, PatientButFirm) and one.is_waiting]
            min(idle, key=lambda one: one.waiting_since, default=self).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        super().connection_lost(exc)
        self._disarm()

    def data_received(self, data: bytes) -> None:
        """From the first byte of a request on, its head has its time."""
        if self._deadline is None:
            self._arm()
        super().data_received(data)
        if not self.is_waiting:
            self._disarm()

    def on_response_complete(self) -> None:
        """Now we wait for the next request; one that is not even begun may take as long as uvicorn allows."""
        self.waiting_since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answers a damaged request, if nothing else is being answered, and hears no more from who sent it.

        uvicorn would answer a second time, and let the application answer the request that is broken by now.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state is h11.IDLE or (
            self.conn.our_state is h11.SEND_RESPONSE and not (self.cycle and self.cycle.response_started)
        ):
            super().send_400_response(msg)
        else:
            self.transport.close()

    @property
    def is_waiting(self) -> bool:
        """Whether no request has arrived that is not yet answered."""
        return self.cycle is None or self.cycle.response_complete

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._close_if_waiting)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None

    def _close_if_waiting(self) -> None:
        if self.is_waiting and not self.transport.is_closing():
            self.transport.abort()
