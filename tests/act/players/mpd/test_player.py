"""The player "mpd" on a real MPD: what plays, how loud, whose music it is, and what is said when the server fails."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from moodkiosk.act.players.mpd import queue
from moodkiosk.act.players.mpd.doctor import probe
from moodkiosk.act.players.mpd.player import MpdPlayer
from moodkiosk.act.players.mpd.protocol import PAIRS_LIMIT, Connection, MpdError
from moodkiosk.act.players.player import Clock, never
from moodkiosk.config.settings import Config, MpdSettings
from moodkiosk.decide.music import choose, contexts
from moodkiosk.decide.settings import MusicSettings, SearchWords
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import Wanted
from tests.support import mpd
from tests.support.mpd import Mpd
from tests.support.mpd_between import between
from tests.support.wait import until

SUNNY = {"Sunny/One.flac", "Sunny/Two.flac"}


@dataclass
class Home:
    """A kiosk's player beside a server of its own, and the household's hands on that."""

    server: Mpd
    folder: Path
    config: Config
    wall: float = 1_800_000_000.0
    player: MpdPlayer = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The kiosk starts anew; its time is slow, so that a busy machine does not make the server late."""
        clock = Clock(monotonic=lambda: time.monotonic() / 10, wall=lambda: self.wall)
        self.player = MpdPlayer(self.config, self.folder, clock)

    def play(self, *entries: str, action: str = "play", **more: object) -> PlayerReport:
        """A decision to play entries as people write them."""
        choices = tuple(map(contexts.choice, entries))
        fields = {"mood": "happy", "choices": choices, "volume_percent_max": 60} | more
        report = self.player.play(Decision(action, 0.0, "a test", **fields), never)  # type: ignore[arg-type] # by use
        assert report is not None
        return report

    def look(self) -> LookReport:
        found = self.player.look(never)
        assert found is not None
        return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with mpd.running(tmp_path / "mpd") as server:
        config = Config(mpd=MpdSettings(host="127.0.0.1", port=server.port, deadline_seconds=20))
        yield Home(server, tmp_path / "state", config)


def test_a_stored_playlist_is_heard(home: Home) -> None:
    report = home.play("evening")
    assert (report.kind, report.what, report.uri, report.status) == ("played", "Evening", "evening", "ready")
    assert set(home.server.queue()) == SUNNY
    assert home.server.loudness() > 0


@pytest.mark.parametrize(
    ("entry", "tracks"),
    [
        ("Sunny", 2),
        ("genre: Hindi", 1),
        ("artist:arijit singh", 1),
        ("album:Calm", 2),
        ("Calm/Slow 'n' \"soft\".flac", 1),
        ("/sunny/", 2),
        ("CALM/rain.flac", 1),
        ("/", 4),
    ],
)
def test_folders_albums_genres_artists_and_odd_names_are_entries(home: Home, entry: str, tracks: int) -> None:
    assert home.play(entry).kind == "played"
    assert len(home.server.queue()) == tracks


def test_how_the_household_has_set_its_server_up_is_left_alone(home: Home) -> None:
    for command in (("random", 1), ("repeat", 1), ("crossfade", 3), ("replay_gain_mode", "album")):
        home.server.ask(*command)

    def settings() -> list[object]:
        status = home.server.status()
        kept = [status.get(key) for key in ("random", "repeat", "single", "consume", "xfade")]
        return [kept, home.server.ask("replay_gain_status"), home.server.ask("outputs")]

    before = settings()
    assert home.play("evening").kind == "played"
    assert home.play(action="volume", volume_percent_max=24, fade_seconds=1.0).kind == "adjusted"
    assert home.play(action="skip", asked=True).kind == "skipped"
    assert home.play(action="pause", fade_seconds=1.0).kind == "paused"
    assert home.play(action="resume").kind == "resumed"
    assert settings() == before
    home.server.ask("disableoutput", 0)
    assert home.play("Calm", asked=True).kind == "failed"
    assert dict(home.server.ask("outputs"))["outputenabled"] == "0", "what the household has switched off stays off"


