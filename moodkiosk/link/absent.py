"""What is said to whoever asks for what only the half that sees can do, while that is not there."""

from __future__ import annotations

from moodkiosk.moods.command import Result
from moodkiosk.words.reason import Reason

AWAY, STARTING = Reason("lost.sense_away"), Reason("act.sense_starting")
"""It is not running; or not yet, since this half has only just begun."""


def sense_absent(result: Result) -> bool:
    """Whether something was not done for want of the half that sees; it may start, or be starting."""
    return result.error in (AWAY, STARTING)
