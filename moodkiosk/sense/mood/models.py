"""Which mood model is in use, and how a better one gets there: a bad file never takes the place of a good one."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.words.reason import Reason, together

RETRY_SECONDS = 10.0
"""A file that could not be used is looked at this often, and tried again when it has changed."""

log = logging.getLogger("moodkiosk.sense")


class Models:
    """The model in use.

    Attributes:
        current: the model.
        path: its file.
        complaint: why a better one could not be taken, or None.
    """

    def __init__(self, candidates: Callable[[], Sequence[Path]], *, mirrored: bool | None = None) -> None:
        """Loads the first good one of `candidates`, best first. Raises BadModel when none is good."""
        self._candidates, self._mirrored = candidates, mirrored
        self._tried_at: float | None = None
        self.current, self.path, complaints = model.load_first(candidates(), mirrored)
        self._note(complaints)

    def reload(self) -> str:
        """Loads the best candidate anew and says what came of it. Raises BadModel; then the old one stays in use."""
        path = self._candidates()[0]
        try:
            found = model.load(path, self._mirrored)
        except BadModel as error:
            self._note([str(error)])
            raise BadModel(Reason("model.going_on", reason=str(error))) from None
        self._note([])
        changed = found.hash != self.current.hash
        self.current, self.path = found, path
        key = "model.loaded" if changed else "model.unchanged"
        return Reason(key, name=path.name, labels=found.labels)

    def retry(self, at: float) -> bool:
        """Tries a file that could not be used again, if it has changed. True if another model is in use now."""
        if self.complaint is None or (self._tried_at is not None and 0 <= at - self._tried_at < RETRY_SECONDS):
            return False
        self._tried_at = at
        if _signature(self._candidates()) == self._seen:
            return False
        before = self.current.hash
        with contextlib.suppress(BadModel):  # it is noted
            log.info("%s", self.reload())
        return self.current.hash != before

    def _note(self, complaints: list[str]) -> None:
        self._seen = _signature(self._candidates())
        self.complaint = together(complaints) or None
        if self.complaint:
            log.warning("the model cannot be used: %s", self.complaint)


def _signature(candidates: Sequence[Path]) -> list[tuple[str, int, int, int] | None]:
    """What changes when one of the files does."""
    found: list[tuple[str, int, int, int] | None] = []
    for path in candidates:
        try:
            stat = path.stat()
        except OSError:
            found.append(None)
        else:
            found.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return found
