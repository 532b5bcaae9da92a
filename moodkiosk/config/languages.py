"""The languages that may be chosen: one file of words each, and its name is the language (`fr.json`)."""

from __future__ import annotations

import os
from functools import cache

from moodkiosk.words import reader as readers
from moodkiosk.words.language import FOLDER
from moodkiosk.words.reason import Reason, either

AUTO = "auto"


@cache
def languages() -> tuple[str, ...]:
    """What there is, e.g. ("de", "en")."""
    return tuple(sorted(file.name.removesuffix(".json") for file in FOLDER.iterdir() if file.name.endswith(".json")))


def reader(configured: str = AUTO) -> str:
    """The language of whoever reads on this terminal: the configured one, else that of the environment."""
    return readers.language(os.environ, languages(), configured)


def language(text: str) -> str:
    """The text, if it is "auto" or one of the languages. Raises ValueError with what there is."""
    if text != AUTO and text not in languages():
        there = either(*(f"'{name}'" for name in (AUTO, *languages())))
        raise ValueError(Reason("config.expected_got", what=there, got=f"'{text[:40]}'"))
    return text
