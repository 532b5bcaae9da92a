"""What a program may ask of the page. The kiosk is only ever asked through `ask`."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from moodkiosk.act import ports
from moodkiosk.act.metrics import MEDIA_TYPE
from moodkiosk.act.web.parts import Parts
from moodkiosk.host.files import NOT_JSON
from moodkiosk.link import commands
from moodkiosk.link.result import encode
from moodkiosk.moods.command import Result
from moodkiosk.words.reason import Reason, plain

ANSWER_SECONDS = 30.0
"""The longest a command takes: a calibration looks for 5 seconds, a speaker may need 20."""


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a command."""

    command: str
    value: object = None
    transaction: object = None


class Api:
    """For programs, and for the page itself."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def state(self, _request: Request) -> Response:
        """What the kiosk shows of itself."""
        return _json(self._parts.snapshot.state)

    async def history(self, _request: Request) -> Response:
        """Today's moods."""
        return _json(self._parts.snapshot.today())

    async def metrics(self, _request: Request) -> Response:
        """Figures to graph."""
        assert self._parts.metrics is not None
        return Response(self._parts.metrics(), headers={"content-type": MEDIA_TYPE, "cache-control": "no-store"})

    async def token(self, request: Request) -> Response:
        """The token that commands must carry."""
        return _json(msgspec.json.encode({"token": request.scope["token"]}))

    async def why(self, _request: Request) -> Response:
        """The last decisions; on the page, only somebody who wants to know asks for them."""
        self._parts.ask(ports.Request("look", origin="web"))
        return await self._put(ports.Request("why", origin="web"))

    async def recommendations(self, _request: Request) -> Response:
        """Songs to choose from, for the mood; in a view for looking only as well, for it plays nothing."""
        return await self._put(ports.Request("recommendations", origin="web"))

    async def command(self, request: Request) -> Response:
        """Puts a command to the kiosk."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _no(415, Reason("http.content_type"))
        try:
            asked = msgspec.json.decode(request.scope["body"], type=Asked)
        except NOT_JSON as error:
            return _no(400, Reason("http.no_command", reason=str(error)))
        spec = commands.TABLE.get(asked.command)
        if self._parts.read_only and not (spec and spec.guests):
            return _no(403, Reason("http.read_only"), asked.command)
        return await self._put(ports.Request(asked.command, asked.value, None, asked.transaction, "web"))

    async def _put(self, request: ports.Request) -> Response:
        try:
            result = await asyncio.wait_for(asyncio.wrap_future(self._parts.ask(request)), ANSWER_SECONDS)
        except TimeoutError:
            return _no(504, Reason("act.no_answer"), request.name)
        # An order that could not be carried out is no success for `curl --fail`, either.
        return _json(encode(result), 200 if result.ok else 422)


class Events:
    """`/api/events`, as an ASGI application of its own: it lasts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        streams = self._parts.streams
        if scope["method"] not in ("GET", "HEAD"):
            await PlainTextResponse(str(plain(Reason("http.only_get"))), 405, {"allow": "GET"})(scope, receive, send)
            return
        if streams.full:
            await _no(503, Reason("http.too_many_streams"), headers={"retry-after": "10"})(scope, receive, send)
            return
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "GET":
            hello = {"token": scope["token"], "build": self._parts.pages.build}
            await streams.run(hello, receive, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _json(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _no(status: int, error: str, command: str = "", headers: dict[str, str] | None = None) -> Response:
    """A refusal in the shape of a result."""
    return _json(encode(Result(command[:40], ok=False, error=error)), status, headers)
