"""A process that may open no further file: nothing of it ends a half, or leaves it deaf for good."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from moodkiosk.act.sockets import _callers, listen
from moodkiosk.host import systemd
from moodkiosk.host.machine import rss_mb
from moodkiosk.link import protocol
from moodkiosk.sense.uplink import Uplink
from tests.support.files import no_more_files
from tests.support.wait import until


class Freed(threading.Event):
    """Nobody has closed the door; but by now there may be files again."""

    def __init__(self, held: contextlib.ExitStack) -> None:
        super().__init__()
        self.held, self.waited = held, 0

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - no time passes here
        self.waited += 1
        self.held.close()
        return self.is_set()


def test_a_caller_who_comes_while_too_many_files_are_open_is_taken_later(tmp_path: Path) -> None:
    server = listen(tmp_path / "x.sock")
    with socket.socket(socket.AF_UNIX) as caller, no_more_files() as held:
        caller.connect(str(tmp_path / "x.sock"))
        freed = Freed(held)
        calls = _callers(server, freed)
        with next(calls) as taken:
            assert freed.waited == 1
            taken.sendall(b"welcome")
            assert caller.recv(7) == b"welcome"
        freed.set()
        server.close()
        assert list(calls) == []


def test_telling_systemd_asking_act_and_measuring_memory_need_no_file_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(path))
        uplink = Uplink(path)
        with no_more_files():
            assert systemd.notify("WATCHDOG=1", {"NOTIFY_SOCKET": str(path)}) is False
            assert uplink.connect(1.0) is False
            assert rss_mb() == 0
        assert systemd.notify("WATCHDOG=1", {"NOTIFY_SOCKET": str(path)}) is True
        assert rss_mb() > 1


def test_of_two_kiosks_that_start_at_once_one_gets_the_socket_and_the_other_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    listen(path).close()  # the file stays, as after kill -9
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # the first, while it looks whether there is another
    with ThreadPoolExecutor(1) as second:
        late = second.submit(listen, path)
        until(lambda: _waits_for_a_lock(os.getpid()), what="the second")
        path.unlink()
        with socket.socket(socket.AF_UNIX) as first:
            first.bind(str(path))
            first.listen()
            os.close(folder)
            with pytest.raises(OSError, match="another kiosk is running here"):
                late.result(60)


def _waits_for_a_lock(pid: int) -> bool:
    """Whether a process is kept waiting for a lock: proc(5), /proc/locks, the lines with "->"."""
    lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    return any("->" in line and f" {pid} " in line for line in lines)


def test_a_kiosk_that_is_too_busy_to_answer_keeps_its_socket(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as busy, contextlib.ExitStack() as crowd:
        busy.bind(str(path))
        busy.listen(0)
        for _ in range(3):  # as many as the kernel lets wait, and more
            caller = crowd.enter_context(socket.socket(socket.AF_UNIX))
            caller.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                caller.connect(str(path))
        assert protocol.answered(path)
        with pytest.raises(OSError, match="another kiosk is running here"):
            listen(path)


def test_a_socket_may_not_be_found_where_something_else_lies(tmp_path: Path) -> None:
    (tmp_path / "file.sock").write_text("")
    (tmp_path / "lost.sock").symlink_to(tmp_path / "nowhere")
    for name in ("file.sock", "lost.sock"):
        listen(tmp_path / name).close()
        assert (tmp_path / name).is_socket()
    (tmp_path / "folder.sock").mkdir()
    with pytest.raises(OSError, match=r"folder\.sock"):
        listen(tmp_path / "folder.sock")
    with pytest.raises(OSError, match="too long"):
        listen(tmp_path / ("x" * 120))
