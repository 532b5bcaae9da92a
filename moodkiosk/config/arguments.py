"""What is given on a command line, in the language of whoever reads: the help, and what is wrong with what was typed.

argparse speaks English only, or whatever one catalogue of gettext for the whole process says. Here its sentences are
known by how they begin, and said again by the words of the reader; one that is not known stays as it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import NoReturn

from moodkiosk.config.languages import reader
from moodkiosk.failure import one_line
from moodkiosk.host import streams
from moodkiosk.host.paths import SYSTEM_CONFIG
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason

EXIT_CODES = Reason("help.exit_codes")
# The sentences of Lib/argparse.py, as Python 3.11 to 3.14 have them.
COMPLAINTS = {
    r"argument (?P<name>.+?): (?P<text>.+)": Reason("arguments.of"),
    r"unrecognized arguments: (?P<names>.+)": Reason("arguments.unknown"),
    r"the following arguments are required: (?P<names>.+)": Reason("arguments.required"),
    r"one of the arguments (?P<names>.+) is required": Reason("arguments.one_of"),
    r"not allowed with argument (?P<name>.+)": Reason("arguments.not_with"),
    r"expected one argument": Reason("arguments.one_wanted"),
    r"expected at least one argument": Reason("arguments.some_wanted"),
    r"expected at most one argument": Reason("arguments.one_at_most"),
    r"ignored explicit argument (?P<given>.+)": Reason("arguments.none_wanted"),
    r"ambiguous option: (?P<given>.+) could match (?P<names>.+)": Reason("arguments.ambiguous"),
    r"invalid choice: (?P<given>.+?) \(choose from (?P<names>.+)\)": Reason("arguments.choice"),
    r"invalid float value: (?P<given>.+)": Reason("arguments.number"),
    r"invalid int value: (?P<given>.+)": Reason("arguments.whole_number"),
}


class Parser(argparse.ArgumentParser):
    """A command line whose help and complaints are in the language of whoever reads them."""

    def format_help(self) -> str:
        """The help. Its sentences are reasons until now."""
        tag = household(None)
        self.description, self.epilog = self.overview(tag), translated(EXIT_CODES, tag)
        self._positionals.title, self._optionals.title = say(tag, "help.arguments"), say(tag, "help.options")
        for action in self._actions:
            if action.dest == "help":
                action.help = say(tag, "help.help")
            elif action.help and action.help is not argparse.SUPPRESS:
                action.help = translated(action.help, tag)
        return self._begun(super().format_help(), tag)

    def format_usage(self) -> str:
        """The line that says what may be given."""
        return self._begun(super().format_usage(), household(None))

    def overview(self, tag: str) -> str:
        """What stands at the top of the help, in a language."""
        return translated(self.description or "", tag)

    def error(self, message: str) -> NoReturn:
        """Says what is wrong with what was typed, and ends with exit code 2."""
        tag = household(None)
        streams.complain(self.format_usage().rstrip("\n"))
        streams.complain(f"{self.prog}: {say(tag, 'arguments.error')}: {translated(one_line(complaint(message)), tag)}")
        sys.exit(2)

    def _begun(self, text: str, tag: str) -> str:
        """The text, its usage in that language: known now, when the line is written."""
        if self.usage:
            text = text.replace(self.usage, translated(self.usage, tag), 1)
        return text.replace("usage: ", say(tag, "help.usage_is"), 1)


class DeskParser(Parser):
    """The same of a tool of the desk: what is wrong is said in the reader's language, the help is in English."""

    def format_help(self) -> str:
        """The help, as it was written."""
        return argparse.ArgumentParser.format_help(self)


def complaint(message: str) -> str:
    """What argparse complains of, as a reason where the sentence is known."""
    for pattern, known in COMPLAINTS.items():
        if found := re.fullmatch(pattern, message, re.DOTALL):
            fields: dict[str, str] = {
                name: complaint(text) if name == "text" else text for name, text in found.groupdict().items()
            }
            return Reason(known.key, **fields)
    return message


def household(config: Path | None) -> str:
    """The language of the kiosk that is configured, in this file or where it usually is; else that of the reader."""
    from moodkiosk.config.load import ConfigError, load

    file = config or (SYSTEM_CONFIG if SYSTEM_CONFIG.is_file() else None)
    try:
        return reader(load(file, secrets=False).kiosk.language) if file else reader()
    except ConfigError:
        return reader()
