"""Readable from the sofa: on every screen, in both languages, with the longest of names, nothing is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from moodkiosk.config.settings import KioskSettings
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.view import NowPlaying, View
from moodkiosk.words.language import translated
from moodkiosk.words.reason import Reason
from tests.support.browser import SCREENSHOTS, opened
from tests.support.web import LABELS, page_only

pytestmark = [
    pytest.mark.browser,
]

# The seven-inch screen, it at 200 % zoom, a phone upright and lying, a small phone, a tablet, a desk.
SCREENS = ((800, 480), (400, 240), (390, 844), (844, 390), (320, 568), (768, 1024), (1440, 900))
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunte"
NAMES = "Anna Maria Magdalena von und zu Hohenlohe-Langenburg, Senior"
ARABIC = "غرفة المعيشة في بيت عائلة عبد الرحمن بن محمد الكبير في المدينة"[:60]
HEBREW = "הסלון בבית של משפחת בן־גוריון הגדולה שברחוב הראשי של העיר"[:60]
USUAL = View(
    mood="happy",
    confidence=0.9,
    since="2026-11-24T20:14:00+01:00",
    present=True,
    people=2,
    person="Anna",
    camera_status="on",
    now_playing=NowPlaying(
        "playing",
        "mood",
        "happy",
        "Sunny side",
        title="Irgendwie, irgendwo, irgendwann",
        artist="Nena",
        since="2026-11-24T20:14:00+01:00",
        duration_seconds=240.0,
        elapsed_seconds=60.0,
        as_of="2026-11-24T20:40:00+01:00",
    ),
    labels=LABELS,
)
FACTS = {"word", "people", "music", "camera-text", "sure-text", "clock"}
BUTTONS = ("recommend", "pause", "skip", "quieter", "louder", "more")
TROUBLE = {"broker": "Connection refused: is it running?", "login_days_left": 5, "memory": "the disk is full"}

MEASURE = """() => {
    const found = [], root = document.scrollingElement;
    if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth} wide`);
    scrollTo(0, root.scrollHeight);
    const buttons = document.querySelector('nav').getBoundingClientRect();
    if (buttons.bottom > innerHeight + 1) found.push('the buttons are below the screen');
    for (const element of document.querySelectorAll('header *, main *, nav *, #day *')) {
        const style = getComputedStyle(element), place = element.getBoundingClientRect();
        if (element.closest('svg, .band') || !element.checkVisibility() || style.clipPath !== 'none') continue;
        const name = element.id || element.className || element.tagName;
        const text = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
        if (place.left < -1 || place.right > innerWidth + 1) found.push(`${name} sticks out of the screen`);
        const wide = style.display !== 'inline' && element.scrollWidth > element.clientWidth + 1;
        const high = style.overflow !== 'visible' && element.scrollHeight > element.clientHeight + 1;
        if (text && (wide || high)) found.push(`${name} is cut: ${element.textContent}`);
        const button = element.closest('button')?.getBoundingClientRect() ?? place;
        const beside = place.left < button.left - 1 || place.right > button.right + 1;
        if (beside || place.bottom > button.bottom + 1)
            found.push(`${name} sticks out of its button`);
        if (element.closest('main, #day') && place.bottom > buttons.top + 1 && buttons.top > place.top - 1)
            found.push(`${name} lies under the buttons`);
    }
    scrollTo(0, 0);
    return found;
}"""


def measure(page: Page, name: str, *, pictures: bool = True, screens: Sequence[tuple[int, int]] = SCREENS) -> None:
    """Every screen is measured, and photographed for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in screens:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(MEASURE) == [], (name, width, height)
        if pictures:
            page.screenshot(path=SCREENSHOTS / f"layout-{name}-{width}x{height}.jpeg", quality=80)


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
@pytest.mark.parametrize("name", [WORD, NAMES, ARABIC, HEBREW], ids=["word", "names", "arabic", "hebrew"])
def test_names_of_sixty_letters_are_neither_cut_nor_push_anything_out(
    browser: Browser, tmp_path: Path, locale: str, name: str
) -> None:
    assert len(name) > 54
    assert USUAL.now_playing is not None
    playing = replace(USUAL.now_playing, title=name, artist=name)
    view = replace(USUAL, person=name, now_playing=playing, mood=name, labels=(name,))
    with (
        page_only(tmp_path, TROUBLE, kiosk=KioskSettings(name=name)) as (kiosk, address),
        opened(browser, address, locale=locale) as watched,
    ):
        kiosk.show(view)
        expect(watched.page.locator("#people")).to_contain_text(name)
        measure(watched.page, f"{locale}-{len(name)}-{name[:4]}")
        if name in (ARABIC, HEBREW):
            watched.page.evaluate("document.documentElement.dir = 'rtl'")
            measure(watched.page, f"{locale}-rtl-{name[:4]}", pictures=False)


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_usual_evening_fits_on_seven_inches_without_scrolling_and_with_text_twice_as_large_nothing_is_cut(
    browser: Browser, tmp_path: Path, locale: str
) -> None:
    with page_only(tmp_path) as (kiosk, address), opened(browser, address, locale=locale) as watched:
        page = watched.page
        for number, view in enumerate(
            (
                USUAL,
                replace(USUAL, mood="surprise"),
                replace(USUAL, mood=None),
                replace(USUAL, mood=None, present=False, people=0, now_playing=None, person=None),
                replace(USUAL, mood=None, camera=False, camera_status="off", present=False, people=0, now_playing=None),
            )
        ):
            kiosk.show(view)
            page.wait_for_function("mood => document.body.dataset.mood === mood", arg=view.mood or "")
            measure(page, f"{locale}-usual-{number}")
            page.set_viewport_size({"width": 800, "height": 480})
            assert page.evaluate("document.scrollingElement.scrollHeight") <= 480, number
        # As the browser's setting for the size of text does.
        page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
        measure(page, f"{locale}-text-200", screens=[screen for screen in SCREENS if screen[0] >= 390 < screen[1]])


REASONS = (
    Reason(
        "music.paused_by_people", until=Reason("until.time", time=Reason("time.far", day=Reason("day.3"), time="07:00"))
    ),
    Reason("spotify.speaker_missing", name=WORD[:40], others=["Kitchen", NAMES]),
    Reason("spotify.wait", time=Reason("time.near", time="23:59"), why=Reason("spotify.quota")),
    Reason("link.liked"),
)


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_long_reasons_and_faults_are_neither_cut_nor_push_the_buttons_out(
    browser: Browser, tmp_path: Path, locale: str
) -> None:
    """Why nothing plays, what is wrong with the camera, and three notices at once: on every screen, each language."""
    silent = replace(USUAL, mood=None, now_playing=None, playing=None, person=None)
    lost = Reason("eye.status_lost", detail=Reason("usb.cannot_open", name="/dev/video0"))
    with page_only(tmp_path, TROUBLE) as (kiosk, address), opened(browser, address, locale=locale) as watched:
        for number, reason in enumerate(REASONS):
            kiosk.show(
                replace(silent, camera_status=lost, volume_cap=number)
                if number % 2
                else replace(silent, volume_cap=number)
            )
            kiosk.decided(Decision("none", 0.0, Reason("music.not_played", reason=reason)))
            said = translated(reason, locale[:2])
            expect(watched.page.locator("#music")).to_contain_text(said)
            measure(watched.page, f"{locale}-reason-{number}", pictures=number == 1)


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_what_one_wants_to_know_from_the_sofa_is_28_pixels_high_on_seven_inches(
    browser: Browser, tmp_path: Path, locale: str
) -> None:
    sizes = """names => Object.fromEntries(names.map(
        id => [id, parseFloat(getComputedStyle(document.getElementById(id)).fontSize)]))"""
    with page_only(tmp_path) as (kiosk, address), opened(browser, address, locale=locale) as watched:
        kiosk.show(USUAL)
        expect(watched.page.locator("#people")).to_contain_text("Anna")
        found = watched.page.evaluate(sizes, sorted(FACTS))
        assert {name for name, size in found.items() if size < 28} == set(), found
        for name in (*FACTS, *BUTTONS):
            expect(watched.page.locator(f"#{name}")).to_be_in_viewport(ratio=1)


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_with_everything_wrong_at_once_the_facts_and_the_buttons_keep_their_place(
    browser: Browser, tmp_path: Path, locale: str
) -> None:
    """Four notices are one line on seven inches: the first, and how many more there are behind it."""
    with page_only(tmp_path, TROUBLE) as (kiosk, address), opened(browser, address, locale=locale) as watched:
        page = watched.page
        for number, view in enumerate((USUAL, replace(USUAL, mood=None), replace(USUAL, mood=WORD, labels=(WORD,)))):
            kiosk.show(replace(view, player_status="speaker not connected: is “Living room” switched on?"))
            page.wait_for_function("mood => document.body.dataset.mood === mood", arg=view.mood or "")
            expect(page.locator(".notice")).to_have_count(2)
            assert page.evaluate("document.scrollingElement.scrollHeight") <= 480, number
            for name in (*(FACTS if view.mood else FACTS - {"sure-text"}), *BUTTONS):
                expect(page.locator(f"#{name}")).to_be_in_viewport(ratio=1)
            page.screenshot(path=SCREENSHOTS / f"layout-{locale}-four-notices-{number}.jpeg", quality=80)
        page.locator(".notice").last.click()
        expect(page.locator("dialog .details li")).to_have_count(4)


def test_a_sheet_that_goes_on_below_says_so_until_its_end_is_reached(browser: Browser, tmp_path: Path) -> None:
    with page_only(tmp_path) as (kiosk, address), opened(browser, address) as watched:
        kiosk.show(USUAL)
        page = watched.page
        page.locator("#more").click()
        further = page.locator(".further")
        expect(further).to_be_visible()
        page.screenshot(path=SCREENSHOTS / "more-goes-on.jpeg")
        page.evaluate("document.getElementById('sheet').scrollTop = 1e6")
        expect(further).to_be_hidden()
