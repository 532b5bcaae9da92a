"""What happens to a process at one of its calls that change the disk: the power goes off, or the disk is full."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CALLS = ("mkdir", "fsync", "replace", "unlink", "link")


def die_at(call: int) -> None:
    """Kills this process at its so-manyeth call that changes the disk."""
    _at(call, CALLS, lambda: os.kill(os.getpid(), signal.SIGKILL))


@contextmanager
def full_at(call: int) -> Iterator[list[int]]:
    """The so-manyeth call that needs room on the disk finds none; deleting needs none. How many are left until then."""

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    real = {name: getattr(os, name) for name in CALLS}
    left = _at(call, ("mkdir", "fsync", "replace", "link"), full)
    try:
        yield left
    finally:
        for name, function in real.items():
            setattr(os, name, function)


def _at(call: int, names: tuple[str, ...], happens: Callable[[], None]) -> list[int]:
    left = [call]

    def counted(name: str) -> None:
        real = getattr(os, name)

        def called(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                happens()
            return real(*arguments, **named)

        setattr(os, name, called)

    for name in names:
        counted(name)
    return left
