"""A thread for a slow sink, in which the newest decision wins: the main loop never waits for a network."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Job = TypeVar("Job")

log = logging.getLogger("moodkiosk.act")


class NewestWins(Generic[Job]):
    """Does one job at a time; a job that was not begun when a newer one comes is never done.

    Attributes:
        replaced: how many jobs were replaced by newer ones.
    """

    def __init__(self, name: str, do: Callable[[Job], None]) -> None:
        self.replaced = 0
        self._do = do
        self._job: Job | None = None
        self._at_work = False
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Makes `job` the next one."""
        with self._changed:
            self.replaced += self._job is not None
            self._job = job
            self._changed.notify()

    def offer(self, job: Job) -> bool:
        """Makes `job` the next one only if there is no other: it never takes anything's place. False: there is."""
        with self._changed:
            if self._job is not None or self._at_work or self._stopping:
                return False
            self._job = job
            self._changed.notify()
        return True

    def superseded(self) -> bool:
        """Whether a newer job waits: asked by a long job between its steps."""
        return self._job is not None or self._stopping

    def stop(self, seconds: float) -> None:
        """Ends the thread after the job at hand, waiting at most `seconds`."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._at_work = False
                while self._job is None and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                job, self._job, self._at_work = self._job, None, True
            assert job is not None
            self._do(job)
