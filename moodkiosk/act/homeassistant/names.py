"""The names of the entities in other languages. English stands in the builders; each other language is a file.

What automations compare with – states such as "nobody", options such as "auto" – is the same in every language.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.words.language import FOLDER as PAGE_WORDS

WORDS = resources.files("moodkiosk") / "act" / "homeassistant" / "languages"
"""A file for each language, e.g. `de.json`: an entity's key to its name, and the texts of `TEXTS`."""
TEXTS = {
    "text.nobody": "Nobody",
    "text.not_sure": "Not sure",
    "text.by_hand": "by hand",
    "text.done": "done",
    "text.refused": "refused",
}


@cache
def words(language: str) -> dict[str, str]:
    """The words of a language that differ from the English ones; none for a language without a file."""
    return _read(WORDS / f"{language}.json")


def text(key: str, language: str) -> str:
    """One of TEXTS."""
    return words(language).get(key, TEXTS[key])


def mood_word(label: str, language: str) -> str:
    """A mood as the page calls it, or the label itself."""
    return _page_words(language).get(f"mood.{label}", label[:1].upper() + label[1:])


@cache
def _page_words(language: str) -> dict[str, str]:
    return _read(PAGE_WORDS / f"{language}.json")


def _read(file: Traversable) -> dict[str, str]:
    """The words of a file; none of one that is not there or is damaged: English stands in, a test names the file."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, *NOT_JSON):
        return {}
