"""What is wrong with a configuration, in the operator's words: which key, and what was expected there."""

from __future__ import annotations

import difflib
import re

import msgspec
import yaml

from moodkiosk.config.settings import Config
from moodkiosk.decide.settings import MoodMusic

WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list, such as [one, two]",
    "object": "a section with keys of its own",
    "null": "nothing",
}
"""What YAML calls a kind of value, by what msgspec calls it."""


def explain(error: msgspec.ValidationError, plain: object) -> tuple[list[str], str]:
    """The key that is wrong in `plain`, as a path, and what was expected; a misspelt key gets a suggestion."""
    text, _, where = str(error).partition(" - at `")
    # msgspec writes [...] for "some key of this dict".
    keys = re.findall(r"\.\.\.|[^.\[\]]+", where.rstrip("`").removeprefix("$"))
    if "..." in keys:
        keys = _first_bad(plain, keys)
    if unknown := re.match(r"Object contains unknown field `(.*)`", text):
        return unknown_key(keys, unknown.group(1))
    if allowed := _allowed(keys):
        words = " or ".join(f"'{word}'" for word in allowed)
        return keys, f"expected {words}{_found(plain, keys)}"
    text = re.sub(r"`str` matching regex .*", lambda _: _pattern_hint(keys), text)
    text = re.sub(r"`([a-z |]+)`", lambda kinds: _in_words(kinds.group(1)), text)
    return keys, text.replace("Expected", "expected").replace("Invalid", "invalid")


def unknown_key(keys: list[str], name: str) -> tuple[list[str], str]:
    """What is said of a key that the section at `keys` does not have."""
    known = _fields(keys)
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else f"; known here: {', '.join(known)}"
    return [*keys, name], f"unknown key{hint}"


def line_of(node: yaml.Node, keys: list[str]) -> int:
    """The line of the key at the end of `keys`, as far as it leads."""
    line = node.start_mark.line + 1
    for name in keys:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == name), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and name.isdigit() and int(name) < len(node.value):
            node = node.value[int(name)]
            line = node.start_mark.line + 1
    return line


def _in_words(kinds: str) -> str:
    """`str | null` as "a text or nothing"."""
    return " or ".join(WORDS.get(kind, kind) for kind in kinds.split(" | "))


def _first_bad(plain: object, keys: list[str]) -> list[str]:
    """Replaces the `...` in a path by the key of the dict (music.moods) whose value does not convert."""
    index = keys.index("...")
    for key, value in _at(plain, keys[:index]).items():  # type: ignore[attr-defined]  # msgspec found a dict there
        try:
            msgspec.convert(value, MoodMusic, strict=True)
        except msgspec.ValidationError:
            return [*keys[:index], key, *keys[index + 1 :]]
    return keys


def _at(plain: object, keys: list[str]) -> object:
    """What stands at a path; None where it leads nowhere."""
    for key in keys:
        plain = plain.get(key) if isinstance(plain, dict) else None
    return plain


def _found(plain: object, keys: list[str]) -> str:
    """What stands there instead of one of a few words; numbers are a hint that quotes are missing."""
    found = _at(plain, keys)
    if isinstance(found, str):
        return f", got '{found[:40]}'"
    return f", in quotes, got {str(found)[:40]}" if isinstance(found, int | float) else ""


def _pattern_hint(keys: list[str]) -> str:
    if keys[-1].endswith("topic"):
        return "a topic without '+' and '#'"
    return "letters, digits, '_' and '-' only (at most 40)"


def _allowed(keys: list[str]) -> list[str]:
    """The words that may stand at a path, if they are a few."""
    kind = _type_at(keys)
    return [str(value) for value in kind.values] if isinstance(kind, msgspec.inspect.LiteralType) else []


def _fields(keys: list[str]) -> list[str]:
    """The keys that are known in the section at `keys`."""
    kind = _struct_in(_type_at(keys))
    return [field.name for field in kind.fields] if kind else []


def _type_at(keys: list[str]) -> msgspec.inspect.Type | None:
    """The type of what stands at a path of the configuration."""
    kind: msgspec.inspect.Type | None = msgspec.inspect.type_info(Config)
    for key in keys:
        if isinstance(kind, msgspec.inspect.DictType):
            kind = kind.value_type
            continue
        struct = _struct_in(kind)
        kind = next((field.type for field in struct.fields if field.name == key), None) if struct else None
    return kind


def _struct_in(
    kind: msgspec.inspect.Type | None,
) -> msgspec.inspect.StructType | msgspec.inspect.DataclassType | None:
    """The settings class inside a type, if there is one."""
    if isinstance(kind, msgspec.inspect.StructType | msgspec.inspect.DataclassType):
        return kind
    if isinstance(kind, msgspec.inspect.UnionType):
        return next((found for found in map(_struct_in, kind.types) if found), None)
    return None
