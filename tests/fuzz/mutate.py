"""Valid inputs, spoilt: by bits and bytes, by what parsers stumble over, and in the tree that JSON stands for."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

WORDS: tuple[bytes, ...] = (
    *(
        b"null",
        b"true",
        b"NaN",
        b"Infinity",
        b"-0",
        b"1e999",
        b"1e-999",
        b"0.1e1",
        b"010",
        b"1:30",
        b"~",
        b"lend",
        b"auto",
    ),
    *(b"-1", b"2147483648", b"18446744073709551616", b"9" * 400, b"-" + b"9" * 5000, b"0x" + b"f" * 300),
    *(b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xef\xac\x81", b"\xf4\x90\x80\x80", b"\x1b[2J"),
    *(
        b"\\ud800",
        b"\\u0000",
        b"\\",
        b'"',
        b"'",
        b"\r\n",
        b"\n",
        b"\n\n",
        b"\t",
        b": ",
        b", ",
        b"- ",
        b"#",
        b"%",
        b"&a ",
        b"*a",
    ),
    *(
        b"[" * 300,
        b"{" * 20,
        b'{"a":' * 300,
        b"!!int ",
        b"!!binary ",
        b"!!python/name:os.system ",
        b"<<: *a",
        b"../../x",
    ),
    *(
        b"x" * 300,
        b"x" * 70_000,
        b" " * 100,
        b"T",
        b"Z",
        b"+99:99",
        b"9999-12-31T23:59:59+00:00",
        b"0001-01-01T00:00:00Z",
    ),
)
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        0.5,
        -0.0,
        101,
        2**31,
        2**53 + 1,
        2**63,
        2**64,
        10**300,
        int("9" * 400),
        1e308,
        5e-324,
    ),
    *(float("nan"), float("inf"), "", " ", "x", "lend", "auto", "on", "off", "nobody", "happy", "\x00", "\n", "\ud800"),
    *("x" * 61, "x" * 5000, "é" * 70, "\u202e", "1", "1e3", "2026-11-26T12:00:00", "9999-12-31T23:59:59.999999+00:00"),
    *(
        "0001-01-01T00:00:00+14:00",
        "unknown",
        [],
        {},
        [[]],
        [None],
        [1, 2],
        {"a": 1},
        {"": ""},
        ["x"] * 70,
        [[[[[[[[[[]]]]]]]]]],
    ),
)

Change = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def spoilt(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One of the valid inputs with a few things changed; now and then it stays as it is."""
    data = chance.choice(seeds)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 5, 8))):
        data = chance.choice(CHANGES)(chance, data, seeds)
    return data


def spoilt_json(chance: random.Random, data: bytes) -> bytes:
    """JSON, one value a line or one in all, with something in its tree changed; anything else stays as it is."""
    lines = data.split(b"\n")
    whole = chance.random() < 0.5
    place = 0 if whole else chance.randrange(len(lines))
    try:
        tree = json.loads(data if whole else lines[place])
    except (ValueError, RecursionError):
        return data
    tree = _changed(chance, tree)
    text = json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return text if whole else b"\n".join([*lines[:place], text, *lines[place + 1 :]])


def _changed(chance: random.Random, tree: Any) -> Any:
    if isinstance(tree, dict) and tree and chance.random() < 0.85:
        key = chance.choice(list(tree))
        match chance.randrange(8):
            case 0:
                return {name: value for name, value in tree.items() if name != key}
            case 1:
                return tree | {chance.choice([*tree, "", "x", "type", "value", "\ud800"]): chance.choice(VALUES)}
            case 2:
                return {name: tree[chance.choice(list(tree))] for name in tree}
        return tree | {key: _changed(chance, tree[key])}
    if isinstance(tree, list) and tree and chance.random() < 0.85:
        place = chance.randrange(len(tree))
        match chance.randrange(6):
            case 0:
                return tree[:place] + tree[place + 1 :]
            case 1:
                return tree * chance.choice((2, 40))
        return [*tree[:place], _changed(chance, tree[place]), *tree[place + 1 :]]
    return chance.choice(VALUES)


def _tree(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return spoilt_json(chance, data)


def _bit(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _byte(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + chance.randrange(2) :]


def _word(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(WORDS) + data[place + chance.choice((0, 0, 1, 4)) :]


def _value(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Something else in place of a whole word, number or quoted text."""
    found = list(re.finditer(rb'"[^"\n]*"|[\w.+-]+', data))
    if not found:
        return data
    where = chance.choice(found)
    return data[: where.start()] + chance.choice(WORDS) + data[where.end() :]


def _cut(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 2, 8, 64, len(data))) :]


def _again(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.choice((1, 4, 20, 200))]
    return data[:start] + piece * chance.choice((1, 2, 30)) + data[start:]


def _splice(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _lines(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    lines = [*data.split(b"\n"), *chance.choice(seeds).split(b"\n")]
    chance.shuffle(lines)
    return b"\n".join(lines[: chance.randrange(1, len(lines) + 1)]) + b"\n"


CHANGES: tuple[Change, ...] = (_tree, _tree, _tree, _bit, _byte, _word, _value, _value, _cut, _again, _splice, _lines)
