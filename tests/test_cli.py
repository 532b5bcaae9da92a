"""The command line takes words in whatever bytes a terminal sends, and refuses in one line what is no text."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LATIN = "Jörg".encode("latin-1")


@pytest.mark.parametrize(
    "command",
    [
        [b"-m", b"moodkiosk", b"person", LATIN],
        [b"-m", b"moodkiosk", b"replay", LATIN + b".mp4"],
        [b"-m", b"moodkiosk", LATIN],
        [b"scripts/collect.py", b"happy", b"--person", LATIN],
        [b"scripts/evaluate.py", LATIN, b"--model", b"m"],
    ],
    ids=["a name", "a film", "a command", "a label", "a data set"],
)
def test_a_word_in_another_encoding_is_one_line_and_exit_2(command: list[bytes]) -> None:
    done = subprocess.run([sys.executable.encode(), *command], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"J\\xf6rg" in done.stderr
    assert b"is no UTF-8 text: does this terminal use another encoding?" in done.stderr


CTRL_C = """
import os, runpy, signal, sys

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["MODULE"]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Impatient())
runpy.run_module("moodkiosk", run_name="__main__")
"""


@pytest.mark.parametrize("module", ["moodkiosk.cli", "moodkiosk.words.language", "moodkiosk.operate.control"])
def test_ctrl_c_while_the_program_loads_ends_it_without_a_word(module: str) -> None:
    call = [sys.executable, "-c", CTRL_C, "status"]
    done = subprocess.run(call, cwd=ROOT, env={**os.environ, "MODULE": module}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) in ((-signal.SIGINT, b""), (130, b""))


@pytest.mark.parametrize("name", ["", "  "])
def test_forgetting_a_person_without_a_name_does_not_forget_everybody(name: str, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "moodkiosk", "forget", "--person", name, "--recordings", str(tmp_path)]
    kept = tmp_path / "happy.npz"
    kept.write_bytes(b"")
    done = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, kept.exists()) == (2, True)
    assert done.stderr.endswith("whom? name somebody, or say --all\n")


@pytest.mark.parametrize(
    ("configured", "lang", "said"),
    [
        ("de", "C.UTF-8", "die Box läuft nicht"),
        ("auto", "de_DE.UTF-8", "die Box läuft nicht"),
        ("en", "de_DE.UTF-8", "is not running"),
    ],
)
def test_what_is_wrong_is_said_in_the_household_s_language(
    configured: str, lang: str, said: str, tmp_path: Path
) -> None:
    config = tmp_path / "kiosk.yaml"
    config.write_text(f"kiosk: {{language: {configured}}}\npaths: {{runtime: {tmp_path}}}\n", encoding="utf-8")
    call = [sys.executable, "-m", "moodkiosk", "status", "--config", str(config)]
    done = subprocess.run(
        call, env={"LANG": lang, "PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize(("lang", "columns"), [("C.UTF-8", 80), ("de_DE.UTF-8", 80), ("de_DE.UTF-8", 40)])
def test_the_list_of_commands_is_no_wider_than_the_terminal_and_folds_below_what_a_command_does(
    lang: str, columns: int
) -> None:
    environment = {"LANG": lang, "PYTHONUTF8": "1", "COLUMNS": str(columns)}
    call = [sys.executable, "-m", "moodkiosk", "--help"]
    lines = subprocess.run(call, env=environment, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    begin = next(number for number, line in enumerate(lines) if line.startswith("  not-again "))
    assert re.match(r" {16}\S", lines[begin + 1]), "folded below where it says what it does"