def test_what_is_not_there_is_passed_over_and_said(home: Home) -> None:
    report = home.play("No such list", "https://open.spotify.com/playlist/37i9dQZF1DXdPec7aLTmlC", "Sunny")
    assert (report.kind, report.what) == ("played", "Sunny")
    assert "“No such list”" in report.note
    nothing = home.play("Nowhere")
    assert (nothing.kind, nothing.status) == ("failed", "MPD has nothing called “Nowhere”")
    assert set(home.server.queue()) == SUNNY, "what played goes on"


@pytest.mark.parametrize(
    ("fields", "file"),
    [
        ({"artist": "Arijit Singh", "genre": "Hindi"}, "Calm/Rain.flac"),
        ({"artist": "Arijit Singh", "genre": "Metal"}, "Calm/Rain.flac"),
        ({"genre": "Hindi", "artist": "Nobody at all"}, "Calm/Rain.flac"),
        ({"mood": "sad"}, "Calm/Slow 'n' \"soft\".flac"),
        ({"mood": "sad", "language": "Klingon"}, "Calm/Slow 'n' \"soft\".flac"),
    ],
)
def test_a_search_goes_by_fields_and_outward_until_something_is_found(
    home: Home, fields: dict[str, str], file: str
) -> None:
    report = home.play(choices=(Choice("search", "words that nobody wrote"),), **fields)
    assert report.kind == "played"
    assert home.server.queue() == [file]


def test_music_that_is_to_lift_a_mood_is_not_searched_by_its_name(home: Home) -> None:
    search = (Choice("search", "words that nobody wrote"),)
    assert home.play(choices=search, mood="sad").kind == "played"
    assert home.server.queue() == ["Calm/Slow 'n' \"soft\".flac"]
    music = MusicSettings(direction="lift", searches={"sad": SearchWords("comforting calm", "Pop")})
    home.config = msgspec.structs.replace(home.config, music=music)
    home.restart()
    assert home.play(choices=search, mood="sad").kind == "played"
    assert set(home.server.queue()) == SUNNY


def test_it_is_never_louder_than_the_cap_and_never_made_louder(home: Home) -> None:
    home.server.ask("setvol", 100)
    home.play("Sunny", volume_percent_max=None)
    loud = home.server.loudness()
    home.play("Sunny", volume_percent_max=25)
    assert home.server.status()["volume"] == "25"
    until(lambda: home.server.loudness() < loud / 4, 20, "the volume is heard")
    home.server.ask("setvol", 10)
    home.play("Calm", volume_percent_max=60)
    assert home.server.status()["volume"] == "10"


def listen(home: Home, meanwhile: Callable[[int], object] = lambda _: None) -> tuple[list[int], list[float]]:
    """From now on no time passes while the player waits: the volume at each of its waits, and how long they are.

    `meanwhile` is called in each of them, with their number.
    """
    volumes: list[int] = []
    waits: list[float] = []

    def wait(seconds: float) -> None:
        volumes.append(int(home.server.status()["volume"]))
        waits.append(seconds)
        meanwhile(len(waits))

    home.player = MpdPlayer(home.config, home.folder, Clock(lambda: 0.0, lambda: home.wall, wait))
    return volumes, waits


def test_the_night_comes_smoothly_in_small_steps_that_the_server_takes(home: Home) -> None:
    home.server.ask("setvol", 60)
    home.play("Sunny")
    volumes, waits = listen(home)
    assert home.play(action="volume", volume_percent_max=24, fade_seconds=4.0).kind == "adjusted"
    steps = [60, *volumes, int(home.server.status()["volume"])]
    assert steps[-1] == 24
    assert all(0 <= before - after <= 3 for before, after in pairwise(steps)), steps
    assert 3.0 <= sum(waits) <= 4.0
    assert home.server.status()["state"] == "play"


def test_music_fades_out_before_a_pause_and_is_as_loud_as_it_was_when_it_goes_on(home: Home) -> None:
    home.server.ask("setvol", 60)
    home.play("Sunny")
    volumes, _ = listen(home)
    assert home.play(action="pause", fade_seconds=4.0).kind == "paused"
    assert volumes == sorted(volumes, reverse=True)
    assert volumes[-1] <= 10
    assert len(volumes) >= 10
    status = home.server.status()
    assert (status["state"], status["volume"]) == ("pause", "60")


