"""English sentences of the kiosk's that stand in a text which ought to be in another language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from moodkiosk.words.language import FALLBACK, words
from moodkiosk.words.phrase import SLOT

WORD = re.compile(r"[A-Za-z]{2,}")
WORDS_LEAST = 2
"""A single word may be in many languages, or somebody's name."""


def english_in(text: str, tag: str = "de") -> list[str]:
    """The keys of the sentences that stand in it in English, though the language `tag` has others; in order."""
    return [key for key, (parts, pattern) in _sentences(tag).items() if all(p in text for p in parts) and pattern(text)]


@cache
def _sentences(tag: str) -> dict[str, tuple[list[str], Callable[[str], object]]]:
    """By key: the parts between the slots, which are quickly looked for, and what finds the whole."""
    own = words(tag)
    return {
        key: (SLOT.split(text)[::2], re.compile(_pattern(text)).search)
        for key, text in words(FALLBACK).items()
        if own.get(key) != text and len(WORD.findall(SLOT.sub(" ", text))) >= WORDS_LEAST
    }


def _pattern(sentence: str) -> str:
    """What matches it with anything in its slots, beginning and ending where words do."""
    parts = SLOT.split(sentence)
    inside = "".join("[^\n]+?" if n % 2 else re.escape(part) for n, part in enumerate(parts))
    return rf"(?<!\w){inside}(?!\w)"
