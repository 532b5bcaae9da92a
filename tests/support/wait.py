"""Waiting for something to become true, with a deadline: the one place where tests wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


PATIENT_SECONDS = 60.0
"""Nothing is given up before: a machine may have other work. Waiting takes as long as it must, so that is no loss."""


def until(
    condition: Callable[[], Found | None], seconds: float = PATIENT_SECONDS, what: str = "the condition"
) -> Found:
    """Asks `condition` until it is true and returns its value. Raises AssertionError at the deadline."""
    seconds = max(seconds, PATIENT_SECONDS)
    deadline = time.monotonic() + seconds
    never = threading.Event()
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        never.wait(0.02)
    return found