@pytest.mark.parametrize(("hand", "given_back"), [(12, 12), (90, 90)], ids=["softer", "louder"])
def test_a_hand_on_the_volume_during_a_fade_is_not_undone(home: Home, hand: int, given_back: int) -> None:
    """A fade goes on from there, never up; and what is given back after the pause is what the hand has chosen."""
    home.server.ask("setvol", 60)
    home.play("Sunny")
    volumes, _ = listen(home, lambda number: home.server.ask("setvol", hand) if number == 4 else None)
    assert home.play(action="pause", fade_seconds=4.0).kind == "paused"
    assert volumes[4:] == sorted(volumes[4:], reverse=True)
    assert max(volumes[4:]) <= min(hand, volumes[3])
    assert home.server.status()["volume"] == str(given_back)


@pytest.mark.parametrize(("action", "cap"), [("pause", None), ("volume", 24)])
def test_what_a_fade_that_was_cut_off_has_taken_away_is_given_back_by_the_next_music(
    home: Home, action: str, cap: int | None
) -> None:
    """Else the kiosk would play on hardly to be heard, until somebody turns it up."""
    home.server.ask("setvol", 60)
    home.play("Sunny")

    def gone(number: int) -> None:
        if number == 8:
            raise MpdError("unreachable", "gone")

    listen(home, gone)
    assert home.play(action=action, volume_percent_max=cap, fade_seconds=4.0).kind == "failed"
    assert 20 < int(home.server.status()["volume"]) < 50
    home.restart()
    assert home.play("Sunny").kind == "played"
    assert home.server.status()["volume"] == "60"


@pytest.mark.parametrize(("action", "cap", "volume"), [("pause", None, "60"), ("volume", 24, "24")])
def test_a_fade_ends_at_once_when_something_else_is_wanted_or_the_kiosk_ends(
    home: Home, action: str, cap: int | None, volume: str
) -> None:
    home.server.ask("setvol", 60)
    home.play("Sunny")
    _, waits = listen(home)
    decision = Decision(action, 0.0, "a test", volume_percent_max=cap, fade_seconds=4.0)  # type: ignore[arg-type] # by use
    assert home.player.play(decision, lambda: len(waits) >= 3) is not None
    assert (len(waits), home.server.status()["volume"]) == (3, volume)


def test_in_a_hurry_nothing_becomes_loud_at_once(home: Home) -> None:
    home.server.ask("setvol", 60)
    home.play("Sunny", volume_percent_max=24)
    volumes, waits = listen(home)
    choices = (contexts.choice("Calm"),)
    decision = Decision("play", 0.0, "a test", "sad", choices=choices, volume_percent_max=60, fade_seconds=4.0)
    report = home.player.play(decision, lambda: len(waits) >= 3)
    assert report is not None
    assert report.kind == "played"
    assert volumes[-1] == int(home.server.status()["volume"]) < 40
    home.play("Sunny")
    assert home.server.status()["volume"] == "60", "the next music goes on with it"


def test_a_fade_leaves_half_of_the_decisions_time_and_without_seconds_there_is_none(home: Home) -> None:
    home.server.ask("setvol", 60)
    home.play("Sunny")
    _, waits = listen(home)
    home.play(action="volume", volume_percent_max=40, fade_seconds=60.0)
    assert sum(waits) <= home.config.mpd.deadline_seconds / 2
    waits.clear()
    home.play(action="volume", volume_percent_max=24, fade_seconds=0.0)
    assert (waits, home.server.status()["volume"]) == ([], "24")


def test_other_peoples_music_keeps_its_volume_at_night(home: Home) -> None:
    home.server.ask("add", "Calm/Rain.flac")
    home.server.ask("setvol", 80)
    home.server.ask("play")
    volumes, _ = listen(home)
    assert home.play(action="volume", volume_percent_max=24, fade_seconds=4.0).kind == "adjusted"
    assert (volumes, home.server.status()["volume"]) == ([], "80")


