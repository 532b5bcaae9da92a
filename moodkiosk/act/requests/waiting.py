"""A list of those who wait, each until a deadline of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar


class Waits(Protocol):
    """Somebody who waits."""

    @property
    def deadline(self) -> float:
        """Until when, monotonic seconds."""


One = TypeVar("One", bound=Waits)


class WaitingList(Generic[One]):
    """Those who wait, in the order in which they came."""

    def __init__(self) -> None:
        self._ones: list[One] = []

    def __len__(self) -> int:
        return len(self._ones)

    def __iter__(self) -> Iterator[One]:
        return iter(self._ones)

    def add(self, one: One) -> None:
        """One more waits."""
        self._ones.append(one)

    def take(self, which: Callable[[One], bool]) -> list[One]:
        """Those who need not wait any more; they are off the list."""
        taken = [one for one in self._ones if which(one)]
        self._ones = [one for one in self._ones if not which(one)]
        return taken

    def late(self, at: float) -> list[One]:
        """Those who have waited long enough; they are off the list."""
        return self.take(lambda one: one.deadline <= at)

    @property
    def due(self) -> float:
        """When the first of them has waited long enough, monotonic seconds; infinity: nobody waits."""
        return min((one.deadline for one in self._ones), default=math.inf)
