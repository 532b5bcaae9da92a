"""Teach me against the running kiosk: Chromium, both processes, the drawn actor, the real fit; and interruptions."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from moodkiosk.operate.doctor import opened as opened_files
from tests.support import browser as support
from tests.support.browser import opened
from tests.support.kiosk import Half, Kiosk
from tests.support.pupil import Pupil
from tests.support.wait import until
from tests.support.web import Visitor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
]

OTHERS = ("Angry", "Happy", "Surprised")


class Room:
    """A kiosk, its page, and somebody before it who shows what is asked for."""

    def __init__(self, kiosk: Kiosk, pupil: Pupil, page: Page) -> None:
        self.kiosk, self.pupil, self.page = kiosk, pupil, page
        self.sense: Half = kiosk.halves[-1]

    @property
    def dialog(self) -> Any:
        return self.page.locator("dialog")

    @property
    def kept(self) -> list[str]:
        """What lies on the disk of all that was taught."""
        state = self.kiosk.folder / "state" / "sense"
        found = [*state.glob("taught/**/*"), *state.glob("models/*"), *state.glob("neutral.json")]
        return sorted(path.name for path in found if path.is_file())

    def begin(self) -> None:
        """Neutral and sad: two moods are enough."""
        self.pupil.do("neutral")
        until(lambda: Visitor(address(self.kiosk)).get("/api/state").json["camera_status"] == "on", 60, "the camera")
        self.page.locator("#more").click()
        self.dialog.get_by_role("button", name="Teach me").click()
        self.dialog.locator("summary").click()
        for mood in OTHERS:
            self.dialog.locator(".moods").get_by_role("button", name=mood).click()
        self.page.get_by_label("Your name").fill("Anna")
        self.dialog.get_by_role("button", name="I agree, start").click()
        expect(self.dialog.locator(".what")).to_be_visible()

    def until(self, phase: str) -> dict[str, Any]:
        """Shows what is asked for until the phase is there."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found.append(self.pupil.follow(self.kiosk))
            return found[-1].get("phase") == phase

        until(there, 120, phase)
        return found[-1]

    def close(self) -> None:
        """As the next one finds it."""
        if self.dialog.is_visible():
            self.page.keyboard.press("Escape")
        expect(self.dialog).to_be_hidden()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("room")
    pupil = Pupil(folder)
    with Kiosk(folder, None, pupil.settings) as kiosk, sync_playwright() as playwright:
        kiosk.start("act")
        kiosk.start("sense").wait_for(type="reading", faces=1)
        until(lambda: answers(kiosk), 60, "the page")
        browser = support.launch(playwright)
        with opened(browser, address(kiosk)) as watched:
            yield Room(kiosk, pupil, watched.page)
            assert watched.complaints == []
        browser.close()


@pytest.fixture(autouse=True)
def left_as_found(room: Room) -> Iterator[None]:
    yield
    room.close()
    room.pupil.do("alone")


def address(kiosk: Kiosk) -> str:
    return f"http://127.0.0.1:{kiosk.settings['web']['port']}/"


def answers(kiosk: Kiosk) -> bool:
    try:
        return Visitor(address(kiosk)).get("/api/state").status == 200
    except OSError:
        return False


def test_a_minute_before_the_kiosk_is_learnt_shown_and_undone(room: Room) -> None:
    room.begin()
    room.until("recording")
    expect(room.dialog.locator(".ring:not(.idle)")).to_be_visible()
    room.until("fitting")
    assert room.kept == []
    found = opened_files.look(Path("/proc") / str(room.sense.process.pid))
    assert not found.internet, "what sees learns without a network"
    said = room.until("shown")
    expect(room.dialog.locator(".proof")).to_contain_text("Sad")
    assert [name.split("-")[0] for name in room.kept if name.endswith(".npz")] == ["neutral", "sad"]
    assert ("current.tflite" in room.kept) == said["proof"]["better"]
    room.dialog.get_by_role("button", name="Undo").click()
    expect(room.page.locator("#toasts")).to_contain_text("Taken back")
    assert room.kept == []


def test_somebody_who_walks_in_is_not_recorded_and_the_mood_is_shown_again(room: Room) -> None:
    room.begin()
    room.until("recording")
    room.pupil.do("friend")
    expect(room.dialog.locator(".seen")).to_have_text("I see two people. One at a time, please.", timeout=30_000)
    room.until("waiting")
    room.pupil.do("alone")
    expect(room.dialog.locator(".seen")).to_have_text("I see you.", timeout=30_000)
    room.until("recording")
    room.dialog.get_by_role("button", name="Leave").click()
    until(lambda: room.pupil.follow(room.kiosk).get("phase") == "over", what="the end")
    assert room.kept == []


def test_a_camera_that_is_switched_off_and_a_page_that_is_loaded_anew_end_it(room: Room) -> None:
    room.begin()
    room.until("recording")
    assert room.kiosk.ask("camera", "off").ok
    expect(room.dialog).to_contain_text("It has ended.")
    assert room.kiosk.ask("camera", "on").ok
    room.close()
    room.begin()
    room.until("recording")
    room.page.reload()
    until(lambda: room.pupil.follow(room.kiosk).get("phase") == "over", what="the end")
    assert room.kept == []


@pytest.mark.parametrize("phase", ["countdown", "recording", "fitting"])
def test_a_half_that_is_killed_leaves_nothing_half_kept(room: Room, phase: str) -> None:
    room.begin()
    room.until(phase)
    room.sense.stop(signal.SIGKILL)
    expect(room.dialog).to_contain_text("It has ended.", timeout=30_000)
    assert room.kept == []
    room.close()
    room.sense = room.kiosk.start("sense")
    room.sense.wait_for(type="reading", faces=1)
