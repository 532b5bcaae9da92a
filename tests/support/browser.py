"""A real Chromium for the tests, one for the whole session, and every page that is opened in it watched."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, Playwright, expect

from tests.support import needs

# Off: what a browser asks the Internet for by itself.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=60_000)  # milliseconds; its own 5 s are short for a busy machine
SIZES = {"kiosk": (800, 480), "phone": (390, 844), "desk": (1440, 900)}
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""One pixel, as PNG."""
SCREENSHOTS = Path(os.environ.get("MOODKIOSK_SCREENSHOTS") or Path(__file__).parents[2] / "build" / "screenshots")
"""Where pictures are kept, for people to look at."""


@dataclass
class Watched:
    """A page, and what went on in it.

    Attributes:
        page: the page.
        requests: the addresses that were asked for.
        complaints: errors of scripts, and what the console says of errors (a violated policy, a file not found).
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def launch(playwright: Playwright) -> Browser:
    """The browser. The test is marked `browser`."""
    return playwright.chromium.launch(executable_path=needs.find("chromium"), args=ARGUMENTS)


@contextmanager
def opened(
    browser: Browser,
    address: str,
    size: str = "kiosk",
    *,
    wait_until: Literal["load", "domcontentloaded"] = "load",
    **options: Any,
) -> Iterator[Watched]:
    """A page of its own, at one of `SIZES`, in English unless `options` (of a browser context) say otherwise."""
    width, height = SIZES[size]
    options = {"locale": "en-GB", "color_scheme": "light", "reduced_motion": "reduce"} | options
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    try:
        watched = Watched(context.new_page())
        watched.page.set_default_timeout(90_000)  # as above
        watched.page.on("request", lambda request: watched.requests.append(request.url))
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        watched.page.on(
            "console", lambda message: watched.complaints.append(message.text) if message.type == "error" else None
        )
        watched.page.goto(address, wait_until=wait_until)
        yield watched
    finally:
        context.close()
