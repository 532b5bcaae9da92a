"""The guard before the page: who may ask, from where, and how much at a time. Pure ASGI, around the application.

Host: a page of another site can make a browser call any name that it resolves to this machine (DNS rebinding); so only
names that are ours are answered. An address literal cannot be rebound and is one of ours whenever it reaches us.
Origin and token: a page of another site can make a browser send a request here with our cookie (CSRF).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from moodkiosk.act.web.access.headers import headers, policy_with_style
from moodkiosk.act.web.access.request import App, Message, Receive, Refused, Request, Send, body_of
from moodkiosk.act.web.access.sessions import Sessions
from moodkiosk.host.machine import hostname
from moodkiosk.words.reason import Reason, plain, said

OTHER_NAME = Reason("http.other_name")
TOKEN_HEADER = b"x-csrf-token"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
OPEN_PATHS = ("/login", "/display", "/assets/", "/metrics", "/icon", "/manifest.webmanifest")
"""Answered without a session: nothing of the household is in them."""


class Guard:
    """Checks every request before the application sees it, and puts the safety headers on every answer.

    A request's body is read here, whole and in time; the application finds it at `scope["body"]`.
    """

    def __init__(
        self,
        app: App,
        host: str,
        further_hosts: Iterable[str],
        sessions: Sessions | None,
        key: bytes,
        framed_by: Iterable[str] = (),
        root_path: str = "",
        other_name: Callable[[str, str, str], bytes] | None = None,
    ) -> None:
        """Guards `app`, which listens at `host`.

        Args:
            app: the application.
            host: the address it listens at.
            further_hosts: other names that are ours.
            sessions: who is signed in; None: nobody needs to.
            key: what tokens are made with; secret.
            framed_by: origins of sites that may show the page in a frame.
            root_path: under which a proxy shows us and leaves in the paths it asks for; "" for none.
            other_name: makes the page for a browser that calls us by a name that is not ours, from that name, the same
                with its port, and what languages it accepts; None: a line says so.
        """
        self._answer_headers = headers(tuple(framed_by))
        self._root_path = root_path
        self._other_name = other_name
        self._app = app
        self._sessions = sessions
        self._key = key
        self._any_address = host not in LOOPBACK
        self._names = names(host, further_hosts)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        send = _with_headers(send, self._answer_headers)
        if self._root_path and f"{scope['path']}/".startswith(f"{self._root_path}/"):
            if scope["path"] == self._root_path:  # our addresses are relative to a folder
                await _send(send, 308, [(b"location", f"{self._root_path}/".encode())], b"")
                return
            scope["path"] = scope["path"].removeprefix(self._root_path)
            scope["raw_path"] = scope["path"].encode()
        request = Request(scope)
        try:
            self._check_host(request)
            self._check_session(request)
            self._check_origin(request)
            scope["token"] = self.token(request.session)
            if request.method not in ("GET", "HEAD"):
                scope["body"] = await body_of(request, receive)
        except Refused as refused:
            page = None
            if refused.text == OTHER_NAME and self._other_name and request.wants_page:
                accepted = request.header(b"accept-language") or ""
                page = self._other_name(request.host or "", request.header(b"host") or "", accepted)
            await _refuse(request, refused, page, send)
            return
        await self._app(scope, receive, send)

    def token(self, session: str) -> str:
        """The token that a request with consequences must carry; another one for every session and every start."""
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()

    def _check_host(self, request: Request) -> None:
        if not is_ours(request.host, self._names, any_address=self._any_address):
            raise Refused(403, OTHER_NAME)

    def _check_session(self, request: Request) -> None:
        if self._sessions is None or request.path.startswith(OPEN_PATHS) or self._sessions.knows(request.session):
            return
        raise Refused(401, Reason("http.sign_in"))

    def _check_origin(self, request: Request) -> None:
        """Same origin for everything with consequences, and the token (the sign-in itself cannot have one yet)."""
        if request.method in ("GET", "HEAD"):
            return
        origin, host = request.header(b"origin"), request.header(b"host")
        if origin is not None and urlsplit_netloc(origin) != host:
            raise Refused(403, Reason("http.other_site"))
        if (request.header(b"sec-fetch-site") or "same-origin") not in ("same-origin", "none"):
            raise Refused(403, Reason("http.other_site"))
        if request.path == "/login":
            return
        given = request.header(TOKEN_HEADER) or ""
        if not hmac.compare_digest(given.encode("latin-1"), self.token(request.session).encode()):
            raise Refused(403, Reason("http.token"))


def urlsplit_netloc(origin: str) -> str | None:
    """Host and port of an origin; None for "null" and other things that are no origin of a page."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc if parts.scheme in ("http", "https") else None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


async def _refuse(request: Request, refused: Refused, page: bytes | None, send: Send) -> None:
    """Says no, on a page where there is one; to a browser that has to sign in first, where."""
    # Closed, since there may be a body on its way that nobody is going to read.
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    status, body = refused.status, str(plain(refused.text))
    if status == 401 and request.method in ("GET", "HEAD") and not request.path.startswith("/api/"):
        up = "../" * (request.path.count("/") - 1)
        status, headers = 303, [*headers, (b"location", f"{up}login".encode())]
    elif request.path.startswith("/api/"):
        headers[0] = (b"content-type", b"application/json")
        body = json.dumps(said({"error": refused.text}, ("error",)), ensure_ascii=False)
    if page is not None:
        # Under a name that is not ours nothing else is answered, so its style is in the page, and only that is allowed.
        headers[0] = (b"content-type", b"text/html; charset=utf-8")
        headers.append((b"content-security-policy", policy_with_style(page)))
    await _send(send, status, headers, body.encode() if page is None else page)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def names(host: str, further_hosts: Iterable[str]) -> frozenset[str]:
    """The names under which a page that listens at `host` is called, in small letters."""
    found = {*LOOPBACK, *(name.lower() for name in further_hosts)}
    if host not in LOOPBACK:
        own = hostname().lower()
        found |= {host, own, f"{own}.local"}
    return frozenset(found)


def is_ours(host: str | None, ours: frozenset[str], *, any_address: bool) -> bool:
    """Whether we answer to a name; `any_address`: also to an address literal, which reaches us only if it is ours."""
    return host is not None and (host in ours or (any_address and _is_address(host)))


def _with_headers(send: Send, headers: dict[bytes, bytes]) -> Send:
    """`send`, with the safety headers where the application has not said otherwise."""

    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {key.lower() for key, _ in message.get("headers", [])}
            more = [(key, value) for key, value in headers.items() if key not in given]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return send_with
