"""Servers that are older than MPD 0.21, as Mopidy is, or slow: what the player does without, and what it waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.act.players.mpd.player import MpdPlayer
from moodkiosk.act.players.player import Clock, never
from moodkiosk.config.settings import Config, MpdSettings
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.song import Wanted
from tests.act.players.mpd.test_player import SUNNY, Home
from tests.support import mpd
from tests.support.mpd_between import MOPIDY_REFUSES, Between, between


@pytest.fixture
def other(tmp_path: Path) -> Iterator[tuple[Home, Between]]:
    with mpd.running(tmp_path / "mpd") as server, between(server.port) as found:
        config = Config(mpd=MpdSettings(host="127.0.0.1", port=found.port, deadline_seconds=20))
        yield Home(server, tmp_path / "state", config), found


@pytest.mark.parametrize("entry", ["genre: Pop", "artist: Nena", "album: Sunny", "Sunny", "Evening"])
def test_a_server_without_filters_is_searched_as_it_understands(other: tuple[Home, Between], entry: str) -> None:
    home, mopidy = other
    mopidy.refuses = MOPIDY_REFUSES
    assert home.play(entry).kind == "played"
    assert set(home.server.queue()) == SUNNY


def test_there_are_songs_to_choose_from_and_a_search_by_two_fields(other: tuple[Home, Between]) -> None:
    home, mopidy = other
    mopidy.refuses = MOPIDY_REFUSES
    found = home.player.find(Wanted("happy", "happy Pop", Taste(genre="Pop")), never)
    assert [(song.title, song.by, song.songs) for song in found.songs] == [("Sunny", "Nena", 2)]
    choice = (Choice("search", "calm Hindi"),)
    assert home.play(choices=choice, artist="Arijit Singh", genre="Hindi").track is not None
    assert home.server.queue() == ["Calm/Rain.flac"]


def test_one_song_is_called_by_its_title(other: tuple[Home, Between]) -> None:
    home, mopidy = other
    refuses: tuple[dict[str, str], ...] = ({}, MOPIDY_REFUSES)
    for mopidy.refuses in refuses:
        report = home.play("Calm/Rain.flac")
        assert (report.kind, report.what, report.uri) == ("played", "Rain", "Calm/Rain.flac")


def test_what_is_paused_and_empty_is_not_called_playing(other: tuple[Home, Between]) -> None:
    """Mopidy pauses an empty queue; here the queue is emptied while it is paused."""
    home, _ = other
    home.play("Sunny")
    home.play(action="pause")
    home.server.ask("clear")
    assert home.play(action="resume").status == "nothing to play"


def test_a_server_whose_disk_is_slow_is_waited_for(other: tuple[Home, Between]) -> None:
    home, slow = other
    slow.before = lambda line: time.sleep(0.3) if line.startswith(("search", "playlistinfo")) else None
    assert home.play("genre: Pop").kind == "played"


def test_one_that_answers_after_the_deadline_is_said_to_and_plays_the_next_time(other: tuple[Home, Between]) -> None:
    home, slow = other
    answered = threading.Event()
    slow.before = lambda line: answered.wait(60) if line.startswith("search") else None
    config = Config(mpd=MpdSettings(host="127.0.0.1", port=slow.port, deadline_seconds=1))
    decision = Decision("play", 0.0, "a test", "happy", choices=(Choice("playlist", "genre: Pop"),))
    report = MpdPlayer(config, home.folder, Clock()).play(decision, never)
    assert report is not None
    assert (report.kind, report.status) == ("failed", f"MPD at 127.0.0.1:{slow.port} did not answer in time")
    answered.set()
    assert home.play("genre: Pop").kind == "played"
