"""Where people and programs of this machine come in: the control socket and the page, both real."""

from __future__ import annotations

import contextlib
import json
import math
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from moodkiosk.act.sockets import ControlServer
from moodkiosk.decide import kiosk
from moodkiosk.link import protocol
from moodkiosk.link.commands import TABLE
from moodkiosk.moods.command import Result
from tests.fuzz.inside import HELLO, Act
from tests.fuzz.mutate import spoilt
from tests.fuzz.run import HANG_SECONDS, Take
from tests.support.web import Visitor, household

VALUES = ("on", "off", "happy", "auto", 40, None, True, "Anna", "Nina Söderström", "lend", 12.5)
COMMANDS = [
    json.dumps({"command": name, "value": value, "transaction": f"t{number}"}).encode() + b"\n"
    for number, value in enumerate(VALUES)
    for name in TABLE
]


def line(chance: random.Random) -> bytes:
    """What somebody writes to the control socket."""
    return spoilt(chance, COMMANDS)


@contextmanager
def control_socket(folder: Path) -> Iterator[Take]:
    """A control socket before a real loop."""
    act, stop = Act(folder), threading.Event()
    act.turn(protocol.decode(HELLO.rstrip()))

    def now() -> kiosk.Now:
        return kiosk.Now(time.monotonic(), datetime.now(UTC))

    thread = threading.Thread(target=act.loop.run, args=(stop, now, lambda _at, _next_at: math.inf))
    server = ControlServer(folder / "control.sock", act.loop.ask)
    thread.start()

    def take(data: bytes) -> bool:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(HANG_SECONDS)
            caller.connect(str(folder / "control.sock"))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # hung up on: a line too long
                caller.sendall(data + b"\n")
                caller.shutdown(socket.SHUT_WR)
            answers: list[Result] = []
            with caller.makefile("rb") as stream, contextlib.suppress(ConnectionResetError):
                answers.extend(msgspec.json.decode(answer, type=Result) for answer in stream)
        if act.loop.guard.error is not None:
            error, act.loop.guard.error = act.loop.guard.error, None
            raise error
        if not thread.is_alive():
            raise RuntimeError("the main loop has ended")
        return bool(answers) and all(answer.ok for answer in answers)

    try:
        yield take
    finally:
        server.close()
        stop.set()
        thread.join(10)
        act.close()


@contextmanager
def page(folder: Path) -> Iterator[Take]:
    """The page of a whole household."""
    with household(folder) as home:
        name, _, port = Visitor(home.address).host.rpartition(":")
        token = Visitor(home.address).get("/api/token").json["token"].encode()

        def take(data: bytes) -> bool:
            data = data.replace(HOST, f"{name}:{port}".encode()).replace(TOKEN, token)
            answer = b""
            peer = socket.create_connection((name, int(port)), timeout=HANG_SECONDS)
            with peer, contextlib.suppress(ConnectionError):  # hung up on
                peer.sendall(data)
                with contextlib.suppress(OSError):  # ENOTCONN, for the same reason
                    peer.shutdown(socket.SHUT_WR)
                while more := peer.recv(65536):
                    answer += more
            guard = home.loop.guard
            if guard.error is not None:
                error, guard.error = guard.error, None
                raise error
            if b" 500 " in answer[:64]:
                raise RuntimeError("500: a mistake of ours")
            return answer[9:10] == b"2"

        yield take


HOST, TOKEN = b"@HOST@", b"@TOKEN@"
HEAD = b" HTTP/1.1\r\nHost: " + HOST + b"\r\nConnection: close\r\n"
PATHS = (
    b"/",
    b"/api/state",
    b"/api/history",
    b"/api/why",
    b"/api/token",
    b"/login",
    b"/icon.svg",
    b"/qr.svg",
    b"/nothing",
)


def _command(name: str, value: object) -> bytes:
    body = json.dumps({"command": name, "value": value}).encode()
    head = b"Content-Type: application/json\r\nX-CSRF-Token: " + TOKEN + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    return b"POST /api/command" + HEAD + head + body


REQUESTS = [
    *(b"GET " + path + HEAD + b"Accept-Language: de, en;q=0.5\r\nCookie: moodkiosk=abc\r\n\r\n" for path in PATHS),
    *(_command(name, value) for name, value in zip(TABLE, VALUES * 3, strict=False)),
    b"POST /login" + HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nword=abcd",
    b"POST /api/command" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
]


def request(chance: random.Random) -> bytes:
    """What somebody sends to the page."""
    if chance.random() < 0.5:  # a body spoilt in its tree, in a request that is whole
        body = spoilt(chance, COMMANDS)[:9000]
        head = (
            b"Content-Type: application/json\r\nX-CSRF-Token: " + TOKEN + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        return b"POST /api/command" + HEAD + head + body
    return spoilt(chance, REQUESTS)
