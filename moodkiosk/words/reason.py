"""What can be said to people, as a value: a key and fields. To programs, and in journals, it is its English sentence.

A reason is a text, so that whatever takes a text takes it; whoever shows it to people takes its key and fields to the
words of their language. In JSON both are there: under its name the English sentence, which is stable, and beside it the
key and the fields (`said`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any, Self

from moodkiosk.words.language import FALLBACK, words
from moodkiosk.words.phrase import knows, phrase
from moodkiosk.words.tidy import tidy

DEPTH_LIMIT, FIELDS_LIMIT = 8, 32
"""What comes from another process is no deeper and no wider."""


class Reason(str):
    """A sentence by its key.

    Attributes:
        key: of the sentence, in the files of words: "music.quiet_hours".
        fields: what is filled in: texts, numbers, lists of these, and other reasons.
    """

    __slots__ = ("fields", "key")

    key: str
    fields: dict[str, object]

    def __new__(cls, key: str, /, **fields: object) -> Self:
        """The reason, in English by itself."""
        fields = {name: tidied(each) for name, each in fields.items()}
        made = super().__new__(cls, phrase(words(FALLBACK), key, fields))
        made.key, made.fields = key, fields
        return made

    def __str__(self) -> str:
        """Itself, so that it goes through an error, whose text it is, unharmed."""
        return self

    def __copy__(self) -> Self:
        """Itself: it never changes."""
        return self

    def __deepcopy__(self, _memory: object) -> Self:
        """Itself."""
        return self


def tidied(field: object) -> object:
    """A field of a sentence: what other programs have said is one line in it; a reason is tidy already."""
    return tidy(field) if isinstance(field, str) and not isinstance(field, Reason) else field


def how(label: str) -> Reason:
    """A mood as an adjective, "surprised"; a label that no language knows is said as it is."""
    return Reason(f"as.{label}", text=label)


def either(first: str, *others: str) -> str:
    """One of these words: "on or off"."""
    return Reason("list.or", first=either(first, *others[:-1]), second=others[-1]) if others else first


def together(texts: Iterable[str]) -> str:
    """Several things that are said one after the other; "" for none."""
    said = ""
    for text in texts:
        said = Reason("list.both", first=said, second=text) if said else text
    return said


def fixed(text: str) -> str:
    """A text; one of the fixed words of a status, such as "not running", is a reason as well."""
    return text if isinstance(text, Reason) else Reason(f"word.{text.replace(' ', '_')}", text=text)


def plain(value: object) -> object:
    """A reason as the text that it is, for encoders that take no other. Raises NotImplementedError for other things."""
    if isinstance(value, str):
        return str.__str__(value)
    raise NotImplementedError(type(value).__name__)


def wire(value: object) -> object:
    """A field as JSON has it: a reason is an object with `key` and `fields`."""
    if isinstance(value, Reason):
        return {"key": value.key, "fields": _wired(value.fields)}
    if isinstance(value, list | tuple):
        return [wire(each) for each in value]
    return value


def _wired(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: wire(each) for name, each in fields.items()}


def said(body: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The body with, for each of these texts, `NAME_key` and `NAME_fields` beside it; both null where it has no key.

    Beside a list of texts they are lists, too.
    """
    whole = dict(body)
    for name in names:
        found = whole.get(name)
        if isinstance(found, list):
            each = [_said(text) for text in found]
            whole |= dict(zip(_beside(name), map(list, zip(*each, strict=True)) if each else ([], [], []), strict=True))
        else:
            whole |= dict(zip(_beside(name), _said(found), strict=True))
    return whole


def _beside(name: str) -> tuple[str, str, str]:
    return name, f"{name}_key", f"{name}_fields"


def _said(text: Any) -> tuple[Any, str | None, dict[str, Any] | None]:
    return (plain(text), text.key, _wired(text.fields)) if isinstance(text, Reason) else (text, None, None)


def heard(body: Mapping[str, Any], name: str) -> str | None:
    """The text of that name in a body that `said` has made, as a reason again where it was one.

    A sentence that only a newer version knows stays as it was said.
    """
    text, key, fields = body.get(name), body.get(f"{name}_key"), body.get(f"{name}_fields")
    if isinstance(key, str) and isinstance(fields, dict) and knows(words(FALLBACK), key):
        return _read({"key": key, "fields": fields}, DEPTH_LIMIT) or text
    return text if isinstance(text, str) else None


def heard_all(body: Mapping[str, Any], name: str) -> list[str]:
    """The same of a list of texts; what is none, is none."""
    texts, keys, fields = (found if isinstance(found := body.get(each), list) else [] for each in _beside(name))
    every = zip_longest(texts, keys[: len(texts)], fields[: len(texts)])
    found = (heard(dict(zip(_beside(name), each, strict=True)), name) for each in every)
    return [text for text in found if text is not None]


def _read(value: Any, depth: int) -> Any:
    """A field that came as JSON; what is too deep, or no field, is None."""
    match value:
        case {"key": str(key), "fields": dict(fields)} if depth and len(fields) <= FIELDS_LIMIT:
            return Reason(key, **{str(name): _read(each, depth - 1) for name, each in fields.items()})
        case list() if depth and len(value) <= FIELDS_LIMIT * 8:
            return [_read(each, depth - 1) for each in value]
        case str() | int() | float():
            return value
    return None
