"""What the value of a setting may be, written beside its type; `moodkiosk.config` holds what people write to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Within:
    """A number from `least` to `most`, or a text of so many letters, both included."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class ReadBy:
    """A text that `read` understands; it raises ValueError with what was expected, in words for people."""

    read: Callable[[str], object]
