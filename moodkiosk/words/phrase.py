"""Fills the sentence of a key in, by the rules of its language. Pure.

A sentence has slots, `{name}`. Where it depends on a number there are several, one for each plural form of the language
(Unicode CLDR's names): `key.one`, `key.other`, …; the field `count` says which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from gettext import c2py

Words = Mapping[str, str]
"""A language: its sentences by key."""
SLOT = re.compile(r"\{(\w+)\}")
RULE, FORMS = "plural.rule", "plural.forms"
"""The words that say how a language counts: gettext's expression of `n`, and the names of the forms it numbers."""


def phrase(words: Words, key: str, fields: Mapping[str, object]) -> str:
    """The sentence in that language. For a key that it does not have, the field `text`, else the key itself."""
    sentence = words.get(key)
    if sentence is None:
        sentence = words.get(f"{key}.{form(words, fields.get('count'))}") or words.get(f"{key}.other")
    if sentence is None:
        return str(fields.get("text", key))
    return SLOT.sub(lambda found: said(words, fields[found[1]]) if found[1] in fields else found[0], sentence)


def knows(words: Words, key: str) -> bool:
    """Whether the language has a sentence for it."""
    return key in words or f"{key}.other" in words


def said(words: Words, value: object) -> str:
    """A field in words: a reason is a sentence of its own, several values are a list, a number has its decimal sign."""
    if isinstance(value, str):
        key, fields = getattr(value, "key", None), getattr(value, "fields", {})
        return str.__str__(value) if key is None else phrase(words, key, fields)
    if isinstance(value, list | tuple):
        return words.get("list.comma", ", ").join(said(words, each) for each in value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", words.get("number.point", "."))
    return str(value)


def form(words: Words, count: object) -> str:
    """The name of the plural form for a number; "other" where there is no number or no rule."""
    if not isinstance(count, int) or isinstance(count, bool):
        return "other"
    forms = words.get(FORMS, "other").split()
    try:
        number = _rule(words.get(RULE, "0"))(abs(count))
    except (
        ValueError,
        SyntaxError,
        ArithmeticError,
        RecursionError,
    ):  # a damaged file: its sentences are still better than none
        return "other"
    return forms[number] if 0 <= number < len(forms) else "other"


@cache
def _rule(expression: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - gettext's own has no type
    return c2py(expression)
