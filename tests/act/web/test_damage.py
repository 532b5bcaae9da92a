"""Damaged requests and too many connections: answered or dropped, and never more than a line in the log."""

from __future__ import annotations

import contextlib
import logging
import resource
import select
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from http.client import HTTPException
from pathlib import Path

import pytest

from moodkiosk.act.ports import Request
from moodkiosk.act.web.logging import COUNT_SECONDS, ClientFaults
from moodkiosk.act.web.server import Page
from moodkiosk.moods.command import Result
from tests.support.kiosk import Half, Kiosk
from tests.support.wait import until
from tests.support.web import Visitor, config, page_only


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with page_only(tmp_path_factory.mktemp("page")) as (_, address):
        yield Visitor(address).host


def sent(host: str, *packets: bytes) -> bytes:
    """What comes back to these bytes, until the kiosk hangs up."""
    name, _, port = host.rpartition(":")
    with socket.create_connection((name, int(port)), timeout=60) as peer, contextlib.suppress(OSError):
        for packet in packets:
            peer.sendall(packet)
        peer.shutdown(socket.SHUT_WR)
        answer = b""
        while data := peer.recv(65536):
            answer += data
        return answer
    return b""


CHUNKED = b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
DAMAGED = {
    "a bad chunk for a foreign host": b"POST /x HTTP/1.1\r\nHost: evil.example\r\n" + CHUNKED + b"zz\r\n",
    "a bad chunk": b"POST /api/command HTTP/1.1\r\nHost: localhost\r\n" + CHUNKED + b"5\r\nabc",
    "a bad chunk after a good one": b"POST /login HTTP/1.1\r\nHost: localhost\r\n" + CHUNKED + b"1\r\na\r\n-1\r\n",
    "garbage after a page": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n\x00\x01\x02\r\n\r\n",
    "garbage after a stream began": b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n\xff\xfe\r\n\r\n",
    "a body after a refusal": b"POST /x HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 5\r\n\r\nabcdefgh",
    "garbage after a refusal": b"GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n\x00\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "both lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n" + CHUNKED + b"3\r\nabc\r\n0\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a head without end": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "nothing": b"",
    "a body that does not come": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nabc",
    "a trailer that is none": b"POST / HTTP/1.1\r\nHost: localhost\r\n" + CHUNKED + b"0\r\n\x00: \r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("apart", [False, True], ids=["in one packet", "bit by bit"])
def test_a_damaged_request_says_nothing_in_the_log_and_the_next_is_answered(
    host: str, caplog: pytest.LogCaptureFixture, request_bytes: bytes, apart: bool
) -> None:
    middle = len(request_bytes) * 2 // 3
    packets = (request_bytes[:middle], request_bytes[middle:]) if apart else (request_bytes,)
    sent(host, *packets)
    assert Visitor(f"http://{host}").get("/api/state").status == 200
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_what_clients_do_wrong_is_one_line_a_minute_and_what_we_do_is_all_logged() -> None:
    now = [0.0]
    faults = ClientFaults(lambda: now[0])

    def record(error: Exception | None, level: int = logging.ERROR) -> logging.LogRecord:
        about = None if error is None else (type(error), error, None)
        return logging.LogRecord("uvicorn.error", level, "", 0, "Exception in ASGI application\n", (), about)

    first = record(ConnectionResetError(104, "Connection reset by peer"))
    assert faults.filter(first)
    assert first.exc_info is None
    assert (first.levelname, "Connection reset" in first.getMessage()) == ("WARNING", True)
    assert not any(faults.filter(record(BrokenPipeError())) for _ in range(10_000))
    assert faults.filter(record(KeyError("ours")))
    assert faults.filter(record(None)), "an error that says nothing of its cause"
    now[0] = COUNT_SECONDS
    later = record(OSError(24, "Too many open files"))
    assert faults.filter(later)
    assert later.getMessage().startswith("10001 requests or connections")


def test_a_page_that_stops_while_somebody_waits_for_an_answer_says_nothing_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked = threading.Event()

    def ask(_: Request) -> Future[Result]:
        asked.set()
        return Future()  # nobody ever answers

    page = Page(config(tmp_path), ask, tmp_path)
    visitor = Visitor(page.start())
    until(lambda: page.status == "serving", 20, "the page")
    waiting = threading.Thread(target=_ask_in_vain, args=(visitor,))
    waiting.start()
    assert asked.wait(20)
    page.stop()
    waiting.join(20)
    until(lambda: not page._thread.is_alive(), 20, "the end of the page")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def _ask_in_vain(visitor: Visitor) -> None:
    with contextlib.suppress(OSError, HTTPException):
        visitor.command("skip")


def with_few_files(kiosk: Kiosk) -> Half:
    """Act, whose page is there and may hold few connections."""
    act = kiosk.start("act")
    until(lambda: b"serving" in repr(kiosk.answers("status")).encode(), 60, "the page")
    resource.prlimit(act.process.pid, resource.RLIMIT_NOFILE, (48, 48))
    return act


def served(kiosk: Kiosk) -> bool:
    """Whether somebody who asks the page is answered."""
    with contextlib.suppress(OSError):
        return bool(kiosk.page("api/state"))
    return False


@pytest.mark.slow
def test_more_connections_than_there_may_be_files_fill_no_log_and_keep_nobody_out(tmp_path: Path) -> None:
    with Kiosk(tmp_path, None) as kiosk, contextlib.ExitStack() as stack:
        act = with_few_files(kiosk)
        port = kiosk.settings["web"]["port"]
        for _ in range(60):
            half_open = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            half_open.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        until(lambda: served(kiosk), 60, "the page")
        assert kiosk.ask("status").ok
        act.stop()
        lines = "".join(act.log).splitlines()
        assert not any("Traceback" in line for line in lines), "\n".join(lines)
        assert len(lines) < 15, lines


@pytest.mark.slow
def test_those_who_ask_for_much_and_take_nothing_keep_nobody_out_and_are_sent_away(tmp_path: Path) -> None:
    """Slow read: more connections than there may be, each with more answers than the system keeps for it."""
    with Kiosk(tmp_path, None) as kiosk, contextlib.ExitStack() as stack:
        with_few_files(kiosk)
        port = kiosk.settings["web"]["port"]
        waiting = select.poll()
        for _ in range(20):
            greedy = stack.enter_context(socket.socket())
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            greedy.settimeout(60)
            with contextlib.suppress(OSError):  # may be sent away already
                greedy.connect(("127.0.0.1", port))
                greedy.sendall(b"GET /icon-512.png HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 600)
            waiting.register(greedy, select.POLLHUP)
        until(lambda: served(kiosk), 60, "the page")
        until(lambda: len(waiting.poll(0)) == 20, 120, "the end of them all")
