"""The names of the entities in a language: `entity.KEY` in its file of words, and what a mood is called there.

What automations compare with – states such as "nobody", options such as "auto" – is the same in every language.
"""

from __future__ import annotations

from moodkiosk.words.language import words

NAME, TEXT = "entity.", "entity_text."


def names(language: str) -> dict[str, str]:
    """The entities' names by their keys."""
    return {key.removeprefix(NAME): text for key, text in words(language).items() if key.startswith(NAME)}


def text(key: str, language: str) -> str:
    """A word that is filled into a template, such as "refused"."""
    return words(language)[f"{TEXT}{key}"]


def mood_word(label: str, language: str) -> str:
    """A mood as the page calls it, or the label itself."""
    return words(language).get(f"mood.{label}", label[:1].upper() + label[1:])
