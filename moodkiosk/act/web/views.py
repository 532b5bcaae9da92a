"""The page itself and its files."""

from __future__ import annotations

import asyncio
import io

import msgspec
import segno
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from moodkiosk.act import ports
from moodkiosk.act.players.covers import media_type
from moodkiosk.act.web.parts import Parts

YEAR_SECONDS = 31_536_000
WEEK_SECONDS = 604_800


class Views:
    """For people: the page and its files."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def kiosk(self, request: Request) -> Response:
        """The page. Who opens it wants to know what plays: that comes a moment later, by the stream."""
        parts = self._parts
        if _somebody_opens(request):
            parts.ask(ports.Request("look", origin="web"))
        body = parts.pages.page(
            "kiosk.html",
            parts.language_for(request),
            name=parts.name,
            token=request.scope["token"],
            state=parts.snapshot.state.decode(),
            session="yes" if parts.sessions else "",
        )
        return Response(body, media_type="text/html")

    async def asset(self, request: Request) -> Response:
        """A file; its address changes with its content."""
        found = self._parts.pages.file(request.path_params["language"], request.path_params["name"])
        if found is None:
            return PlainTextResponse(self._say(request, "http.not_found"), 404)
        keep = request.path_params["build"] == self._parts.pages.build
        caching = f"public, max-age={YEAR_SECONDS}, immutable" if keep else "no-store"
        return Response(found.body, media_type=found.media_type, headers={"cache-control": caching})

    async def nowhere(self, request: Request, _error: Exception) -> Response:
        """An address that has nothing: a page that leads back for who reads it in a browser, else a line."""
        path = request.url.path
        if "text/html" not in request.headers.get("accept", "") or path.startswith("/api/"):
            return PlainTextResponse(self._say(request, "http.not_found"), 404)
        up = "../" * (path.count("/") - 1) or "./"
        body = self._parts.pages.page("nowhere.html", self._parts.language_for(request), name=self._parts.name, up=up)
        return Response(body, 404, media_type="text/html")

    async def icon(self, request: Request) -> Response:
        """The icon of the page in a browser's tab and on a phone's home screen."""
        found = self._parts.pages.file("en", request.url.path.rpartition("/")[2])
        assert found is not None
        return Response(found.body, media_type=found.media_type, headers={"cache-control": "max-age=86400"})

    async def manifest(self, _request: Request) -> Response:
        """What a phone needs to put the page on its home screen (W3C Web Application Manifest)."""
        icons = [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}]
        icons += [
            {"src": f"icon-{side}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for side, purpose in ((192, "any"), (512, "maskable"))
        ]
        about = {
            "name": self._parts.name,
            "start_url": "./",
            "display": "standalone",
            "background_color": "#fbf4e6",
            "theme_color": "#f3c463",
            "icons": icons,
        }
        return Response(msgspec.json.encode(about), media_type="application/manifest+json")

    async def cover(self, request: Request) -> Response:
        """The picture of music. Browsers ask no other server for it: this half does, and bounds it."""
        found = await asyncio.to_thread(self._parts.cover, request.path_params["key"])
        kind = media_type(found) if found is not None else None
        if found is None or kind is None:
            # No error: the page draws one then, and there is nothing that anybody could mend.
            return Response(None, 204, {"cache-control": "max-age=60"})
        headers = {"cache-control": f"private, max-age={WEEK_SECONDS}", "x-content-type-options": "nosniff"}
        return Response(found, media_type=kind, headers=headers)

    async def qr(self, request: Request) -> Response:
        """A link as a QR code (ISO/IEC 18004): of the recommendation, or of the song with an id out of the list.

        Only our own links, never a given one.
        """
        name = request.query_params.get("song")
        found = self._parts.snapshot.link if name is None else self._parts.snapshot.link_of(name)
        if found is None:
            return PlainTextResponse(self._say(request, "http.nothing_recommended"), 404)
        drawn = io.BytesIO()
        try:
            code = segno.make(found, error="m", micro=False)
        except segno.DataOverflowError:  # a configured link may be as long as it likes
            return PlainTextResponse(self._say(request, "http.not_found"), 404)
        code.save(drawn, kind="svg", border=2, xmldecl=False, omitsize=True)
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    def _say(self, request: Request, key: str) -> str:
        return self._parts.pages.words(self._parts.language_for(request))[key]


def _somebody_opens(request: Request) -> bool:
    """Whether a person has opened the page.

    The kiosk's own screen is none, nor a browser that might need the page later, nor a picture on another site that
    has this address (W3C Fetch Metadata; browsers that do not say it are believed).
    """
    given = request.headers
    early = "prefetch" in given.get("sec-purpose", "") + given.get("purpose", "")
    page = given.get("sec-fetch-dest", "document") in ("document", "iframe")
    return request.method == "GET" and page and not early and "screen" not in request.query_params
