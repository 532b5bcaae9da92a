"""A sitting as plain lines, for where there is no terminal: what happens, once each."""

from __future__ import annotations

from collections.abc import Callable

from moodkiosk.learn.collect.sitting import COUNTDOWN_SECONDS, PAUSE_SECONDS, Sitting
from moodkiosk.learn.collect.take import Sight


class Lines:
    """Says what changes; there are no keys."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._phase = ""
        self._todo = ""
        self._news = ""
        self._warned: set[str] = set()

    def pressed(self) -> str:
        """Nobody is at the keys."""
        return ""

    def show(self, sitting: Sitting, sight: Sight | None, at: float) -> None:  # noqa: ARG002 - as the screen's
        """Says what is new."""
        if sitting.news != self._news:
            self._news = sitting.news
            self._say(sitting.news)
            for warning in sitting.kept[-1].warnings if sitting.kept else ():
                self._say(f"  warning: {warning}")
        if sitting.phase != self._phase:
            self._phase = sitting.phase
            self._warned.clear()
            if sitting.phase == "pause":
                self._say(f"next comes '{sitting.label}', in {PAUSE_SECONDS:.0f} s")
            elif sitting.phase == "countdown":
                self._say(f"'{sitting.label}' in {COUNTDOWN_SECONDS:.0f} s")
            elif sitting.phase == "recording":
                self._say(f"'{sitting.label}' now, for {sitting.plan.seconds:g} s")
        if sitting.phase == "recording":
            self._during(sitting, at)

    def _during(self, sitting: Sitting, at: float) -> None:
        if (todo := sitting.todo(at)) != self._todo:
            self._todo = todo
            self._say(f"  {todo}")
        for warning in sitting.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._say(f"  warning: {warning}")