def test_other_peoples_music_is_left_alone_unless_somebody_asks_and_comes_back_after_it(home: Home) -> None:
    home.server.ask("add", "Calm/Rain.flac")
    home.server.ask("seek", 0, 5)
    report = home.play("Sunny")
    assert (report.kind, report.status) == ("overridden", "somebody plays other music")
    assert home.server.queue() == ["Calm/Rain.flac"]
    assert home.play("Sunny", asked=True).kind == "played"
    home.server.ask("stop")
    resumed = home.play(action="resume")
    assert (resumed.kind, resumed.what) == ("resumed", None)
    assert home.server.queue() == ["Calm/Rain.flac"]
    assert float(home.server.status()["elapsed"]) >= 4.5
    assert not [value for key, value in home.server.ask("listplaylists") if key == "playlist" and value != "Evening"]


def test_our_music_is_ours_over_a_restart_of_kiosk_and_server(home: Home) -> None:
    home.play("Sunny")
    home.restart()
    assert home.look().kind == "ours"
    assert home.play("Sunny", continues=True).kind == "kept"
    home.server.ask("next")
    assert home.look().kind == "ours", "another song of the same queue"


def test_a_pause_of_the_households_is_respected_and_one_of_ours_is_not_taken_for_one(home: Home) -> None:
    home.play("Sunny")
    assert home.play(action="pause").kind == "paused"
    assert home.look().kind == "nothing"
    assert home.play("Sunny").kind == "played"
    home.server.ask("pause", 1)
    assert home.look().kind == "others"
    assert home.play("Calm").kind == "overridden"
    assert home.play(action="resume").kind == "resumed"
    assert home.server.status()["state"] == "play"


@pytest.mark.parametrize("action", ["pause", "skip"])
@pytest.mark.parametrize("silence", ["an empty queue", "somebody stopped theirs"])
def test_where_nothing_plays_there_is_nothing_to_pause_or_to_skip(home: Home, action: str, silence: str) -> None:
    if silence != "an empty queue":
        home.server.ask("add", "Calm/Rain.flac")
        home.server.ask("play", 0)
        home.server.ask("stop")
    assert home.play(action=action, asked=True).kind == "nothing"
    assert home.server.status()["state"] == "stop"


def test_a_foreign_queue_that_was_paused_long_ago_is_nobodys_any_more(home: Home) -> None:
    home.server.ask("add", "Calm/Rain.flac")
    home.server.ask("play", 0)
    home.server.ask("pause", 1)
    assert home.play("Sunny").kind == "overridden"
    home.wall += 61 * 60
    assert home.play("Sunny").kind == "played"


def test_music_that_ran_to_its_end_is_no_pause_of_anybodys(home: Home) -> None:
    home.play("genre:Hindi")
    home.server.ask("seek", 0, 59)
    assert float(home.server.status()["elapsed"]) >= 59
    until(lambda: home.server.status()["state"] == "stop", 30, "the queue ends")
    assert home.look().kind == "nothing"
    assert home.play("Sunny").kind == "played"


def test_where_what_was_played_leaves_the_queue_our_music_stays_ours_until_somebody_adds_to_it(home: Home) -> None:
    home.server.ask("consume", 1)
    home.play("Sunny")
    home.server.ask("next")
    assert len(home.server.queue()) == 1
    assert home.look().kind == "ours"
    assert home.play("Calm", asked=False).kind == "played"
    home.server.ask("add", "Sunny/One.flac")
    assert home.look().kind == "others"


def test_a_song_taken_out_of_our_queue_by_hand_is_somebodys_doing(home: Home) -> None:
    home.play("Sunny")
    home.server.ask("delete", 1)
    assert home.look().kind == "others"


def test_where_the_server_stops_after_each_song_that_is_nobodys_pause(home: Home) -> None:
    home.server.ask("single", 1)
    home.play("Sunny")
    home.server.ask("seekcur", 59)
    until(lambda: home.server.status()["state"] != "play", 30, "the song ends")
    assert home.look().kind == "nothing"
    assert home.play("Calm", asked=False).kind == "played"


