"""The demo's page: a hand directs the drawn actor, and the kiosk beside it has to see what comes of that."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from moodkiosk.operate.demo.booth import Booth
from moodkiosk.operate.demo.pictures import SIZE, pictures
from moodkiosk.sense.actor.cues import Play, PlayFile
from tests.support import browser as support
from tests.support.browser import Watched, opened
from tests.support.web import Answer, Visitor

# A visitor with a browser, before the real demo.


@pytest.fixture(scope="module")
def demo(browser: Browser) -> Iterator[Watched]:
    command = [sys.executable, "-m", "moodkiosk", "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[1]
        try:
            # The picture never ends loading: that is what it is for.
            with opened(browser, address, "desk", wait_until="domcontentloaded") as watched:
                yield watched
        finally:
            process.terminate()


def press(page: Page, cue: str) -> None:
    page.get_by_role("button", name=cue, exact=True).click()


@pytest.mark.browser
@pytest.mark.slow
def test_what_the_hand_has_the_actor_do_is_seen_by_the_kiosk(demo: Watched) -> None:
    page, kiosk = demo.page, demo.page.frame_locator("iframe")
    for cue, word in (
        ("Smile", "Happy"),
        ("Look sad", "Sad"),
        ("Look angry", "Angry"),
        ("Be surprised", "Surprised"),
        ("Relax", "Neutral"),
    ):
        press(page, cue)
        expect(page.get_by_role("button", name=cue, exact=True)).to_have_attribute("aria-pressed", "true")
        expect(kiosk.locator("#word")).to_have_text(word, timeout=60_000)
    press(page, "Come with a friend")
    expect(kiosk.locator("#people")).to_contain_text("2 people", timeout=60_000)
    press(page, "Come with a friend")  # once more: the friend goes
    expect(kiosk.locator("#people")).to_contain_text("1 person", timeout=60_000)
    press(page, "Leave")
    expect(kiosk.locator("#word")).to_have_text("Nobody here", timeout=60_000)
    press(page, "Play by itself")
    expect(kiosk.locator("#word")).to_have_text("Neutral", timeout=60_000)
    page.screenshot(path=support.SCREENSHOTS / "demo.jpeg")
    assert demo.complaints == []
    addresses = {re.sub(r":\d+/.*", "", url) for url in demo.requests}
    assert addresses <= {"http://127.0.0.1"}


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_fits_on_every_screen_and_axe_finds_nothing(demo: Watched) -> None:
    page = demo.page
    for width, height in ((1440, 900), (800, 480), (390, 844), (320, 700)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    found = Axe().run(page, options={"iframes": False})  # the kiosk's page is looked at elsewhere
    assert found.violations_count == 0, found.generate_report()


# By hand.


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    with Booth(tmp_path / "play.json", 0, 9) as found:
        yield found


def direct(booth: Booth, body: bytes, **headers: str) -> Answer:
    return Visitor(booth.origins[0]).ask("POST", "/play", body, **({"Content_Type": "application/json"} | headers))


def test_a_cue_is_written_for_the_half_that_sees_and_answered_with_what_is_played(booth: Booth, tmp_path: Path) -> None:
    file = PlayFile(tmp_path / "play.json")
    assert file.read().scene_at is not None
    answer = direct(booth, b'{"cue": "sad"}')
    assert (answer.status, answer.json) == (200, {"by_themselves": False, "mood": "sad", "friend": False})
    assert (file.read().first.mood, file.read().first.here) == ("sad", True)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"cue": "fly"}', b'{"cue": []}', b"x" * 1000])
def test_what_is_no_cue_is_refused(booth: Booth, body: bytes) -> None:
    assert direct(booth, body).status == 400


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Content_Type": "text/plain"}, {"Origin": "null"}],
)
def test_a_page_of_another_site_directs_nobody(booth: Booth, headers: dict[str, str]) -> None:
    before = booth.play
    assert direct(booth, b'{"cue": "leave"}', **headers).status == 403
    assert booth.play == before


def test_the_page_is_in_the_visitors_language_and_frames_nothing_but_the_kiosk(booth: Booth) -> None:
    visitor = Visitor(booth.origins[0])
    page = visitor.get("/", Accept_Language="de-AT")
    assert "Lächeln" in page.body.decode()
    assert "frame-src http://127.0.0.1:9;" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert visitor.get("/demo.js").headers["content-type"].startswith("text/javascript")
    assert visitor.get("/../command.py").status == 404


def test_the_picture_goes_on_and_on(booth: Booth) -> None:
    line = HTTPConnection(booth.origins[0].removeprefix("http://"), timeout=60)
    line.request("GET", "/picture")
    answer = line.getresponse()
    assert answer.getheader("Content-Type", "").startswith("multipart/x-mixed-replace")
    data = b""
    while data.count(b"--next") < 3:
        data += answer.read1(65536)
    jpeg = data.split(b"\r\n\r\n", 1)[1].split(b"\r\n--next")[0]
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (SIZE[1], SIZE[0], 3)
    line.close()


def test_points_are_found_in_the_actors_face_when_somebody_wants_to_see_them() -> None:
    def green(points: bool) -> int:
        play = Play().take("happy", time.monotonic() - 10)
        jpeg = np.frombuffer(next(pictures(lambda: play, points=points)), np.uint8)
        decoded = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        assert decoded is not None
        shown = decoded.astype(int)
        return int(((shown[:, :, 1] - shown[:, :, 2] > 40) & (shown[:, :, 1] - shown[:, :, 0] > 20)).sum())

    assert green(points=False) < 50
    assert green(points=True) > 500
