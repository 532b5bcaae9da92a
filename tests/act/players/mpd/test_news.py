"""What other people do at a real MPD is heard at once, without being asked for; and its radio lists are read."""

from __future__ import annotations

import contextlib
import functools
import http.server
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from moodkiosk.act.players.mpd.news import NEWS_SECONDS
from moodkiosk.act.players.mpd.player import MpdPlayer
from moodkiosk.act.players.player import Clock, never
from moodkiosk.config.settings import Config, MpdSettings
from moodkiosk.decide.music import contexts
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.words.language import translated
from tests.support import mpd
from tests.support.mpd import Mpd
from tests.support.mpd_between import between
from tests.support.wait import until


@dataclass
class Listening:
    """A server, a player that listens to it, and what that was told."""

    server: Mpd
    player: MpdPlayer
    told: queue.Queue[LookReport]

    def hears(self, kind: str, **wanted: object) -> LookReport:
        """Waits for such a report; those before it are passed over."""
        while True:
            report = self.told.get(timeout=30)
            said = {
                name: getattr(report.track, name, None) if name == "title" else getattr(report, name) for name in wanted
            }
            if report.kind == kind and said == wanted:
                return report

    def play(self, entry: str, cap: int | None = None) -> PlayerReport:
        choices = (contexts.choice(entry),)
        decision = Decision("play", 0.0, "a test", "happy", choices=choices, volume_percent_max=cap)
        report = self.player.play(decision, never)
        assert report is not None
        return report


def player(port: int, folder: Path, tell: Callable[[LookReport], object]) -> MpdPlayer:
    """Its time is slow, so that a busy machine does not make the server late."""
    settings = MpdSettings(host="127.0.0.1", port=port, deadline_seconds=20)
    found = MpdPlayer(Config(mpd=settings), folder, Clock(monotonic=lambda: time.monotonic() / 10))
    found.listen(tell)
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Listening]:
    told: queue.Queue[LookReport] = queue.Queue()
    with mpd.running(tmp_path / "mpd") as server:
        found = Listening(server, player(server.port, tmp_path / "state", told.put), told)
        yield found
        found.player.close()


def test_songs_pauses_and_stops_of_other_people_are_heard_as_they_happen(home: Listening) -> None:
    assert home.hears("nothing").live
    home.server.ask("add", "Calm/Rain.flac")
    home.server.ask("add", "Sunny/One.flac")
    home.server.ask("play", 0)
    assert home.hears("others", title="Rain").live
    home.server.ask("next")
    home.hears("others", title="One", stopped=False)
    home.server.ask("pause", 1)
    home.hears("others", title="One", stopped=True)
    home.server.ask("stop")
    home.hears("nothing")


def test_our_own_music_is_heard_as_ours_and_taken_over_as_soon_as_somebody_changes_it(home: Listening) -> None:
    home.play("Calm/Rain.flac")
    assert home.hears("ours", title="Rain").live
    home.server.ask("clear")
    home.server.ask("add", "Sunny/Two.flac")
    home.server.ask("play", 0)
    home.hears("others", title="Two")


def test_our_own_music_is_ours_also_while_somebody_has_paused_it(home: Listening) -> None:
    home.play("Calm/Rain.flac")
    home.hears("ours", title="Rain")
    home.server.ask("pause", 1)
    home.hears("others", title="Rain", stopped=True, ours=True)
    decided = home.play("Sunny/One.flac")
    assert (decided.kind, decided.stopped, decided.ours) == ("overridden", True, True)
    home.server.ask("clear")
    home.server.ask("add", "Sunny/Two.flac")
    home.server.ask("play", 0)
    home.hears("others", title="Two", stopped=False, ours=False)
    home.server.ask("pause", 1)
    home.hears("others", title="Two", stopped=True, ours=False)


def test_a_look_in_between_is_as_live_as_the_rest(home: Listening) -> None:
    home.hears("nothing")
    found = home.player.look(never)
    assert found is not None
    assert found.live


def test_a_server_that_goes_is_said_once_and_heard_again_when_it_is_back(home: Listening) -> None:
    home.hears("nothing", live=True)
    home.server.stop()
    lost = home.hears("unknown", live=False)
    assert f"127.0.0.1:{home.server.port}" in lost.status
    assert home.player.status().text == lost.status
    home.server.start()
    home.hears("nothing", live=True)
    assert home.player.status().text == "ready"


def test_a_server_that_starts_again_as_loud_as_it_once_was_is_brought_under_the_cap(home: Listening) -> None:
    """MPD goes on with what it played after a power cut; how loud that was it had written down some time before."""
    home.server.ask("setvol", 80)
    home.play("Sunny", cap=25)
    assert home.server.status()["volume"] == "25"
    home.server.end()
    state = home.server.folder / "state"
    text = state.read_text(encoding="utf-8")
    assert "sw_volume: 25" in text
    state.write_text(text.replace("sw_volume: 25", "sw_volume: 80"), encoding="utf-8")
    home.hears("unknown", live=False)
    home.server.start()
    home.hears("ours", live=True)
    assert home.server.status()["volume"] == "25"
    home.server.ask("setvol", 70)
    home.server.ask("next")
    home.hears("ours", live=True)
    assert home.server.status()["volume"] == "70", "somebody's hand"


