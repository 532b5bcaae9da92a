"""Gives a target spoilt inputs for a while, and keeps of each that fails the smallest that fails in the same way."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

HANG_SECONDS = 20.0
"""An input that is not answered by then, on a busy machine too, never is."""
SMALLER_SECONDS = 5.0
"""To make a failing input smaller."""

Take = Callable[[bytes], bool]
"""Takes one input; whether it was taken for valid. Raises when something is wrong with us."""


@dataclass(frozen=True)
class Target:
    """Something that reads what others wrote.

    Attributes:
        name: as people call it.
        doc: what is fuzzed, in a few words.
        make: one input, spoilt or valid.
        opened: sets it up in a folder, for many inputs.
    """

    name: str
    doc: str
    make: Callable[[random.Random], bytes]
    opened: Callable[[Path], AbstractContextManager[Take]]


@dataclass
class Outcome:
    """What came of it.

    Attributes:
        inputs, taken: how many were given, and how many of them were valid all the same.
        seconds: how long it took.
        slowest_seconds: for one input.
        failures: the smallest input for each way of failing, and how it failed.
    """

    inputs: int = 0
    taken: int = 0
    seconds: float = 0.0
    slowest_seconds: float = 0.0
    failures: dict[str, tuple[bytes, str]] = field(default_factory=dict)


class Hang(Exception):
    """An input kept us for HANG_SECONDS."""


class Complaint(Exception):
    """Something was logged that is no answer to damaged input: an error of ours."""


def fuzz(target: Target, folder: Path, seconds: float, seed: int, keep: Path | None = None) -> Outcome:
    """Fuzzes one target; failing inputs go to `keep`, if there is such a folder."""
    chance = random.Random(f"{target.name} {seed}")
    outcome = Outcome()
    begun = time.monotonic()
    with _alarmed(), _listening() as said, target.opened(folder) as take:
        while time.monotonic() - begun < seconds or not outcome.inputs:
            data = target.make(chance)
            started = time.monotonic()
            failed = failure(take, data, said)
            outcome.slowest_seconds = max(outcome.slowest_seconds, time.monotonic() - started)
            outcome.inputs += 1
            if isinstance(failed, bool):
                outcome.taken += failed
            elif failed[0] not in outcome.failures:
                small = smaller(take, data, failed[0], said)
                outcome.failures[failed[0]] = small, failed[1]
                if keep is not None:
                    _keep(keep / target.name, small, failed[1])
    outcome.seconds = time.monotonic() - begun
    return outcome


def again(target: Target, folder: Path, data: bytes) -> str | None:
    """Gives one input; how it fails, or None."""
    with _alarmed(), _listening() as said, target.opened(folder) as take:
        failed = failure(take, data, said)
    return None if isinstance(failed, bool) else failed[1]


def failure(take: Take, data: bytes, said: list[logging.LogRecord]) -> bool | tuple[str, str]:
    """Whether the input was taken; or the way it failed, and the whole story."""
    said.clear()
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
    try:
        taken = take(data)
        _check_log(said)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we are here for
        signal.setitimer(signal.ITIMER_REAL, 0)
        frames = traceback.extract_tb((error.__cause__ or error).__traceback__)
        ours = [frame for frame in frames if "moodkiosk" in frame.filename] or frames
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
        way = f"{type(error.__cause__ or error).__name__} {where}" + (f" {error}"[:60] if not where else "")
        return way, "".join(traceback.format_exception(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return taken


def _check_log(said: list[logging.LogRecord]) -> None:
    for record in said:
        raise Complaint(record.getMessage()) from (record.exc_info[1] if record.exc_info else None)


def smaller(take: Take, data: bytes, way: str, said: list[logging.LogRecord]) -> bytes:
    """The input without as much of it as fails in the same way (Zeller's delta debugging, by halves)."""
    deadline = time.monotonic() + SMALLER_SECONDS
    size = max(1, len(data) // 2)
    while size and time.monotonic() < deadline:
        place, shrunk = 0, False
        while place < len(data) and time.monotonic() < deadline:
            fewer = data[:place] + data[place + size :]
            failed = failure(take, fewer, said)
            if not isinstance(failed, bool) and failed[0] == way:
                data, shrunk = fewer, True
            else:
                place += size
        if not shrunk:
            size //= 2
    return data


def _keep(folder: Path, data: bytes, story: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(data).hexdigest()[:12]
    (folder / f"{name}.bin").write_bytes(data)
    (folder / f"{name}.txt").write_text(story, encoding="utf-8", errors="backslashreplace")


@contextlib.contextmanager
def _alarmed() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise Hang(f"not answered in {HANG_SECONDS:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Listener(logging.Handler):
    def __init__(self, said: list[logging.LogRecord]) -> None:
        super().__init__(logging.ERROR)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the record."""
        self._said.append(record)


@contextlib.contextmanager
def _listening() -> Iterator[list[logging.LogRecord]]:
    """Everything that is logged as an error of ours meanwhile; what is only a warning goes nowhere."""
    said: list[logging.LogRecord] = []
    root, listener = logging.getLogger(), _Listener(said)
    before, root.handlers[:] = root.handlers[:], [listener]
    try:
        yield said
    finally:
        root.handlers[:] = before
