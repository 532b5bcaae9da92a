"""The files of words are whole: every key that is used anywhere is there, and every one there is used somewhere."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import moodkiosk
from moodkiosk.act.homeassistant import names
from moodkiosk.operate.demo import booth
from moodkiosk.words.language import FALLBACK, FOLDER

PACKAGE = Path(moodkiosk.__file__).parent
SPEAKERS = {"Reason", "say", "_say", "_form", "_refuse"}
"""What is called with a key first, or after what it belongs to."""
ENGLISH: dict[str, str] = json.loads((FOLDER / f"{FALLBACK}.json").read_bytes())
BASES = {key.rpartition(".")[0] if f"{key.rpartition('.')[0]}.other" in ENGLISH else key for key in ENGLISH}
"""The keys, plural forms taken together."""
SECTIONS = {key.partition(".")[0] for key in BASES if "." in key}
BY_NAME = {"dir", "keyboard", "name"}
"""Words about the language itself."""


def pattern(node: ast.expr) -> str | None:
    """A regular expression for the keys that an expression may be: what is computed in it may be anything."""
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[^.]*" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            both = pattern(one), pattern(other)
            return f"(?:{both[0]}|{both[1]})" if all(both) else None
    return None


def in_python() -> Iterator[tuple[str, str]]:
    """Patterns of keys, each with where it is used."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                (
                    isinstance(node, ast.Assign)
                    and ast.unparse(node.targets[0]) == "key"
                    and (found := pattern(node.value))
                )
                and "\\." in found
                and re.match(r"[(?:]*[a-z_]+\\\.", found)
            ):
                yield found, f"{path.name}:{node.lineno}"
            name = getattr(node, "func", None)
            called = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
            if isinstance(node, ast.Call) and called in SPEAKERS:
                for argument in node.args:
                    found = pattern(argument)
                    if found and re.match(r"(\(\?:)?[a-z_]+\\\.", found):
                        yield found, f"{path.name}:{node.lineno}"


def in_assets() -> Iterator[tuple[str, str]]:
    """The same of the page, the demo's page and the sign-in: literals that begin like a section, `…${…}…` and {…}."""
    files = [*(PACKAGE / "act" / "web" / "assets").iterdir(), *(PACKAGE / "operate" / "demo" / "assets").iterdir()]
    texts = {path.name: path.read_text(encoding="utf-8") for path in files if path.suffix in (".js", ".html")}
    texts["sign_in.py"] = (PACKAGE / "act" / "web" / "access" / "sign_in.py").read_text(encoding="utf-8")
    texts["booth"] = booth.PAGE
    for name, text in texts.items():
        for found in re.findall(r"""['"{`]([a-z_]+(?:\.[a-z_0-9]+)+)['"}`]""", text):
            if found.partition(".")[0] in SECTIONS and not found.endswith((".js", ".html")):
                yield re.escape(found), name
        for found in re.findall(r"`([a-z_]+\.[a-z_.]*)\$\{", text):
            if found.partition(".")[0] in SECTIONS:
                yield f"{re.escape(found)}.*", name
        yield from (
            (found, name) for found in re.findall(r"(?:say\(|_key: |\? |: )'([a-z_]+)'", text) if found in BASES
        )
    yield from ((f"{re.escape(prefix)}.*", "names.py") for prefix in (names.NAME, names.TEXT))
    yield from ((re.escape(f"demo.{cue}"), "booth") for cue in booth.BUTTONS)
    yield from ((re.escape(found), "html") for text in texts.values() for found in re.findall(r"\{([a-z_]+)\}", text))


@cache
def used() -> list[tuple[str, str]]:
    """All of them; for those who ask, not for whoever collects the tests: it takes a second or two."""
    return [*in_python(), *in_assets()]


def test_every_key_that_is_used_is_there() -> None:
    lacks = [
        f"{where} uses {key}"
        for key, where in used()
        if "\\." in key and not any(re.fullmatch(key, base) for base in BASES)
    ]
    if lacks:
        pytest.fail("\n".join(f"{FALLBACK}.json: {lack}, which is not there" for lack in sorted(lacks)), pytrace=False)


def test_every_key_there_is_used() -> None:
    patterns = re.compile("|".join(sorted({key for key, _ in used()})))
    idle = sorted(key for key in BASES - BY_NAME if not patterns.fullmatch(key))
    idle = [key for key in idle if not key.startswith(("list.", "number.", "plural."))]
    if idle:
        pytest.fail("\n".join(f"{FALLBACK}.json: {key} is used nowhere" for key in idle), pytrace=False)


def test_the_search_knows_literals_what_is_put_together_and_either_of_two() -> None:
    found = [pattern(ast.parse(text, mode="eval").body) for text in ("'a.b'", "f'a.{x}'", "'a.b' if x else 'a.c'", "x")]
    assert found == [r"a\.b", r"a\.[^.]*", r"(?:a\.b|a\.c)", None]
