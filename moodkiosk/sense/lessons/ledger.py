"""What each lesson has left on the disk, so that it can be taken back: recordings, a neutral face, a model.

The last of them are written down, so that Undo outlives a restart and can be asked for again.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from moodkiosk.host import files, paths
from moodkiosk.host.digest import sha256_hex
from moodkiosk.host.files import NOT_JSON
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.lessons.about import TAUGHT
from moodkiosk.sense.lessons.kept import SITTING
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.mood.model import LIMIT_BYTES as MODEL_BYTES
from moodkiosk.sense.mood.neutral import Earlier
from moodkiosk.sense.teach.store import KEPT

if TYPE_CHECKING:
    from moodkiosk.sense.lessons.kept import Lessons
    from moodkiosk.sense.lessons.sitting import Sitting
    from moodkiosk.sense.mood.models import Models
    from moodkiosk.sense.mood.neutral import Neutrals
    from moodkiosk.sense.teach.store import ModelStore

FILE = "lessons.json"
"""In sense's state folder."""

LIMIT_BYTES = 64 * 1024

log = logging.getLogger("moodkiosk.sense")


class Lesson(msgspec.Struct, frozen=True):
    """What one lesson has left.

    Attributes:
        sitting: the name of its folder; "": it learnt again from what there was.
        model: SHA-256 of the model that was put in use; "": none was.
        face: the neutral face before it, or None: it learnt none.
    """

    sitting: Annotated[str, msgspec.Meta(pattern=rf"^({SITTING})?\Z")] = ""
    model: str = ""
    face: Earlier | None = None


class Ledger:
    """The last lessons, as many as there are models to go back to.

    A lesson is written down before it is carried out: what a power cut kept from happening is passed over.
    """

    def __init__(self, state: Path, lessons: Lessons, store: ModelStore, models: Models, neutrals: Neutrals) -> None:
        """`state`: sense's state folder. A file that cannot be used is said in the log, and is none."""
        self._path = state / FILE
        self._recordings, self._store, self._models, self._neutrals = lessons, store, models, neutrals
        self._written = self._load()

    def sat(self, sitting: Sitting, recordings: dict[str, bytes], model: bytes | None) -> None:
        """Keeps a sitting, and uses its `model`, if it is better: all of it, or nothing.

        Recordings first: a model without what it was made from could not be made again. Raises OSError, ValueError and
        BadModel.
        """
        face = None
        if AT_REST in sitting.takes:
            face = self._neutrals.would_learn(sitting.plan.person, sitting.takes[AT_REST].measures)
        lesson = Lesson(self._recordings.new_name(), sha256_hex(model) if model else "", face)
        self._write([*self._written, lesson])
        try:
            self._recordings.keep(recordings, lesson.sitting)
            if face is not None:
                self._neutrals.learn(sitting.plan.person, sitting.takes[AT_REST].measures)
            if model:
                self._put(model)
        except (OSError, ValueError, BadModel):
            with contextlib.suppress(OSError, BadModel):  # the first is said
                self._undo(lesson)
            raise

    def reviewed(self, model: bytes) -> None:
        """Uses a model that was learnt again from what there was. Raises OSError and BadModel."""
        self._write([*self._written, Lesson(model=sha256_hex(model))])
        self._put(model)

    def take_back(self) -> tuple[bool, bool]:
        """As if the last lesson had never been. What of it cannot be done keeps nothing else from it.

        Returns:
            Whether another model is in use, and whether recordings were deleted.

        Raises OSError and BadModel, and LookupError when there is nothing.
        """
        if (last := self._last) is None:
            raise LookupError
        return self._undo(last)

    def clear(self) -> None:
        """Somebody is forgotten: nothing of before may come back. Raises OSError."""
        self._write([])

    @property
    def _last(self) -> Lesson | None:
        """The last that has left anything; where nothing is known of a taught model, just that model."""
        stored = self._stored()
        for lesson in reversed(self._written):
            if (stored and lesson.model == stored) or (lesson.sitting and self._recordings.there(lesson.sitting)):
                return lesson
        current = self._models.current
        taught = current.manifest.made == TAUGHT and current.hash == stored
        return Lesson(model=stored) if taught else None

    def _stored(self) -> str:
        """SHA-256 of the model that was put in use last; "": none is there."""
        try:
            return sha256_hex(files.read_at_most(self._store.current, MODEL_BYTES))
        except (OSError, files.TooLarge):
            return ""

    def _put(self, model: bytes) -> None:
        self._store.put(model)
        self._models.reload()

    def _undo(self, lesson: Lesson) -> tuple[bool, bool]:
        used = bool(lesson.model) and lesson.model == self._stored()
        before = self._written[: self._written.index(lesson)] if lesson in self._written else self._written
        with contextlib.ExitStack() as last_first:
            last_first.callback(self._write, before)
            if lesson.sitting:
                last_first.callback(self._recordings.drop, lesson.sitting)
            if lesson.face is not None:
                last_first.callback(self._neutrals.put_back, lesson.face)
            if used:
                last_first.callback(self._models.reload)
                last_first.callback(self._store.back)
        return used, bool(lesson.sitting)

    def _write(self, lessons: list[Lesson]) -> None:
        lessons = lessons[-KEPT:]
        if lessons:
            paths.make_private(self._path.parent)
            files.write_atomic(self._path, msgspec.json.encode(lessons))
        else:
            self._path.unlink(missing_ok=True)
        self._written = lessons

    def _load(self) -> list[Lesson]:
        try:
            data = files.read_at_most(self._path, LIMIT_BYTES)
            return msgspec.json.decode(data, type=list[Lesson])[-KEPT:]
        except FileNotFoundError:
            return []
        except (OSError, files.TooLarge, *NOT_JSON) as error:
            log.warning("%s cannot be used, earlier lessons cannot be taken back: %s", self._path, error)
            return []
