"""Words for the same thing are the same everywhere: those that the table of CONTRIBUTING.md turns down are nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from moodkiosk.words.language import FOLDER

PAPER = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
TURNED_DOWN = {
    "en": (
        *(r"uncertain", r"looks? (surprise|fear|disgust)\b", r"until you go by the camera", r"\bfeedback\b"),
        *(r"night mode", r"\btimeouts?\b", r"\boverrid", r"\bsimulat", r"\blog(ged)? in\b", r"\bplease wait\b"),
    ),
    "de": (
        *(r"\bunsicher", r"sammelt", r"Kalibrierung", r"\bFeedback\b", r"Nachtmodus", r"\bTimeout", r"Override"),
        *(r"Simulation", r"\beinloggen\b", r"Dämon", r"\bDevice\b", r"\bWeiter\b", r"\bWarnung\b"),
    ),
}
"""What the words of a language never say, of any thing."""
SAID = {
    "en": {"look.unsure": "Not sure", "as.surprise": "surprised", "do.skip": "Next song"},
    "de": {"look.unsure": "Nicht sicher", "as.surprise": "überrascht", "do.skip": "Nächstes Lied"},
}


@pytest.mark.parametrize("language", TURNED_DOWN)
def test_no_sentence_has_a_word_that_was_turned_down(language: str) -> None:
    words: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_bytes())
    found = [
        f"{key}: {text}" for key, text in words.items() for pattern in TURNED_DOWN[language] if re.search(pattern, text)
    ]
    assert found == []


@pytest.mark.parametrize("language", SAID)
def test_the_words_people_see_most_are_the_good_ones(language: str) -> None:
    words: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_bytes())
    soft_hyphen = "\N{SOFT HYPHEN}"
    assert {key: words[key].replace(soft_hyphen, "") for key in SAID[language]} == SAID[language]


def test_contributors_have_a_table_of_terms_in_both_languages() -> None:
    rows = re.findall(r"(?m)^\| (?!---)(.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAPER)
    assert ("thing", "English", "German", "not") in rows
    assert len(rows) > 12
