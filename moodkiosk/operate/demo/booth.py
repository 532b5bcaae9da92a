"""The booth from which a visitor directs the drawn actor: a small page of its own, beside the kiosk's.

It draws the actor itself, from what it has written into the play's file (`sense.actor.cues`). The half that sees draws
the same for itself and is asked for nothing; so the demo shows what is before the camera, and still no picture leaves
that half. Serves this machine only.
"""

from __future__ import annotations

import html
import json
import re
import socket
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args
from urllib.parse import urlsplit

from moodkiosk.act.web.pages import TYPES, Pages, with_head
from moodkiosk.sense.actor import cues
from moodkiosk.words.language import say

NAMES = ("127.0.0.1", "localhost")
LEAD_SECONDS = 2.0
"""The scene begins when the half that sees may be ready."""
VIEWERS_LIMIT = 4
"""So many pictures are drawn at once; a further viewer sees none."""
IDLE_SECONDS = 20.0
"""A connection that says nothing for so long is closed."""
BODY_LIMIT_BYTES = 200
CUES = get_args(cues.Cue)
BUTTONS = tuple(cue for cue in CUES if cue != "alone")


class Booth:
    """The page, on a thread of its own, as a context.

    Attributes:
        origins: under which it is to be had.
    """

    def __init__(self, script: Path, port: int, kiosk_port: int, slower: float = 1.0) -> None:
        """Takes `port` if it is free, else any; `kiosk_port` is the kiosk's own page; `script` is the play's file.

        `slower`: so many times as long as usual the scene takes.
        """
        self.kiosk_port = kiosk_port
        self.pages = Pages()
        self.viewers = threading.BoundedSemaphore(VIEWERS_LIMIT)
        self._script = script
        self._lock = threading.Lock()
        self.play = cues.Play(slower=slower)
        self.direct("by_themselves", time.monotonic() + LEAD_SECONDS)
        handler = type("Handler", (Visit,), {"booth": self})
        self._server = Server(("127.0.0.1", port if _is_free(port) else 0), handler)
        self.origins = [f"http://{name}:{self._server.server_port}" for name in NAMES]

    def direct(self, cue: cues.Cue, at: float) -> None:
        """Has the actors do something."""
        with self._lock:
            self.play = self.play.take(cue, at)
            cues.write(self.play, self._script)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="booth", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class Server(ThreadingHTTPServer):
    """A thread for each connection; they end with us."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who has gone is no news."""


