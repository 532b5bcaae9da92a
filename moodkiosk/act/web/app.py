"""The addresses of the page and of its API, and what each answers. The kiosk is only ever asked through `ask`."""

from __future__ import annotations

import asyncio
import hmac
import io
from dataclasses import asdict, dataclass
from urllib.parse import parse_qs

import msgspec
import segno
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from moodkiosk import commands
from moodkiosk.act import ports
from moodkiosk.act.web.board import Board
from moodkiosk.act.web.pages import Pages
from moodkiosk.act.web.security import COOKIE
from moodkiosk.act.web.sessions import SESSION_SECONDS, Sessions, Throttle
from moodkiosk.act.web.stream import Streams
from moodkiosk.moods import Result

ANSWER_SECONDS = 20.0
"""The longest a command takes is a calibration, some seven seconds."""
LINK_SECONDS = 31_536_000
QUEUE_FOR_PASSWORDS = 4
"""One password is checked at a time; when more than so many wait, the others are sent away."""


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a command."""

    command: str
    value: object = None
    transaction: object = None


@dataclass(frozen=True)
class Parts:
    """What the application is made of."""

    board: Board
    streams: Streams
    pages: Pages
    ask: ports.Ask
    sessions: Sessions | None
    language: str  # as configured: "auto", or a language
    name: str  # of the kiosk
    read_only: bool
    display_key: str  # opens a session for the screen on the kiosk itself
    blank: bool  # that screen is dark while nobody is there


def application(parts: Parts) -> Starlette:
    """The application, to be put behind a `security.Guard`."""
    api, view, door = Api(parts), Views(parts), Door(parts)
    return Starlette(
        routes=[
            Route("/", view.kiosk),
            Route("/icon.svg", view.icon),
            Route("/manifest.webmanifest", view.manifest),
            Route("/qr.svg", view.qr),
            Route("/assets/{build}/{language}/{name}", view.asset),
            Route("/login", door.show),
            Route("/login", door.enter, methods=["POST"]),
            Route("/logout", door.leave, methods=["POST"]),
            Route("/display", door.display),
            Route("/api/state", api.state),
            Route("/api/history", api.history),
            Route("/api/why", api.why),
            Route("/api/token", api.token),
            Route("/api/command", api.command, methods=["POST"]),
            Route("/api/events", Events(parts)),
        ]
    )


class Api:
    """For programs, and for the page itself."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def state(self, _request: Request) -> Response:
        """What the kiosk shows of itself."""
        return _json(self._parts.board.state)

    async def history(self, _request: Request) -> Response:
        """Today's moods."""
        return _json(self._parts.board.today())

    async def token(self, request: Request) -> Response:
        """The token that commands must carry."""
        return _json(msgspec.json.encode({"token": request.scope["token"]}))

    async def why(self, _request: Request) -> Response:
        """The last decisions."""
        return await self._put(ports.Request("why", origin="web"))

    async def command(self, request: Request) -> Response:
        """Puts a command to the kiosk."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _no(415, "expected the content type application/json")
        try:
            asked = msgspec.json.decode(request.scope["body"], type=Asked)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            return _no(400, f'expected {{"command": …, "value": …, "transaction": …}}: {error}')
        spec = commands.TABLE.get(asked.command)
        if self._parts.read_only and not (spec and spec.guests):
            return _no(403, "this view is for looking only (web.read_only)", asked.command)
        return await self._put(ports.Request(asked.command, asked.value, None, asked.transaction, "web"))

    async def _put(self, request: ports.Request) -> Response:
        try:
            result = await asyncio.wait_for(asyncio.wrap_future(self._parts.ask(request)), ANSWER_SECONDS)
        except TimeoutError:
            return _no(504, "the kiosk did not answer", request.name)
        # An order that could not be carried out is no success for `curl --fail`, either.
        return _json(msgspec.json.encode(asdict(result)), 200 if result.ok else 422)


class Views:
    """For people: the page and its files."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def kiosk(self, request: Request) -> Response:
        """The page."""
        parts = self._parts
        body = parts.pages.page(
            "kiosk.html",
            _language(parts, request),
            name=parts.name,
            token=request.scope["token"],
            state=parts.board.state.decode(),
            session="yes" if parts.sessions else "",
        )
        return Response(body, media_type="text/html")

    async def asset(self, request: Request) -> Response:
        """A file; its address changes with its content."""
        found = self._parts.pages.file(request.path_params["language"], request.path_params["name"])
        if found is None:
            return PlainTextResponse("not found", 404)
        keep = request.path_params["build"] == self._parts.pages.build
        caching = f"public, max-age={LINK_SECONDS}, immutable" if keep else "no-store"
        return Response(found.body, media_type=found.media_type, headers={"cache-control": caching})

    async def icon(self, _request: Request) -> Response:
        """The icon of the page in a browser's tab and on a phone's home screen."""
        found = self._parts.pages.file("en", "icon.svg")
        assert found is not None
        return Response(found.body, media_type=found.media_type, headers={"cache-control": "max-age=86400"})

    async def manifest(self, _request: Request) -> Response:
        """What a phone needs to put the page on its home screen (W3C Web Application Manifest)."""
        icon = {"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml"}
        about = {"name": self._parts.name, "start_url": "/", "display": "standalone", "icons": [icon]}
        return Response(msgspec.json.encode(about), media_type="application/manifest+json")

    async def qr(self, _request: Request) -> Response:
        """The link of the recommendation as a QR code (ISO/IEC 18004). Only our own link, never a given one."""
        found = self._parts.board.link
        if found is None:
            return PlainTextResponse("nothing is recommended", 404)
        drawn = io.BytesIO()
        segno.make(found, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False, omitsize=True)
        return Response(drawn.getvalue(), media_type="image/svg+xml")