def test_half_a_connection_does_not_keep_us_from_ending(tmp_path: Path) -> None:
    """It is up, and never says anything again."""
    told: queue.Queue[LookReport] = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = player(listener.getsockname()[1], tmp_path, told.put)
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"OK MPD 0.23.5\n")
            assert b"status" in connection.recv(4096)
            found.close()
    until(lambda: not any(thread.name == "mpd-news" for thread in threading.enumerate()), 30, "the thread ends")


def test_a_server_without_news_is_looked_at_as_before(tmp_path: Path) -> None:
    told: queue.Queue[LookReport] = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = player(listener.getsockname()[1], tmp_path, told.put)
        serve(listener.accept()[0], b'ACK [5@0] {} unknown command "idle"\n')
        assert told.get(timeout=30).kind == "nothing"
        until(lambda: not any(thread.name == "mpd-news" for thread in threading.enumerate()), 30, "nobody listens")
        found.close()
    assert told.empty()


def test_a_server_that_never_stops_telling_is_listened_to_four_times_a_second(tmp_path: Path) -> None:
    told: queue.Queue[float] = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = Config(mpd=MpdSettings(host="127.0.0.1", port=listener.getsockname()[1]))
        found = MpdPlayer(settings, tmp_path, Clock())
        found.listen(lambda _: told.put(time.monotonic()))
        serve(listener.accept()[0], b"changed: player\nOK\n")
        times = [told.get(timeout=30) for _ in range(5)]
        found.close()
    assert times[-1] - times[0] >= 4 * NEWS_SECONDS * 0.95


def test_a_song_that_follows_another_costs_one_question_on_the_connection_that_stands(tmp_path: Path) -> None:
    """Act wakes up for it as seldom as can be: for the news, for one answer, and to take it in."""
    told: queue.Queue[LookReport] = queue.Queue()
    with mpd.running(tmp_path / "mpd") as server, between(server.port) as way:
        home = Listening(server, player(way.port, tmp_path / "state", told.put), told)
        for name in ("Calm/Rain.flac", "Sunny/One.flac"):
            server.ask("add", name)
        server.ask("play", 0)
        home.hears("others", title="Rain")
        until(lambda: way.heard[-1].startswith("idle"), 30, "that it listens again")
        settled = len(way.heard)
        server.ask("seek", 0, 59.5)
        home.hears("others", title="One")
        until(lambda: way.heard[-1].startswith("idle"), 30, "that it listens again")
        home.player.close()
    question = ["command_list_ok_begin", "status", "currentsong", "command_list_end", 'idle "player" "playlist"']
    said = way.heard[settled:]
    assert said == question * (len(said) // len(question))
    assert len(said) // len(question) <= 3, "somebody's hand, the end of the one and the beginning of the other"


def serve(connection: socket.socket, idle: bytes) -> None:
    """A server in which nothing plays, on a thread of its own, until whoever asks hangs up; `idle` is answered so."""
    answers = {b"command_list_end\n": b"OK\n", b"status\n": b"state: stop\nlist_OK\n", b"currentsong\n": b"list_OK\n"}

    def answer() -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"OK MPD 0.23.5\n")
            for line in connection.makefile("rb"):
                connection.sendall(idle if line.startswith(b"idle") else answers.get(line, b""))

    threading.Thread(target=answer, daemon=True).start()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A web server: its folder and its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def guess_type(self, path: Any) -> str:
            return "audio/x-mpegurl" if str(path).endswith("/listen") else super().guess_type(path)

    folder = tmp_path / "site"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("radio.m3u", "#EXTM3U\n#EXTINF:-1,A station\n{station}\n"),
        ("radio.PLS?quality=high", "[playlist]\nNumberOfEntries=1\nFile1={station}\nTitle1=A station\nVersion=2\n"),
    ],
)
def test_a_list_of_radio_stations_is_read_and_its_station_plays(
    home: Listening, site: tuple[Path, str], name: str, text: str
) -> None:
    folder, address = site
    (folder / "station").write_bytes(mpd.song("Sunny/One.flac"))
    (folder / name.partition("?")[0]).write_text(text.format(station=f"{address}/station"), encoding="utf-8")
    report = home.play(f"{address}/{name}")
    assert (report.kind, report.what) == ("played", "the radio at 127.0.0.1")
    assert translated(report.what or "", "de") == "das Radio von 127.0.0.1"
    assert home.server.queue() == [f"{address}/station"]


def test_a_list_that_is_not_called_one_is_read_when_its_address_stays_silent(
    home: Listening, site: tuple[Path, str]
) -> None:
    """What it is says its type alone."""
    folder, address = site
    (folder / "station").write_bytes(mpd.song("Sunny/One.flac"))
    (folder / "listen").write_text(f"{address}/station\n", encoding="utf-8")
    report = home.play(f"{address}/listen?id=7")
    assert (report.kind, report.note) == ("played", "")
    assert home.server.queue() == [f"{address}/station"]


def test_a_list_that_is_not_there_is_passed_over_and_said(home: Listening, site: tuple[Path, str]) -> None:
    report = home.play(f"{site[1]}/none.pls")
    assert (report.kind, report.status) == ("failed", f"MPD has nothing called “{site[1]}/none.pls”")
