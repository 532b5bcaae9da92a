"""Single keys from a terminal, without waiting for them."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from types import TracebackType
from typing import Self


class Keys:
    """The terminal at standard input, giving keys one at a time; Ctrl-C still interrupts. A context manager."""

    def __enter__(self) -> Self:
        self._handle = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._handle)
        tty.setcbreak(self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        termios.tcsetattr(self._handle, termios.TCSADRAIN, self._before)

    def pressed(self) -> str:
        """The key that was pressed, in lower case, or "" if none was. Arrow keys and the like are swallowed."""
        if not select.select([self._handle], [], [], 0)[0]:
            return ""
        data = os.read(self._handle, 64)
        if not data:
            raise KeyboardInterrupt  # the terminal has gone
        text = data.decode("utf-8", "ignore")
        if text.startswith("\x1b"):
            return ""
        return " " if text[:1] in ("\n", "\r") else text[:1].lower()
