"""When not to look for garbage."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Leaves garbage where it is while a program starts.

    What modules are made of stays, and to go through all of it, again each time that it has grown, takes one part in
    fifteen of a start (docs/performance.md).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