def test_a_queue_is_known_by_its_songs_without_reading_their_tags(home: Home) -> None:
    """16,384 songs with all their tags are more than any answer may be."""
    with between(home.server.port) as there:
        home.config = Config(mpd=MpdSettings(host="127.0.0.1", port=there.port, deadline_seconds=20))
        home.restart()
        home.play("Sunny")
        assert home.look().kind == "ours"
    lists = [place for place, line in enumerate(there.heard) if line == "playlistinfo"]
    assert lists
    assert all(there.heard[place - 1 : place + 2 : 2] == ['tagtypes "clear"', 'tagtypes "all"'] for place in lists)


def test_a_dead_server_is_said_and_found_again(home: Home) -> None:
    home.server.stop()
    report = home.play("Sunny")
    assert report.kind == "failed"
    assert report.status == f"MPD at 127.0.0.1:{home.server.port} is away: Connection refused"
    assert home.player.status().text == report.status
    home.server.start()
    assert home.play("Sunny").kind == "played"
    assert home.player.status().text == "ready"


def test_a_stream_that_does_not_answer_is_said_and_the_next_entry_is_not_lost(home: Home) -> None:
    report = home.play("http://127.0.0.1:9/radio.mp3")
    assert report.kind == "failed"
    assert "does not play “http://127.0.0.1:9/radio.mp3”" in report.status
    then = home.play("http://127.0.0.1:9/radio.mp3", "Sunny")
    assert (then.kind, then.what) == ("played", "Sunny")
    assert "radio.mp3" in then.note


def test_a_stored_playlist_plays_without_the_files_that_are_gone(home: Home) -> None:
    lists = home.server.folder / "lists"
    (lists / "Old.m3u").write_text("Gone/One.flac\nSunny/Two.flac\nGone/Two.flac\n", encoding="utf-8")
    (lists / "Lost.m3u").write_text("Gone/One.flac\n", encoding="utf-8")
    report = home.play("Lost", "Old")
    assert (report.kind, report.what) == ("played", "Old")
    assert "does not play “Lost”" in report.note
    assert home.server.queue() == ["Sunny/Two.flac"]


def test_an_update_of_the_library_and_an_empty_one_are_no_trouble(home: Home) -> None:
    home.server.ask("rescan")
    assert home.play("Sunny").kind == "played"
    for song in (home.server.folder / "music").rglob("*.flac"):
        song.unlink()
    home.server.ask("update")
    until(lambda: dict(home.server.ask("stats"))["songs"] == "0", 30, "an empty library")
    assert home.play("genre: Pop", asked=True).status == "MPD has nothing called “genre: Pop”"
    text, advice, _ = probe(home.config)
    assert text.endswith(", 0 songs")
    assert "its library is empty" in advice


def test_without_an_output_nothing_is_claimed(home: Home) -> None:
    home.server.ask("disableoutput", 0)
    assert home.play("Sunny").kind == "failed"
    text, advice, plays = probe(home.config)
    assert (plays, advice) == (False, "switch one on: mpc outputs; mpc enable 1")
    assert text.endswith("4 songs, but no output is switched on")


def test_an_output_that_goes_while_our_music_plays_is_no_pause_of_anybodys(home: Home) -> None:
    """As a USB card that is pulled out: MPD pauses by itself. When it is back, the mood has its music again."""
    home.play("Sunny")
    home.server.ask("disableoutput", 0)
    until(lambda: home.server.status()["state"] == "pause", 20, "that MPD notices")
    seen = home.look()
    assert (seen.kind, seen.stopped, seen.status) == ("nothing", False, "MPD: Failed to open audio output")
    assert home.play("Sunny").kind == "failed"
    home.server.ask("enableoutput", 0)
    assert home.play("Sunny").kind == "played"


def test_a_song_that_is_only_decoded_does_not_sound() -> None:
    """MPD says "play" and the format for a moment before it finds that no output takes it."""
    decoded = b"state: play\nsong: 0\naudio: 44100:16:2\nelapsed: %s\nOK\n"
    for elapsed, sounds in ((b"0.000", False), (b"0.023", True)):
        with (
            listening(b"OK MPD 0.23.5\n" + decoded % elapsed) as port,
            Connection("127.0.0.1", port, "", lambda: 5.0) as server,
        ):
            assert queue.status(server).sounds is sounds


