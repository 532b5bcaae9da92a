"""The command line helps: by purpose, and by completing what is typed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from moodkiosk import cli
from moodkiosk.operate.completion import commands
from moodkiosk.words.language import say


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
    named = [name for names in cli.PURPOSES.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) | {"skip"} == set(commands(cli.parser()))


def test_without_a_command_help_is_shown_by_purpose_and_that_is_fine() -> None:
    done = moodkiosk()
    assert (done.returncode, done.stderr) == (0, "")
    for purpose in cli.PURPOSES:
        assert f"\n{say('en', f'help.for.{purpose}')}\n" in done.stdout
    assert done.stdout == moodkiosk("--help").stdout


def test_help_is_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    shown = cli.parser().format_help()
    assert "\nAnsehen\n" in shown
    for name in commands(cli.parser()):
        assert say("de", f"help.does.{name.replace('-', '_')}") in shown
    with pytest.raises(SystemExit):
        cli.main(["doctor", "--help"])
    assert "kein Netz" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["ca"], ["camera", "calibrate"]),
        (["camera", ""], ["on", "off", "lend"]),
        (["forget", "--p"], ["--person"]),
        (["completion", "z"], ["zsh"]),
    ],
)
def test_bash_completes_commands_options_and_values(typed: list[str], offered: list[str]) -> None:
    assert set(offered) <= set(completed(*typed))


def test_zsh_is_given_every_command_with_what_it_does() -> None:
    script = moodkiosk("completion", "zsh").stdout
    assert script.startswith("#compdef moodkiosk\n")
    for name, (text, _) in commands(cli.parser()).items():
        assert f"{name}:{text}".replace("'", "'\\''") in script
