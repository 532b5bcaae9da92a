"""The words for a mood that are shown, in every language: whoever says one of them means that mood."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from moodkiosk.words.language import FALLBACK, FOLDER, words

SHOWN = ("mood.", "as.")
"""The keys of a mood's word begin so: by itself, and within a sentence."""
STEM_LETTERS = 5
"""The page takes a label that begins like a mood of its own for that mood (`moodWord` in `dom.js`): "happiness" is
shown as happy."""


def meant(text: str, labels: Iterable[str]) -> str | None:
    """The label that is meant by a text: the label itself, or a word for it in any language; case does not matter.

    None where no label is meant, or more than one may be.
    """
    known = tuple(labels)
    if text in known:
        return text
    wanted = folded(text)
    for spelt in ({label: {folded(label)} for label in known}, {label: spellings(label) for label in known}):
        found = [label for label in known if wanted in spelt[label]]
        if found:
            return found[0] if len(found) == 1 else None
    return None


@cache
def spellings(label: str) -> frozenset[str]:
    """The words for a label in every language, folded."""
    return frozenset(folded(word) for tag in tags() for word in shown(label, tag))


def shown(label: str, tag: str) -> list[str]:
    """The words for a label in one language: as it stands by itself, and within a sentence; none where it has none."""
    known = words(tag)
    found = [known[f"{begin}{label}"] for begin in SHOWN if label in labels()]
    stem = label.lower()
    return found or [known[f"mood.{look}"] for look in labels() if stem.startswith(look[:STEM_LETTERS])]


@cache
def labels() -> tuple[str, ...]:
    """The labels that there are words for."""
    return tuple(key.removeprefix("as.") for key in words(FALLBACK) if key.startswith("as."))


@cache
def tags() -> tuple[str, ...]:
    """The languages that there are."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


def folded(text: str) -> str:
    """A word without what differs between two spellings of it: case, and how Unicode writes its letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()
