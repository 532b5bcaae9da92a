"""The seams between act's main loop and what surrounds it: functions, and the values they take."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from moodkiosk.moods import Decision, PlayerReport, Result


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it came in, not yet validated; the main loop validates it, since it knows the labels.

    Attributes:
        name: a key of `commands.TABLE`, or something wrong.
        value: the value, if it came in parts.
        payload: the value as bytes off a wire (`commands.parse_payload`); wins over `value`.
        transaction: the caller's mark.
        origin: "cli", "web" or "mqtt".
    """

    name: str
    value: object = None
    payload: bytes | None = None
    transaction: object = None
    origin: str = "cli"


Ask = Callable[[Request], "Future[Result]"]
"""Puts a request to the main loop; the future is done when it is known what became of it. Never raises or blocks."""

Play = Callable[[Decision], PlayerReport]
"""Carries a decision out, on a worker's thread: blocks up to its deadline, never raises for what the world does."""
