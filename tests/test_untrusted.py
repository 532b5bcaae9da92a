"""What comes from outside is bytes: whoever makes text, numbers or objects of it says what happens when that fails."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import moodkiosk
from tests.fuzz.files import READERS

PACKAGE = Path(moodkiosk.__file__).parent
OUR_OWN = {"act/web/pages.py", "act/web/tables.py", "act/mqtt/tables.py"}
"""Read files of the package itself."""
CAUGHT_BY_THE_CALLER = {"act/clock.py"}
ENOUGH = {"NOT_JSON", "ValueError", "Exception"}
"""What must be caught around JSON; UnicodeDecodeError is a ValueError."""


def calls_with_handlers(
    tree: ast.AST, caught: frozenset[str] = frozenset()
) -> Iterator[tuple[ast.Call, frozenset[str]]]:
    """Every call, and the names of the exceptions that are caught around it in the same function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            yield node, caught
        if isinstance(node, ast.Try):
            names = {name for handler in node.handlers for name in caught_by(handler)}
            for part in node.body:
                yield from calls_with_handlers(ast.Module([part], []), caught | names)
            for handler in node.handlers:
                yield from calls_with_handlers(handler, caught)
            for part in (*node.orelse, *node.finalbody):
                yield from calls_with_handlers(ast.Module([part], []), caught)
        elif isinstance(node, ast.With) and "suppress" in ast.unparse(node.items[0]):
            names = {name.id for name in ast.walk(node.items[0]) if isinstance(name, ast.Name)}
            yield from calls_with_handlers(node, caught | names)
        else:
            yield from calls_with_handlers(node, caught)


def caught_by(handler: ast.ExceptHandler) -> Iterator[str]:
    """Names of the exceptions that a handler takes."""
    if handler.type is None:
        yield "Exception"
        return
    for node in ast.walk(handler.type):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def every_call() -> Iterator[tuple[str, ast.Call, frozenset[str]]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        name = str(file.relative_to(PACKAGE))
        if name not in OUR_OWN:
            for call, caught in calls_with_handlers(ast.parse(file.read_text(encoding="utf-8"))):
                yield f"{name}:{call.lineno}", call, caught


def test_whoever_reads_json_takes_everything_that_reading_it_may_raise() -> None:
    reads = {"msgspec.json.decode", "json.loads", "json.load"}
    found = {where: caught for where, call, caught in every_call() if ast.unparse(call.func) in reads}
    assert len(found) > 10, "the test looks at what is there"
    assert [where for where, caught in found.items() if not caught & ENOUGH] == []


def test_the_output_of_programs_is_taken_whatever_bytes_it_has() -> None:
    for where, call, _ in every_call():
        words = {word.arg for word in call.keywords}
        if ast.unparse(call.func).startswith("subprocess."):
            assert not words & {"text", "universal_newlines"}, f"{where}: encoding='utf-8', errors='replace'"
            assert "encoding" not in words or "errors" in words, where


def test_whoever_reads_a_text_file_says_what_becomes_of_other_bytes() -> None:
    takes = {"ValueError", "UnicodeDecodeError", "NOT_JSON", "Exception"}
    found = {
        where: caught
        for where, call, caught in every_call()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "read_text"
        and "errors" not in {word.arg for word in call.keywords}
        and where.partition(":")[0] not in CAUGHT_BY_THE_CALLER
        and ast.unparse(call.func.value) != "STATM"  # numbers of the kernel's
    }
    assert [where for where, caught in found.items() if not caught & takes] == []


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("kind", ["pipe", "folder", "large"])
def test_what_is_no_file_of_ours_is_neither_waited_for_nor_taken_into_memory(
    tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(2**40)  # a hole: it takes no room on the disk
    (tmp_path / "web-password").touch()
    with suppress(OSError):  # such as writing over a folder
        READERS[name](tmp_path)
