"""The half that sees stands still while act sleeps: a real one is stopped before an empty room."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from moodkiosk.act.pause import CALM_SECONDS
from tests.support.calm_minutes import running
from tests.support.wait import until


@pytest.mark.slow
def test_a_sense_that_stands_still_in_an_empty_room_is_noticed_long_before_it_would_have_spoken(tmp_path: Path) -> None:
    with running(tmp_path) as kiosk:
        pid = kiosk.halves["sense"].pid
        before = kiosk.switches()[kiosk.halves["act"].pid]
        until(lambda: kiosk.switches()[kiosk.halves["act"].pid] > before, 150, "a reading that promises the next")
        os.kill(pid, signal.SIGSTOP)
        stopped_at = time.monotonic()
        until(lambda: kiosk.status().get("unknown_because") is not None, 60, "a standstill that is noticed")
        seconds = time.monotonic() - stopped_at
        assert kiosk.status()["present"] is None
        os.kill(pid, signal.SIGCONT)
        until(lambda: kiosk.status().get("present") is False, 60, "what is seen again")
    assert seconds < CALM_SECONDS - 2, "the promise alone would have said it after a minute"
