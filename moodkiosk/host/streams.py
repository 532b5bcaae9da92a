"""Standard streams as they come: closed, full, or of an encoding that lacks what we write. None of it ends a kiosk."""

from __future__ import annotations

import codecs
import contextlib
import io
import logging
import os
import sys
import unicodedata
from typing import TextIO

PLAIN = "moodkiosk-plain"
"""Name of the error handler (see `codecs.register_error`) that writes in plain letters what an encoding lacks."""

LOOKS_LIKE = {
    "–": "-", "—": "-", "‑": "-", "−": "-", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "…": "...", "°": " deg",
    "→": "->", "×": "x", "·": "*", "✔": "+", "✘": "x", "≥": ">=", "≤": "<=", "ß": "ss",
}  # fmt: skip

log = logging.getLogger("moodkiosk")


def make_safe() -> None:
    """Standard streams can be written to from now on, whatever they are; called once, before anything is printed.

    One that is closed leads nowhere: else the next file or socket that is opened would become it, and get what
    libraries print.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN)


def copy_of_stderr() -> TextIO:
    """Another stream to where stderr leads, line by line."""
    return os.fdopen(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding or "utf-8", errors=PLAIN)


def complain(text: str) -> None:
    """Prints a line to stderr, if that can be."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def lead_nowhere(stream: TextIO) -> None:
    """What is still to be written to `stream` goes nowhere; else Python would try once more while it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class LinePrinter:
    """Prints lines for as long as somebody takes them. A daemon goes on when stdout is full or its reader has gone."""

    def __init__(self, out: TextIO | None = None) -> None:
        """`out`: by default stdout."""
        self._out = sys.stdout if out is None else out
        self._gone = self._complained = False

    @property
    def gone(self) -> bool:
        """Whether nobody will ever read on."""
        return self._gone

    def say(self, line: str) -> None:
        """Prints a line, or leaves it out where that cannot be; said in the log, once."""
        if self._gone:
            return
        try:
            print(line, file=self._out, flush=True)
        except BrokenPipeError:
            self._gone = True
            lead_nowhere(self._out)
        except (OSError, ValueError) as error:  # full; closed
            if not self._complained:
                self._complained = True
                log.warning("what happens cannot be printed: %s", getattr(error, "strerror", None) or error)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Writes letters that an encoding lacks as ones that look alike; the rest as question marks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = "".join(map(_plain, error.object[error.start : error.end]))
    return text, error.end


def _plain(letter: str) -> str:
    known = LOOKS_LIKE.get(letter)
    return known or unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode("ascii") or "?"


codecs.register_error(PLAIN, _plainly)
