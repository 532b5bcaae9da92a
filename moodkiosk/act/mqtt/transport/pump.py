"""One thread waits for a socket and for other threads at once, and has paho read and write."""

from __future__ import annotations

import contextlib
import math
import os
import select
import ssl
import time
from typing import TYPE_CHECKING, Any

from moodkiosk.act.mqtt.transport.silence import Silence

if TYPE_CHECKING:
    from paho.mqtt.client import Client


class Pump:
    """Not paho's own loop: that wakes up every second, and cannot be waited in together with anything else."""

    def __init__(self) -> None:
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.begin()

    def begin(self) -> None:
        """There is a new connection."""
        self._poller = select.poll()  # not select(): that ends at 1024 descriptors
        self._poller.register(self._wake, select.POLLIN)
        self._silence = Silence(time.monotonic())

    def wake(self) -> None:
        """Ends the wait of the moment, or the next. Callable from any thread."""
        with contextlib.suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def silence_seconds(self, keepalive_seconds: float) -> float:
        """How long until paho must be let ask whether a silent broker is still there."""
        return max(0.0, self._silence.over(keepalive_seconds) - time.monotonic())

    def exchange(self, client: Client, sock: Any, wait: float, keepalive_seconds: float) -> None:
        """Waits for the socket or to be woken up, at most `wait` seconds, and lets paho read and write."""
        self._poller.register(sock.fileno(), select.POLLIN | (select.POLLOUT if client.want_write() else 0))
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            wait = 0.0
        ready = dict(self._poller.poll(max(0, math.ceil(wait * 1000))))
        if self._wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake)
        now = time.monotonic()
        if ready.get(sock.fileno(), 0) & ~select.POLLOUT or wait == 0.0:
            client.loop_read()
            self._silence.heard(now)
        if client.socket() is not None and client.want_write():
            client.loop_write()
            self._silence.said(now)
        if client.socket() is not None:
            client.loop_misc()
            self._silence.asked(now, keepalive_seconds)
