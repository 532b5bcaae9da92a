"""The command `moodkiosk`. What a subcommand does lives in its own module, loaded only when it is called."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from moodkiosk.config.arguments import household
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, OneLine, UsageError, one_line
from moodkiosk.host import garbage, streams
from moodkiosk.host.paths import SYSTEM_CONFIG
from moodkiosk.operate.command_line.overview import COMMANDS, PURPOSES
from moodkiosk.operate.command_line.parser import PROGRAM, parser
from moodkiosk.words.language import FALLBACK, translated
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Errors of standard output that people can do something about."""
FILES = {errno.EMFILE, errno.ENFILE}
"""This process, or all of them, may open no further file."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code."""
    return guarded(lambda: _call(argv))


def _call(argv: Sequence[str] | None) -> int:
    words = sys.argv[1:] if argv is None else argv
    # A mistake is put right with all of them, and the help shows all of them.
    top = parser(words[0] if words and words[0] in COMMANDS else None)
    args = top.parse_args(words)
    if args.command is None:
        top.print_help()
        return 0
    module, _, name = args.target.partition(":")
    if "config" in args and args.config is None and SYSTEM_CONFIG.is_file():
        args.config = SYSTEM_CONFIG
    try:
        with garbage.kept():
            does = getattr(importlib.import_module(module), name)
        return int(does(args))
    except OneLine as error:
        raise type(error)(_in_words_of_the_household(error, args)) from None


def _in_words_of_the_household(error: OneLine, args: argparse.Namespace) -> str:
    """What went wrong, in the language of the kiosk, if one is configured; services say it in English, to a journal."""
    services = args.command in PURPOSES["systemd"]
    return translated(str(error), FALLBACK if services else household(getattr(args, "config", None)))


def guarded(call: Callable[[], int], program: str = PROGRAM) -> int:
    """The exit code of `call`; what people can do something about becomes one line on stderr instead of a traceback."""
    from moodkiosk.config.load import ConfigError
    from moodkiosk.host.paths import NotPrivateError

    def complain(text: object) -> None:
        streams.complain(f"{program}: {translated(one_line(text), reader())}")

    streams.make_safe()
    try:
        _refuse_other_encodings(sys.argv[1:])
        code = call()
        sys.stdout.flush()
    except (ConfigError, UsageError) as error:
        complain(str(error))
        return 2
    except Failure as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `moodkiosk why | head` ends quietly
        streams.lead_nowhere(sys.stdout)
        return 1
    except NotPrivateError as error:
        complain(Reason("cannot.others_folder", path=error.filename))
        return 1
    except OSError as error:
        if error.filename is not None:  # a file or folder that this user may not use, or a name that is too long
            complain(Reason("file.cannot_use", path=one_line(error.filename), reason=system(error)))
            return 1
        if error.errno in FILES:
            complain(Reason("cannot.open", reason=system(error)))
            return 1
        if error.errno not in FULL:
            raise
        complain(Reason("file.cannot_write", reason=system(error)))
        streams.lead_nowhere(sys.stdout)
        return 1
    return code


def _refuse_other_encodings(words: Sequence[str]) -> None:
    """Raises UsageError for an argument whose bytes are no UTF-8: Python would hand on half letters (PEP 383)."""
    for word in words:
        if not word.isascii() and any("\ud800" <= letter <= "\udfff" for letter in word):
            shown = os.fsencode(word).decode("utf-8", "backslashreplace")
            raise UsageError(Reason("arguments.encoding", given=f"'{shown}'"))
