"""The languages of the page: one file of words each, and its name is the language (`fr.json`).

The files lie with the page; only their names are of interest here, so that a new file is all that a new language takes.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

AUTO = "auto"
WORDS = resources.files("moodkiosk") / "act" / "web" / "words"
"""The folder of the files."""


@cache
def languages() -> tuple[str, ...]:
    """What there is, e.g. ("de", "en")."""
    return tuple(sorted(file.name.removesuffix(".json") for file in WORDS.iterdir() if file.name.endswith(".json")))


def language(text: str) -> str:
    """The text, if it is "auto" or one of the languages. Raises ValueError with what there is."""
    if text != AUTO and text not in languages():
        there = " or ".join(f"'{name}'" for name in (AUTO, *languages()))
        raise ValueError(f"expected {there}, got '{text[:40]}'")
    return text
