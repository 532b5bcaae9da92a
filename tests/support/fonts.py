"""The fonts that people have, each forced upon a page: letters of another width and height must fit as well."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FAMILIES = ("DejaVu Sans", "Liberation Sans", "Noto Sans", "DejaVu Serif", "Liberation Serif", "Noto Serif")
"""Defaults of Debian, Raspberry Pi OS and other desktops, with the serif fonts that some set instead."""
FORCE = """family => {
    const sheet = new CSSStyleSheet();  // which a page's policy cannot forbid, unlike a style element
    sheet.replaceSync(`* { font-family: '${family}' !important }`);
    document.adoptedStyleSheets = [sheet];
}"""


def installed() -> list[str]:
    """Those of the families that are installed here."""
    if shutil.which("fc-list") is None:
        return []
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout
    known = {name for line in listed.splitlines() for name in line.split(",")}
    return [family for family in FAMILIES if family in known]


def each(page: Page) -> Iterator[str]:
    """The font that the page chooses, then each that is installed, forced upon it."""
    yield "its own"
    for family in installed():
        page.evaluate(FORCE, family)
        yield family
