"""A request, as far as the guard looks at it: by which name, with which cookie and which body. No more is believed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from moodkiosk.words.reason import Reason

BODY_LIMIT_BYTES = 8 * 1024
"""A command's value may have 4 KiB (`commands.VALUE_LIMIT_BYTES`)."""
BODY_SECONDS = 5.0
COOKIE = "moodkiosk"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class Refused(Exception):
    """A request that goes no further: the status, and why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Request:
    """The part of a request that the guard looks at."""

    def __init__(self, scope: MutableMapping[str, Any]) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: list[tuple[bytes, bytes]] = scope["headers"]

    def header(self, name: bytes) -> str | None:
        """The header, if it is there exactly once."""
        found = [value for key, value in self.headers if key == name]
        return found[0].decode("latin-1") if len(found) == 1 else None

    @property
    def host(self) -> str | None:
        """The name under which we are called, without the port; None for none or an odd one."""
        value = self.header(b"host")
        try:
            return urlsplit(f"//{value}").hostname if value else None
        except ValueError:
            return None

    @property
    def wants_page(self) -> bool:
        """Whether a person in front of a browser asks, rather than a program."""
        readable = "text/html" in (self.header(b"accept") or "")
        return self.method == "GET" and readable and not self.path.startswith("/api/")

    @property
    def session(self) -> str:
        """The session's cookie, or ""."""
        return session_of(self.header(b"cookie") or "")


def session_of(cookies: str) -> str:
    """The session in a header "Cookie", or "".

    RFC 6265, section 5.4: pairs with "; " between them, and ours needs no quotes. Read here, and not by Python's
    `http.cookies` (as Starlette does), which needs 15 s of a fast processor for 60 kB of backslashes
    (CVE-2024-7592, open in Debian 12).
    """
    pairs = (pair.strip().partition("=") for pair in cookies.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


async def body_of(request: Request, receive: Receive) -> bytes:
    """The whole body. Raises Refused for one that is too long or comes too slowly."""
    length = request.header(b"content-length") or "0"
    if not length.isdecimal() or len(length) > 9 or int(length) > BODY_LIMIT_BYTES:
        raise Refused(413, Reason("bad.too_many_bytes", count=BODY_LIMIT_BYTES))
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, Reason("http.broke_off"))
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > BODY_LIMIT_BYTES:
                    raise Refused(413, Reason("bad.too_many_bytes", count=BODY_LIMIT_BYTES))
    except TimeoutError:
        raise Refused(408, Reason("http.slow")) from None
    return body
