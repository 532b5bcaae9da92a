"""A sitting as plain lines, for where there is no terminal: what happens, once each."""

from __future__ import annotations

from collections.abc import Callable

from moodkiosk.learn.collect.sitting import COUNTDOWN_SECONDS, PAUSE_SECONDS, Sitting
from moodkiosk.learn.collect.take import Sight
from moodkiosk.words.language import FALLBACK, translated
from moodkiosk.words.reason import Reason


class Lines:
    """Says what changes; there are no keys."""

    def __init__(self, say: Callable[[str], None], tag: str = FALLBACK) -> None:
        """`tag`: the language."""
        self._print, self._tag = say, tag
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
                self._say(Reason("collect.warning", text=warning), "  ")
        if sitting.phase != self._phase:
            self._phase = sitting.phase
            self._warned.clear()
            if sitting.phase == "pause":
                self._say(Reason("collect.next", label=sitting.label, seconds=round(PAUSE_SECONDS)))
            elif sitting.phase == "countdown":
                self._say(Reason("collect.soon", label=sitting.label, seconds=round(COUNTDOWN_SECONDS)))
            elif sitting.phase == "recording":
                self._say(Reason("collect.now", label=sitting.label, seconds=sitting.plan.seconds))
        if sitting.phase == "recording":
            self._during(sitting, at)

    def _during(self, sitting: Sitting, at: float) -> None:
        if (todo := sitting.todo(at)) != self._todo:
            self._todo = todo
            self._say(todo, "  ")
        for warning in sitting.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._say(Reason("collect.warning", text=warning), "  ")

    def _say(self, text: str, indent: str = "") -> None:
        self._print(f"{indent}{translated(text, self._tag)}")
