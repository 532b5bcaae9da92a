"""`moodkiosk teach`: a sitting before the running kiosk, begun and followed from a terminal, also over SSH.

The half that sees holds it; here is only said what to do, and asked whether to keep what came of it.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from moodkiosk.config import load
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths
from moodkiosk.host.signals import ending_interrupts
from moodkiosk.host.streams import LinePrinter
from moodkiosk.link.commands import TEACH_SECONDS
from moodkiosk.link.control import ask
from moodkiosk.link.protocol import Teaching
from moodkiosk.operate.teach import screen

if TYPE_CHECKING:
    from moodkiosk.moods import Result

POLL_SECONDS = 0.2
GOING_ON = ("waiting", "countdown", "recording", "fitting")

CONSENT = """What is kept: 468 points of your face for each look, what a small network says of it, and your name if
you give one; never pictures. Where: in this kiosk only, until somebody deletes it with 'moodkiosk forget'. Nothing at
all is kept before you have shown every mood; Ctrl-C leaves at any moment."""


class View(Protocol):
    """Who is told how it goes, and gives keys."""

    def show(self, teaching: Teaching) -> None: ...  # noqa: D102 - see the class
    def pressed(self) -> str: ...  # noqa: D102 - see the class


def main(args: argparse.Namespace) -> int:
    """0: it has learnt and reads better now; 1: it has not; 130: left."""
    least, most = TEACH_SECONDS
    if not least <= args.seconds <= most:
        raise UsageError(f"--seconds must be from {least:g} to {most:g}")
    settings = load.load(args.config, secrets=False)
    where = paths.control_socket(settings.paths)
    lesson = {"person": args.person, "labels": list(args.labels), "seconds": args.seconds}
    by_hand = not args.json and sys.stdin.isatty() and sys.stdout.isatty()
    if not args.json:
        print(CONSENT, flush=True)
    if by_hand and not args.yes and not _agreed():
        return 130
    with contextlib.ExitStack() as stack:
        stack.enter_context(ending_interrupts())
        _require(ask(where, "teach", lesson))
        view: View
        if args.json:
            view = Objects()
        elif by_hand:
            view = stack.enter_context(screen.Screen())
        else:
            view = Lines(lambda line: print(line, flush=True))
        try:
            last = follow(where, view, by_hand=by_hand)
        except KeyboardInterrupt:
            with contextlib.suppress(Failure):
                ask(where, "teach_stop")
            raise
    if by_hand:  # the screen has gone, with what it said
        print(last.text)
    return 0 if last.proof is not None and last.proof.better else 1


def follow(where: Path, view: View, *, by_hand: bool, pause: Callable[[float], None] = time.sleep) -> Teaching:
    """Shows the sitting until it is over, or decided upon; returns how it ended. Raises Failure.

    What was learnt and not taken back is in `proof`, also when nobody answered and it was kept for that.
    """
    undone = False
    while True:
        teaching = _teaching(where)
        view.show(teaching)
        if teaching.phase == "over":
            return replace(teaching, proof=None) if undone else teaching
        key = view.pressed()
        if key == "q" and teaching.phase in GOING_ON:
            _require(ask(where, "teach_stop"))
        elif teaching.phase == "shown":
            if not by_hand or key in ("k", " "):
                _require(ask(where, "teach_keep"))
                return teaching
            if key in ("u", "q"):
                _require(ask(where, "teach_undo"))
                undone = True
            elif key == "a" and (label := screen.doubtful(teaching)):
                _require(ask(where, "teach_again", label))
        pause(POLL_SECONDS)


class Lines:
    """Says what is new, in plain lines."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: tuple[str, ...] = ()

    def pressed(self) -> str:
        """Nobody is at the keys."""
        return ""

    def show(self, teaching: Teaching) -> None:
        """Says it, if it is new."""
        lines = screen.lines_of(teaching)
        if lines == self._said:
            return
        for line in lines:
            if line not in self._said:
                self._say(line)
        self._said = lines


class Objects:
    """Every change as a JSON object, one a line."""

    def __init__(self) -> None:
        self._printer = LinePrinter()
        self._last: dict[str, Any] = {}

    def pressed(self) -> str:
        """Nobody is at the keys."""
        return ""

    def show(self, teaching: Teaching) -> None:
        """Prints it, unless only its time is new."""
        body = {"type": "teaching", **msgspec.to_builtins(teaching)}
        plain = {key: value for key, value in body.items() if key not in ("at", "left_seconds")}
        if plain != self._last:
            self._last = plain
            self._printer.say(msgspec.json.encode(body).decode())
            if self._printer.gone:
                raise BrokenPipeError


def _teaching(where: Path) -> Teaching:
    data: Any = _require(ask(where, "status")).data
    try:
        found = data["teaching"]
        return msgspec.convert(found, Teaching) if found else Teaching(0.0, "over", text="the sitting has ended")
    except (KeyError, TypeError, msgspec.ValidationError):
        raise Failure("the running kiosk is of an older version, which cannot be taught; restart it") from None


def _agreed() -> bool:
    try:
        return input("Begin? [Y/n] ").strip().lower()[:1] in ("", "y")
    except EOFError:
        return False


def _require(result: Result) -> Result:
    if not result.ok:
        raise Failure(str(result.error))
    return result
