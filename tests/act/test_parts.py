"""The parts around act's main loop: sockets, what is remembered, the worker in which the newest decision wins."""

from __future__ import annotations

import queue
import socket
import stat
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from moodkiosk.act.clock import trusted
from moodkiosk.act.players.worker import NewestWins
from moodkiosk.act.ports import Request
from moodkiosk.act.sockets import ControlServer, SenseLink, listen
from moodkiosk.act.store import COALESCE_SECONDS, Store
from moodkiosk.failure import Failure
from moodkiosk.link import control, protocol
from moodkiosk.link.messages import Order
from moodkiosk.link.result import encode
from moodkiosk.moods.command import Result
from moodkiosk.moods.reading import Reading
from tests.support.wait import until


def connect(path: Path) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(str(path))
    return peer


def test_the_sockets_are_for_the_group_only(tmp_path: Path) -> None:
    server = listen(tmp_path / "x.sock")
    assert stat.S_IMODE((tmp_path / "x.sock").stat().st_mode) == 0o660
    server.close()


def test_a_socket_left_by_a_killed_process_is_replaced_and_one_in_use_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    first = listen(path)
    with pytest.raises(OSError, match="another kiosk is running here"):
        listen(path)
    first.close()  # the file stays, as after kill -9
    listen(path).close()


def test_the_link_carries_readings_one_way_and_orders_the_other_and_says_when_sense_left(tmp_path: Path) -> None:
    inbox: queue.Queue[object] = queue.Queue()
    bridge = SenseLink(tmp_path / "link.sock", inbox.put)
    order = Order(1, "camera", "off")
    assert not bridge.send(order)
    sense = connect(tmp_path / "link.sock")
    sense.sendall(b"garbage\n" + protocol.encode(Reading(1.0, 0)))
    assert inbox.get(timeout=60) == Reading(1.0, 0)
    assert until(lambda: bridge.damaged) == 1
    assert bridge.send(order)
    assert protocol.decode(sense.recv(4096)) == order
    newer = connect(tmp_path / "link.sock")
    newer.sendall(protocol.encode(Reading(2.0, 0)))
    assert inbox.get(timeout=60) == Reading(2.0, 0)
    assert sense.recv(10) == b""  # hung up: the newest connection wins
    sense.close()
    newer.close()
    assert inbox.get(timeout=60) is None
    assert not bridge.connected
    bridge.close()


def test_a_sense_that_is_hung_up_before_anybody_has_read_from_it_is_no_exception(tmp_path: Path) -> None:
    """Which pytest makes an error of, on whatever thread."""
    inbox: queue.Queue[object] = queue.Queue()
    bridge = SenseLink(tmp_path / "link.sock", inbox.put)
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(connect(tmp_path / "link.sock"))
        newest = stack.enter_context(connect(tmp_path / "link.sock"))
        newest.sendall(protocol.encode(Reading(3.0, 0)))
        assert inbox.get(timeout=60) == Reading(3.0, 0)
        bridge.close()
        assert inbox.get(timeout=60) is None
        assert newest.recv(10) == b""


def test_the_command_line_gets_its_answer_and_a_clear_line_without_a_kiosk(tmp_path: Path) -> None:
    def ask(request: Request) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_result(Result(request.name, ok=True, text=str(request.value), transaction="t"))
        return future

    path = tmp_path / "control.sock"
    with pytest.raises(Failure, match="the kiosk is not running"):
        control.ask(path, "camera", "off")
    server = ControlServer(path, ask)
    assert control.ask(path, "camera", "off") == Result("camera", ok=True, text="off", transaction="t")
    with connect(path) as caller, caller.makefile("rb") as stream:
        caller.sendall(b"nonsense\n")
        assert b"not a JSON object" in stream.readline()
        for line in (
            b"\xf6",
            b'{"command": "person", "value": "J\xf6rg"}',
            b"[" * 5000,
            b'{"a": ' + b"9" * 9000 + b"}",
        ):
            caller.sendall(line + b"\n")
            assert b"not a JSON object" in stream.readline()
        for line in (b"{}", b'{"command": 7}', b'{"command": ' + b'{"a": ' * 200 + b"1" + b"}" * 201):
            caller.sendall(line + b"\n")
            assert b"the name of a command" in stream.readline()
        caller.sendall(b"x" * protocol.LINE_LIMIT_BYTES)  # all of it is read before the answer
        assert b"line too long" in stream.readline()
    server.close()


def test_where_more_call_than_are_taken_at_once_the_command_line_waits_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as server, ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        server.bind(str(path))
        server.listen(0)
        stack.enter_context(connect(path))  # the queue holds one
        with pytest.raises(Failure, match="did not answer"):
            control.ask(path, "status", timeout=0.2)
        asked = pool.submit(control.ask, path, "status")
        for _ in range(2):
            caller = stack.enter_context(server.accept()[0])
        assert caller.makefile("rb").readline() == b'{"command": "status", "value": null}\n'
        caller.sendall(encode(Result("status", ok=True)) + b"\n")
        assert asked.result(60).ok


