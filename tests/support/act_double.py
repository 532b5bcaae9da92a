"""A small act: listens where sense connects, keeps what it says, and gives it orders."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from moodkiosk.link import protocol
from moodkiosk.link.messages import Hello, Order, OrderName, SenseResult
from tests.support.wait import until

Kind = TypeVar("Kind", bound=protocol.Line)


class ActDouble:
    """Listens on a Unix socket.

    Attributes:
        said: everything that sense said, in order.
        damaged: lines that were none.
    """

    def __init__(self, path: Path, on_hello: str | None = None) -> None:
        """`on_hello`: tells sense at once that the camera should be "on" or "off", as act does."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.said: list[protocol.Line] = []
        self.damaged = 0
        self._on_hello = on_hello
        self._number = 0
        self._peer: socket.socket | None = None
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def connected(self) -> bool:
        """Whether sense is there."""
        return self._peer is not None

    def all(self, kind: type[Kind]) -> Sequence[Kind]:
        """What sense said of one kind."""
        return [message for message in self.said if isinstance(message, kind)]

    def wait_for(
        self, kind: type[Kind], seconds: float = 60.0, where: Callable[[Kind], bool] = lambda _: True, after: int = 0
    ) -> Kind:
        """The first message of a kind for which `where` holds, from the `after`th message on."""

        def found() -> Sequence[Kind]:
            return [message for message in self.said[after:] if isinstance(message, kind) and where(message)][:1]

        return until(found, seconds, f"a {kind.__name__}")[0]

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        assert self._peer is not None
        self._peer.sendall(data)

    def tell(self, what: OrderName, value: str = "") -> int:
        """Gives an order and returns its number."""
        self._number += 1
        self.send(protocol.encode(Order(self._number, what, value)))
        return self._number

    def order(self, what: OrderName, value: str = "", seconds: float = 60.0) -> SenseResult:
        """Gives an order and waits for its result."""
        number = self.tell(what, value)
        return self.wait_for(SenseResult, seconds, lambda result: result.id == number)

    def hang_up(self) -> None:
        """Closes the connection; sense may connect again."""
        peer, self._peer = self._peer, None
        if peer is not None:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
            peer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.hang_up()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._server.accept()
                self._peer = peer
                self._read(peer)

    def _read(self, peer: socket.socket) -> None:
        splitter = protocol.LineSplitter()
        with contextlib.suppress(OSError):
            while data := peer.recv(65536):
                for message in splitter.messages(data):
                    self.said.append(message)
                    if isinstance(message, Hello) and self._on_hello:
                        self.tell("camera", self._on_hello)
                self.damaged += splitter.damaged
                splitter.damaged = 0
        if self._peer is peer:
            self._peer = None
        peer.close()
