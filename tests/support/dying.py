"""A process that is killed at one of its system calls, as if the power went off there."""

from __future__ import annotations

import os
import signal


def die_at(call: int) -> None:
    """Kills this process at its so-manyeth call that changes the disk."""
    left = [call]

    def counted(name: str) -> None:
        real = getattr(os, name)

        def called(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        setattr(os, name, called)

    for name in ("mkdir", "fsync", "replace", "unlink"):
        counted(name)
