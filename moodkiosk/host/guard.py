"""The line between the world and us: what one item from outside brings about ends that item, never the process.

A loop takes items one at a time: a picture, a line of the link, a command, an answer of the player. Whatever is raised
while one is taken is logged in one line, counted, and told to whoever asked; the next item comes. What the loop does by
itself (deadlines, its own state, what it shows) stands outside, and a mistake there still ends the process loudly.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

LINE_LETTERS = 300


class Guard:
    """Takes items of the outside world.

    Attributes:
        left_out: how many could not be taken since the start, for health.
        error: why the last one could not be taken.
    """

    def __init__(self, log: logging.Logger) -> None:
        self.left_out = 0
        self.error: Exception | None = None
        self._log = log

    def take(self, what: str, act: Callable[[], object]) -> bool:
        """Calls `act`, which takes one item, called `what` in the log; whether it came to its end."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - this is the line at which everything ends
            self.left_out += 1
            self.error = error
            self._log.error("left out %s: %s", what[:LINE_LETTERS], line_of(error))
            return False
        return True


def line_of(error: BaseException) -> str:
    """An exception in one line: what, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename.rpartition('moodkiosk/')[2]}:{frames[-1].lineno})" if frames else ""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{text[:LINE_LETTERS]}{where}"
