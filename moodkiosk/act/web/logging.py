"""uvicorn, quiet: it wakes up when something happens, and keeps no record of who looks at the page."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import uvicorn

from moodkiosk.act.web.connections import PatientButFirm

if TYPE_CHECKING:
    from moodkiosk.act.web.access.security import Guard


GRACE_SECONDS = 0.5
"""Streams end by themselves when the page stops; other requests have this long."""


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
            "timeout_keep_alive": 30,
            "timeout_graceful_shutdown": GRACE_SECONDS,
        }
        # A damaged request or an aborted connection is no news; an error of ours is.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        super().__init__(uvicorn.Config(app, **settings))
        self._stop = asyncio.Event()

    def leave(self) -> None:
        """Ends `serve`. On its thread."""
        self.should_exit = True
        self._stop.set()

    async def main_loop(self) -> None:
        """Serves until `leave`."""
        await self._stop.wait()
