"""The command line helps: by purpose, and by completing what is typed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from moodkiosk.cli import main
from moodkiosk.operate.command_line.overview import PURPOSES
from moodkiosk.operate.command_line.parser import parser
from moodkiosk.operate.completion import commands
from moodkiosk.words.language import say
from tests.support.terminal import Terminal


def moodkiosk(*words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "moodkiosk", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


def completed(*typed: str) -> list[str]:
    """What bash offers for the last of these words, after `moodkiosk`."""
    script = (
        'eval "$1"; shift; COMP_WORDS=(moodkiosk "$@"); COMP_CWORD=$#; _moodkiosk; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    line = ["bash", "-c", script, "bash", moodkiosk("completion", "bash").stdout, *typed]
    return subprocess.run(line, capture_output=True, text=True, check=True, timeout=60).stdout.split()


def test_every_command_stands_once_under_a_purpose() -> None:
    named = [name for names in PURPOSES.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) | {"skip"} == set(commands(parser()))


def test_the_parser_of_one_command_knows_it_as_that_of_all_does_and_no_other() -> None:
    """Only what is called is built: that is most of the time that a command line takes to be understood."""
    for name, known in commands(parser()).items():
        assert commands(parser(name)) == {name: known}


def test_without_a_command_help_is_shown_by_purpose_and_that_is_fine() -> None:
    done = moodkiosk()
    assert (done.returncode, done.stderr) == (0, "")
    for purpose in PURPOSES:
        assert f"\n{say('en', f'help.for.{purpose}')}\n" in done.stdout
    assert done.stdout == moodkiosk("--help").stdout


def test_help_is_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    shown = parser().format_help()
    assert "\nAnsehen\n" in shown
    for name in commands(parser()):
        assert say("de", f"help.does.{name.replace('-', '_')}") in shown
    with pytest.raises(SystemExit):
        main(["doctor", "--help"])
    assert "kein Netz" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["ca"], ["camera", "calibrate"]),
        (["camera", ""], ["on", "off", "lend"]),
        (["forget", "--p"], ["--person"]),
        (["completion", "z"], ["zsh"]),
        (["mood", "s"], ["sad", "surprise", "surprised", "scornful"]),
        (["mood", "au"], ["auto"]),
        (["correct", "afr"], ["afraid"]),
    ],
)
def test_bash_completes_commands_options_and_values(typed: list[str], offered: list[str]) -> None:
    assert set(offered) <= set(completed(*typed))


def test_zsh_is_given_every_command_with_what_it_does() -> None:
    script = moodkiosk("completion", "zsh").stdout
    assert script.startswith("#compdef moodkiosk\n")
    for name, (text, _) in commands(parser()).items():
        assert f"{name}:{text}".replace("'", "'\\''") in script


SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(moodkiosk completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source <(moodkiosk completion zsh)"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_at_a_terminal_completes_what_is_typed(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    command, begin = SHELLS[shell]
    here = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PS1": "", "INPUTRC": "/dev/null"}
    with Terminal(command, tmp_path, here) as terminal:
        terminal.press(f"{begin}; PS1=; echo be''gun\n")
        terminal.wait_for("begun")
        for typed, rest in (("docto", "r"), ("camera l", "end"), ("forget --al", "l"), ("completion z", "sh")):
            terminal.press(f"moodkiosk {typed}\t")
            terminal.press("\x01echo complet''ed \n")  # before it, to have the line said as it is now
            terminal.wait_for(f"completed moodkiosk {typed}{rest}\n", f"completed moodkiosk {typed}{rest} \n")
