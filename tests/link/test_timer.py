"""The timer that both halves hold: act is woken only by a sense that has stopped looking."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.link import timer as module
from moodkiosk.link.timer import Listener, Timer
from tests.support.wait import until


@pytest.fixture
def timer() -> Iterator[Timer]:
    found = Timer()
    yield found
    found.close()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


class Act:
    """The half that listens, on a thread."""

    def __init__(self, peer: socket.socket) -> None:
        self.heard: list[bytes] = []
        self.late = 0
        self._peer = peer
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def ended(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        with contextlib.suppress(OSError), Listener(self._peer, self._ran_out) as sense:  # the test may have ended
            while data := sense.receive():
                self.heard.append(data)

    def _ran_out(self) -> None:
        self.late += 1


def test_one_that_is_not_wound_up_again_wakes_act_once_until_there_is_another_word(
    ends: tuple[socket.socket, socket.socket], timer: Timer
) -> None:
    act = Act(ends[0])
    socket.send_fds(ends[1], [b"hello\n"], [timer.descriptor])
    until(lambda: act.heard == [b"hello\n"], what="the first line")
    timer.wind(0.05)
    until(lambda: act.late == 1, what="a timer that has run out")
    ends[1].sendall(b"again\n")  # only now is it listened to once more
    until(lambda: act.late == 2, what="a timer that is still not wound up")
    ends[1].close()
    until(act.ended, what="the end")
    assert act.heard == [b"hello\n", b"again\n"]


def test_one_that_is_wound_up_or_stopped_wakes_nobody(ends: tuple[socket.socket, socket.socket], timer: Timer) -> None:
    act = Act(ends[0])
    socket.send_fds(ends[1], [b"hello\n"], [timer.descriptor])
    for _ in range(20):
        timer.wind(60.0)
    timer.wind(0.01)
    timer.stop()
    ends[1].sendall(b"more\n")
    until(lambda: len(act.heard) == 2, what="another line")
    assert act.late == 0


def test_a_machine_that_stood_still_as_a_whole_gives_sense_a_second_to_wind_it_up(
    ends: tuple[socket.socket, socket.socket], timer: Timer, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []
    ran_out = module._ran_out

    def seen(descriptor: int) -> bool:
        found = ran_out(descriptor)
        if found:
            runs.append(1)
            timer.wind(60.0)  # sense goes on, a moment later than act
        return found

    monkeypatch.setattr(module, "_ran_out", seen)
    act = Act(ends[0])
    socket.send_fds(ends[1], [b"hello\n"], [timer.descriptor])
    timer.wind(0.01)
    until(lambda: bool(runs), what="a timer that has run out")
    ends[1].sendall(b"more\n")
    until(lambda: len(act.heard) == 2, what="another line")
    assert act.late == 0


def test_whatever_else_comes_instead_of_a_timer_is_closed_at_once(
    ends: tuple[socket.socket, socket.socket], timer: Timer, tmp_path: Path
) -> None:
    held = tmp_path / "camera"
    held.touch()
    act = Act(ends[0])
    with held.open("rb") as camera:
        socket.send_fds(ends[1], [b"hello\n"], [camera.fileno(), timer.descriptor])
        until(lambda: bool(act.heard), what="the first line")
        mine = camera.fileno()
        others = [
            name for name in os.listdir("/proc/self/fd")
            if int(name) != mine and os.path.realpath(f"/proc/self/fd/{name}") == str(held)
        ]  # fmt: skip
    assert others == []
    ends[1].sendall(b"more\n")
    until(lambda: len(act.heard) == 2, what="what is said all the same")
    assert act.late == 0


def test_a_word_without_a_timer_is_a_word(ends: tuple[socket.socket, socket.socket]) -> None:
    """An older half that sees has none."""
    act = Act(ends[0])
    ends[1].sendall(b"hello\n")
    until(lambda: act.heard == [b"hello\n"], what="the first line")
    ends[1].close()
    until(act.ended, what="the end")
