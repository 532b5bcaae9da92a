"""`moodkiosk teach`: a sitting before the running kiosk, begun and followed from a terminal, also over SSH.

The half that sees holds it; here is only said what to do, and asked whether to keep what came of it.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths
from moodkiosk.host.signals import ending_interrupts
from moodkiosk.host.streams import LinePrinter
from moodkiosk.learn.collect.asking import is_yes
from moodkiosk.link.control import ask
from moodkiosk.link.messages import Teaching
from moodkiosk.moods.lesson import TEACH_SECONDS
from moodkiosk.operate.teach import screen
from moodkiosk.words.language import FALLBACK, say, translated
from moodkiosk.words.reason import Reason, heard, plain, said

if TYPE_CHECKING:
    from moodkiosk.moods.command import Result

POLL_SECONDS = 0.2
CONSENT_COLUMNS = 79
GOING_ON = ("waiting", "countdown", "recording", "fitting")


class View(Protocol):
    """Who is told how it goes, and gives keys."""

    def show(self, teaching: Teaching) -> None: ...  # noqa: D102 - see the class
    def pressed(self) -> str: ...  # noqa: D102 - see the class


def main(args: argparse.Namespace) -> int:
    """0: it has learnt and reads better now; 1: it has not; 130: left."""
    least, most = TEACH_SECONDS
    if not least <= args.seconds <= most:
        raise UsageError(Reason("lesson.seconds", least=least, most=most))
    settings = load.load(args.config, secrets=False)
    where, tag = paths.control_socket(settings.paths), reader(settings.kiosk.language)
    lesson = {"person": args.person, "labels": list(args.labels), "seconds": args.seconds}
    by_hand = not args.json and sys.stdin.isatty() and sys.stdout.isatty()
    if not args.json:
        print(textwrap.fill(say(tag, "lesson.consent"), CONSENT_COLUMNS), flush=True)
    if by_hand and not args.yes and not _agreed(tag):
        return 130
    with contextlib.ExitStack() as stack:
        stack.enter_context(ending_interrupts())
        _require(ask(where, "teach", lesson))
        view: View
        if args.json:
            view = Objects()
        elif by_hand:
            view = stack.enter_context(screen.Screen(tag))
        else:
            view = Lines(lambda line: print(line, flush=True), tag)
        try:
            last = follow(where, view, by_hand=by_hand)
        except KeyboardInterrupt:
            with contextlib.suppress(Failure):
                ask(where, "teach_stop")
            raise
    if by_hand:  # the screen has gone, with what it said
        print(translated(last.text, tag))
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

    def __init__(self, say: Callable[[str], None], tag: str = FALLBACK) -> None:
        """`tag`: the language."""
        self._say, self._tag = say, tag
        self._said: tuple[str, ...] = ()

    def pressed(self) -> str:
        """Nobody is at the keys."""
        return ""

    def show(self, teaching: Teaching) -> None:
        """Says it, if it is new."""
        lines = screen.lines_of(teaching, self._tag)
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
        body = {"type": "teaching", **_body(teaching)}
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
        if not found:
            return Teaching(0.0, "over", text=Reason("lesson.ended"))
        return replace(msgspec.convert(found, Teaching), text=heard(found, "text") or "")
    except (KeyError, TypeError, msgspec.ValidationError):
        raise Failure(Reason("lesson.older")) from None


def _body(teaching: Teaching) -> dict[str, Any]:
    """As JSON has it: the sentences in English, with the key of what happened last beside it."""
    found: dict[str, Any] = msgspec.to_builtins(said(asdict(teaching), ("text",)), enc_hook=plain)
    return found


def _agreed(tag: str) -> bool:
    try:
        return is_yes(input(f"{say(tag, 'collect.yes_no', question=Reason('lesson.begin'))} "))
    except EOFError:
        return False


def _require(result: Result) -> Result:
    if not result.ok:
        raise Failure(str(result.error))
    return result
