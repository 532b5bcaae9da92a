"""Corrections, "that was wrong": the last seconds get the right label and are kept, if the household agreed.

Without consent no landmarks are held back at all, not even in memory. The household gives it with a switch on the page;
before anybody has touched that, `learning.keep_corrections` counts.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.host import files, paths
from moodkiosk.sense.records import erase, recording
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from moodkiosk.config.settings import LearningSettings
    from moodkiosk.moods.frame import Landmarks

FOLDER = "corrections"
"""In sense's state folder."""

CHOICE = "remember"
"""The file of the household's choice: "on" or "off"."""

MIN_SAMPLES = 3
"""Fewer than this teach nothing."""

DAY_SECONDS = 86_400.0


class NotKept(Exception):
    """Why a correction was not written, in one line."""


class Corrections:
    """The landmarks of the last seconds of whoever counts, and what is made of them."""

    def __init__(self, settings: LearningSettings, state: Path) -> None:
        """`state`: sense's state folder."""
        self._settings = settings
        self._folder = state / FOLDER
        self._choice = state / CHOICE
        self._remembers = _chosen(self._choice, otherwise=settings.keep_corrections)
        self._recent: deque[recording.Sample] = deque()
        self._track: int | None = None

    @property
    def remembers(self) -> bool:
        """Whether the household has agreed that corrections are kept."""
        return self._remembers

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._folder

    def turn(self, *, on: bool) -> str:
        """Takes the household's choice, and keeps it; says what it was. Raises OSError."""
        paths.make_private(self._choice.parent)
        files.write_atomic(self._choice, b"on\n" if on else b"off\n")
        self._remembers = on
        if not on:
            self._recent.clear()
        return Reason("corrected.remembered" if on else "corrected.not_remembered")

    def see(self, at: float, track: int | None, landmarks: Landmarks | None) -> None:
        """Takes note of one reading: the landmarks of the person whose mood it is, None if nobody is there.

        What came before is dropped when it is somebody else's, or too old. `at`: monotonic seconds.
        """
        if not self._remembers:
            return
        if track is not None and track != self._track:
            self._recent.clear()
            self._track = track
        if landmarks is not None:
            if self._recent and self._recent[-1].landmarks.size != landmarks.size:
                self._recent.clear()
            self._recent.append(recording.Sample(at, landmarks))
        self._drop_before(at - self._settings.correction_seconds)

    def clear(self) -> None:
        """Forgets what it holds: the camera was switched off."""
        self._recent.clear()

    def write(self, label: str, at: float, extractor: str, person: str = "") -> str:
        """Writes the last seconds as a recording of `label` and returns what was done, in one line for people.

        Raises NotKept: no consent, nobody seen, or the disk does not take it.
        """
        if not self._remembers:
            raise NotKept(Reason("corrected.no_consent"))
        self._drop_before(at - self._settings.correction_seconds)
        samples = tuple(self._recent)
        if len(samples) < MIN_SAMPLES:
            raise NotKept(Reason("corrected.no_face", seconds=self._settings.correction_seconds))
        session = f"correction {time.strftime('%Y-%m-%d')}"
        made = recording.Recording(label, samples, mirrored=False, extractor=extractor, person=person, session=session)
        try:
            recording.save(made, paths.make_private(self._folder))
        except OSError as error:
            raise NotKept(Reason("corrected.not_written", reason=system(error))) from None
        self._recent.clear()  # the same seconds are not labelled twice
        return Reason("corrected.kept", samples=len(samples), label=repr(label))

    def expire(self, now: float) -> int:
        """Deletes corrections older than `learning.retention_days`; `now` in seconds since 1970. Returns how many."""
        oldest = now - self._settings.retention_days * DAY_SECONDS
        count = 0
        for path in self._folder.glob("*.npz"):
            with contextlib.suppress(OSError):  # deleted by somebody else meanwhile
                if path.stat().st_mtime < oldest:
                    path.unlink()
                    count += 1
        return count

    def forget(self, person: str) -> erase.Erased:
        """Deletes the corrections of `person`, "" for everybody's, and what is held in memory. Raises OSError."""
        self._recent.clear()
        return erase.erase(self._folder, person)

    def _drop_before(self, at: float) -> None:
        while self._recent and self._recent[0].at < at:
            self._recent.popleft()


def _chosen(path: Path, *, otherwise: bool) -> bool:
    """What the household has chosen; a file that says something else has not been written by us."""
    try:
        word = files.read_at_most(path, 16).decode("ascii", "replace").strip()
    except (OSError, files.TooLarge):
        return otherwise
    return {"on": True, "off": False}.get(word, otherwise)
