"""Where the browser ends up after a sign-in: the callback on this machine, and the address a person pastes instead."""

from __future__ import annotations

import contextlib
import html
import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from moodkiosk.words.language import FALLBACK, translated
from moodkiosk.words.reason import Reason

LINE_LIMIT_BYTES = 4096
PATH = "/callback"


class WrongAddress(Exception):
    """An address that is not the answer to this sign-in, and why; another one may follow."""


class Denied(Exception):
    """The answer to this sign-in is no."""


def code_in(address: str, port: int, state: str) -> str:
    """The code that Spotify has put into an address. Raises WrongAddress or Denied."""
    expected = f"http://127.0.0.1:{port}{PATH}?code=…"
    try:
        url = urlsplit(_with_scheme(address.strip().strip("'\"<>")))
        where, given = (url.hostname, url.port), parse_qs(url.query)
    except ValueError:
        raise WrongAddress(Reason("signin.no_address", expected=expected)) from None
    if url.hostname == "accounts.spotify.com" or (url.path or "").endswith("/authorize"):
        raise WrongAddress(Reason("signin.address_to_open", expected=expected))
    if where[0] in ("127.0.0.1", "localhost") and where[1] != port:
        raise WrongAddress(Reason("signin.other_port", found=where[1], port=port, expected=expected))
    if where != ("127.0.0.1", port) or url.path != PATH:
        raise WrongAddress(Reason("signin.not_the_address", expected=expected))
    if given.get("state") != [state]:
        raise WrongAddress(Reason("signin.other_sign_in"))
    if "error" in given:
        said = given["error"][0][:60]
        raise Denied(Reason("signin.said_no") if said == "access_denied" else Reason("spotify.says", message=said))
    if not given.get("code"):
        raise WrongAddress(Reason("signin.no_code", expected=expected))
    return given["code"][0]


def _with_scheme(address: str) -> str:
    """The address as it was before a browser left out `http://`, as many do where they show it."""
    return address if "://" in address else f"http://{address}"


@contextlib.contextmanager
def callbacks(port: int, judge: Callable[[str], str], tag: str = FALLBACK) -> Iterator[int]:
    """Listens on 127.0.0.1 for the browser; gives a file descriptor from which each address can be read, as a line.

    Args:
        port: where to listen. Raises OSError if it is taken.
        judge: says to the person at the browser what becomes of an address; raises WrongAddress or Denied.
        tag: the language in which it is said.
    """
    reading, writing = socket.socketpair()
    with reading, writing:
        server = _Server(("127.0.0.1", port), _handler(port, judge, tag, writing))
        thread = Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield reading.fileno()
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hung up is no news."""


def _handler(port: int, judge: Callable[[str], str], tag: str, heard: socket.socket) -> type[BaseHTTPRequestHandler]:
    """Answers the browser, and writes each address that is judged to `heard`."""

    class Callback(BaseHTTPRequestHandler):
        timeout = 5  # a browser opens connections on which it says nothing

        def do_GET(self) -> None:
            address = f"http://127.0.0.1:{port}{self.path}"
            if not self.path.startswith(PATH) or len(address) >= LINE_LIMIT_BYTES:
                self._say(404, Reason("signin.nothing_here"))  # a favicon
                return
            try:
                status, text = 200, judge(address)
            except Denied as denied:
                status, text = 200, str(denied)
            except WrongAddress as wrong:
                status, text = 400, str(wrong)
            self._say(status, text)
            heard.sendall(address.encode() + b"\n")

        def _say(self, status: int, text: str) -> None:
            content = f"<!doctype html><title>moodkiosk</title><p>{html.escape(translated(text, tag))}</p>".encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Silence: the address holds the code."""

    return Callback


def lines(descriptors: list[int], deadline: float, until_end_of: int | None = None) -> Iterator[str]:
    """The lines that arrive on any of the descriptors, until all have ended, `until_end_of` has, or `deadline`.

    Args:
        descriptors: to read from.
        deadline: monotonic seconds.
        until_end_of: one of them that ends it all when it ends; None: none does.
    """
    begun = dict.fromkeys(descriptors, b"")
    while begun and (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select(list(begun), [], [], left)
        for descriptor in ready:
            chunk = os.read(descriptor, LINE_LIMIT_BYTES)
            *whole, begun[descriptor] = (begun[descriptor] + chunk).split(b"\n")
            if not chunk:
                whole.append(begun.pop(descriptor))
            elif len(begun[descriptor]) > LINE_LIMIT_BYTES:
                begun[descriptor] = b""
            for line in whole:
                if line.strip():
                    yield line.decode("utf-8", "replace")
            if not chunk and descriptor == until_end_of:
                return
