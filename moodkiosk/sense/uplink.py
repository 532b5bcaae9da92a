"""Sense's end of the link to act: connects, connects again, and never blocks (contract 6)."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterable
from pathlib import Path

from moodkiosk.link import protocol
from moodkiosk.link.messages import FromSense, Order
from moodkiosk.moods.reading import Reading

RETRY_SECONDS = 1.0
"""Between two attempts to connect: a Unix socket answers at once, or not at all."""

PENDING_LIMIT_BYTES = protocol.LINE_LIMIT_BYTES
"""With more than this unsent, act is stuck: readings are dropped, so that it does not get stale ones later."""

HANG_UP_BYTES = 4 * protocol.LINE_LIMIT_BYTES
"""With more than this unsent, the connection is given up."""


class Uplink:
    """A connection that comes and goes.

    Attributes:
        dropped: readings that act did not take in time.
        damaged: lines from act that could not be understood.
    """

    def __init__(self, path: Path, timer: int | None = None) -> None:
        """`timer`: a descriptor that act is given with the first line of each connection, see `link.timer`."""
        self.dropped = self.damaged = 0
        self._timer = timer
        self._given = False
        self._path = path
        self._socket: socket.socket | None = None
        self._splitter = protocol.LineSplitter()
        self._unsent = bytearray()
        self._tried_at: float | None = None

    @property
    def connected(self) -> bool:
        """Whether act is there."""
        return self._socket is not None

    def connect(self, at: float) -> bool:
        """Connects unless connected already or tried a moment before; True if a connection was made just now."""
        if self._socket is not None or (self._tried_at is not None and 0 <= at - self._tried_at < RETRY_SECONDS):
            return False
        self._tried_at = at
        try:
            peer = _connected(self._path)
        except OSError:  # not there, not listening, not ours, busy, or too many files are open: all of them pass
            return False
        self._socket, self._splitter, self._unsent = peer, protocol.LineSplitter(), bytearray()
        self._given = self._timer is None
        return True

    def wait(self, seconds: float, others: Iterable[int] = ()) -> None:
        """Waits until act says something, one of the `others` (file descriptors) can be read, or time is over."""
        reading: list[int | socket.socket] = list(others)
        writing: list[socket.socket] = []
        if self._socket is not None:
            reading.append(self._socket)
            if self._unsent:
                writing.append(self._socket)
        if reading or writing or seconds > 0:
            select.select(reading, writing, [], max(0.0, seconds))

    def orders(self) -> list[Order]:
        """What act has asked for since."""
        found: list[Order] = []
        while self._socket is not None:
            try:
                data = self._socket.recv(65536)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self.close()
                break
            before = self._splitter.damaged + self._splitter.oversized
            for message in self._splitter.messages(data):
                if isinstance(message, Order):
                    found.append(message)
                else:
                    self.damaged += 1
            self.damaged += self._splitter.damaged + self._splitter.oversized - before
        self._flush()
        return found

    def tell(self, *messages: FromSense) -> None:
        """Sends messages in one go, as far as act takes them; dropped without act."""
        if self._socket is None:
            return
        for message in messages:
            if isinstance(message, Reading) and len(self._unsent) >= PENDING_LIMIT_BYTES:
                self.dropped += 1
            else:
                self._unsent += protocol.encode(message)
        self._flush()
        if len(self._unsent) > HANG_UP_BYTES:
            self.close()

    def close(self) -> None:
        """Hangs up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._unsent.clear()

    def _flush(self) -> None:
        if self._socket is None or not self._unsent:
            return
        try:
            sent = self._sent(self._socket)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        with contextlib.suppress(BufferError):
            del self._unsent[:sent]

    def _sent(self, peer: socket.socket) -> int:
        """Sends what the socket takes; how many bytes. Raises OSError."""
        if self._given or self._timer is None:
            return peer.send(self._unsent)
        sent = socket.send_fds(peer, [bytes(self._unsent)], [self._timer])
        self._given = True
        return sent


def _connected(path: Path) -> socket.socket:
    """A socket that is connected and never waits. Raises OSError."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        peer.connect(str(path))
    except OSError:
        peer.close()
        raise
    return peer
