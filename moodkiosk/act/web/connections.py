"""Connections that cannot be held against the page: a request must arrive in time, and there is a limit to them all."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS_LIMIT = 64
"""Streams, and what browsers open beside them. A browser opens up to six."""
OTHER_FILES = 32
"""File descriptors that act needs beside them: broker, link, command line, log, what it writes."""
FEWEST = 4
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of socket(7): what the other end has not taken is thrown away, not kept by the system for minutes."""
REQUEST_SECONDS = 5.0
"""From the connection, or from a further request's first byte, to the end of the request's head."""
TAKE_SECONDS = 20.0
"""A reader that takes nothing of what it asked for, for so long, has gone."""


def connections_limit() -> int:
    """How many connections there may be: fewer where this process may open few files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return CONNECTIONS_LIMIT
    return max(FEWEST, min(CONNECTIONS_LIMIT, files - OTHER_FILES))


class PatientButFirm(H11Protocol):
    """A connection that is closed when its request does not arrive in time.

    uvicorn waits for a request's head without end, once its first byte is there ("slow loris"), and for a reader that
    does not take its answer ("slow read"). Where there are too many connections, the one goes that has kept us waiting
    longest, so that those who hold connections and say or take nothing cannot keep people out.

    Attributes:
        waiting_since: when we began to wait, for its next request or for it to take our answer, seconds of the event
            loop's clock.
    """

    waiting_since = 0.0

    _deadline: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Counts the connection, and gives it its time."""
        super().connection_made(transport)
        self.waiting_since = self.loop.time()
        self._arm()
        if len(self.connections) > connections_limit():
            idle = (one for one in self.connections if isinstance(one, PatientButFirm) and one.keeps_us_waiting)
            min(idle, key=lambda one: one.waiting_since, default=self).cut()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        super().connection_lost(exc)
        self._disarm()
        self._taken()

    def data_received(self, data: bytes) -> None:
        """From the first byte of a request on, its head has its time."""
        if self._deadline is None:
            self._arm()
        super().data_received(data)
        if not self.is_waiting:
            self._disarm()

    def pause_writing(self) -> None:
        """It does not take what we send as fast as we do: it has its time."""
        super().pause_writing()
        self.waiting_since = self.loop.time()
        self._taking = self.loop.call_later(TAKE_SECONDS, self.cut)

    def resume_writing(self) -> None:
        """It has taken what was sent."""
        super().resume_writing()
        self._taken()

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

    def cut(self) -> None:
        """Ends the connection, and whatever was still to be sent."""
        if (line := self.transport.get_extra_info("socket")) is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()

    @property
    def is_waiting(self) -> bool:
        """Whether no request has arrived that is not yet answered."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether we wait for it: for a request, or to take its answer."""
        return self.is_waiting or self._taking is not None

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._close_if_waiting)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None

    def _taken(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
        self._taking = None

    def _close_if_waiting(self) -> None:
        if self.is_waiting and not self.transport.is_closing():
            self.transport.abort()
