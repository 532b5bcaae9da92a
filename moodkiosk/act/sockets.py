"""Act's two Unix sockets: the link to sense, and the control socket for the command line (contract 6).

Both only carry bytes to the main loop's inbox and back; they know nothing of moods.
"""

from __future__ import annotations

import contextlib
import fcntl
import grp
import logging
import os
import socket
import struct
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

import msgspec

from moodkiosk.act.ports import Ask, Request, SenseLate
from moodkiosk.host.files import NOT_JSON
from moodkiosk.host.guard import Guard
from moodkiosk.link import protocol
from moodkiosk.link.messages import FromSense, Order
from moodkiosk.link.protocol import OURS
from moodkiosk.link.result import encode
from moodkiosk.link.timer import Listener
from moodkiosk.moods.command import Result
from moodkiosk.words.reason import Reason

GROUP = "moodkiosk"
# struct timeval of 1 s: an order is a few hundred bytes, and a peer that cannot take them is stuck.
SEND_TIMEVAL = struct.pack("ll", 1, 0)
CALLERS_LIMIT = 16
ANSWER_SECONDS = 28.0  # a little less than the command line waits
AGAIN_SECONDS = 0.5
"""After a connection that could not be taken, since too many files were open; whoever called is waiting meanwhile."""

log = logging.getLogger("moodkiosk.act")


def listen(path: Path) -> socket.socket:
    """A listening Unix socket at `path`, mode 0660, of the group `moodkiosk` where it exists. Raises OSError.

    A socket file left behind by a killed process is replaced; one that is in use is not.
    """
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with _one_at_a_time(path.parent):
        if os.path.lexists(path):
            if protocol.answered(path):
                raise OSError(Reason("cannot.another_kiosk", path=str(path)))
            path.unlink()
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _bind(server, path)
            server.listen(CALLERS_LIMIT)
        except BaseException:
            server.close()
            raise
    return server


def _bind(server: socket.socket, path: Path) -> None:
    old_mask = os.umask(0o117)  # 0660 from its first moment
    try:
        server.bind(str(path))
    finally:
        os.umask(old_mask)
    with contextlib.suppress(KeyError, PermissionError):  # on a desk there is no such group, or we are not in it
        os.chown(path, -1, grp.getgrnam(GROUP).gr_gid)


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Of two kiosks that start at once, one looks and listens before the other: else both would take the place."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _callers(server: socket.socket, closed: threading.Event) -> Iterator[socket.socket]:
    """Whoever connects, until it is `closed`.

    That a connection cannot be taken (too many files are open; the caller has gone again) is no end of it: the thread
    that gave up then would leave the kiosk deaf.
    """
    while True:
        try:
            caller, _ = server.accept()
        except OSError:
            if closed.wait(AGAIN_SECONDS):
                return
            continue
        yield caller


