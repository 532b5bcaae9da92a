"""`moodkiosk completion bash|zsh`: a script for the shell that completes commands, options and fixed values."""

from __future__ import annotations

import argparse

from moodkiosk.config.languages import reader
from moodkiosk.operate.command_line.parser import parser
from moodkiosk.words import mood_words
from moodkiosk.words.language import translated

BASH = """# moodkiosk: completion for bash. To use it: source <(moodkiosk completion bash)
_moodkiosk() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} words=
    case "${{COMP_WORDS[1]}}" in
{cases}
    esac
    [ "$COMP_CWORD" -eq 1 ] && words="{commands}"
    COMPREPLY=( $(compgen -W "$words" -- "$word") )
    [ ${{#COMPREPLY[@]}} -eq 0 ] && COMPREPLY=( $(compgen -f -- "$word") )
}}
complete -o filenames -F _moodkiosk moodkiosk
"""

ZSH = """#compdef moodkiosk
# moodkiosk: completion for zsh. To use it: moodkiosk completion zsh > DIR/_moodkiosk, with DIR in $fpath
_moodkiosk() {{
    local -a commands
    commands=(
{commands}
    )
    if (( CURRENT == 2 )); then
        _describe command commands
        return
    fi
    case $words[2] in
{cases}
    esac
    _files
}}
(( $+functions[compdef] )) && compdef _moodkiosk moodkiosk
"""


def main(args: argparse.Namespace) -> int:
    """Prints the script for the shell that is named."""
    tag = reader()
    table = {name: (translated(does, tag), words) for name, (does, words) in commands(parser()).items()}
    print(bash(table) if args.shell == "bash" else zsh(table), end="")
    return 0


def commands(whole: argparse.ArgumentParser) -> dict[str, tuple[str, list[str]]]:
    """Every command, what it does, and the words that may follow it."""
    found: dict[str, tuple[str, list[str]]] = {}
    for action in whole._actions:  # noqa: SLF001 - argparse tells it nobody otherwise
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for name, sub in action.choices.items():
                found[name] = (sub.description or "", _words(sub))
    return found


def _moods(command: argparse.ArgumentParser) -> list[str]:
    """The words for the moods that have one, where a mood is expected: in the reader's language, and as labels."""
    if not any("LABEL" in str(action.metavar) for action in command._actions if not action.option_strings):  # noqa: SLF001 - as above
        return []
    labels = mood_words.labels()
    by_hand = ["auto"] if any(action.metavar == "auto|LABEL" for action in command._actions) else []  # noqa: SLF001 - as above
    shown = [word for label in labels for word in mood_words.shown(label, reader())]
    return list(dict.fromkeys([*by_hand, *labels, *(word.lower() for word in shown if " " not in word)]))


def _words(command: argparse.ArgumentParser) -> list[str]:
    words: list[str] = []
    for action in command._actions:  # noqa: SLF001 - as above
        words += action.option_strings
        if action.choices is not None:
            words += map(str, action.choices)
    return words + _moods(command)


def bash(table: dict[str, tuple[str, list[str]]]) -> str:
    """The script for bash."""
    cases = "\n".join(f'        {name}) words="{" ".join(words)}" ;;' for name, (_, words) in table.items())
    return BASH.format(cases=cases, commands=" ".join(table))


def zsh(table: dict[str, tuple[str, list[str]]]) -> str:
    """The script for zsh."""
    names = "\n".join(f"        {_quoted(f'{name}:{text}')}" for name, (text, _) in table.items())
    cases = "\n".join(f"        {name}) compadd -- {' '.join(words)} ;;" for name, (_, words) in table.items())
    return ZSH.format(commands=names, cases=cases)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
