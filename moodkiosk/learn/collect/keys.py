"""Single keys from a terminal, without waiting for them."""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import tty
from types import TracebackType
from typing import Self

SEQUENCE = re.compile(r"\x1b(\[[0-9;]*[A-Za-z~]|O[A-Z]|.)?")
"""What keys that are no letters send (ECMA-48, and xterm's application mode)."""


class Keys:
    """The terminal at standard input, giving keys one at a time; Ctrl-C still interrupts. A context manager."""

    def __enter__(self) -> Self:
        self._handle = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._handle)
        tty.setcbreak(self._handle)
        self._typed = ""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        termios.tcsetattr(self._handle, termios.TCSADRAIN, self._before)

    def pressed(self) -> str:
        """The next key that was pressed, in lower case, or "" if none was. Arrow keys and the like are swallowed."""
        if not self._typed and select.select([self._handle], [], [], 0)[0]:
            data = os.read(self._handle, 64)
            if not data:
                raise KeyboardInterrupt  # the terminal has gone
            self._typed = SEQUENCE.sub("", data.decode("utf-8", "ignore"))
        key, self._typed = self._typed[:1].lower(), self._typed[1:]
        return " " if key in ("\n", "\r") else key
