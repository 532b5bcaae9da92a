"""What the kiosk says on its terminal or in its journal: one line for each thing that happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TextIO

from moodkiosk.host.streams import LinePrinter
from moodkiosk.link import printed, protocol
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.reading import Reading
from moodkiosk.words.language import FALLBACK, say, translated
from moodkiosk.words.reason import Reason, how

COLUMNS = ("mood", "presence", "news", "decision")
"""What a line may begin with, a word of its language."""


def event_line(event: MoodEvent, tag: str = FALLBACK) -> str:
    """The event in words, e.g. "mood      happy (was: neutral)"."""
    if event.kind == "mood_changed":
        return _line("mood", Reason("told.mood", mood=_named(event.mood), previous=_named(event.previous)), tag)
    what = Reason(f"told.{event.kind}")
    text = Reason("told.more", what=what, detail=event.detail) if event.detail else what
    return _line("presence" if event.kind in ("arrived", "left") else "news", text, tag)


def decision_line(decision: Decision, tag: str = FALLBACK) -> str:
    """The decision in words, with its reason."""
    if decision.action == "play":
        what = Reason("told.play", music=decision.what, speaker=decision.speaker)
    else:
        what = Reason(f"told.{decision.action}")
    return _line("decision", Reason("told.because", what=what, reason=decision.reason), tag)


def _named(mood: str | None) -> Reason:
    return Reason("cli.not_sure") if mood is None else how(mood)


def _line(column: Literal["mood", "presence", "news", "decision"], text: str, tag: str) -> str:
    width = max(len(say(tag, f"column.{name}")) for name in COLUMNS) + 1
    return f"{say(tag, f'column.{column}'):<{width}} {translated(text, tag)}"


class Teller:
    """Prints events and decisions, readable or as JSON lines (contract 3); readings only as JSON."""

    def __init__(
        self,
        wall: Callable[[], datetime],
        *,
        as_json: bool,
        stamp: bool,
        tag: str = FALLBACK,
        out: TextIO | None = None,
    ) -> None:
        """Says nothing yet.

        Args:
            wall: the time of day.
            as_json: JSON lines.
            stamp: put the time of day before readable lines (the journal has its own).
            tag: the language of readable lines (a journal's is English).
            out: where to; None: stdout.
        """
        self._tag = tag
        self._wall = wall
        self._json = as_json
        self._stamp = stamp
        self._printer = LinePrinter(out)

    def reading(self, reading: Reading) -> None:
        """Prints a reading, in JSON only."""
        if self._json and not self._printer.gone:
            self._print(protocol.encode(reading).decode().rstrip())

    def event(self, event: MoodEvent) -> None:
        """Prints an event."""
        self._print(
            printed.encode(event).decode().rstrip() if self._json else self._stamped(event_line(event, self._tag))
        )

    def decision(self, decision: Decision) -> None:
        """Prints a decision."""
        self._print(
            printed.encode(decision).decode().rstrip()
            if self._json
            else self._stamped(decision_line(decision, self._tag))
        )

    def _stamped(self, text: str) -> str:
        return f"{self._wall():%H:%M:%S}  {text}" if self._stamp else text

    def _print(self, line: str) -> None:
        self._printer.say(line)
