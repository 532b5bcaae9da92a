"""MPD's protocol: a line is a command, the answer is lines of "key: value" up to "OK" or "ACK …".

https://mpd.readthedocs.io/en/latest/protocol.html. Our own few commands instead of python-mpd2: that passes line breaks
in an argument on unescaped (so a playlist's name could be a command) and knows no deadline for a whole job; what is
needed here is a page.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import socket
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Literal, Self

from moodkiosk.config.load import secret
from moodkiosk.config.settings import MpdSettings
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

Kind = Literal["unreachable", "password", "permission", "not found", "refused", "garbage", "late", "replaced"]
Pairs = list[tuple[str, str]]

LINE_LIMIT_BYTES = 64 * 1024
ANSWER_LIMIT_BYTES = 8 * 1024 * 1024
"""More than any library's answer to what is asked here; a server that sends more is none."""
PAIRS_LIMIT = 250_000
"""A queue of 16,384 tracks, MPD's own limit, with fifteen tags each; in memory some 40 MB."""
KEEP_ALIVE = (
    ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), 1),
    ((socket.IPPROTO_TCP, socket.TCP_KEEPIDLE), 120),
    ((socket.IPPROTO_TCP, socket.TCP_KEEPINTVL), 30),
    ((socket.IPPROTO_TCP, socket.TCP_KEEPCNT), 3),
)
"""The kernel asks after 2 minutes of silence, and gives up after three questions of 30 seconds."""
ACK = re.compile(r"ACK \[(\d+)@\d+\] \{([^}]*)\} ?(.*)")
# https://github.com/MusicPlayerDaemon/MPD/blob/master/src/protocol/Ack.hxx
ACK_KINDS: dict[int, Kind] = {3: "password", 4: "permission", 50: "not found"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class MpdError(Exception):
    """Something is wrong with the server or with what it was asked; the text is for people.

    Attributes:
        kind: what it is.
        text: in words.
    """

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.kind: Kind = kind
        self.text = text

    @property
    def said(self) -> str:
        """MPD's own words, where it has said something; else the text."""
        own = self.text.fields.get("text") if isinstance(self.text, Reason) and self.text.key == "mpd.says" else None
        return str(own or self.text)

    @property
    def lost(self) -> bool:
        """Whether nothing more can be asked over the connection."""
        return self.kind in ("unreachable", "late", "garbage")


def password_of(settings: MpdSettings) -> str:
    """The password, "" if there is none. Raises MpdError when its file cannot be read."""
    try:
        return secret(settings.password_file) if settings.password_file else ""
    except (OSError, ValueError):
        raise MpdError("password", Reason("mpd.password_file", path=settings.password_file)) from None


def quoted(word: object) -> str:
    """An argument as MPD reads it: in quotes, those and backslashes escaped; control characters become spaces."""
    text = _CONTROL.sub(" ", str(word))
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Connection:
    """A connection for one job, with one deadline for all of it.

    Attributes:
        version: of the protocol, as the server says it, e.g. "0.23.5".
        queue: what is known of the queue, by its version: for as long as the server has not been another, that is as
            the connection stands.
    """

    def __init__(self, host: str, port: int, password: str, left: Callable[[], float]) -> None:
        """Connects.

        Args:
            host: a name or address; a path ("~" is the home folder) or "@name" is a Unix socket.
            port: for a name or address.
            password: "" is none.
            left: how many seconds the job still has; infinite: any time.

        Raises:
            MpdError: the server is away, is no MPD, or refuses the password.
        """
        self._left = left
        self._buffer = bytearray()
        self.queue: tuple[str, str] = "", ""
        host = os.path.expanduser(host) if host.startswith("~") else host  # noqa: PTH111 - pathlib's raises
        self._where = host if host.startswith(("/", "@")) else f"{host}:{port}"
        try:
            self._socket = self._connected(host, port)
        except TimeoutError:
            raise MpdError("unreachable", Reason("mpd.silent", where=self._where)) from None
        except OSError as error:
            reason = system(error)
            raise MpdError("unreachable", Reason("mpd.away", where=self._where, reason=reason)) from None
        try:
            self.version = self._greeting()
            if password:
                self.ask("password", password)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def keep_alive(self) -> None:
        """Has the system find out within some minutes that the other end has gone without a word."""
        if self._socket.family != socket.AF_UNIX:
            for option, value in KEEP_ALIVE:
                self._socket.setsockopt(*option, value)

    def hang_up(self) -> None:
        """From another thread: whatever waits for an answer fails."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def ask(self, command: str, *words: object) -> Pairs:
        """Puts a command; the pairs of its answer. Raises MpdError."""
        self._send([" ".join((command, *map(quoted, words)))])
        return self._answer()

    def ask_binary(self, command: str, *words: object) -> tuple[Pairs, bytes]:
        """Puts a command that is answered by a piece of a file; the pairs before it, and the piece. Raises MpdError."""
        self._send([" ".join((command, *map(quoted, words)))])
        found = self._answer(until="binary")
        if not found or found[-1][0] != "binary":
            return found, b""
        _, value = found.pop()
        piece = self._bytes(int(value) if value.isdecimal() and len(value) < 9 else ANSWER_LIMIT_BYTES + 1)
        self._answer()
        return found, piece

    def tell(self, commands: Iterable[tuple[object, ...]]) -> Pairs:
        """Puts several commands as one list: the first that fails ends it. What they answer. Raises MpdError."""
        lines = [" ".join((str(name), *map(quoted, words))) for name, *words in commands]
        self._send(["command_list_begin", *lines, "command_list_end"])
        return self._answer()

    def ask_all(self, *commands: str) -> list[Pairs]:
        """Puts several commands without arguments at once; the pairs of each one's answer. Raises MpdError."""
        self._send(["command_list_ok_begin", *commands, "command_list_end"])
        found = [self._answer(end="list_OK") for _ in commands]
        self._answer()
        return found

    def _connected(self, host: str, port: int) -> socket.socket:
        """A socket that is connected. Raises OSError, and MpdError when there is no time left."""
        if not host.startswith(("/", "@")):
            return socket.create_connection((host, port), self._limit())
        made = socket.socket(socket.AF_UNIX)
        try:
            made.settimeout(self._limit())
            made.connect(host.replace("@", "\0", 1) if host.startswith("@") else host)
        except BaseException:
            made.close()
            raise
        return made

    def _greeting(self) -> str:
        """The version it greets us with. Raises MpdError."""
        greeting = self._line()
        if not greeting.startswith("OK MPD "):
            raise MpdError("garbage", Reason("mpd.no_mpd", where=self._where))
        return greeting.removeprefix("OK MPD ").strip()[:20]

    def _send(self, lines: list[str]) -> None:
        try:
            self._socket.settimeout(self._limit())
            self._socket.sendall(("\n".join(lines) + "\n").encode("utf-8", "replace"))
        except TimeoutError:
            raise self._late() from None
        except OSError as error:
            raise self._broken(error) from None

    def _answer(self, until: str | None = None, end: str = "OK") -> Pairs:
        """The pairs up to the answer's `end`; or up to the first called `until`, which is the last of them then."""
        found: Pairs = []
        size = 0
        while True:
            line = self._line()
            size += len(line)
            if line == end:
                return found
            if line.startswith("ACK"):
                raise self._refusal(line)
            key, colon, value = line.partition(": ")
            if not colon or size > ANSWER_LIMIT_BYTES or len(found) >= PAIRS_LIMIT:
                raise MpdError("garbage", Reason("mpd.garbage", where=self._where))
            found.append((key, value))
            if key == until:
                return found

    def _line(self) -> str:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LINE_LIMIT_BYTES:
                raise MpdError("garbage", Reason("mpd.garbage", where=self._where))
            self._receive()
        line = self._buffer[:end].decode("utf-8", "replace")
        del self._buffer[: end + 1]  # cheap: what is left is not moved
        return line

    def _bytes(self, count: int) -> bytes:
        """So many bytes, and the end of line behind them."""
        if count > ANSWER_LIMIT_BYTES:
            raise MpdError("garbage", Reason("mpd.garbage", where=self._where))
        while len(self._buffer) <= count:
            self._receive()
        piece = bytes(self._buffer[:count])
        del self._buffer[: count + 1]
        return piece

    def _receive(self) -> None:
        try:
            self._socket.settimeout(self._limit())
            came = self._socket.recv(65_536)
        except TimeoutError:
            raise self._late() from None
        except OSError as error:
            raise MpdError("unreachable", Reason("mpd.broke", where=self._where, reason=system(error))) from None
        if not came:
            raise MpdError("unreachable", Reason("mpd.closed", where=self._where))
        self._buffer += came

    def _refusal(self, line: str) -> MpdError:
        found = ACK.fullmatch(line)
        if found is None:
            return MpdError("garbage", Reason("mpd.garbage", where=self._where))
        code, command, text = found.groups()
        kind = ACK_KINDS.get(int(code[:6]), "refused")
        if kind == "password":
            return MpdError(kind, Reason("mpd.password"))
        if kind == "permission":
            return MpdError(kind, Reason("mpd.permission", command=command[:40]))
        return MpdError(kind, Reason("mpd.says", text=text[:200]))

    def _limit(self) -> float | None:
        """For the socket's next call, in seconds; None: any time."""
        left = self._left()
        if left <= 0:
            raise self._late()
        return None if math.isinf(left) else left

    def _broken(self, error: OSError) -> MpdError:
        return MpdError("unreachable", Reason("mpd.broke", where=self._where, reason=system(error)))

    def _late(self) -> MpdError:
        return MpdError("late", Reason("mpd.late", where=self._where))
