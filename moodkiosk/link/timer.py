"""A dead man's switch: a timer of the kernel's that both halves hold. Sense winds it up at each look while act sleeps.

It runs out in act if nobody winds it: so act hears of a sense that stands still, and need not wake up as long as it
does not. timerfd_create(2); sense gives its descriptor away over the Unix socket when it connects: SCM_RIGHTS, unix(7).
Nothing can be said or read through it but that it has run out.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

AGAIN_SECONDS = 1.0
"""One that has run out says so once more after each second, until it is wound up again."""
AGAIN_MILLISECONDS = int(1500 * AGAIN_SECONDS)
"""One that is not wound up runs out again within this."""
KIND = "anon_inode:[timerfd]"
"""What Linux calls such a descriptor in /proc/self/fd."""
RECEIVE_BYTES = 65536


class Timer:
    """The timer, as sense winds it up.

    Attributes:
        descriptor: what act is given.
    """

    def __init__(self) -> None:
        """Raises OSError where the system has none."""
        import ctypes  # which act need not load

        self._libc = ctypes.CDLL(None, use_errno=True)
        self._spec = ctypes.c_long * 4  # struct itimerspec: interval and value, seconds and nanoseconds each
        self._errno = ctypes.get_errno
        flags = os.O_NONBLOCK | os.O_CLOEXEC  # TFD_NONBLOCK and TFD_CLOEXEC are the same
        self.descriptor = self._checked(self._libc.timerfd_create(time.CLOCK_MONOTONIC, flags))
        self._wound = False

    def wind(self, seconds: float) -> None:
        """It runs out after so many seconds from now."""
        self._set(seconds)
        self._wound = True

    def stop(self) -> None:
        """It does not run out any more."""
        if self._wound:
            self._set(0.0)
            self._wound = False

    def close(self) -> None:
        """Lets go of it; act may still hold it."""
        os.close(self.descriptor)

    def _set(self, seconds: float) -> None:
        whole = int(seconds)
        spec = self._spec(int(AGAIN_SECONDS), 0, whole, int((seconds - whole) * 1e9))
        self._checked(self._libc.timerfd_settime(self.descriptor, 0, spec, None))

    def _checked(self, result: int) -> int:
        if result < 0:
            raise OSError(self._errno(), os.strerror(self._errno()))
        return result


class Listener:
    """Waits for what sense says, and for the timer that came with its first bytes. Other descriptors are not kept."""

    def __init__(self, peer: socket.socket, ran_out: Callable[[], object]) -> None:
        """`ran_out` is called, inside `receive`, when nobody has wound the timer up; once until there are bytes."""
        self._peer, self._ran_out = peer, ran_out
        self._timer: int | None = None
        self._poller = select.poll()
        self._poller.register(peer, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            os.close(self._timer)

    def receive(self) -> bytes:
        """The next bytes; none: the other end has hung up. Raises OSError."""
        if self._timer is not None:
            self._poller.register(self._timer, select.POLLIN)
        once = False
        while True:
            ready = [descriptor for descriptor, _ in self._poller.poll(AGAIN_MILLISECONDS if once else None)]
            if self._timer is None or self._timer not in ready:
                if ready:
                    return self._read()
                once = False  # it was wound up again
                continue
            if not _ran_out(self._timer):
                continue
            if self._peer.fileno() in ready:
                return self._read()
            if once:  # twice: a machine that stood still as a whole has let sense wind it up meanwhile
                self._poller.unregister(self._timer)
                self._ran_out()
            once = not once

    def _read(self) -> bytes:
        if self._timer is not None:
            return self._peer.recv(RECEIVE_BYTES)
        data, descriptors, _, _ = socket.recv_fds(self._peer, RECEIVE_BYTES, 1, socket.MSG_CMSG_CLOEXEC)
        self._timer = _taken(descriptors)
        return data


def _taken(descriptors: list[int]) -> int | None:
    """The timer among descriptors that came; whatever else there is is closed at once."""
    found = None
    for descriptor in descriptors:
        if found is None and _kind(descriptor) == KIND:
            os.set_blocking(descriptor, False)
            found = descriptor
        else:
            os.close(descriptor)
    return found


def _ran_out(descriptor: int) -> bool:
    """Whether it has run out since it was asked, or wound up, last."""
    with contextlib.suppress(BlockingIOError):
        return bool(os.read(descriptor, 8))
    return False


def _kind(descriptor: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink())
    except OSError:
        return ""
