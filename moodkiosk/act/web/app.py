"""The addresses of the page and of its API."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from moodkiosk.act.web.access.sign_in import SignIn
from moodkiosk.act.web.api import Api, Events
from moodkiosk.act.web.parts import Parts
from moodkiosk.act.web.views import Views

ICONS = ("icon.svg", "icon-180.png", "icon-192.png", "icon-512.png")
"""The SVG for browsers; PNG for the home screens of phones: iOS takes 180, Android 192, and 512 cut to any shape."""


def application(parts: Parts) -> Starlette:
    """The application, to be put behind a `security.Guard`."""
    api, view, sign_in = Api(parts), Views(parts), SignIn(parts)
    metrics = [Route("/metrics", api.metrics)] if parts.metrics else []
    return Starlette(
        routes=[
            *metrics,
            Route("/", view.kiosk),
            *(Route(f"/{name}", view.icon) for name in ICONS),
            Route("/manifest.webmanifest", view.manifest),
            Route("/qr.svg", view.qr),
            Route("/cover/{key}", view.cover),
            Route("/assets/{build}/{language}/{name}", view.asset),
            Route("/login", sign_in.show),
            Route("/login", sign_in.enter, methods=["POST"]),
            Route("/logout", sign_in.leave, methods=["POST"]),
            Route("/display", sign_in.display),
            Route("/api/state", api.state),
            Route("/api/history", api.history),
            Route("/api/why", api.why),
            Route("/api/recommendations", api.recommendations),
            Route("/api/token", api.token),
            Route("/api/command", api.command, methods=["POST"]),
            Route("/api/events", Events(parts)),
        ],
        exception_handlers={404: view.nowhere},
    )
