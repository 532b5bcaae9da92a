"""What the kiosk says on its terminal or in its journal: one line for each thing that happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from moodkiosk.host.streams import LinePrinter
from moodkiosk.link import protocol
from moodkiosk.moods import Decision, MoodEvent, Reading

WORDS = {
    "arrived": "somebody arrived",
    "left": "everybody left",
    "camera_lost": "the camera is lost",
    "camera_back": "the camera is back",
    "login_expiring": "the Spotify sign-in is ending",
    "correction": "a correction",
    "taught": "taught",
    "played": "music",
    "not_played": "not played",
}
ACTIONS = {
    "none": "no music",
    "pause": "pause",
    "skip": "next song",
    "resume": "go on with the music",
    "volume": "quieter",
}


def event_line(event: MoodEvent) -> str:
    """The event in words, e.g. "mood      happy (was: neutral)"."""
    if event.kind == "mood_changed":
        return f"mood      {event.mood or 'not sure'} (was: {event.previous or 'not sure'})"
    text = WORDS[event.kind]
    return f"{'presence' if event.kind in ('arrived', 'left') else 'news':<9} {text}" + (
        f": {event.detail}" if event.detail else ""
    )


def decision_line(decision: Decision) -> str:
    """The decision in words, with its reason."""
    playing = f"play “{decision.what}” on “{decision.speaker}”"
    return f"decision  {playing if decision.action == 'play' else ACTIONS[decision.action]} – {decision.reason}"


class Teller:
    """Prints events and decisions, readable or as JSON lines (contract 3); readings only as JSON."""

    def __init__(self, wall: Callable[[], datetime], *, as_json: bool, stamp: bool, out: TextIO | None = None) -> None:
        """`stamp` puts the time of day before readable lines (the journal has its own); `out`: by default stdout."""
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
        self._print(protocol.encode(event).decode().rstrip() if self._json else self._stamped(event_line(event)))

    def decision(self, decision: Decision) -> None:
        """Prints a decision."""
        self._print(
            protocol.encode(decision).decode().rstrip() if self._json else self._stamped(decision_line(decision))
        )

    def _stamped(self, text: str) -> str:
        return f"{self._wall():%H:%M:%S}  {text}" if self._stamp else text

    def _print(self, line: str) -> None:
        self._printer.say(line)
