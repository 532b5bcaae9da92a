"""Films the demo: presses its buttons and takes pictures of the page, until everything was seen once."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import cv2.typing
import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.support.browser import launch  # noqa: E402 - the tests' browser, with the same switches

WIDTH, HEIGHT = 1200, 820
FILM_WIDTH = 840
FRAME_MS = 250
LIMIT_BYTES = 1_500_000
SEEN_SECONDS = 60.0
"""A machine that is busy with other things may take long to see what was pressed."""
SCENES = (("happy", "Happy", 1.6), ("surprise", "Surprised", 1.6), ("sad", "Sad", 1.6), ("leave", "Nobody here", 1.4))
"""The button, the word that the kiosk says when it has seen it, and how long that is shown in seconds."""
PICTURE_AT = "Happy"


class Camera:
    """Takes pictures of a page in equal steps of time; stretches in which nothing moves cost nothing."""

    def __init__(self, page: Page) -> None:
        self.frames: list[cv2.typing.MatLike] = []
        self._page = page
        self._due = time.monotonic()

    def take(self, seconds: float) -> None:
        """Films for so long, or longer on a busy machine: the film shows as many pictures everywhere."""
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            time.sleep(max(0.0, self._due - time.monotonic()))
            self._due = max(self._due + FRAME_MS / 1000, time.monotonic())
            shown = cv2.imdecode(np.frombuffer(self._page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
            size = FILM_WIDTH, round(FILM_WIDTH * HEIGHT / WIDTH)
            self.frames.append(cv2.resize(shown, size, interpolation=cv2.INTER_AREA))

    def take_until(self, word: str) -> None:
        """Films until the kiosk says a word. Raises TimeoutError."""
        said = self._page.frame_locator("iframe").locator("#word")
        deadline = time.monotonic() + SEEN_SECONDS
        while said.text_content() != word:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the kiosk does not say {word}")
            self.take(FRAME_MS / 1000)


def main() -> None:
    """Writes kiosk.png and kiosk.webp."""
    parser = argparse.ArgumentParser(prog="scripts/film", description="Makes kiosk.png and kiosk.webp from the demo.")
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?", default=ROOT / "docs", help="usual is docs")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", color_scheme="light")
        page.goto(address, wait_until="domcontentloaded")
        page.locator("[data-cue=neutral]").click()
        expect(page.frame_locator("iframe").locator("#word")).to_have_text("Neutral", timeout=60_000)
        camera = Camera(page)
        camera.take(0.8)
        for cue, word, seconds in SCENES:
            page.locator(f"[data-cue={cue}]").click()
            camera.take_until(word)
            camera.take(seconds)
            if word == PICTURE_AT:
                page.screenshot(path=folder / "kiosk.png")
        browser.close()
    save(camera.frames, folder / "kiosk.webp")


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo that runs meanwhile."""
    command = [sys.executable, "-m", "moodkiosk", "demo"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[1]
        finally:
            process.terminate()


def save(frames: list[cv2.typing.MatLike], film: Path) -> None:
    """The frames as one film that goes round for ever, as good as fits."""
    film_strip = cv2.Animation()
    film_strip.frames, film_strip.durations = frames, [FRAME_MS] * len(frames)
    for quality in (70, 55, 40, 25):
        cv2.imwriteanimation(str(film), film_strip, [cv2.IMWRITE_WEBP_QUALITY, quality])
        if film.stat().st_size <= LIMIT_BYTES:
            break
    seconds = len(frames) * FRAME_MS / 1000
    print(f"{film}: {len(frames)} frames, {seconds:.0f} s, {film.stat().st_size / 1e6:.2f} MB, quality {quality}")


if __name__ == "__main__":
    main()
