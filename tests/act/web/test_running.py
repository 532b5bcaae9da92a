"""The page against the running kiosk: both processes, the drawn actor, MediaPipe, TFLite, a broker, a dry run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from moodkiosk.operate.broker import private_broker
from tests.support import browser as support
from tests.support.browser import opened
from tests.support.kiosk import Kiosk
from tests.support.wait import until
from tests.support.web import Visitor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
]

MOODS = re.compile("^(Happy|Neutral|Sad|Angry|Surprised)$")
SETTINGS: dict[str, Any] = {"music": {"moods": {"happy": {"play": ["Sunny side"]}}}}


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with private_broker() as broker, Kiosk(tmp_path_factory.mktemp("kiosk"), broker, SETTINGS) as found:
        found.start("act")
        found.start("sense")
        visitor = Visitor(address(found))

        def answers() -> bool:
            try:
                return visitor.get("/api/state").status == 200
            except OSError:
                return False

        until(answers, 60, "the page")
        yield found


@pytest.fixture(scope="module")
def screen(kiosk: Kiosk) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = support.launch(playwright)
        with opened(browser, address(kiosk)) as watched:
            yield watched.page
            # A browser says it when a server is away; that is one of the tests.
            assert [line for line in watched.complaints if "net::ERR_" not in line] == []
            assert all(url.startswith(address(kiosk)) for url in watched.requests)
        browser.close()


@pytest.fixture
def page(screen: Page) -> Page:
    """The page as somebody finds it: with no sheet that another test left open."""
    if (sheet := screen.locator("dialog")).is_visible():
        screen.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
    return screen


def address(kiosk: Kiosk) -> str:
    return f"http://127.0.0.1:{kiosk.settings['web']['port']}/"


def state(kiosk: Kiosk) -> dict[str, Any]:
    found: dict[str, Any] = Visitor(address(kiosk)).get("/api/state").json
    return found


def test_the_actor_s_moods_come_and_go_on_the_page(kiosk: Kiosk, page: Page) -> None:
    expect(page.locator("#word")).to_have_text(MOODS, timeout=60_000)
    expect(page.locator("#people")).to_have_text("1 person")
    first = page.locator("#word").inner_text()
    expect(page.locator("#word")).not_to_have_text(first, timeout=60_000)
    expect(page.locator("#notices")).to_be_hidden()  # the broker and everything else are well
    assert state(kiosk)["health"]["broker"] == "connected"


def test_every_button_reaches_the_running_kiosk(kiosk: Kiosk, page: Page) -> None:
    dialog = page.locator("dialog")
    page.locator("#more").click()
    dialog.get_by_role("button", name="Choose mood").click()
    dialog.get_by_role("button", name="Happy").click()
    expect(page.locator("#sure-text")).to_contain_text("chosen by hand")
    assert state(kiosk)["manual_mood"] == "happy"

    page.locator("#recommend").click()
    page.get_by_label("Artist").fill("Nena")
    dialog.get_by_role("button", name="Recommend", exact=True).click()
    expect(dialog.locator(".songs li").first).to_contain_text("happy Nena")
    dialog.get_by_role("button", name="Play some for me").click()
    expect(dialog.locator("a")).to_have_attribute("href", re.compile("Nena"))
    # Who wishes for somebody hears that before the mood's own entries.
    expect(dialog).to_contain_text("would play “happy Nena” on Living room (dry run)")
    page.keyboard.press("Escape")
    expect(page.locator("#music")).to_contain_text("would play: happy Nena")

    page.locator("#why").click()
    expect(dialog.locator("li").first).to_contain_text("happy Nena")
    page.keyboard.press("Escape")
    page.locator("#skip").click()
    page.locator("#pause").click()
    expect(page.locator("#music")).to_contain_text("Left to you until")

    page.locator("#more").click()
    dialog.get_by_role("button", name="Choose mood").click()
    dialog.get_by_role("button", name="Let the camera decide").click()
    until(lambda: state(kiosk)["manual_mood"] is None, what="the camera's mood")


def test_the_neutral_face_of_the_actor_is_taken_and_forgotten(page: Page) -> None:
    dialog = page.locator("dialog")
    page.locator("#more").click()
    dialog.get_by_role("button", name="My neutral face").click()

    def taken() -> bool:
        expect(page.locator("#people")).to_have_text("1 person", timeout=60_000)
        page.get_by_label("Your name").fill("Anna")
        dialog.get_by_role("button", name="Start").click()
        expect(dialog.locator(".ring.done")).to_be_visible(timeout=60_000)
        if dialog.locator(".ring.badly").is_visible():  # the actor may have left meanwhile: the scene goes on and on
            dialog.get_by_role("button", name="Try again").click()
            return False
        return True

    until(taken, 120, "a neutral face")
    page.keyboard.press("Escape")
    page.locator("#more").click()
    page.get_by_label("Who is in front?").fill("Anna")
    dialog.get_by_role("button", name="Delete what is kept").click()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog.locator(".toasts")).to_contain_text("Done")
    page.keyboard.press("Escape")


def test_the_camera_goes_off_and_on(kiosk: Kiosk, page: Page) -> None:
    page.locator("#camera").click()
    expect(page.locator("#camera")).to_contain_text("Camera is off", timeout=60_000)
    expect(page.locator("#word")).to_have_text("Camera off")
    assert state(kiosk)["camera_status"] == "off"
    page.locator("#camera").click()
    expect(page.locator("#camera")).to_contain_text("Camera is watching", timeout=30_000)


def test_a_half_that_dies_is_told_and_the_page_finds_a_new_act(kiosk: Kiosk, page: Page) -> None:
    act = next(half for half in kiosk.halves if half.name == "act")
    act.stop()
    expect(page.locator("#stale")).to_be_visible(timeout=60_000)
    kiosk.start("act")
    expect(page.locator("#stale")).to_be_hidden(timeout=60_000)
    until(lambda: state(kiosk)["camera_status"] == "on", what="the new act knows of the camera")
    sense = next(half for half in kiosk.halves if half.name == "sense")
    sense.stop()
    expect(page.locator("#word")).to_have_text("I cannot see", timeout=60_000)
    expect(page.locator("#below")).to_contain_text("not running")
