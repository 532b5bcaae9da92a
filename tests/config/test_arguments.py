"""What was typed wrongly is said in the language of whoever reads, and in English as Python's own argparse has it."""

from __future__ import annotations

import argparse
import errno
import os

import pytest

from moodkiosk import cli
from moodkiosk.config.arguments import Parser
from moodkiosk.words.language import translated, words
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import NO_FILE, system

WRONG = {
    "--speed fast": "'fast' ist keine Zahl",
    "--times 1.5": "'1.5' ist keine ganze Zahl",
    "--speed": "da fehlt eine Angabe",
    "--names": "da fehlt mindestens eine Angabe",
    "--quiet=yes": "dazu gehört keine Angabe",
    "--colour mauve": "'mauve' gibt es nicht",
    "--no": "ist nicht eindeutig",
    "--left --right": "geht nicht zusammen mit --left",
    "": "eines davon muss dabei sein: --left --right",
    "--left --more": "das kennt dieser Befehl nicht: --more",
    "--left deeper": "es fehlt: where",
}
"""A command line, and what is wrong with it in German."""


def fill(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """A parser that can complain of everything."""
    parser.add_argument("--speed", type=float)
    parser.add_argument("--times", type=int)
    parser.add_argument("--names", nargs="+")
    parser.add_argument("--notes")
    parser.add_argument("--nobody", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--colour", choices=["red", "blue"])
    one = parser.add_mutually_exclusive_group(required=True)
    one.add_argument("--left", action="store_true")
    one.add_argument("--right", action="store_true")
    parser.add_subparsers().add_parser("deeper").add_argument("where")
    return parser


def complains(parser: argparse.ArgumentParser, line: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        fill(parser).parse_args(line.split())
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_in_german_and_in_english_as_ever(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("COLUMNS", "200")
    english = complains(Parser(prog="go"), line, capsys)
    assert english == complains(argparse.ArgumentParser(prog="go"), line, capsys)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    german = complains(Parser(prog="go"), line, capsys)
    assert german.startswith("Aufruf: go")
    assert WRONG[line] in german
    own = english.splitlines()[-1].partition(": error: ")[2]
    assert own not in german, "the whole sentence is another one"


@pytest.mark.parametrize(
    ("language", "meant"), [("C", "did you mean 'status'?"), ("de_DE.UTF-8", "ist 'status' gemeint?")]
)
def test_a_command_that_there_is_not_is_answered_with_the_one_that_is_meant(
    language: str, meant: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    assert cli.main(["statu"]) == 2
    said = capsys.readouterr().err
    assert (said.count("\n"), meant in said) == (1, True)


def test_errors_of_the_system_are_said_in_both_languages() -> None:
    """In English as the C library has them; every other one as it says it."""
    known = [key.removeprefix("system.") for key in words("en") if key.startswith("system.")]
    for name in known:
        number = getattr(errno, name)
        said = system(OSError(number, os.strerror(number)))
        assert isinstance(said, Reason)
        assert str(said) == os.strerror(number)
        assert words("de")[said.key] != said
    assert translated(system(OSError(errno.EINVAL, NO_FILE)), "de") == "das ist keine gewöhnliche Datei"
    assert system(OSError(errno.EXDEV, os.strerror(errno.EXDEV))) == os.strerror(errno.EXDEV)
    assert system(OSError("no number")) == "no number"
