"""Signing in and out."""

from __future__ import annotations

import asyncio
import hmac
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from moodkiosk.act.web.access.request import COOKIE, session_of
from moodkiosk.act.web.access.sessions import SESSION_SECONDS, Sessions, Throttle
from moodkiosk.act.web.parts import Parts

QUEUE_FOR_PASSWORDS = 4
"""One password is checked at a time; when more than so many wait, the others are sent away."""


class SignIn:
    """Signing in and out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._throttle = Throttle()
        self._one = asyncio.Semaphore(1)
        self._waiting = 0

    async def show(self, request: Request) -> Response:
        """The form."""
        if self._parts.sessions is None or self._parts.sessions.knows(session_of(request.headers.get("cookie", ""))):
            return RedirectResponse("./", 303)
        return self._form(request, 200, "")

    async def enter(self, request: Request) -> Response:
        """Checks a password: one at a time, and not without end."""
        sessions, address = self._parts.sessions, request.client.host if request.client else ""
        if sessions is None:
            return RedirectResponse("./", 303)
        if self._throttle.wait_seconds(address) > 0 or self._waiting >= QUEUE_FOR_PASSWORDS:
            return self._form(request, 429, "login.later")
        self._waiting += 1
        try:
            async with self._one:
                # Those who waited while others from their address failed are not let in by the queue.
                if self._throttle.wait_seconds(address) > 0:
                    return self._form(request, 429, "login.later")
                right = await asyncio.to_thread(sessions.matches, _password(request.scope["body"]))
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
        where = "./?screen=blank" if self._parts.blank else "./?screen"
        if sessions is None:
            return RedirectResponse(where, 303)
        address = request.client.host if request.client else ""
        if self._throttle.wait_seconds(address) > 0:
            return self._form(request, 429, "login.later")
        if not hmac.compare_digest(given.encode(), self._parts.display_key.encode()):
            self._throttle.wrong(address)
            return RedirectResponse("login", 303)
        return await self._let_in(sessions, where)

    async def leave(self, request: Request) -> Response:
        """Signs out."""
        if self._parts.sessions is not None:
            self._parts.sessions.close(session_of(request.headers.get("cookie", "")))
            await asyncio.to_thread(self._parts.sessions.save)
        answer = RedirectResponse("login", 303)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return answer

    async def _let_in(self, sessions: Sessions, where: str = "./") -> Response:
        token = sessions.open()
        await asyncio.to_thread(sessions.save)
        answer = RedirectResponse(where, 303)
        # Lax, not strict: a link to the kiosk on a dashboard should not ask for the password again. What has
        # consequences needs same origin and the token besides.
        answer.set_cookie(COOKIE, token, int(SESSION_SECONDS), path="/", httponly=True, samesite="lax")
        return answer

    def _form(self, request: Request, status: int, problem: str) -> Response:
        language = self._parts.language_for(request)
        text = self._parts.pages.words(language)[problem] if problem else ""
        body = self._parts.pages.page("login.html", language, name=self._parts.name, problem=text)
        return Response(body, status, media_type="text/html")


def _password(body: bytes) -> str:
    """The form's field; "" where there is none, or far too many of them."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=4)
    except ValueError:
        return ""
    return fields.get("password", [""])[0]
