"""Languages of the page: a file each; what is wrong with one is said in a line, and English stands in."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import msgspec
import pytest

from moodkiosk.act.web.pages import Pages
from moodkiosk.act.web.translation import mistakes, translations
from moodkiosk.config.languages import language, languages
from moodkiosk.words.language import FALLBACK, FOLDER

ENGLISH = {"dir": "ltr", "hello": "Hello {name}", "bye": "Bye"}


@pytest.mark.parametrize("name", languages())
def test_every_language_has_every_word_and_no_other(name: str) -> None:
    """What fails here is a line for each word: the file, the key and what it is."""
    own, english = (
        msgspec.json.decode((FOLDER / f"{each}.json").read_bytes(), type=dict[str, str]) for each in (name, FALLBACK)
    )
    if wrong := list(mistakes(f"{name}.json", own, english)):
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"dir": "ltr", "hello": "Salut {name}"}, "fr.json: bye is missing"),
        ({**ENGLISH, "bye": " "}, "fr.json: bye is empty"),
        ({**ENGLISH, "thanks": "Merci"}, "fr.json: thanks is not a word of en.json"),
        ({**ENGLISH, "hello": "Salut {nom}"}, "fr.json: hello has the slots {nom}, expected {name}"),
        ({**ENGLISH, "bye": "Salut {name}"}, "fr.json: bye has the slots {name}, expected none"),
        ({**ENGLISH, "dir": "left"}, "fr.json: dir is 'left', expected ltr or rtl"),
    ],
)
def test_a_mistake_in_a_language_is_one_line_that_names_file_and_key(own: dict[str, str], said: str) -> None:
    assert list(mistakes("fr.json", own, ENGLISH)) == [said]


def test_a_language_without_mistakes_has_none_in_whatever_order() -> None:
    own = {"hello": "{name}, salut {name}", "dir": "rtl", "bye": "Au revoir"}
    assert list(mistakes("fr.json", own, ENGLISH)) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """English, and a French with a word too few, one too many and one that lost its slot."""
    (tmp_path / "en.json").write_text(json.dumps(ENGLISH))
    (tmp_path / "fr.json").write_text(json.dumps({"hello": "Salut", "bye": "Au revoir", "thanks": "Merci"}))
    (tmp_path / "notes.txt").write_text("not a language")
    return tmp_path


def test_where_a_language_lacks_a_word_english_stands_in(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = translations(folder)
    assert found == {"en": ENGLISH, "fr": {"dir": "ltr", "hello": "Hello {name}", "bye": "Au revoir"}}
    assert [record.getMessage() for record in caplog.records] == [
        "fr.json: dir is missing (and 2 more); English stands in"
    ]


@pytest.mark.parametrize("damaged", [b"{", b'{"bye": 3}', b"\xff", b"[]", b""])
def test_a_damaged_language_is_left_out_and_that_is_said(
    folder: Path, damaged: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "fr.json").write_bytes(damaged)
    assert list(translations(folder)) == ["en"]
    (record,) = caplog.records
    assert (record.levelno, record.getMessage().partition(":")[0]) == (logging.WARNING, "fr.json")


def test_whatever_file_is_there_may_be_chosen() -> None:
    assert set(languages()) == set(translations()) == set(Pages().languages)
    assert [language(name) for name in ("auto", *languages())] == ["auto", *languages()]
    with pytest.raises(ValueError, match="expected 'auto' or '"):
        language("tlh")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [("de-AT, en;q=0.5", "de"), ("tlh, EN-gb;q=0.5, de;q=0.1", "en"), ("tlh", "en"), ("", "en"), ("en;q=0, de", "de")],
)
def test_the_browsers_language_is_met_as_closely_as_can_be(accepted: str, chosen: str) -> None:
    assert Pages().language("auto", accepted) == chosen
