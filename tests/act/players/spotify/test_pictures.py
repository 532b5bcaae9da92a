"""Covers come from Spotify's picture servers only, and none of them keeps the page waiting."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from moodkiosk.act.players.covers import COVER_LIMIT_BYTES
from moodkiosk.act.players.spotify.pictures import Pictures
from moodkiosk.config.settings import SpotifyDeveloper, SpotifySettings

PNG = b"\x89PNG\r\n\x1a\n"
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "address",
    [
        "https://i.scdn.co:99999/x",
        "https://i.scdn.co:x/x",
        "https://i.scdn.co:8443/x",
        "https://[::1/x",
        "https://i.scdn.co.evil.example/x",
        "https://user@evil.example#.scdn.co",
        "http://i.scdn.co/x",
        "file:///etc/passwd",
        "//i.scdn.co/x",
        "",
    ],
)
def test_nothing_else_is_asked(address: str) -> None:
    assert Pictures(SpotifySettings()).fetch(address) is None


@contextlib.contextmanager
def server(first: bytes, then: bytes = b"", pause: float = 0.0) -> Iterator[tuple[str, threading.Event]]:
    """Says this to whoever comes, then that again and again until they hang up (which is told)."""
    hung_up = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(first)
            for _ in range(2000 if then else 0):
                connection.sendall(then)
                time.sleep(pause)
            return
        hung_up.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", hung_up


def pictures(api: str, seconds: float) -> Pictures:
    """Those of somebody's own Web API, which may be asked."""
    return Pictures(SpotifySettings(developer=SpotifyDeveloper(api_url=api)), seconds)


def test_a_picture_is_fetched() -> None:
    with server(OK + PNG) as (api, _):
        assert pictures(api, 20).fetch(f"{api}/cover") == PNG


@pytest.mark.parametrize(
    ("then", "pause"), [(b"x", 0.05), (b"x" * (COVER_LIMIT_BYTES // 4), 0.0)], ids=["byte by byte", "without end"]
)
def test_one_that_comes_slowly_or_never_ends_is_given_up(then: bytes, pause: float) -> None:
    with server(OK + PNG, then, pause) as (api, hung_up):
        assert pictures(api, 0.5).fetch(f"{api}/cover") is None
        assert hung_up.wait(30)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_whatever_else_is_answered_is_none(answer: bytes) -> None:
    with server(answer) as (api, _):
        assert pictures(api, 20).fetch(f"{api}/cover") is None