def test_who_holds_a_place_and_says_nothing_makes_room_and_who_waits_for_an_answer_keeps_it(tmp_path: Path) -> None:
    asked: list[Future[Result]] = []

    def ask(request: Request) -> Future[Result]:
        future: Future[Result] = Future()
        if request.name == "calibrate":
            asked.append(future)
        else:
            future.set_result(Result(request.name, ok=True))
        return future

    path = tmp_path / "control.sock"
    server = ControlServer(path, ask)
    with ExitStack() as stack:
        patient = stack.enter_context(connect(path))
        patient.sendall(b'{"command": "calibrate"}\n')
        until(lambda: asked, what="the question")
        silent = [stack.enter_context(connect(path)) for _ in range(40)]
        for one in silent:
            with suppress(OSError):  # has made room
                one.sendall(b'{"comm')
        assert control.ask(path, "status").ok
        asked[0].set_result(Result("calibrate", ok=True))
        assert b"calibrate" in patient.recv(4096)
    server.close()


def test_changes_are_written_once_after_a_pause_and_unchanged_content_never(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.load() is None
    file = tmp_path / "act.json"
    store.keep({"music": True}, 10.0)
    assert not file.exists()
    store.keep({"music": False}, 10.0 + COALESCE_SECONDS)
    assert Store(tmp_path).load() == {"music": False}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = file.stat().st_ino
    for at in range(20, 60):
        store.keep({"music": False}, float(at))
    assert file.stat().st_ino == written


def test_a_power_cut_loses_the_last_setting_at_most(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep({"music": True, "volume_cap": 60, "artist": ""}, 0.0, now=True)
    for volume in range(59, 39, -1):  # a slider
        store.keep({"music": True, "volume_cap": volume, "artist": ""}, 10.0)
    assert Store(tmp_path).load() == {"music": True, "volume_cap": 60, "artist": ""}
    store.keep({"music": False, "volume_cap": 40, "artist": ""}, 10.5)
    assert Store(tmp_path).load() == {"music": False, "volume_cap": 40, "artist": ""}
    store.keep({"music": False, "volume_cap": 40, "artist": "Nena"}, 11.0)
    assert Store(tmp_path).load() == {"music": False, "volume_cap": 40, "artist": ""}
    store.keep({"music": False, "volume_cap": 40, "artist": "Nena"}, 11.0 + COALESCE_SECONDS)
    assert Store(tmp_path).load() == {"music": False, "volume_cap": 40, "artist": "Nena"}


def test_a_damaged_memory_is_set_aside_and_a_missing_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "act.json").write_text("{half")
    assert Store(tmp_path).load() is None
    assert (tmp_path / "act.damaged").exists()
    (tmp_path / "act.json").write_bytes(b'{"artist": "J\xf6rg"}')
    assert Store(tmp_path).load() is None
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "folder")
    store.load()
    store.keep({"music": True}, 0.0, now=True)
    assert "not kept" in store.status


def test_of_many_jobs_the_newest_is_done_next() -> None:
    done: queue.Queue[int] = queue.Queue()
    go = threading.Event()

    def slow(job: int) -> None:
        go.wait(10)
        done.put(job)

    worker = NewestWins("test", slow)
    worker.put(1)
    until(lambda: not worker.superseded())
    for job in range(2, 10):
        worker.put(job)
    assert worker.superseded()
    go.set()
    assert [done.get(timeout=60), done.get(timeout=60)] == [1, 9]
    assert worker.replaced == 7
    worker.stop(5)


def test_what_is_only_offered_waits_for_nothing_and_takes_nothings_place() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), list[str]()

    def work(job: str) -> None:
        begun.set()
        go_on.wait(10)
        done.append(job)

    worker = NewestWins[str]("test", work)
    worker.put("decision")
    assert begun.wait(10)
    assert not worker.offer("look"), "one is at work"
    assert not worker.superseded()
    worker.put("newer")
    assert not worker.offer("look"), "one waits"
    go_on.set()
    until(lambda: done == ["decision", "newer"] and worker.offer("look"), what="an idle worker")
    until(lambda: done[2:] == ["look"], what="the look")
    worker.stop(5)
    assert not worker.offer("too late")


def test_a_mistake_of_ours_on_any_thread_ends_the_process() -> None:
    code = """
import threading
from moodkiosk.host import crash
crash.on_any_thread()
threading.Thread(target=lambda: 1 / 0, name="web").start()
threading.Event().wait(20)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert "on the thread “web”" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_the_clock_is_trusted_once_the_network_has_set_it(tmp_path: Path) -> None:
    timesync, chip = tmp_path / "timesync", tmp_path / "rtc0"
    assert trusted(timesync, chip)  # no timesyncd: whoever runs this machine keeps its clock
    timesync.mkdir()
    assert not trusted(timesync, chip)
    (timesync / "synchronized").touch()
    assert trusted(timesync, chip)
    (timesync / "synchronized").unlink()
    chip.touch()
    assert trusted(timesync, chip)
