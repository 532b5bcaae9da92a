"""The whole terminal as a canvas, with keys: for a sitting, and for teaching the running kiosk."""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live

from moodkiosk.learn.collect.keys import Keys

if TYPE_CHECKING:
    from rich.console import RenderableType


class Fullscreen:
    """A context manager: afterwards the terminal is as it was."""

    def __init__(self) -> None:
        self._console = Console()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._keys = self._stack.enter_context(Keys())
        self._live = self._stack.enter_context(
            Live(console=self._console, screen=True, auto_refresh=False, vertical_overflow="crop")
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The terminal may have gone: there is nothing to restore then, and nobody to tell.
        with contextlib.suppress(OSError):
            self._stack.__exit__(kind, value, trace)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        return self._console.size

    @property
    def plain(self) -> bool:
        """The terminal knows ASCII only."""
        return not (self._console.encoding or "").lower().startswith("utf")

    def pressed(self) -> str:
        """The key that was pressed, or ""."""
        return self._keys.pressed()

    def draw(self, picture: RenderableType) -> None:
        """Puts this in place of all that is there."""
        self._live.update(picture, refresh=True)