def test_a_password_is_asked_for_by_name(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    with mpd.running(tmp_path / "mpd", password="sesame, open") as server:
        config = Config(mpd=MpdSettings(host="127.0.0.1", port=server.port))
        home = Home(server, tmp_path / "state", config)
        assert "without a password: see mpd.password_file" in home.play("Sunny").status
        for kept, kind in (("wrong\n", "failed"), ("sesame, open\n", "played")):
            secret.write_text(kept, encoding="utf-8")
            home.config = Config(mpd=replace_file(config.mpd, secret))
            home.restart()
            assert home.play("Sunny").kind == kind
    assert probe(home.config)[2] is False


def replace_file(settings: MpdSettings, file: Path) -> MpdSettings:
    return MpdSettings(host=settings.host, port=settings.port, password_file=str(file))


@contextlib.contextmanager
def listening(answer: bytes) -> Iterator[int]:
    """The port of something that says this to whoever comes first, whatever is asked."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(answer)
            if answer:
                connection.recv(4096)  # whoever asks on is not cut off before the answer is read

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"OK MPD 0.23.5\nACK [5@0] {status} unknown command\n",
        b"OK MPD 0.23.5\nvolume 10\n",
        b"OK MPD 0.23.5\nvolume: \xff\nOK\nOK\n",
        b"OK MPD 0.23.5\n" + b"x" * 200_000,
        b"OK MPD 0.23.5\n" + b"a: \n" * (PAIRS_LIMIT + 1),
        b"OK MPD 0.23.5\nACK [5@0] {status} \x1b[2J\xff" + b"x" * 5000 + b"\n",
        b"OK MPD 0.23.5\n",
        b"",
    ],
)
def test_whatever_answers_instead_is_one_line_and_no_exception(tmp_path: Path, answer: bytes) -> None:
    with listening(answer) as port:
        player = MpdPlayer(Config(mpd=MpdSettings(host="127.0.0.1", port=port, deadline_seconds=5)), tmp_path, Clock())
        report = player.play(Decision("play", 0.0, "so", "happy", choices=(Choice("playlist", "Sunny"),)), never)
    assert report is not None
    assert report.kind == "failed"
    assert report.status
    assert report.status.isprintable()
    assert len(report.status) < 300


@pytest.mark.parametrize(
    "answer",
    [
        b"a: \n" * (PAIRS_LIMIT + 1),
        b"size: 8\nbinary: 99999999\n",
        b"size: 8\nbinary: -1\nOK\n",
        b"size: 8\nbinary: 8\n12345678\nnonsense\n",
        b"size: 8\nbinary: " + b"9" * 5000 + b"\nOK\n",
    ],
)
def test_a_picture_of_no_end_is_not_taken_into_memory(answer: bytes) -> None:
    with (
        listening(b"OK MPD 0.23.5\n" + answer) as port,
        Connection("127.0.0.1", port, "", lambda: 20.0) as server,
        pytest.raises(MpdError) as found,
    ):
        server.ask_binary("albumart", "Calm/Rain.flac", 0)
    assert found.value.kind == "garbage"


def test_after_the_last_song_the_first_one_is_next(home: Home) -> None:
    home.play("Sunny")
    songs = [home.server.status()["song"]]
    for _ in range(2):
        assert home.play(action="skip", asked=True).kind == "skipped"
        until(lambda: home.server.status()["state"] == "play", 20, "the next song")
        songs.append(home.server.status()["song"])
    assert songs == ["0", "1", "0"]


def test_a_newer_decision_takes_over_before_anything_is_touched(home: Home) -> None:
    home.play("Sunny")
    assert (
        home.player.play(Decision("play", 0.0, "so", "sad", choices=(Choice("playlist", "Calm"),)), lambda: True)
        is None
    )
    assert set(home.server.queue()) == SUNNY


def test_the_song_is_known_with_its_length_and_place(home: Home) -> None:
    track = home.play("artist:Arijit Singh").track
    assert track is not None
    assert (track.title, track.artist, track.album) == ("Rain", "Arijit Singh", "Calm")
    assert track.duration_seconds is None or 59 < track.duration_seconds < 61
    home.server.ask("seek", 0, 20)
    seen = home.look().track
    assert seen is not None
    assert seen.elapsed_seconds is not None
    assert 19 < seen.elapsed_seconds < 40


def test_the_picture_in_a_songs_folder_is_its_cover(home: Home) -> None:
    picture = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 200  # several pieces of MPD's
    (home.server.folder / "music" / "Sunny" / "cover.jpg").write_bytes(picture)
    track = home.play("Sunny").track
    assert track is not None
    assert track.cover is not None
    assert home.player.cover(track.cover) == picture
    bare = home.play("Calm").track
    assert bare is not None
    assert bare.cover is not None
    assert home.player.cover(bare.cover) is None
    home.server.stop()
    assert home.player.cover(track.cover) == picture, "it is kept"


@pytest.mark.parametrize(
    "cover",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n" + bytes(20_000_000)],
    ids=["SVG", "20 MB"],
)
def test_a_picture_that_is_not_shown_gives_way_to_the_one_in_the_file(home: Home, tmp_path: Path, cover: bytes) -> None:
    song = home.server.folder / "music" / "Sunny" / "One.flac"
    inside = tmp_path / "inside.png"
    program = ["ffmpeg", "-loglevel", "error", "-y"]
    red = [*program, "-f", "lavfi", "-i", "color=red:size=16x16", "-frames:v", "1", str(inside)]
    both = ["-map", "0:a", "-map", "1:v", "-c", "copy", "-disposition:v", "attached_pic", str(tmp_path / "both.flac")]
    for command in (red, [*program, "-i", str(song), "-i", str(inside), *both]):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    song.write_bytes((tmp_path / "both.flac").read_bytes())
    song.with_name("cover.png").write_bytes(cover)
    track = home.play("Sunny/One.flac").track
    assert track is not None
    assert track.cover is not None
    assert home.player.cover(track.cover) == inside.read_bytes()


def test_a_server_that_keeps_no_playlists_plays_folders_albums_and_songs_all_the_same(home: Home) -> None:
    home.server.stop()
    conf = home.server.folder / "mpd.conf"
    lines = conf.read_text().splitlines(keepends=True)
    conf.write_text("".join(line for line in lines if not line.startswith("playlist_directory")))
    home.server.start()
    for entry, files in (("Sunny/One.flac", {"Sunny/One.flac"}), ("Sunny", SUNNY)):
        assert home.play(entry).kind == "played", entry
        assert set(home.server.queue()) == files


def test_playlists_albums_and_songs_are_there_to_choose_from(home: Home) -> None:
    found = home.player.find(Wanted("evening", "evening", Taste(artist="Nena")), never)
    assert [(one.kind, one.title, one.by, one.songs) for one in found.songs] == [
        ("playlist", "Evening", "", None),
        ("album", "Sunny", "Nena", 2),
    ]
    hindi = home.player.find(Wanted("happy", "happy Hindi", Taste(genre="Hindi")), never).songs
    assert [(one.kind, one.title, one.by) for one in hindi] == [("track", "Rain", "Arijit Singh")]
    assert hindi[0].seconds is None or 59 <= hindi[0].seconds <= 61
    assert home.play(choices=(hindi[0].choice,)).kind == "played"
    assert home.server.queue() == ["Calm/Rain.flac"]
    assert home.play(choices=(found.songs[1].choice,)).kind == "played"
    assert set(home.server.queue()) == SUNNY


def test_what_is_not_wanted_again_is_not_what_a_search_plays(home: Home) -> None:
    avoid = frozenset({choose.identity(Choice("playlist", "Sunny/One.flac"))})
    home.play(choices=(Choice("search", "Nena"),), artist="Nena", avoid=avoid)
    assert home.server.queue() == ["Sunny/Two.flac"]


def test_a_dead_server_offers_nothing_and_says_why(home: Home) -> None:
    home.server.stop()
    report = home.player.find(Wanted("happy", "happy"), never)
    assert report.songs == ()
    assert "is away" in report.status
