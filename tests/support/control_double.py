"""A stand-in for act's control socket: answers each command as it is told, and remembers what it was asked."""

from __future__ import annotations

import json
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Answer = Callable[[str, Any], str | None]
"""Command and value to the error, or None for "ok"."""


class ControlDouble:
    """Listens on a socket; a context manager.

    Attributes:
        data: the data of each answer.
        asked: the commands with their values, as they come.
    """

    def __init__(self, path: Path, answer: Answer = lambda _name, _value: None, data: object = None) -> None:
        self.data = data
        self.asked: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._path, self._answer = path, answer
        self._socket = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._socket.bind(str(self._path))
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()
        self._path.unlink()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                request = json.loads(stream.readline())
                error = self._answer(request["command"], request["value"])
                answer = {"command": request["command"], "ok": error is None, "error": error, "text": "done"}
                answer["data"] = self.data
                stream.write(json.dumps(answer).encode() + b"\n")
                stream.flush()
                self.asked.put((request["command"], request["value"]))
