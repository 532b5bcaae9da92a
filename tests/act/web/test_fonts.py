"""Every sheet of the page in every font that people have, in both languages: nothing is cut off, nothing sticks out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from moodkiosk.act.ports import Request
from moodkiosk.act.web.access import password
from moodkiosk.decide.music.songs import song
from moodkiosk.link.messages import Teaching
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.report import LookReport, Track
from moodkiosk.operate.demo.booth import Booth
from tests.act.web.test_teach import PROOF, STEPS
from tests.support import fonts
from tests.support.browser import PICTURE, SCREENSHOTS, opened
from tests.support.wait import until
from tests.support.web import HELLO, Household, household, page_only

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = ((800, 480), (390, 844), (320, 568))
LONG = "Die Sonne, die Sterne und alle anderen Lieder der Weltgeschichte"
ONE_WORD = "Donaudampfschifffahrtsgesellschaftskapitänslieder"
CUT = """() => {
    const found = [], sheet = document.querySelector('dialog[open]');
    const whole = sheet ?? document.documentElement, box = whole.getBoundingClientRect();
    if (whole.scrollWidth > whole.clientWidth + 1) found.push(`all of it is ${whole.scrollWidth} wide`);
    for (const element of (sheet ?? document.body).querySelectorAll('*')) {
        const style = getComputedStyle(element), place = element.getBoundingClientRect();
        const text = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
        if (!text || element.closest('svg, script, style, noscript') || !element.checkVisibility()) continue;
        if (place.width < 2 || place.height < 2) continue;  // for ears only
        const name = `${element.tagName} ${element.textContent.trim().slice(0, 60)}`;
        const meant = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';  // a name may end in "…"
        const wide = element.scrollWidth > element.clientWidth + 1;
        const high = element.scrollHeight > element.clientHeight + 1;
        const clipped = style.overflowX !== 'visible' && (wide || high);
        if (!meant && style.display !== 'inline' && (wide || clipped)) found.push(`cut: ${name}`);
        if (place.left < box.left - 1 || place.right > box.right + 1) found.push(`sticks out: ${name}`);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    with household(tmp_path_factory.mktemp("home")) as found:
        album = replace(song("album", LONG, Choice("uri", "spotify:album:sun"), by=ONE_WORD), cover="c0ver", songs=120)
        found.songs, found.covers = (album, replace(album, id="2", title=ONE_WORD, cover="gone")), {"c0ver": PICTURE}
        found.see("happy")
        yield found


def more(page: Page, number: int) -> None:
    """The sheet behind a button of "More", by its number: teach, undo, choose, wrong, calibrate, day, why."""
    page.locator("#more").click()
    page.locator("dialog p.do.many button").nth(number).click()


def forget(page: Page) -> None:
    page.locator("#more").click()
    page.locator("dialog button.quietly").first.click()


def listed(page: Page) -> None:
    page.evaluate("sessionStorage.setItem('asked', 'yes')")
    page.locator("#recommend").click()
    expect(page.locator("dialog .songs li").nth(2)).to_be_visible()


def coded(page: Page) -> None:
    listed(page)
    page.locator("dialog .songs li button").nth(1).click()
    expect(page.locator("dialog .qr")).to_be_visible()


def surprised(page: Page) -> None:
    listed(page)
    page.locator("dialog button.main").click()
    expect(page.locator("dialog .recommended")).to_be_visible()


SHEETS: dict[str, Callable[[Page], None]] = {
    "front": lambda _: None,
    "more": lambda page: page.locator("#more").click(),
    "ask": lambda page: page.locator("#recommend").click(),
    "list": listed,
    "code": coded,
    "surprise": surprised,
    "forget": forget,
} | {
    name: lambda page, number=number: more(page, number)
    for number, name in enumerate(("teach", "undo", "choose", "wrong", "calibrate", "day", "why"))
}


def fits(page: Page, name: str, locale: str) -> list[str]:
    """What does not, on each screen and in each font."""
    found = []
    for family in fonts.each(page):
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{name}, {locale}, {family}, {width}: {fault}" for fault in page.evaluate(CUT)]
        if family == "Noto Serif":
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"font-{locale}-{name}.png")
    page.evaluate("document.adoptedStyleSheets = []")
    page.set_viewport_size({"width": SCREENS[0][0], "height": SCREENS[0][1]})
    return found


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_every_sheet_fits_in_every_font_that_people_have(browser: Browser, home: Household, locale: str) -> None:
    home.loop.put(replace(HELLO, model_made="taught"))
    playing = Track(LONG, ONE_WORD, LONG, "c0ver", 754.0, 312.0)
    home.loop.put(LookReport("others", time.monotonic(), "somebody plays other music", track=playing, live=True))
    until(lambda: home.view.model == "taught" and home.view.now_playing is not None, what="a song")
    found: list[str] = []
    with opened(browser, home.address, locale=locale) as watched:
        page = watched.page
        for name, show in SHEETS.items():
            show(page)
            if name != "front":
                expect(page.locator("#sheet-title")).to_be_visible()
            found += fits(page, name, locale)
            page.keyboard.press("Escape")
            expect(page.locator("#sheet-title")).to_have_count(0)
            page.evaluate("sessionStorage.clear()")
        more(page, 0)
        page.locator("dialog form button.main").click()
        for number, step in enumerate((*STEPS[:4], {"phase": "shown", "proof": PROOF})):
            home.loop.put(Teaching(time.monotonic(), **step))
            expect(page.locator("dialog .proof" if "proof" in step else "dialog .teaching")).to_be_visible()
            page.wait_for_function(
                "number => number === 4 || document.querySelector('dialog .what').textContent", arg=number
            )
            found += fits(page, f"teach {number}", locale)
        home.loop.ask(Request("teach_keep")).result(10)
        home.loop.put(Teaching(time.monotonic(), "over", text="kept"))
        assert watched.complaints == []
    assert found == []


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_sign_in_and_the_demo_fit_as_well(browser: Browser, tmp_path: Path, locale: str) -> None:
    secret = tmp_path / "web-password"
    secret.write_text(password.hashed("a good password"))
    found: list[str] = []
    with (
        page_only(tmp_path, password_file=str(secret)) as (_, address),
        opened(browser, address, locale=locale) as seen,
    ):
        expect(seen.page.locator("input[type=password]")).to_be_visible()
        found += fits(seen.page, "sign-in", locale)
        seen.page.locator("input[type=password]").fill("a wrong one")
        seen.page.locator("button").first.click()
        expect(seen.page.locator("#problem")).to_be_visible()
        found += fits(seen.page, "wrong password", locale)
    with Booth(tmp_path / "play.json", 0, 9) as booth, opened(browser, booth.origins[0], locale=locale) as seen:
        expect(seen.page.locator("button").first).to_be_visible()
        found += fits(seen.page, "demo", locale)
    assert found == []
