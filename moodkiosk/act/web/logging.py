"""uvicorn, quiet: it wakes up when something happens, keeps no record of visitors, and counts what they do wrong."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from starlette.requests import ClientDisconnect

from moodkiosk.act.web.connections import CONNECTIONS_LIMIT, PatientButFirm
from moodkiosk.failure import reason

if TYPE_CHECKING:
    from moodkiosk.act.web.access.security import Guard


GRACE_SECONDS = 0.5
"""Streams end by themselves when the page stops; other requests have this long."""
COUNT_SECONDS = 60.0
"""What clients do wrong is one line in this time, however much it is."""
LIBRARIES = ("uvicorn.error", "asyncio")
"""The loggers of those who serve the page."""
ENDING = "Cancel %s running task(s), timeout graceful shutdown exceeded"
"""What uvicorn says of requests that are not answered GRACE_SECONDS after the page was told to stop."""
ACCEPTING = "._start_serving("
"""In what asyncio says when it would accept again, a second after there were too many files: the page has stopped."""
CLIENTS_FAULTS = (h11.ProtocolError, ClientDisconnect, OSError)
"""What they report of damaged requests, of connections that broke off, and of more of them than there may be files."""


class QuietServer(uvicorn.Server):
    """A server that waits to be told to stop; uvicorn's own looks ten times a second."""

    def __init__(self, app: Guard) -> None:
        settings: dict[str, Any] = {
            "http": PatientButFirm,
            "loop": "asyncio",
            "ws": "none",
            "lifespan": "off",
            "interface": "asgi3",
            "log_config": None,
            "access_log": False,
            "proxy_headers": False,
            "server_header": False,
            "date_header": False,
            # asyncio accepts so many in one go, and complains for each when there are no file descriptors left.
            "backlog": CONNECTIONS_LIMIT,
            "timeout_keep_alive": 30,
            "timeout_graceful_shutdown": GRACE_SECONDS,
        }
        # A damaged request or an aborted connection is no news; an error of ours is.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        super().__init__(uvicorn.Config(app, **settings))
        self._stop = asyncio.Event()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until `leave`; meanwhile what clients do wrong is counted."""
        faults = ClientFaults(time.monotonic)
        loggers = [logging.getLogger(name) for name in LIBRARIES]
        for logger in loggers:
            logger.addFilter(faults)
        try:
            await super().serve(sockets)
        finally:
            for logger in loggers:
                logger.removeFilter(faults)

    def leave(self) -> None:
        """Ends `serve`. On its thread."""
        self.should_exit = True
        self._stop.set()

    async def main_loop(self) -> None:
        """Serves until `leave`."""
        await self._stop.wait()


class ClientFaults(logging.Filter):
    """Makes one line in COUNT_SECONDS of all that is the fault of clients; what is ours is logged as it is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._count = 0
        self._said: float | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged. The one that stands for many becomes a warning without a traceback."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, asyncio.CancelledError) or record.msg == ENDING:
            return False  # the page stops, and somebody's command was not answered yet
        if isinstance(error, ValueError) and ACCEPTING in record.getMessage():
            return False  # the page stops, and would have taken more connections
        if not (isinstance(error, CLIENTS_FAULTS) or record.levelno < logging.ERROR):
            return True
        self._count += 1
        now = self._clock()
        if self._said is not None and now - self._said < COUNT_SECONDS:
            return False
        why = reason(error) if error is not None else record.getMessage()
        record.msg = "%d requests or connections were damaged, broke off or were too many; the last: %s"
        record.args = (self._count, why)
        record.exc_info, record.exc_text, record.levelno, record.levelname = None, None, logging.WARNING, "WARNING"
        self._count, self._said = 0, now
        return True
