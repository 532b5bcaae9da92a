"""What is found in a library, and in one that is large, asked of a server that only answers what is written here."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from moodkiosk.act.players.mpd import folders, library
from moodkiosk.act.players.mpd.protocol import Connection, MpdError, Pairs
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision


class Scripted:
    """Answers each command, by how it begins; what is not written is refused."""

    def __init__(self, **answers: Pairs) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self._answers = answers

    def ask(self, command: str, *words: object) -> Pairs:
        self.asked.append((command, *words))
        if command not in self._answers:
            raise MpdError("refused", "unknown command")
        return self._answers[command]


def server(**answers: Pairs) -> Any:
    return Scripted(**answers)


def test_of_a_folder_of_two_hundred_thousand_songs_three_hundred_are_asked_for_from_anywhere_in_it() -> None:
    found = server(count=[("songs", "200000")], find=[("file", f"{number}.flac") for number in range(300)])
    begins = set()
    for _ in range(20):
        found.asked.clear()
        assert len(folders.tracks(found, "Everything", 300)) == 300
        (_, (_, base, _, window)) = found.asked
        begin, end = map(int, window.split(":"))
        assert (base, end - begin) == ("(base 'Everything')", 300)
        assert 0 <= begin <= 199_700
        begins.add(begin)
    assert len(begins) > 1, "not always the first"


def test_a_large_library_is_not_walked_through_for_another_spelling() -> None:
    found = server(stats=[("songs", "200000")], lsinfo=[("directory", "Calm")])
    assert folders.tracks(found, "calm", 300) == ()
    assert "lsinfo" not in [command for command, *_ in found.asked]


def test_a_name_is_the_same_however_a_disk_writes_its_accents() -> None:
    assert folders.alike("Cafe\u0301 del Mar", "CAFÉ del mar")


def test_a_server_before_filters_lists_a_folder() -> None:
    found = server(listall=[("directory", "Calm"), ("file", "Calm/Rain.flac")])
    assert folders.tracks(found, "Calm", 300) == ("Calm/Rain.flac",)


@pytest.mark.parametrize("entry", ["genre: Pop", "artist: Air", "album: Calm"])
def test_a_tag_that_is_just_what_was_asked_for_comes_before_one_that_has_it_somewhere(entry: str) -> None:
    found = server(search=[("file", "a.flac")])
    decision = Decision("play", 0.0, "a test", mood="happy", choices=(Choice("playlist", entry),))
    (one,) = library.find(found, decision, [], "happy")
    tag, _, wanted = entry.partition(": ")
    assert one.files == ("a.flac",)
    assert found.asked == [("search", f"(({tag} == '{wanted}'))", "window", "0:300")]


@pytest.mark.parametrize(
    ("entries", "files"),
    [
        (["\ufeffhttp://a/b"], ("http://a/b",)),
        (["http://a/\ufeff#EXTM3U", "http://a/c"], ("http://a/c",)),
        (["http://a/\ufefftone.mp3", " http://a/d "], ("http://a/tone.mp3", "http://a/d")),
        ([], ()),
    ],
)
def test_a_list_that_was_written_on_windows_names_what_it_names(entries: list[str], files: tuple[str, ...]) -> None:
    assert library.stations(entries) == files


def test_a_socket_may_be_written_from_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".mpd").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / ".mpd" / "socket"))
        listener.listen()

        def greet() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"OK MPD 0.23.5\n")

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        with Connection("~/.mpd/socket", 6600, "", lambda: 60.0) as there:
            assert there.version == "0.23.5"
        thread.join(60)