class Visit(BaseHTTPRequestHandler):
    """One connection."""

    booth: Booth
    timeout = IDLE_SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The page, its files, and the picture."""
        path = urlsplit(self.path).path
        if not self._is_ours():
            self._refuse(HTTPStatus.FORBIDDEN, "demo.other_name", address=f"{self.booth.origins[1]}/")
        elif path == "/":
            self._answer(HTTPStatus.OK, self._page(), "text/html; charset=utf-8")
        elif path == "/play":
            self._answer(HTTPStatus.OK, self._said(), "application/json")
        elif path == "/ready":
            self._answer(HTTPStatus.OK, json.dumps(_answers(self.booth.kiosk_port)).encode(), "application/json")
        elif path == "/icon.svg":
            icon = self.booth.pages.file("en", "icon.svg")
            assert icon is not None
            self._answer(HTTPStatus.OK, icon.body, icon.media_type)
        elif path == "/picture":
            self._show()
        elif path in FILES:
            self._answer(HTTPStatus.OK, *FILES[path])
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "nowhere.title")

    def do_POST(self) -> None:
        """`/play`, {"cue": …}: directs the actors."""
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length)) if length.isdecimal() and int(length) <= BODY_LIMIT_BYTES else b""
        given = _cue(body)
        # A page of another site cannot send this type without asking first, and is not answered then.
        if not self._is_ours() or self.headers.get("Content-Type") != "application/json":
            self._refuse(HTTPStatus.FORBIDDEN, "http.other_site")
        elif self.path != "/play" or given is None:
            self._refuse(HTTPStatus.BAD_REQUEST, "bad.expected", words=list(CUES))
        else:
            self.booth.direct(given, time.monotonic())
            self._answer(HTTPStatus.OK, self._said(), "application/json")

    def _is_ours(self) -> bool:
        """Whether we are called by a name of ours (else: DNS rebinding), and by no page of another site."""
        host = urlsplit(f"//{self.headers.get('Host', '')}")
        origin = self.headers.get("Origin")
        return host.hostname in NAMES and (origin is None or urlsplit(origin).netloc == host.netloc)

    def _said(self) -> bytes:
        play = self.booth.play
        by_themselves = play.scene_at is not None
        return json.dumps(
            {
                "by_themselves": by_themselves,
                "mood": play.first.mood if play.first.here and not by_themselves else None,
                "friend": play.friend.here and not by_themselves,
            }
        ).encode()

    def _refuse(self, status: HTTPStatus, key: str, **fields: object) -> None:
        self._answer(status, say(self._language(), key, **fields).encode(), "text/plain; charset=utf-8")

    def _language(self) -> str:
        wanted = dict(part.partition("=")[::2] for part in urlsplit(self.path).query.split("&"))
        return self.booth.pages.language(wanted.get("lang", ""), self.headers.get("Accept-Language", ""))

    def _page(self) -> bytes:
        language = self._language()
        words = self.booth.pages.words(language)
        host = urlsplit(f"//{self.headers['Host']}").hostname
        slots = words | {"language": language, "kiosk": f"http://{host}:{self.booth.kiosk_port}/?lang={language}"}
        slots["buttons"] = "".join(
            f'<button type="button" data-cue="{cue}">{html.escape(words[f"demo.{cue}"])}</button>' for cue in BUTTONS
        )
        escaped = {name: text if name == "buttons" else html.escape(text) for name, text in slots.items()}
        return re.sub(r"\{([\w.]+)\}", lambda found: escaped[found[1]], PAGE).encode()

    def _show(self) -> None:
        """The picture, again and again (multipart/x-mixed-replace, as network cameras do it), until nobody looks."""
        from moodkiosk.operate.demo.pictures import pictures  # loads OpenCV

        if not self.booth.viewers.acquire(blocking=False):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "http.too_many_streams")
            return
        try:
            self._head(HTTPStatus.OK, "multipart/x-mixed-replace; boundary=next", None)
            self.close_connection = True
            for picture in pictures(lambda: self.booth.play, points="points" in self.path):
                self.wfile.write(b"--next\r\nContent-Type: image/jpeg\r\n\r\n" + picture + b"\r\n")
        finally:
            self.booth.viewers.release()

    def _answer(self, status: HTTPStatus, body: bytes, media_type: str) -> None:
        self._head(status, media_type, len(body))
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, media_type: str, length: int | None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        host = self.headers.get("Host", "").rpartition(":")[0]
        for name, value in HEADERS.items():
            self.send_header(
                name, value.format(kiosk=f"http://{host}:{self.booth.kiosk_port}" if host in NAMES else "")
            )
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Who looks at the page is nobody's business."""


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
    "'self'; frame-src {kiosk}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_here = resources.files(__package__).joinpath("assets")
PAGE = with_head(_here.joinpath("demo.html").read_bytes().decode())
FILES = {
    f"/{name}": (_here.joinpath(name).read_bytes(), TYPES[name.rpartition(".")[2]]) for name in ("demo.css", "demo.js")
}


def _cue(body: bytes) -> cues.Cue | None:
    try:
        given = json.loads(body)
    except ValueError:
        return None
    cue = given.get("cue") if isinstance(given, dict) else None
    return cue if cue in CUES else None


def _answers(port: int) -> bool:
    """Whether the kiosk's page is there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
