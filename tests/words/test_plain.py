"""What people are told is a `Reason`: no English sentence is written where one belongs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import moodkiosk

PACKAGE = Path(moodkiosk.__file__).parent
TOLD = {
    *("Result", "PlayerReport", "LookReport", "SongsReport", "SenseResult", "SenseHealth", "CameraStatus", "Seen"),
    *("Outcome", "Music", "Started", "NowPlaying", "PlayerStatus", "Decision", "Song", "song", "note", "tell", "down"),
    *("complain", "Remark", "Proof", "Teaching", "Finding", "Recommendation", "_tell", "_fail", "_close", "_refuse"),
}
"""What is called with texts that people are shown, beside errors of our own."""
COLLECTED = {"append", "insert", "print"}
"""What texts are gathered or shown by."""
ERRORS = {"ValueError", "OSError"}
"""Python's own, by which a setting or a file is refused; `INSIDE` has those that no reader comes to see."""
CODES = {
    *("dry run", "switched off", "scheduled off", "not running", "camera starting", "sense away", "no pictures"),
    *("too slow", "mouth covered", "no face", "not found", "upside down", "two people", "just begun"),
    *("camera off", "camera scheduled off", "camera lent"),
}
"""Words of a protocol, which whoever shows them looks up (`word.…`, `unknown.…`, `view.…`)."""
CHECKED = re.compile(
    r"(sense|act): |state folder$|Connect speaker$|\s*[a-z_.]+_[a-z_.]+: |[a-z_]+\.[a-z_.]+: "
    r"|'?(sudo|pip|systemctl|journalctl|chmod) |\{\{ "
)
"""Names of what doctor checks (`checked.…`), lines for the configuration, commands to type, and templates."""
INSIDE = {
    "act/homeassistant/pieces.py": "a part of a template",
    "act/loop.py": "what an item is, for the journal",
    "act/mqtt/tables.py": "words of the papers' tables",
    "act/mqtt/transport/bounded.py": "ends the connection; the status says what the broker does wrong",
    "act/players/mpd/buttons.py": "a mistake of ours",
    "act/players/spotify/remote.py": "a mistake of ours",
    "act/surroundings.py": "the line of `systemctl status`",
    "act/web/access/password.py": "a line for the configuration",
    "act/web/history.py": "caught beside it",
    "act/web/translation.py": "a language's file; what is wrong with it is in the journal",
    "host/crash.py": "in the journal",
    "host/files.py": "one of the system's errors: its words are `file.not_regular`",
    "learn/data/checks.py": "findings about the data (CONTRIBUTING.md)",
    "learn/deploy/command.py": "printed on the way by a tool of the desk (CONTRIBUTING.md)",
    "link/protocol.py": "a damaged line of the link is in the journal",
    "sense/faces/mediapipe/messages.py": "a mistake of ours",
    "operate/doctor/checks.py": "a program and its version",
    "sense/interpreter.py": "of a network that is no mood model; `model.unreadable` says so",
    "sense/lessons/sitting.py": "a mistake of ours",
    "sense/orders.py": "a mistake of ours",
    "sense/records/recording.py": "a mistake of ours",
    "sense/teach/dense.py": "of a damaged installation, or caught beside it",
    "sense/teach/takes.py": "recordings that are not learnt from are in the journal",
}
"""Files where English is right, and why."""


def is_error(name: str) -> bool:
    """Whether it is an error that is raised with a text: one of Python's, or one of ours."""
    return name in ERRORS or name in errors()


@cache
def trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def errors() -> frozenset[str]:
    """The names of all classes of ours that are errors."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"Exception", "ValueError", "OSError", "RuntimeError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return frozenset(found & set(bases))


def texts(node: ast.expr) -> Iterator[str]:
    """The plain texts that an argument may be."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from (*texts(one), *texts(other))
        case ast.BoolOp(values=several):
            for each in several:
                yield from texts(each)


def is_sentence(text: str) -> bool:
    """Whether people would read it as words: two of them, none a code or a line to type."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    return len(words) > 1 and " " in text.strip() and text not in CODES and not CHECKED.match(text)


def said(node: ast.AST, *, desk: bool) -> Iterator[ast.expr]:
    """What a piece of code tells somebody, or raises; a tool of the `desk` may also print and return plain English."""
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            name = ast.unparse(func).rpartition(".")[2]
            if name in TOLD or is_error(name) or (name in COLLECTED and not desk):
                yield from (*args, *(keyword.value for keyword in keywords))
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value) if not desk:
            yield from value.elts if isinstance(value, ast.Tuple) else (value,)


def plain_sentences(tree: ast.Module, *, desk: bool = False) -> Iterator[tuple[int, str]]:
    """Where a plain sentence is told, or raised: line and text."""
    for node in ast.walk(tree):
        for value in said(node, desk=desk):
            yield from ((value.lineno, text) for text in texts(value) if is_sentence(text))


def sentences_of(name: str) -> list[tuple[int, str]]:
    return list(plain_sentences(trees()[name], desk=name.startswith("learn/")))


def test_nothing_is_told_or_raised_as_a_plain_sentence() -> None:
    """What fails here belongs into the files of words: `Reason("section.what_it_says", slot=value)`."""
    found = [f"{name}:{line}: {text}" for name in trees() if name not in INSIDE for line, text in sentences_of(name)]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_every_exception_from_that_is_needed() -> None:
    assert [name for name in INSIDE if name not in trees() or not sentences_of(name)] == []


def test_the_search_knows_sentences_from_names_and_codes() -> None:
    code = """
raise Failure(f"cannot read {path}: {error}")
raise BadModel(Reason("model.bare"))
self._condition.down("the broker is away" if lost else "ready")
log.info("the journal is English")
PlayerReport("played", at, status or "nothing to play", certainty="dry run")
Finding("sense: network", "ok", Reason("privacy.own_network"), "sudo systemctl start moodkiosk.target")
def said(): return "nobody is here" if alone else Reason("cli.people"), "no face"
reasons.append(f"nothing called {name}")
"""
    assert [text for _, text in plain_sentences(ast.parse(code))] == [
        "cannot read {}: {}",
        "the broker is away",
        "nothing to play",
        "nobody is here",
        "nothing called {}",
    ]
