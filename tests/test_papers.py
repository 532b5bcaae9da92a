"""The papers begin with what one gets; README is short, has its film, and leads to all of them in the order of need."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
TWO_SCREENS_LINES, LINE_LETTERS = 100, 200
FILM_BYTES = 1_500_000
BY_NEED = ("teach", "spotify", "mpd", "page", "home-automation", "collect", "api", "fleet")
"""First what everybody needs, last what few do."""
TAKES_TIME = ("pi.md", "mpd.md", "page.md", "spotify.md", "teach.md", "collect.md", "home-automation.md")
"""Pages that one works through."""


def test_readme_fits_two_screens_and_begins_with_what_it_is() -> None:
    lines = README.splitlines()
    assert len(lines) <= TWO_SCREENS_LINES
    assert max(map(len, lines)) <= LINE_LETTERS
    assert README.index("living room") < README.index("docs/kiosk.webp") < README.index("scripts/demo")
    assert "sudo scripts/install-pi" in README
    assert "## Know before" in README


def test_the_film_moves_and_is_small() -> None:
    film = ROOT / "docs" / "kiosk.webp"
    assert film.stat().st_size <= FILM_BYTES
    data = film.read_bytes()
    assert data[:4] == b"RIFF"
    assert data.count(b"ANMF") > 20, "an animation (WebP container, chunk ANMF, one a picture); the format has no sound"
    picture = cv2.imread(str(ROOT / "docs" / "kiosk.png"))
    assert picture is not None


def test_readme_leads_to_every_guide_in_the_order_of_need() -> None:
    linked = re.findall(r"\]\(docs/([\w-]+)\.md\)", README[README.index("| you want") :])
    assert [name for name in dict.fromkeys(linked) if name in BY_NEED] == list(BY_NEED)


@pytest.mark.parametrize("paper", ["README.md", "PRIVACY.md", *(f"docs/{name}" for name in DOCS)])
def test_every_link_to_another_paper_leads_somewhere(paper: str) -> None:
    path = ROOT / paper
    links = re.findall(r"\]\((?!https?:|#|\{\{)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("name", DOCS)
def test_a_page_begins_with_what_one_gets_and_where_one_works_with_how_long_it_takes(name: str) -> None:
    lines = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    beginning = " ".join(lines[2:8])
    assert len(beginning.split()) > 8, "a sentence, before any heading"
    if name in TAKES_TIME:
        assert re.search(r"\b(minutes?|hour|seconds)\b", beginning), beginning
