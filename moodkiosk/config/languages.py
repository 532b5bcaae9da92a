"""The languages that may be chosen: one file of words each, and its name is the language (`fr.json`)."""

from __future__ import annotations

from functools import cache

from moodkiosk.words.language import FOLDER

AUTO = "auto"


@cache
def languages() -> tuple[str, ...]:
    """What there is, e.g. ("de", "en")."""
    return tuple(sorted(file.name.removesuffix(".json") for file in FOLDER.iterdir() if file.name.endswith(".json")))


def language(text: str) -> str:
    """The text, if it is "auto" or one of the languages. Raises ValueError with what there is."""
    if text != AUTO and text not in languages():
        there = " or ".join(f"'{name}'" for name in (AUTO, *languages()))
        raise ValueError(f"expected {there}, got '{text[:40]}'")
    return text
