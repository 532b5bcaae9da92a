"""What an MPD server answers, before the player and all that shows what comes of it."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moodkiosk.act.players.mpd.player import MpdPlayer
from moodkiosk.act.players.player import Clock, never
from moodkiosk.act.ports import Carried
from moodkiosk.config.settings import Config, MpdSettings
from moodkiosk.link import protocol
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.song import Wanted
from moodkiosk.words.tidy import tidy
from tests.fuzz.inside import HELLO, Act
from tests.fuzz.mutate import spoilt
from tests.fuzz.run import Take

SONG = (
    b"file: Calm/Rain.flac\nTitle: Rain\nArtist: Arijit Singh\nAlbumArtist: Arijit Singh\nAlbum: Calm\nGenre: Hindi\n"
    b"Time: 60\nduration: 60.000\nPos: 0\nId: 1\n"
)
OTHER = b"file: http://radio.example/live\nName: Radio\nTitle: News at nine\nPos: 1\nId: 2\n"
ANSWERS = (
    (b"", b"OK MPD 0.23.5\n"),
    (b"status", b"volume: 40\nstate: play\nsong: 0\nelapsed: 3.210\nduration: 60.000\nOK\n"),
    (b"currentsong", SONG + b"OK\n"),
    (b"playlistinfo", SONG + OTHER + b"OK\n"),
    (b"listplaylists", b"playlist: Evening\nLast-Modified: 2026-01-01T00:00:00Z\nplaylist: happy hours\nOK\n"),
    (b"listplaylist", b"file: Calm/Rain.flac\nfile: http://radio.example/live\nOK\n"),
    (b"listall", b"directory: Calm\nfile: Calm/Rain.flac\nOK\n"),
    (b"search", SONG + SONG.replace(b"Rain", b"Wind") + OTHER + b"OK\n"),
    (b"albumart", b"size: 8\nbinary: 8\n\x89PNG\r\n\x1a\n\nOK\n"),
    (b"readpicture", b"ACK [50@0] {readpicture} No file exists\n"),
    (b"command_list_end", b"OK\n"),
    (b"rm", b"ACK [50@0] {rm} No such playlist\n"),
)
"""To each command an answer; in an input they stand one after the other."""
SECONDS = 1.0
"""So long an answer without an end is waited for."""
BETWEEN = b"\n%%\n"
VALID = BETWEEN.join(answer for _, answer in ANSWERS)
RADIO = VALID.replace(SONG, OTHER).replace(b"state: play", b"state: stop")


def answers(chance: random.Random) -> bytes:
    """All that a server answers."""
    return spoilt(chance, [VALID, RADIO])


def _serve(listener: socket.socket, said: list[bytes]) -> None:
    """Answers each command with what was said; hangs up after an answer that has no end, so that nobody waits."""
    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        with peer, peer.makefile("rb") as lines, contextlib.suppress(OSError):
            peer.sendall(said[0])
            if not said[0].endswith(b"\n"):
                continue
            begun, listed = b"", list[bytes]()
            for line in lines:
                word = line.split(b" ", 1)[0].strip()
                if word.endswith(b"_begin"):  # of a list of commands
                    begun, listed = word, []
                    continue
                if begun and word != b"command_list_end":
                    listed.append(word)
                    continue
                answer = _answer(said, word) if not begun else _to_a_list(said, begun, listed)
                begun = b""
                peer.sendall(answer)
                if not (f"\n{answer.decode('latin-1')}".endswith("\nOK\n") or answer.startswith(b"ACK")):
                    break


def _answer(said: list[bytes], word: bytes) -> bytes:
    """What is said to a command."""
    names = [name for name, _ in ANSWERS]
    number = names.index(word) if word in names else len(said)
    return said[number] if number < len(said) else b"OK\n"


def _to_a_list(said: list[bytes], begun: bytes, listed: list[bytes]) -> bytes:
    """What is said to several: each answer up to its OK, which is "list_OK" where that was asked for."""
    between = b"list_OK\n" if begun == b"command_list_ok_begin" else b""
    answers = b"".join(_answer(said, word).removesuffix(b"OK\n") + between for word in listed)
    return answers + _answer(said, b"command_list_end")


@contextmanager
def mpd(folder: Path) -> Iterator[Take]:
    """The real player on a real socket; its time passes only while it waits."""
    said, at = [b""], [1000.0]
    act = Act(folder)
    act.turn(protocol.decode(HELLO.rstrip()))
    path = folder / "mpd.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    thread = threading.Thread(target=_serve, args=(listener, said), daemon=True)
    thread.start()

    def wait(seconds: float) -> None:
        at[0] += seconds

    def left_behind(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from left_behind(each)

    def take(data: bytes) -> bool:
        said[:] = data.split(BETWEEN)
        config = Config(mpd=MpdSettings(host=str(path), deadline_seconds=SECONDS))
        player = MpdPlayer(config, folder, Clock(lambda: at[0], wait=wait))
        kinds = []
        for entry in ("Evening", "Calm", "genre:Hindi", "http://radio.example/list.m3u"):
            decision = Decision("play", at[0], "fuzz", "happy", choices=(Choice("playlist", entry),), asked=True)
            report = player.play(decision, never)
            assert report is not None
            kinds.append(report.kind)
            act.turn(Carried(decision, report))
        look = player.look(never)
        assert look is not None
        act.turn(look)
        act.turn(player.find(Wanted("happy", "happy", Taste(artist="Arijit")), never))
        if look.track is not None and look.track.cover is not None:
            player.cover(look.track.cover)
        for text in left_behind(json.loads(act.shown)):
            assert tidy(text) == text, f"shown as it came: {text[:80]!r}"
        (folder / "mpd.json").unlink(missing_ok=True)
        return "played" in kinds

    try:
        yield take
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        act.close()
