"""Learning again by itself, in calm moments: from corrections that were remembered, and without who was forgotten."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.host import files
from moodkiosk.sense.lessons import wording
from moodkiosk.sense.lessons.about import TAUGHT
from moodkiosk.sense.mood.bundle import BadModel, unbundle
from moodkiosk.sense.mood.model import LIMIT_BYTES, STARTER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.sense.lessons.kept import Lessons
    from moodkiosk.sense.lessons.ledger import Ledger
    from moodkiosk.sense.mood.models import Models
    from moodkiosk.sense.teach.learning import Outcome, Progress
    from moodkiosk.sense.teach.store import ModelStore
    from moodkiosk.sense.teach.takes import Take

SLICE_SECONDS = 0.1
"""In every turn of the loop so much time is learnt; in between it looks, and feeds the watchdog."""
PAUSE_SECONDS = 3600.0
"""Between two times that it learns by itself."""

log = logging.getLogger("moodkiosk.sense")


def steps(
    takes: list[Take], models: Models, neutrals: Mapping[str, NDArray[np.float32]] | None = None
) -> Iterator[Progress | Outcome]:
    """Learns from these takes, from the starter on, to be better than the model in use. Raises OSError, BadModel.

    `neutrals`: faces at rest that were known before, by name: with these the model in use reads people.
    """
    from moodkiosk.sense.teach.learning import learn  # with all it needs, which a kiosk that is not taught never loads

    return learn(takes, STARTER.read_bytes(), before=models.path.read_bytes(), neutrals=neutrals or {})


def go_on(learning: Iterator[Progress | Outcome], clock: Callable[[], float]) -> Outcome | None:
    """Learns for a slice of time; the outcome, once it is there. Raises what `learn` raises."""
    from moodkiosk.sense.teach.learning import Outcome

    ends = clock() + SLICE_SECONDS
    for step in learning:
        if isinstance(step, Outcome):
            return step
        if clock() >= ends:
            break
    return None


def drop_taught(store: ModelStore) -> None:
    """Deletes every model that was taught here; the newest other one, else the starter, is in use. Raises OSError."""
    for path in store.before:
        if _was_taught(path):
            path.unlink()
    if _was_taught(store.current):
        store.back()


def _was_taught(path: Path) -> bool:
    try:
        return unbundle(files.read_at_most(path, LIMIT_BYTES))[0].made == TAUGHT
    except (OSError, BadModel, files.TooLarge):
        return False


class Review:
    """What is to be learnt again, and the learning of it."""

    def __init__(
        self,
        lessons: Lessons,
        ledger: Ledger,
        models: Models,
        corrections: Path,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`corrections`: the folder of what was remembered."""
        self._lessons, self._ledger, self._models, self._clock = lessons, ledger, models, clock
        self._corrections = corrections
        self._learning: Iterator[Progress | Outcome] | None = None
        self._wanted = self._at_once = False
        self._done_at: float | None = None

    @property
    def busy(self) -> bool:
        """Whether it is learning."""
        return self._learning is not None

    def ask(self, *, at_once: bool = False) -> None:
        """There is something new to learn from; `at_once`: or something that must not count any more."""
        self._wanted, self._at_once = True, self._at_once or at_once

    def leave(self) -> None:
        """Somebody begins a sitting: it is learnt from later."""
        if self._learning is not None:
            self._learning = None
            self.ask()

    def attend(self, at: float, *, calm: bool) -> Outcome | None:
        """Learns a little, if it is time and calm. The outcome, when the new model has been put in use."""
        if self._learning is None and not self._wanted:
            return None
        from moodkiosk.sense.teach.dense import schema_of
        from moodkiosk.sense.teach.doubts import NotTaught

        try:
            if self._learning is not None:
                outcome = go_on(self._learning, self._clock) if calm or self._at_once else None
                return None if outcome is None else self._finish(outcome)
            rested = self._done_at is None or not 0 <= at - self._done_at < PAUSE_SECONDS
            if self._wanted and (self._at_once or (calm and rested)):
                self._wanted, self._done_at = False, at
                takes = self._lessons.takes(schema_of(STARTER.read_bytes()), self._corrections)
                if self._would_lose(takes):
                    self._end("not learnt again: the model in use knows more than was shown here")
                    return None
                self._learning = steps(takes, self._models)
        except NotTaught as error:
            self._end(f"not learnt again yet: {wording.doubt(error.doubt)}")
        except (BadModel, OSError) as error:
            self._end(f"cannot learn again: {error}")
        return None

    def _would_lose(self, takes: list[Take]) -> bool:
        """Whether the model in use, of a desktop's training perhaps, knows what a taught one would not."""
        manifest = self._models.current.manifest
        known = {take.label for take in takes} | set(unbundle(STARTER.read_bytes())[0].labels)
        return manifest.uses_hands or not set(manifest.labels) <= known

    def _finish(self, outcome: Outcome) -> Outcome | None:
        self._end(f"learnt again: {wording.proof(outcome).text}")
        if not outcome.better:
            return None
        self._ledger.reviewed(outcome.file)
        return outcome

    def _end(self, text: str) -> None:
        self._learning, self._at_once = None, False
        log.info("%s", text)
