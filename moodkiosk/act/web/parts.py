"""What the application is made of, handed to each of its rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from moodkiosk.act import ports
from moodkiosk.act.web.access.sessions import Sessions
from moodkiosk.act.web.pages import Pages
from moodkiosk.act.web.snapshot import Snapshot
from moodkiosk.act.web.stream import Streams


@dataclass(frozen=True)
class Parts:
    """What the application is made of."""

    snapshot: Snapshot
    streams: Streams
    pages: Pages
    ask: ports.Ask
    sessions: Sessions | None
    language: str  # as configured: "auto", or a language
    name: str  # of the kiosk
    read_only: bool
    display_key: str  # opens a session for the screen on the kiosk itself
    metrics: Callable[[], bytes] | None  # figures to graph, where they are wanted
    cover: Callable[[str], bytes | None]  # the picture of music, by its key
    blank: bool  # that screen is dark while nobody is there

    def language_for(self, request: Request) -> str:
        """The language to answer in: asked for in the address, configured, or the browser's."""
        wanted = request.query_params.get("lang") or self.language
        return self.pages.language(wanted, request.headers.get("accept-language", ""))