class Door:
    """Signing in and out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._throttle = Throttle()
        self._one = asyncio.Semaphore(1)
        self._waiting = 0

    async def show(self, request: Request) -> Response:
        """The form."""
        if self._parts.sessions is None or self._parts.sessions.knows(request.cookies.get(COOKIE, "")):
            return RedirectResponse("/", 303)
        return self._form(request, 200, "")

    async def enter(self, request: Request) -> Response:
        """Checks a password: one at a time, and not without end."""
        sessions, address = self._parts.sessions, request.client.host if request.client else ""
        if sessions is None:
            return RedirectResponse("/", 303)
        if self._throttle.wait_seconds(address) > 0 or self._waiting >= QUEUE_FOR_PASSWORDS:
            return self._form(request, 429, "login.later")
        fields = parse_qs(request.scope["body"].decode("utf-8", "replace"), max_num_fields=4)
        self._waiting += 1
        try:
            async with self._one:
                # Those who waited while others from their address failed are not let in by the queue.
                if self._throttle.wait_seconds(address) > 0:
                    return self._form(request, 429, "login.later")
                right = await asyncio.to_thread(sessions.matches, fields.get("password", [""])[0])
        finally:
            self._waiting -= 1
        if not right:
            self._throttle.wrong(address)
            return self._form(request, 403, "login.wrong")
        self._throttle.right(address)
        return await self._let_in(sessions)

    async def display(self, request: Request) -> Response:
        """Lets the screen on the kiosk itself in, by a key that only those who are on the machine can read."""
        sessions, given = self._parts.sessions, request.query_params.get("key", "")
        where = "/?screen=blank" if self._parts.blank else "/?screen"
        if sessions is None:
            return RedirectResponse(where, 303)
        address = request.client.host if request.client else ""
        if self._throttle.wait_seconds(address) > 0:
            return self._form(request, 429, "login.later")
        if not _same(given, self._parts.display_key):
            self._throttle.wrong(address)
            return RedirectResponse("/login", 303)
        return await self._let_in(sessions, where)

    async def leave(self, request: Request) -> Response:
        """Signs out."""
        if self._parts.sessions is not None:
            self._parts.sessions.close(request.cookies.get(COOKIE, ""))
            await asyncio.to_thread(self._parts.sessions.save)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return answer

    async def _let_in(self, sessions: Sessions, where: str = "/") -> Response:
        token = sessions.open()
        await asyncio.to_thread(sessions.save)
        answer = RedirectResponse(where, 303)
        # Lax, not strict: a link to the kiosk on a dashboard should not ask for the password again. What has
        # consequences needs same origin and the token besides.
        answer.set_cookie(COOKIE, token, int(SESSION_SECONDS), path="/", httponly=True, samesite="lax")
        return answer

    def _form(self, request: Request, status: int, problem: str) -> Response:
        language = _language(self._parts, request)
        text = self._parts.pages.words(language)[problem] if problem else ""
        body = self._parts.pages.page("login.html", language, name=self._parts.name, problem=text)
        return Response(body, status, media_type="text/html")


class Events:
    """`/api/events`, as an ASGI application of its own: it lasts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        streams = self._parts.streams
        if scope["method"] not in ("GET", "HEAD"):
            await PlainTextResponse("only GET", 405, {"allow": "GET"})(scope, receive, send)
            return
        if streams.full:
            await _no(503, "too many streams are open", headers={"retry-after": "10"})(scope, receive, send)
            return
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "GET":
            hello = {"token": scope["token"], "build": self._parts.pages.build}
            await streams.run(hello, receive, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _language(parts: Parts, request: Request) -> str:
    wanted = request.query_params.get("lang") or parts.language
    return parts.pages.language(wanted, request.headers.get("accept-language", ""))


def _json(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _no(status: int, error: str, command: str = "", headers: dict[str, str] | None = None) -> Response:
    """A refusal in the shape of a result."""
    return _json(msgspec.json.encode(asdict(Result(command[:40], ok=False, error=error))), status, headers)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
