"""Whether the camera may be open: act's switch, and the lease by which a collection borrows it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from moodkiosk.host import files, paths

LEASE_SECONDS = 10.0
"""A collection has the camera for this long from when it asked last (contract 6)."""

WORD_SECONDS = 3.0
"""Act says what the camera should do as soon as sense has introduced itself; it is waited for this long."""

MARK = "camera-off"
"""A file of this name in the state folder: the camera was switched off when sense was told last."""

log = logging.getLogger("moodkiosk.sense")


class CameraSwitch:
    """On, off or lent. Remembers "off" over restarts, so that no restart opens a camera that was switched off."""

    def __init__(self, state: Path) -> None:
        self._mark = state / MARK
        self._on = not self._is_marked()
        self._lent_until: float | None = None
        self._waiting_until: float | None = None

    def state(self, at: float) -> Literal["on", "off", "lent"]:
        """What holds at a time, in seconds."""
        if self._lent_until is not None and 0 < self._lent_until - at <= LEASE_SECONDS:
            return "lent"
        if self._waiting_until is not None and 0 < self._waiting_until - at <= WORD_SECONDS:
            return "off"
        return "on" if self._on else "off"

    def await_word(self, at: float) -> None:
        """Act is there and will say at once what the camera should do: until then it stays closed."""
        self._waiting_until = at + WORD_SECONDS

    def turn(self, *, on: bool) -> None:
        """Act switches the camera. A lease goes on: the collection has the device."""
        self._on, self._waiting_until = on, None
        try:
            if on:
                self._mark.unlink(missing_ok=True)
            elif not self._is_marked():
                paths.make_private(self._mark.parent)
                files.write_atomic(self._mark, b"")
        except OSError as error:
            log.warning("cannot remember over a restart that the camera is %s: %s", "on" if on else "off", error)

    def _is_marked(self) -> bool:
        try:
            return self._mark.exists()
        except OSError as error:  # another user's folder: whoever starts this by hand wants to see something
            log.warning("cannot look whether the camera was switched off: %s", error)
            return False

    def lend(self, at: float) -> None:
        """The camera is lent, for LEASE_SECONDS from now."""
        self._lent_until = at + LEASE_SECONDS