class SenseLink:
    """Listens for sense and hands its messages on. One sense at a time: the newest connection wins.

    Attributes:
        damaged, oversized: lines dropped since the start.
        connected: whether sense is there.
    """

    def __init__(self, path: Path, receive: Callable[[FromSense | SenseLate | None], None]) -> None:
        """`receive` is called on the link's thread with each message, and with None when sense has gone.

        Also when the timer that sense has given to us runs out.
        """
        self.damaged = 0
        self.oversized = 0
        self._receive = receive
        self._closed = threading.Event()
        self._server = listen(path)
        self._path = path
        self._peer: socket.socket | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="link", daemon=True).start()

    @property
    def connected(self) -> bool:
        """Whether sense is there."""
        return self._peer is not None

    def send(self, order: Order) -> bool:
        """Sends an order; False if sense is not there or does not take it."""
        with self._lock:
            peer = self._peer
        if peer is None:
            return False
        try:
            peer.sendall(protocol.encode(order))
        except OSError:
            self._drop(peer)
            return False
        return True

    def close(self) -> None:
        """Stops listening and hangs up."""
        self._closed.set()
        _hang_up(self._server)  # closing alone would leave the thread in accept()
        self._path.unlink(missing_ok=True)
        with self._lock:
            peer = self._peer
        if peer is not None:
            self._drop(peer)

    def _accept(self) -> None:
        for peer in _callers(self._server, self._closed):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, SEND_TIMEVAL)
            with self._lock:
                old, self._peer = self._peer, peer
            if old is not None:
                log.warning("a second sense connected; the first is hung up")
                _shut(old)
            threading.Thread(target=self._read, args=(peer,), name="link-reader", daemon=True).start()

    def _read(self, peer: socket.socket) -> None:
        splitter = protocol.LineSplitter()
        with contextlib.suppress(OSError), Listener(peer, self._late) as sense:
            while data := sense.receive():
                before = splitter.damaged, splitter.oversized
                for message in splitter.messages(data):
                    if isinstance(message, FromSense):
                        self._receive(message)
                    else:
                        splitter.damaged += 1
                self.damaged += splitter.damaged - before[0]
                self.oversized += splitter.oversized - before[1]
        self._drop(peer)
        peer.close()  # here alone: its number may be another file's as soon as it is closed, and somebody reads from it

    def _late(self) -> None:
        self._receive(SenseLate())

    def _drop(self, peer: socket.socket) -> None:
        with self._lock:
            current = self._peer is peer
            if current:
                self._peer = None
        _shut(peer)
        if current:
            self._receive(None)


class ControlServer:
    """Answers the command line: one JSON line in, one JSON line out, several in turn on one connection.

    Attributes:
        guard: takes the lines.
    """

    def __init__(self, path: Path, ask: Ask) -> None:
        """Listens at `path`. Raises OSError."""
        self._ask = ask
        self._path = path
        self.guard = Guard(log)
        self._closed = threading.Event()
        self._server = listen(path)
        self._waiting: OrderedDict[socket.socket, None] = OrderedDict()  # for a line, the longest first
        self._callers = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self._closed.set()
        _hang_up(self._server)  # closing alone would leave the thread in accept()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        for caller in _callers(self._server, self._closed):
            with self._lock:
                if self._callers >= CALLERS_LIMIT and self._waiting:
                    _shut(self._waiting.popitem(last=False)[0])  # whoever holds a place and says nothing
                elif self._callers >= CALLERS_LIMIT:
                    _hang_up(caller)
                    continue
                self._callers += 1
                self._waiting[caller] = None
            threading.Thread(target=self._serve, args=(caller,), name="control-caller", daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        splitter = protocol.LineSplitter()
        caller.settimeout(60)
        try:
            with contextlib.suppress(OSError):
                while data := caller.recv(65536):
                    for line in splitter.feed(data):
                        self._waiting.pop(caller, None)
                        reply = self._reply(line)
                        self._waiting[caller] = None
                        caller.sendall(reply + b"\n")
                    if splitter.oversized:
                        caller.sendall(encode(Result("", ok=False, error=Reason("bad.line_too_long"))) + b"\n")
                        break
        finally:
            with self._lock:
                self._waiting.pop(caller, None)
                self._callers -= 1
            _hang_up(caller)

    def _reply(self, line: bytes) -> bytes:
        replies = [encode(Result("", ok=False, error=OURS))]
        self.guard.take("a line of the control socket", lambda: replies.append(encode(self._answer(line))))
        return replies[-1]

    def _answer(self, line: bytes) -> Result:
        try:
            body = msgspec.json.decode(line, type=dict[str, object])
        except NOT_JSON:
            return Result("", ok=False, error=Reason("bad.no_object"))
        name = body.get("command")
        if not isinstance(name, str):
            return Result("", ok=False, error=Reason("bad.no_command"))
        future: Future[Result] = self._ask(Request(name, body.get("value"), transaction=body.get("transaction")))
        try:
            return future.result(ANSWER_SECONDS)
        except FutureTimeout:
            return Result(name[:40], ok=False, error=Reason("act.no_answer"))


def _shut(peer: socket.socket) -> None:
    """Whoever reads from it finds its end."""
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)


def _hang_up(peer: socket.socket) -> None:
    _shut(peer)
    peer.close()
