"""MPD's queue: whether what is in it is ours, and giving back what was there before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from moodkiosk.act.players.lowered import Lowered
from moodkiosk.act.players.mpd.protocol import Connection, MpdError
from moodkiosk.words.reason import Reason

BEFORE = "moodkiosk (before)"
"""The stored playlist that keeps other people's queue while ours plays."""


MARK_LENGTH = 8
"""Letters of a track's mark: two tracks in a queue of 300 have the same once in ten thousand evenings."""


class Memory(msgspec.Struct):
    """What a restart must not forget.

    Attributes:
        queue: the fingerprint of the queue that we filled; "" is none.
        what, uri: what that is, and the choice it came from.
        started: wall seconds.
        paused: we have paused it.
        kept: other people's queue is in the stored playlist BEFORE; song and elapsed say where it was.
        lowered: the server's volume, if we have lowered it.
        cap: how loud our music may be, by the last decision that said so, percent.
        tracks: short marks of the tracks in our queue, one behind the other.
        foreign, foreign_since: other people's paused queue with its position, and when it was first seen like that.
    """

    queue: str = ""
    what: str = ""
    uri: str | None = None
    started: float | None = None
    paused: bool = False
    kept: bool = False
    song: int = 0
    elapsed: float = 0.0
    foreign: str = ""
    foreign_since: float | None = None
    lowered: Lowered | None = None
    cap: int | None = None
    tracks: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """MPD's "status", as far as it matters here.

    Attributes:
        state: "play", "pause" or "stop".
        volume: 0 to 100; None: there is no mixer.
        song: the position of the current song; None: there is none, as after the end of the queue.
        elapsed: seconds in it.
        sounds: an output has taken some of the song; before that it may still turn out that none is switched on.
        error: why playing failed, "" if it did not.
        consumes: what was played leaves the queue.
        single: it stops after each song.
        version: of the queue: another one, once something in it has changed.
    """

    state: str
    volume: int | None
    song: int | None
    elapsed: float
    sounds: bool
    error: str
    consumes: bool = False
    single: bool = False
    version: str = ""


def status(server: Connection) -> Status:
    """Asks for it. Raises MpdError."""
    return read(dict(server.ask("status")))


def read(found: Mapping[str, str]) -> Status:
    """What the answer to "status" says. Raises MpdError."""
    try:
        volume = int(found.get("volume", "-1"))
        song = found.get("song")
        elapsed = min(1e6, max(0.0, float(found.get("elapsed", "0")[:20])))
        return Status(
            found.get("state", "stop"),
            volume if 0 <= volume <= 100 else None,
            None if song is None else int(song[:9]),
            elapsed,
            found.get("state") == "play" and elapsed > 0,
            found.get("error", "")[:200],
            found.get("consume", "0") != "0",
            found.get("single", "0") != "0",
            found.get("playlist", "")[:20],
        )
    except ValueError:
        raise MpdError("garbage", Reason("mpd.status")) from None


def fingerprint(server: Connection, memory: Memory, now: Status) -> str:
    """The queue's tracks as one short text; "" for an empty one. Raises MpdError.

    That of ours, too, where MPD has taken out what was played (its mode "consume"), and nothing was put in.
    """
    version, known = server.queue
    if now.version == version != "" and not now.consumes:
        return known
    files = _files(server)
    found = _fingerprint(files)
    server.queue = now.version, found
    if now.consumes and files and memory.tracks:
        ours = set(_marks(memory.tracks))
        if all(_mark(file) in ours for file in files):
            return memory.queue
    return found


def take(server: Connection, memory: Memory) -> None:
    """What is in the queue now is ours. Raises MpdError."""
    files = _files(server)
    memory.queue, memory.tracks = _fingerprint(files), "".join(map(_mark, files))


def _files(server: Connection) -> list[str]:
    """The addresses in the queue. Without their tags: with them, a long queue is more than any answer may be."""
    bare = (("tagtypes", "clear"), ("playlistinfo",), ("tagtypes", "all"))
    try:
        pairs = server.tell(bare)
    except MpdError as error:
        if error.kind != "refused":
            raise
        pairs = server.ask("playlistinfo")  # a server before 0.21, or Mopidy
    return [value for key, value in pairs if key == "file"]


def _fingerprint(files: list[str]) -> str:
    return hashlib.sha256("\n".join(files).encode()).hexdigest() if files else ""


def _mark(file: str) -> str:
    return hashlib.sha256(file.encode()).hexdigest()[:MARK_LENGTH]


def _marks(text: str) -> list[str]:
    return [text[at : at + MARK_LENGTH] for at in range(0, len(text), MARK_LENGTH)]


def fill(server: Connection, files: list[str]) -> None:
    """Puts these tracks in place of what is there; those that are gone are left out. Raises MpdError, if all are."""
    clear_error(server)
    clear = [("clear",)]
    try:
        server.tell([*clear, *(("add", file) for file in files)])
    except MpdError as error:
        if error.kind != "not found":
            raise
        # A stored playlist names them still. A list of commands ends at the first that fails: so one after the other.
        server.tell(clear)
        gone = [file for file in files if not _added(server, file)]
        if len(gone) == len(files):
            raise


def empty(server: Connection) -> None:
    """Takes everything out, and with it what was wrong. Raises MpdError."""
    server.tell([("clear",)])
    clear_error(server)


def clear_error(server: Connection) -> None:
    """What was wrong is forgotten; Mopidy has no such command. Raises MpdError."""
    try:
        server.ask("clearerror")
    except MpdError as error:
        if error.kind != "refused":
            raise


def _added(server: Connection, file: str) -> bool:
    try:
        server.ask("add", file)
    except MpdError as error:
        if error.kind not in ("not found", "refused"):
            raise
        return False
    return True


def keep(server: Connection, now: Status, memory: Memory) -> None:
    """Keeps other people's queue, so that it can be given back; a server without stored playlists cannot."""
    try:
        _forget(server)
        server.ask("save", BEFORE)
    except MpdError as error:
        if error.lost:
            raise
        return
    memory.kept, memory.song, memory.elapsed = True, now.song or 0, now.elapsed


def give_back(server: Connection, memory: Memory) -> None:
    """Puts other people's queue back and goes on where it was. Raises MpdError."""
    server.tell([("clear",), ("load", BEFORE)])
    try:
        server.ask("seek", memory.song, f"{memory.elapsed:.1f}")
    except MpdError as error:
        if error.lost:
            raise
        server.ask("play", 0)
    _forget(server)
    memory.kept, memory.queue, memory.tracks = False, "", ""


def _forget(server: Connection) -> None:
    try:
        server.ask("rm", BEFORE)
    except MpdError as error:
        if error.kind not in ("not found", "refused"):
            raise
