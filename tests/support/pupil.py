"""Somebody who does what the kiosk asks in a sitting: the drawn actor, directed by a file, and who follows the page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from moodkiosk.sense.actor.cues import Cue, Play, write
from tests.support.kiosk import Kiosk


class Pupil:
    """The actor before the camera of a kiosk with the settings `settings`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "play.json"
        self._play = Play()
        self._shows = ""
        self.do("neutral")

    @property
    def settings(self) -> dict[str, Any]:
        """The camera of a kiosk that sees the actor."""
        return {"camera": {"source": f"actor:{self._file}"}}

    def do(self, cue: Cue) -> None:
        """Does what a cue says."""
        self._play = self._play.take(cue, time.monotonic())
        write(self._play, self._file)

    def follow(self, kiosk: Kiosk) -> dict[str, Any]:
        """Shows the mood that is asked for, and returns how the sitting goes."""
        data: Any = kiosk.ask("status").data
        teaching: dict[str, Any] = data["teaching"] or {}
        label = teaching.get("label")
        if label and label != self._shows:
            self._shows = label
            self.do(label)
        return teaching
