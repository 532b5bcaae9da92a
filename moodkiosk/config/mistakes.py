"""What is wrong with a configuration, in the operator's words: which key, and what was expected there."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable

import msgspec
import yaml

from moodkiosk.config.settings import Config
from moodkiosk.decide.settings import MoodMusic
from moodkiosk.words.reason import Reason

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
QUOTED_LETTERS = 40


def explain(error: msgspec.ValidationError, plain: object) -> tuple[list[str], str]:
    """The key that is wrong in `plain`, as a path, and what was expected; a misspelt key gets a suggestion."""
    text, _, where = str(error).partition(" - at `")
    # msgspec writes [...] for "some key of this dict".
    keys = re.findall(r"\.\.\.|[^.\[\]]+", where.rstrip("`").removeprefix("$"))
    if "..." in keys:
        keys = _first_bad(plain, keys)
    if unknown := re.match(r"Object contains unknown field `(.*)`", text):
        return unknown_key(keys, unknown.group(1))
    if (word := _word_beside_a_number(keys)) and isinstance(found := _at(plain, keys), str):
        hint = _number_hint("Expected `float`", found)
        return keys, f"expected a number or '{word}', got {f'a text{hint}' if hint else quoted(found)}"
    if allowed := _allowed(keys):
        words = " or ".join(f"'{word}'" for word in allowed)
        return keys, f"expected {words}{_found(plain, keys)}"
    hint = _number_hint(text, _at(plain, keys))
    text = re.sub(r"`str` matching regex .*", lambda _: _pattern_hint(keys), text)
    text = re.sub(r"`([a-z |]+)`", lambda kinds: _in_words(kinds.group(1)), text)
    text = text.replace("Number out of range", "the number is out of range")
    return keys, text.replace("Expected", "expected").replace("Invalid", "invalid") + hint


def quoted(text: str) -> str:
    """What somebody wrote, short enough to be repeated."""
    return f"'{text if len(text) <= QUOTED_LETTERS else text[: QUOTED_LETTERS - 1] + '…'}'"


def unknown_key(keys: list[str], name: str) -> tuple[list[str], str]:
    """What is said of a key that the section at `keys` does not have."""
    known = _fields(keys)
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else f"; known here: {', '.join(known)}"
    return [*keys, name], f"unknown key{hint}"


def unknown_moods(moods: Iterable[str], labels: Collection[str]) -> str | None:
    """What is said of moods under `music.moods` that the model with these labels never says; None if there are none."""
    named = []
    for mood in sorted(set(moods) - set(labels)):
        close = difflib.get_close_matches(mood, labels, n=1)
        meant = Reason("config.mood_meant", mood=quoted(mood), other=close[0]) if close else quoted(mood)
        named.append(meant)
    return Reason("config.unknown_moods", moods=named) if named else None


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
        if isinstance(plain, list):
            plain = plain[int(key)] if key.isdecimal() and int(key) < len(plain) else None
        else:
            plain = plain.get(key) if isinstance(plain, dict) else None
    return plain


def _found(plain: object, keys: list[str]) -> str:
    """What stands there instead of one of a few words; numbers are a hint that quotes are missing."""
    found = _at(plain, keys)
    if isinstance(found, str):
        return f", got {quoted(found)}"
    return f", in quotes, got {str(found)[:QUOTED_LETTERS]}" if isinstance(found, int | float) else ""


def _number_hint(text: str, found: object) -> str:
    """How to write a number that YAML takes for a text, such as 1e3 (it wants 1.0e+3), 08, "5" or 1,5."""
    if not (isinstance(found, str) and re.match(r"Expected `(int|float)", text)):
        return ""
    try:
        number = float(found.strip().rstrip("%").replace(",", ".")) if found.isascii() else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or len(found) > QUOTED_LETTERS:
        return ""
    if "e" in found.lower():
        mantissa, _, power = found.lower().partition("e")
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        return f" {quoted(found)}: write {number:.15g} or {mantissa}e{'' if power[:1] in '+-' else '+'}{power}"
    return f" {quoted(found)}: write {number:.15g}"


def _pattern_hint(keys: list[str]) -> str:
    if keys[-1].endswith("topic"):
        return "a topic without '+' and '#'"
    return "letters, digits, '_' and '-' only (at most 40)"


def _allowed(keys: list[str]) -> list[str]:
    """The words that may stand at a path, if they are a few."""
    kind = _type_at(keys)
    return [str(value) for value in kind.values] if isinstance(kind, msgspec.inspect.LiteralType) else []


def _word_beside_a_number(keys: list[str]) -> str | None:
    """The word that may stand at a path instead of a number."""
    kind = _type_at(keys)
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else ()
    return next((str(one.values[0]) for one in kinds if isinstance(one, msgspec.inspect.LiteralType)), None)


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
