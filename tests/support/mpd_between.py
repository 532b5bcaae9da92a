"""A program between a player and a real MPD: it makes that one older, or slow."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MOPIDY_REFUSES = {
    "clearerror": "ACK [0@0] {clearerror} Not implemented",
    "listall": 'ACK [0@0] {listall} "listall" has been disabled in the server',
    "albumart": 'ACK [5@0] {} unknown command "albumart"',
    "readpicture": 'ACK [5@0] {} unknown command "readpicture"',
    'search "(': "ACK [2@0] {search} incorrect arguments",
}
"""How Mopidy 3.4.1 with Mopidy-MPD 3.3.0 answers (tried): commands by how they begin."""


@dataclass
class Between:
    """Where it listens, and what it does.

    Attributes:
        port: where it listens.
        refuses: answers to commands that do not reach the server, by how the command begins.
        before: called with each command before it is passed on; what it waits for, the player waits for.
        heard: the commands that came.
    """

    server_port: int
    refuses: dict[str, str] = field(default_factory=dict)
    before: Callable[[str], object] = lambda _line: None
    heard: list[str] = field(default_factory=list)
    port: int = 0

    def serve(self, player: socket.socket) -> None:
        """Passes commands on, one after the other, and answers back as they come."""
        with player, socket.create_connection(("127.0.0.1", self.server_port)) as server:
            threading.Thread(target=_pour, args=(server, player), daemon=True).start()
            with contextlib.suppress(OSError):
                for raw in player.makefile("rb"):
                    line = raw.decode()
                    self.heard.append(line.strip())
                    self.before(line)
                    refusal = next((text for begin, text in self.refuses.items() if line.startswith(begin)), None)
                    if refusal is None:
                        server.sendall(raw)
                    else:
                        player.sendall(f"{refusal}\n".encode())


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while came := source.recv(65_536):
            sink.sendall(came)
        sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def between(server_port: int) -> Iterator[Between]:
    """Listens for a player until the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Between(server_port, port=listener.getsockname()[1])

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    player, _ = listener.accept()
                    threading.Thread(target=found.serve, args=(player,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield found
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
