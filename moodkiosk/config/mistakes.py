"""What is wrong with a configuration, in the operator's words: which key, and what was expected there."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable

import msgspec
import yaml

from moodkiosk.config.settings import Config
from moodkiosk.decide.settings import MoodMusic
from moodkiosk.words.reason import Reason, either, together

WORDS = {
    "int": Reason("config.int"),
    "float": Reason("config.float"),
    "str": Reason("config.str"),
    "bool": Reason("config.bool"),
    "array": Reason("config.array"),
    "object": Reason("config.object"),
    "null": Reason("config.null"),
    "date": Reason("config.date"),
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
        return keys, _hinted(
            Reason("config.number_or", word=f"'{word}'", got=WORDS["str"] if hint else quoted(found)), hint
        )
    if allowed := _allowed(keys):
        return keys, _instead_of(either(*(f"'{word}'" for word in allowed)), _at(plain, keys))
    return keys, _hinted(_said(text, keys), _number_hint(text, _at(plain, keys)))


def _hinted(text: str, hint: str) -> str:
    return Reason("config.hinted", text=text, hint=hint) if hint else text


def quoted(text: str) -> str:
    """What somebody wrote, short enough to be repeated."""
    return f"'{text if len(text) <= QUOTED_LETTERS else text[: QUOTED_LETTERS - 1] + '…'}'"


def unknown_key(keys: list[str], name: str) -> tuple[list[str], str]:
    """What is said of a key that the section at `keys` does not have."""
    known = _fields(keys)
    close = _nearest(name, known)
    hint = Reason("config.meant", name=close) if close else Reason("config.known", names=known)
    return [*keys, name], together([Reason("config.unknown_key"), hint])


def unknown_moods(moods: Iterable[str], labels: Collection[str]) -> str | None:
    """What is said of moods under `music.moods` that the model with these labels never says; None if there are none."""
    named: list[str] = []
    for mood in sorted(set(moods) - set(labels)):
        close = _nearest(mood, labels)
        meant = Reason("config.mood_meant", mood=quoted(mood), other=close) if close else quoted(mood)
        named.append(meant)
    return Reason("config.unknown_moods", moods=named) if named else None


def _nearest(name: str, known: Collection[str]) -> str | None:
    """The one that may be meant by what somebody wrote, if there is one."""
    import difflib  # a configuration without a mistake does not need it

    return next(iter(difflib.get_close_matches(name, known, n=1)), None)


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


def _said(text: str, keys: list[str]) -> str:
    """What msgspec says, in words for people."""
    if re.match(r"Expected `str` matching regex ", text):
        return Reason("config.expected_only", what=_pattern_hint(keys))
    if found := re.fullmatch(r"Expected `([a-z |]+)`, got `([a-z |]+)`", text):
        return Reason("config.expected_got", what=_in_words(found[1]), got=_in_words(found[2]))
    if found := re.fullmatch(r"Expected `([a-z |]+)` (.+)", text):
        return Reason("config.expected_limit", what=_in_words(found[1]), limit=found[2])
    return Reason("config.out_of_range") if text == "Number out of range" else text[:1].lower() + text[1:]


def _in_words(kinds: str) -> str:
    """`str | null` as "a text or nothing"."""
    return either(*(WORDS.get(kind, kind) for kind in kinds.split(" | ")))


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


def _instead_of(words: str, found: object) -> str:
    """What stands there instead of one of a few words; numbers are a hint that quotes are missing."""
    if isinstance(found, str):
        return Reason("config.expected_got", what=words, got=quoted(found))
    if isinstance(found, int | float):
        return Reason("config.expected_quotes", what=words, got=str(found)[:QUOTED_LETTERS])
    return Reason("config.expected_only", what=words)


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
        scientific = f"{mantissa}e{'' if power[:1] in '+-' else '+'}{power}"
        return Reason("config.write_either", found=quoted(found), number=f"{number:.15g}", other=scientific)
    return Reason("config.write", found=quoted(found), number=f"{number:.15g}")


def _pattern_hint(keys: list[str]) -> str:
    if keys[-1].endswith("topic"):
        return Reason("config.topic")
    return Reason("config.letters")


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
