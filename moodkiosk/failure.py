"""The errors that end a command in one line: the operator's mistake, and the world's fault."""

from __future__ import annotations

EPILOG = "Exit codes: 0 fine, 2 a mistake in arguments or configuration, 1 anything else."
"""What every help text says at its end."""

LINE_LETTERS = 300
"""No line about a fault is longer: what files and other programs say of themselves may be of any length."""


def one_line(text: object) -> str:
    """The text as one line for a terminal and a journal: at most LINE_LETTERS, and nothing that cannot be printed.

    A longer one loses its middle, since it begins with what is wrong and ends with why.
    """
    if type(text) is not str and isinstance(text, str) and text.isprintable() and len(text) <= LINE_LETTERS:
        return text  # a reason, which knows its other languages
    line = "".join(letter if letter.isprintable() else _escaped(letter) for letter in str(text))
    if len(line) <= LINE_LETTERS:
        return line
    begin = LINE_LETTERS // 2
    return f"{line[:begin]}…{line[begin + 1 - LINE_LETTERS :]}"


def reason(error: BaseException) -> str:
    """Why, in one line: the first that the error says, else what kind of error it is."""
    said = str(error).strip().splitlines()
    return one_line(said[0]) if said else type(error).__name__


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


class OneLine(Exception):
    """An error whose text is one line, whatever it quotes."""

    def __init__(self, text: object) -> None:
        super().__init__(one_line(text))


class UsageError(OneLine):
    """The operator's mistake; exit code 2."""


class Failure(OneLine):
    """Something went wrong that is not the operator's mistake; exit code 1."""
