"""Cameras on the network, on loopback: a live one that ffmpeg plays, and one that sends garbage."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from typing import Self

import pytest

from tests.support import needs


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stream:
    """A moving test picture, 320x240 at 15 a second, over HTTP-MJPEG, for one viewer."""

    def __init__(self) -> None:
        program = needs.find("ffmpeg")
        if program is None:
            pytest.skip("needs ffmpeg, to play a camera on the network")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process = subprocess.Popen(
            [program, "-loglevel", "quiet", "-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=15",
             "-q:v", "5", "-f", "mpjpeg", "-listen", "1", self.url],
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def serve_garbage() -> Iterator[int]:
    """Something that answers HTTP like a camera, and sends noise; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_send_noise, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _send_noise(server: socket.socket) -> None:
    head = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=x\r\n\r\n"
    with contextlib.suppress(OSError):
        while True:
            viewer, _ = server.accept()
            with viewer, contextlib.suppress(OSError):
                viewer.sendall(head + os.urandom(1 << 20))
