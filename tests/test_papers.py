"""The papers begin with what one gets; README is short, has its film, and leads to all of them in the order of need."""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from moodkiosk.operate.command_line.parser import parser

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


def test_at_the_top_lies_what_belongs_there_and_nothing_that_a_run_left() -> None:
    git = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if git.returncode:
        pytest.skip("not a clone of the project")
    papers = {"ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "NOTICE", "PRIVACY.md", "README.md"}
    rooms = {"config", "docs", "moodkiosk", "packaging", "requirements", "scripts", "systemd", "tests"}
    assert {name.split("/")[0] for name in git.stdout.decode().split("\0") if name} == {
        *papers, *rooms, ".ci", ".gitignore", "pyproject.toml",
    }  # fmt: skip


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


def spoken(text: str) -> Iterator[list[str]]:
    """The command lines of moodkiosk in code, inline and in blocks, as words, up to where a shell goes on."""
    code = [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"(?m)^(?:    )?(.*\bmoodkiosk .*)$", text)]
    for line in code:
        if found := re.match(r"\s*(?:\$ )?(?:sudo )?(?:\S*/)?moodkiosk (.+)", line):
            yield re.split(r"\s[#|;>&…]|\s→|\s{2,}|`", found[1])[0].split()


@pytest.mark.parametrize("paper", ["README.md", "PRIVACY.md", *(f"docs/{name}" for name in DOCS)])
def test_every_command_in_the_papers_is_one_with_options_that_it_has(paper: str) -> None:
    commands, wrong = subcommands(parser()), []
    for words in spoken((ROOT / paper).read_text(encoding="utf-8")):
        name = words[0].rstrip(".,:)")
        if name not in commands:
            wrong += [" ".join(words)] if re.fullmatch(r"[a-z][a-z-]+", name) else []
            continue
        known = {option for each in (commands[name], *subcommands(commands[name]).values()) for option in options(each)}
        wrong += [f"{name} {word}" for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    assert wrong == []


@pytest.mark.parametrize("paper", ["README.md", "PRIVACY.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in DOCS)])
def test_every_script_in_the_papers_is_there(paper: str) -> None:
    named = re.findall(r"(?<![\w/.-])scripts/([\w-]+(?:\.py)?)", (ROOT / paper).read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / "scripts" / name).exists()] == []


def test_the_search_for_commands_finds_them() -> None:
    text = "say `moodkiosk why`:\n\n    sudo moodkiosk web --check https://x/ # and see\n"
    assert [" ".join(words) for words in spoken(text)] == ["why", "web --check https://x/"]


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands of a parser."""
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


def options(parser: argparse.ArgumentParser) -> list[str]:
    """What a command may be given."""
    return [option for action in parser._actions for option in action.option_strings]


def test_the_papers_say_why_there_is_an_engine_of_our_own_and_on_whose_terms_the_networks_are() -> None:
    said = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("ARCHITECTURE.md", "NOTICE", "docs/pi.md")}
    for words in ("an engine of our own", "0.10.18", "no graph API", "aborts on a Pi 4"):
        assert words in " ".join(said["ARCHITECTURE.md"].split())
    for words in ("MediaPipe 0.10.18", "Copyright the MediaPipe Authors", "Apache License 2.0"):
        assert words in " ".join(said["NOTICE"].split())
    pi = said["docs/pi.md"]
    assert "Trixie (Python 3.13)" in pi
    kiosk = pi[pi.index("## 4. The kiosk") :]
    assert kiosk.index("apt install ./moodkiosk_") < kiosk.index("sudo scripts/install-pi"), "the package comes first"
    for needed in ("git", "python3 (3.11 to 3.14)", "python3-venv"):
        assert needed in README[README.index("    scripts/demo ") :].partition("\n")[0]
