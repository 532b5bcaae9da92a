"""The text of a configuration as plain values. Whatever stands in the file: values, or one line about what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from moodkiosk.config import mistakes
from moodkiosk.failure import OneLine
from moodkiosk.host.files import TooLarge, read_at_most
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

LIMIT_BYTES = 256 * 1024
"""A configuration larger than this is not one."""
DEPTH_LIMIT = 8
"""The deepest setting of all, an entry of `music.moods.happy.play`, is four deep."""
COMPOSED_DEPTH_LIMIT = 64
"""Beyond this it is not even looked at which setting is too deep."""
NODES_LIMIT = 10_000
"""Keys and values, those behind aliases (*name) counted each time: 200 bytes of aliases can stand for 100 million."""
SCALARS = {
    "tag:yaml.org,2002:str": mistakes.WORDS["str"],
    "tag:yaml.org,2002:int": mistakes.WORDS["int"],
    "tag:yaml.org,2002:float": mistakes.WORDS["float"],
    "tag:yaml.org,2002:bool": mistakes.WORDS["bool"],
    "tag:yaml.org,2002:null": mistakes.WORDS["null"],
    "tag:yaml.org,2002:timestamp": mistakes.WORDS["date"],
}
"""The kinds of values that YAML has and a configuration may, in words for people."""
OTHER_BASE = re.compile(r"[-+]?(0[0-9_]+$|[0-9_]+:)")
"""Numbers that are not what they look like: 010 is 8 (octal), 1:30 is 90 (sixtieths)."""


class ConfigError(OneLine):
    """The operator's mistake: file, line, path of the key, what was expected."""


class _TooMuch(Exception):
    """More nodes than a configuration has, at this line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Composer(yaml.SafeLoader):
    """Ends as soon as it is clear that this is no configuration: a few kilobytes can keep the parser for a minute."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._count = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node. Raises RecursionError and _TooMuch, and what it raises anyway."""
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._depth > COMPOSED_DEPTH_LIMIT:
            raise RecursionError
        if self._count > 2 * NODES_LIMIT:  # keys and values
            raise _TooMuch(self.peek_event().start_mark.line + 1)  # type: ignore[no-untyped-call]  # the stubs lack it
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def compose(path: Path) -> yaml.MappingNode:
    """The sections of the file as YAML nodes, which know their lines. Raises ConfigError."""
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=_Composer)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        problem = error.problem or Reason("config.no_yaml")
        if "'\\t'" in problem:
            problem = Reason("config.tab")
        raise _at(path, problem, mark.line + 1 if mark else 1) from None
    except RecursionError:
        raise _at(path, Reason("config.deep"), 1) from None
    except _TooMuch as error:
        raise _at(path, Reason("config.too_much", values=NODES_LIMIT), error.line) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # an escape such as "\UFFFFFFFF"
        raise _at(path, Reason("config.no_yaml_because", reason=(str(error) or "damaged").splitlines()[0]), 1) from None
    if node is None:
        raise _at(path, Reason("config.empty"))
    if not isinstance(node, yaml.MappingNode):
        found = Reason("config.a_list" if isinstance(node, yaml.SequenceNode) else "config.a_value")
        raise _at(path, Reason("config.sections", found=found), 1)
    return node


def mistake(path: Path, root: yaml.Node, keys: Sequence[str], text: str) -> ConfigError:
    """What is wrong with the key at the end of `keys`, with its line."""
    key = ".".join(keys) or Reason("config.top")
    return _at(path, Reason("config.of_key", key=key, text=text), mistakes.line_of(root, list(keys)))


def _at(path: Path, text: str, line: int | None = None) -> ConfigError:
    """What is wrong with the file, or with a line of it."""
    where = f"{path}" if line is None else f"{path}:{line}"
    return ConfigError(Reason("config.at", where=where, text=text))


def plain(root: yaml.MappingNode, path: Path) -> dict[str, object]:
    """The nodes as dicts, lists and scalars; duplicate keys, aliases run wild and odd keys raise ConfigError."""
    found = _Reading(path, root).mapping(root, ())
    # "music:" with nothing under it means the defaults.
    return {name: value for name, value in found.items() if value is not None}


def _text(path: Path) -> str:
    try:
        data = read_at_most(path, LIMIT_BYTES)
    except OSError as error:
        raise _at(path, Reason("config.unreadable", reason=system(error))) from None
    except TooLarge:
        raise _at(path, Reason("config.large", kibibytes=LIMIT_BYTES // 1024)) from None
    except ValueError:  # a NUL in the name
        raise _at(path, Reason("config.no_name")) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _at(path, Reason("config.no_text", byte=error.start)) from None


class _Reading:
    """Nodes on their way to values, counted."""

    def __init__(self, path: Path, root: yaml.MappingNode) -> None:
        self._path, self._root = path, root
        self._count = 0

    def mapping(self, node: yaml.MappingNode, keys: tuple[str, ...]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._at(key, Reason("config.key_word"))
            if complaint := text_complaint(key.value):
                raise self._at(key, Reason("config.key_has", what=complaint))
            if key.value in found:
                raise self._at(key, Reason("config.twice", key=key.value))
            found[key.value] = self._value(value, (*keys, key.value))
        return found

    def _value(self, node: yaml.Node, keys: tuple[str, ...]) -> object:
        self._count += 1
        if len(keys) > DEPTH_LIMIT:
            raise self._at(node, Reason("config.too_deep", levels=DEPTH_LIMIT))
        if self._count > NODES_LIMIT:
            text = Reason("config.too_much", values=NODES_LIMIT)
            raise mistake(self._path, self._root, keys[:1], text)  # deeper, nodes know the line of the first use only
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, keys)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*keys, str(index))) for index, child in enumerate(node.value)]
        return self._scalar(node, keys)

    def _scalar(self, node: yaml.Node, keys: tuple[str, ...]) -> object:
        kind = SCALARS.get(node.tag)
        if kind is None:
            raise mistake(self._path, self._root, keys, Reason("config.tag", tag=node.tag))
        loader = yaml.SafeLoader("")
        try:
            value: object = loader.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError, OverflowError):
            # The constructors look up, index and convert whatever a tag such as !!int is put before.
            text = Reason("config.is_not", value=mistakes.quoted(node.value), kind=kind)
            raise mistake(self._path, self._root, keys, text) from None
        finally:
            loader.dispose()
        if isinstance(value, str) and (complaint := text_complaint(value)):
            raise mistake(self._path, self._root, keys, Reason("config.text_has", what=complaint))
        if isinstance(value, int | float) and OTHER_BASE.match(node.value):
            text = Reason("config.other_base", value=mistakes.quoted(node.value), number=str(value))
            raise mistake(self._path, self._root, keys, text)
        return value

    def _at(self, node: yaml.Node, text: str) -> ConfigError:
        return _at(self._path, text, node.start_mark.line + 1)


def text_complaint(text: str) -> str | None:
    """What makes a text unfit to be a setting: names, topics and paths are one line of letters. None: nothing."""
    if any(letter in "\n\r\x85\u2028\u2029" for letter in text):
        return Reason("config.line_break")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return Reason("config.surrogate")
    if any(letter < " " or "\x7f" <= letter <= "\x9f" for letter in text):
        return Reason("config.control")
    return None
