"""One language: the file of its words. English is whole; where another language lacks a word, English stands in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from moodkiosk.words.phrase import Words, phrase, said

FALLBACK = "en"
FOLDER = Path(__file__).parent
"""A file for each language; its name is the language's tag, `fr.json`."""


@cache
def words(tag: str) -> Words:
    """The words of a language, with the English ones where it has none. A damaged file has none: a test names it."""
    own = _read(tag)
    return own if tag == FALLBACK else {**words(FALLBACK), **own}


def say(tag: str, key: str, /, **fields: object) -> str:
    """The sentence of a key in a language."""
    return phrase(words(tag), key, fields)


def translated(text: str, tag: str) -> str:
    """A reason in a language; other texts, which other programs have said, as they are."""
    return said(words(tag), text)


def _read(tag: str) -> Mapping[str, str]:
    try:
        found = json.loads((FOLDER / f"{tag}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {key: text for key, text in found.items() if _whole(key) and _whole(text)} if isinstance(found, dict) else {}


def _whole(text: object) -> bool:
    """Whether it is a text that can be written: JSON may hold halves of letters."""
    try:
        return isinstance(text, str) and bool(text.encode() or True)
    except UnicodeEncodeError:
        return False
