"""The report: one page that says how good a model is and what to record more of, readable on a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from moodkiosk.learn.evaluate import charts, report
from moodkiosk.learn.evaluate.advice import advice
from moodkiosk.sense.teach.figures import Bin
from tests.support import browser as support
from tests.support import fonts
from tests.support.browser import SCREENSHOTS, opened
from tests.support.examined import examined

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = '<script>alert("x")</script>&amp;'


def text(page: str) -> str:
    """What a reader sees."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S))


def test_it_says_how_good_the_model_is_and_how_that_was_found(tmp_path: Path) -> None:
    page = text(report.render(examined(tmp_path / "data")))
    assert re.search(r"(7|8)\d% balanced accuracy", page)
    assert "20% guessing gives" in page
    assert "Held out by person: 1 of 2 people" in page
    for heading in (
        "What to record more of",
        "Each label",
        "What is taken for what",
        "People and sessions",
        "Can its confidence be believed?",
        "Saying nothing when unsure",
        "Which measures matter",
        "Examples of confusions",
        "What it was made of",
    ):
        assert heading in page


@pytest.mark.slow
def test_the_same_training_gives_the_same_page(tmp_path: Path) -> None:
    assert report.render(examined(tmp_path / "a")) == report.render(examined(tmp_path / "a"))


def test_names_are_shown_as_they_are_and_never_run(tmp_path: Path) -> None:
    page = report.render(examined(tmp_path / "data", names={"happy": HOSTILE}))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_it_carries_everything_it_shows(tmp_path: Path) -> None:
    page = report.render(examined(tmp_path / "data"))
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert "@import" not in page
    assert "url(" not in page


def test_it_is_written_into_a_folder_that_is_made_if_need_be(tmp_path: Path) -> None:
    path = report.write(examined(tmp_path / "data"), tmp_path / "new")
    assert path == tmp_path / "new" / "report.html"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_what_is_read_badly_is_to_be_recorded_again_the_worst_first(tmp_path: Path) -> None:
    found = examined(tmp_path / "data", right=0.3)
    lines = advice(found)
    shares = [int(match.group(1)) for line in lines if (match := re.search(r": (\d+)% is read right", line))]
    assert len(shares) == 5
    assert shares == sorted(shares)
    assert any("Record" in line and "again" in line for line in lines)


def test_a_model_that_reads_everything_is_only_to_be_tried(tmp_path: Path) -> None:
    found = examined(tmp_path / "data", right=1.0)
    assert advice(found) == ["Nothing is missing: every label is read well. Try it on the kiosk."]
    assert "None: every held-out sample was read right." in text(report.render(found))


def test_people_and_sessions_are_shown_apart_the_worst_first(tmp_path: Path) -> None:
    found = examined(tmp_path / "data")
    held, truth = found.answers.data, found.answers.truth
    late = np.arange(len(held)) % 4 == 0
    shares = np.eye(len(found.answers.labels), dtype=np.float32)[np.where(late, (truth + 1) % 5, truth)]
    people, sessions = np.where(late, "Zoe", "Ana"), np.where(late, "tue", "mon")
    answers = replace(found.answers, data=replace(held, person=people, session=sessions), shares=shares)
    page = report.render(replace(found, answers=answers))
    assert "By person, the worst first" in page
    assert "By session, the worst first" in page
    for kind, worst, best in (("person", "Zoe", "Ana"), ("session", "tue", "mon")):
        (drawn,) = re.findall(rf"<svg[^>]*Accuracy by {kind}.*?</svg>", page, re.S)
        assert re.search(rf"{worst} 0% of {late.sum()} {best} 100% of {(~late).sum()}", text(drawn)), text(drawn)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_real_browser_shows_it_on_a_phone_without_scrolling_sideways(tmp_path: Path, scheme: str) -> None:
    names = {"surprise": "a-label-of-one-very-long-word-that-somebody-chose"}
    found = examined(tmp_path / "data", 0.98, names, person="Somebody with quite a long name")
    path = report.write(found, tmp_path)
    with sync_playwright() as playwright:
        browser = support.launch(playwright)
        with opened(browser, path.as_uri(), "phone", color_scheme=scheme) as watched:
            page = watched.page
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            assert smallest_letters_px(page) >= 11
            assert cut_off(page) == []
            assert page.locator("svg").count() >= 8
            assert watched.requests == [path.as_uri()]
            accessible = Axe().run(page)
            assert accessible.violations_count == 0, accessible.generate_report()
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"report-phone-{scheme}.png", full_page=True)
            assert watched.complaints == []
        browser.close()


@pytest.mark.slow
@pytest.mark.browser
def test_it_fits_on_a_phone_in_every_font_that_people_have(tmp_path: Path) -> None:
    names = {"surprise": "a-label-of-one-very-long-word-that-somebody-chose"}
    path = report.write(examined(tmp_path / "data", 0.98, names, person="Somebody with quite a long name"), tmp_path)
    with sync_playwright() as playwright:
        browser = support.launch(playwright)
        with opened(browser, path.as_uri(), "phone") as watched:
            for family in fonts.each(watched.page):
                assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390, family
                assert cut_off(watched.page) == [], family
        browser.close()


def test_the_confusion_matrix_drops_the_percent_signs_where_they_do_not_fit() -> None:
    few, many = (charts.confusion(np.eye(n, dtype=np.int64), [f"mood {i}" for i in range(n)]) for n in (5, 9))
    assert ">100%</text>" in few
    assert "in %" not in few
    assert ">100</text>" in many
    assert "read as, in %" in many


def test_a_dot_in_the_corner_is_whole() -> None:
    drawn = charts.reliability([Bin(confidence=1.0, accuracy=1.0, count=250)])
    (dot,) = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', drawn)
    x, y, radius = map(float, dot)
    assert y - radius >= 0
    assert x + radius <= charts.WIDTH


def cut_off(page: Page) -> list[str]:
    """Texts and dots that reach out of their drawing, and texts that are wider than the cell they stand in."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('svg text, svg circle')].filter(part => {
            const own = part.getBoundingClientRect(), all = part.closest('svg').getBoundingClientRect();
            const cell = part.previousElementSibling;
            const within = cell && part.getAttribute('text-anchor') == 'middle' && cell.tagName == 'rect';
            const room = within ? cell.getBoundingClientRect() : all;
            return own.left < room.left - 1 || own.right > room.right + 1 || own.top < all.top - 1;
        }).map(part => part.textContent || part.outerHTML)"""
    )
    return found


def smallest_letters_px(page: Page) -> float:
    """Of all text in drawings, as it is shown."""
    return float(
        page.evaluate(
            """() => Math.min(...[...document.querySelectorAll('svg text')].map(text =>
            parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a /
            Math.max(Math.cos(Math.atan2(text.getScreenCTM().b, text.getScreenCTM().a)), 0.1)))"""
        )
    )
