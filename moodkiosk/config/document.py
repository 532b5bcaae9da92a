"""The text of a configuration as plain values. Whatever stands in the file: values, or one line about what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from moodkiosk.config import mistakes
from moodkiosk.failure import OneLine

LIMIT_BYTES = 256 * 1024
"""A configuration larger than this is not one."""
DEPTH_LIMIT = 8
"""The deepest setting of all, an entry of `music.moods.happy.play`, is four deep."""
NODES_LIMIT = 10_000
"""Keys and values, those behind aliases (*name) counted each time: 200 bytes of aliases can stand for 100 million."""
SCALARS = {
    "tag:yaml.org,2002:str": "a text",
    "tag:yaml.org,2002:int": "a whole number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "a date",
}
"""The kinds of values that YAML has and a configuration may, in words for people."""
OTHER_BASE = re.compile(r"[-+]?(0[0-9_]+$|[0-9_]+:)")
"""Numbers that are not what they look like: 010 is 8 (octal), 1:30 is 90 (sixtieths)."""


class ConfigError(OneLine):
    """The operator's mistake: file, line, path of the key, what was expected."""


def compose(path: Path) -> yaml.MappingNode:
    """The sections of the file as YAML nodes, which know their lines. Raises ConfigError."""
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        problem = error.problem or "is not YAML"
        if "'\\t'" in problem:
            problem = "a tab; YAML is indented with spaces"
        raise ConfigError(f"{path}:{mark.line + 1 if mark else 1}: {problem}") from None
    except RecursionError:
        raise ConfigError(f"{path}:1: nested too deeply") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # an escape such as "\UFFFFFFFF"
        raise ConfigError(f"{path}:1: is not YAML: {(str(error) or 'damaged').splitlines()[0]}") from None
    if node is None:
        raise ConfigError(
            f"{path}: is empty; expected sections such as 'music:' (config/moodkiosk.example.yaml has them all)"
        )
    if not isinstance(node, yaml.MappingNode):
        found = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        raise ConfigError(f"{path}:1: expected sections such as 'music:', found {found}")
    return node


def mistake(path: Path, root: yaml.Node, keys: Sequence[str], text: str) -> ConfigError:
    """What is wrong with the key at the end of `keys`, with its line."""
    return ConfigError(f"{path}:{mistakes.line_of(root, list(keys))}: {'.'.join(keys) or 'top level'}: {text}")


def plain(root: yaml.MappingNode, path: Path) -> dict[str, object]:
    """The nodes as dicts, lists and scalars; duplicate keys, aliases run wild and odd keys raise ConfigError."""
    found = _Reading(path, root).mapping(root, ())
    # "music:" with nothing under it means the defaults.
    return {name: value for name, value in found.items() if value is not None}


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise ConfigError(f"{path}: cannot be the name of a file") from None
    if len(data) > LIMIT_BYTES:
        raise ConfigError(f"{path}: larger than {LIMIT_BYTES // 1024} KiB; this is not a configuration of moodkiosk")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start})") from None


class _Reading:
    """Nodes on their way to values, counted."""

    def __init__(self, path: Path, root: yaml.MappingNode) -> None:
        self._path, self._root = path, root
        self._count = 0

    def mapping(self, node: yaml.MappingNode, keys: tuple[str, ...]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._at(key, "a key must be a word")
            if complaint := text_complaint(key.value):
                raise self._at(key, f"a key has {complaint}")
            if key.value in found:
                raise self._at(key, f"'{key.value}' is there twice")
            found[key.value] = self._value(value, (*keys, key.value))
        return found

    def _value(self, node: yaml.Node, keys: tuple[str, ...]) -> object:
        self._count += 1
        if len(keys) > DEPTH_LIMIT:
            raise self._at(node, f"nested too deeply: more than {DEPTH_LIMIT} levels")
        if self._count > NODES_LIMIT:
            text = f"too much: more than {NODES_LIMIT} values, those that aliases (*name) repeat counted each time"
            raise mistake(self._path, self._root, keys[:1], text)  # deeper, nodes know the line of the first use only
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, keys)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*keys, str(index))) for index, child in enumerate(node.value)]
        return self._scalar(node, keys)

    def _scalar(self, node: yaml.Node, keys: tuple[str, ...]) -> object:
        kind = SCALARS.get(node.tag)
        if kind is None:
            raise mistake(self._path, self._root, keys, f"no value of a configuration has the tag {node.tag}")
        loader = yaml.SafeLoader("")
        try:
            value: object = loader.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError, OverflowError):
            # The constructors look up, index and convert whatever a tag such as !!int is put before.
            raise mistake(self._path, self._root, keys, f"{mistakes.quoted(node.value)} is not {kind}") from None
        finally:
            loader.dispose()
        if isinstance(value, str) and (complaint := text_complaint(value)):
            raise mistake(self._path, self._root, keys, f"the text has {complaint}")
        if isinstance(value, int | float) and OTHER_BASE.match(node.value):
            text = f"{mistakes.quoted(node.value)} means {value} to YAML; write that, or put it in quotes"
            raise mistake(self._path, self._root, keys, text)
        return value

    def _at(self, node: yaml.Node, text: str) -> ConfigError:
        return ConfigError(f"{self._path}:{node.start_mark.line + 1}: {text}")


def text_complaint(text: str) -> str | None:
    """What makes a text unfit to be a setting: names, topics and paths are one line of letters. None: nothing."""
    if any(letter in "\n\r\x85\u2028\u2029" for letter in text):
        return "a line break; write it on one line (or with '>-' instead of '>' and '|')"
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return "half a character (a lone surrogate)"
    if any(letter < " " or "\x7f" <= letter <= "\x9f" for letter in text):
        return "a control character"
    return None
