"""The manners that are not Spotify's, over hours, through the real decide code and the player "mpd" on a real MPD.

The kiosk's time is wound; the server's is real, so its songs are made to go on, and short scenes stay short for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moodkiosk.act.players.player import Clock
from moodkiosk.config.settings import Config, MpdSettings
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.moods.choice import Taste
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.view import View
from tests.evening.home import Kiosk
from tests.evening.script import Script, every
from tests.support import mpd
from tests.support.mpd import Mpd
from tests.support.wait import until as really

pytestmark = pytest.mark.slow  # whole evenings

MOODS = {"happy": MoodMusic(play=("Sunny",)), "sad": MoodMusic(play=("album:Calm",))}
SUNNY, CALM = {"Sunny/One.flac", "Sunny/Two.flac"}, {"Calm/Rain.flac", "Calm/Slow 'n' \"soft\".flac"}


class Home(Kiosk):
    """A household with its kiosk and its MPD."""

    def __init__(self, server: Mpd, folder: Path, people: Script, hour: float, **music: object) -> None:
        self.server = server
        self.then: list[Callable[[], object]] = []
        settings = {"player": "mpd", "moods": MOODS} | music
        super().__init__(
            Config(
                music=MusicSettings(**settings),  # type: ignore[arg-type] # fields by name
                mpd=MpdSettings(host="127.0.0.1", port=server.port, deadline_seconds=20),
            ),
            folder,
            people,
            hour,
        )

    @property
    def view(self) -> View:
        """What the kiosk shows."""
        return kiosk.view(self.state, self.now, self.settings)

    @property
    def heard(self) -> tuple[str, set[str], int]:
        """The server's state, what is in its queue, and how loud it is."""
        found = self.server.status()
        return found["state"], set(self.server.queue()), int(found["volume"])

    def _begin(self, decision: Decision) -> None:  # noqa: ARG002 - whichever it is
        if self.then:  # it happens while the player is at this
            self.then.pop()()

    def _clock(self) -> Clock:
        """The server lives in real time: it is given ten times as much of it, whatever the machine is busy with."""
        return Clock(lambda: time.monotonic() / 10, self.wall, lambda _: threading.Event().wait(0.01))


Play = Callable[..., Home]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mpd]:
    with mpd.running(tmp_path_factory.mktemp("mpd") / "mpd") as server:
        yield server


@pytest.fixture
def begin(server: Mpd, tmp_path: Path) -> Play:
    for command in (("clear",), ("repeat", 1), ("setvol", 60)):
        server.ask(*command)

    def begin(hour: float, *spans: tuple[float, float, str], **music: object) -> Home:
        return Home(server, tmp_path, Script(*spans), hour, **music)

    return begin


def until(home: Home, hour: float) -> Home:
    home.run(hour * 3600)
    return home


def version(home: Home) -> str:
    """Changes with every change of the queue."""
    return home.server.status()["playlist"]


def test_smiles_for_three_hours_the_kitchen_and_a_restart_leave_the_queue_as_it_is(begin: Play) -> None:
    home = until(begin(18, *every(12, 40, 18.01, 21, "happy")), 18.1)
    assert home.heard[:2] == ("play", SUNNY)
    before = version(home)
    until(home, 19).restart()
    until(home, 20.8)
    assert (version(home), home.heard[0]) == (before, "play")


def test_a_flash_changes_nothing_and_what_holds_when_the_cool_down_ends_gets_its_music(begin: Play) -> None:
    home = begin(18, (18, 18.03, "happy"), (18.03, 18.04, "sad"), (18.04, 18.05, "happy"), (18.1, 18.4, "sad"))
    assert until(home, 18.15).heard[1] == SUNNY
    assert until(home, 18.2).heard[1] == CALM
    before = version(home)
    assert version(until(home, 18.4)) == before


def test_the_night_is_silent_until_somebody_wishes_and_then_quiet_and_the_morning_plays(begin: Play) -> None:
    home = until(begin(6.5, (6.6, 8, "happy")), 6.7)
    assert home.heard[:2] == ("stop", set())
    assert home.answer("mood", "sad").text.startswith("playing “Calm”")
    assert home.heard == ("play", CALM, 25)
    assert home.answer("mood", "auto").ok
    assert until(home, 7.1).heard[:2] == ("play", SUNNY)


def test_at_ten_it_becomes_quiet_and_in_the_empty_room_it_ends(begin: Play) -> None:
    home = until(begin(21.7, (21.7, 22.05, "happy"), (31.5, 32, "happy")), 21.9)
    assert home.heard == ("play", SUNNY, 60)
    assert until(home, 22.02).heard == ("play", SUNNY, 25)
    assert until(home, 22.3).heard[0] == "pause"
    before = len(home.carried_out)
    assert until(home, 31.9).heard == ("play", SUNNY, 60), "as loud as it was"
    assert [decision.fade_seconds for decision, _ in home.carried_out[before:]] == [4.0]
    home.server.ask("setvol", 30)  # somebody's own hand, which holds from now on
    home.answer("recommend")
    assert home.heard == ("play", SUNNY, 30)


def test_a_cap_moved_while_music_runs_holds_at_once_and_upwards_as_far_as_it_was_lowered(begin: Play) -> None:
    home = until(begin(18, (18, 19, "happy")), 18.1)
    home.ask("volume_cap", 30)
    assert until(home, 18.11).heard == ("play", SUNNY, 30)
    home.ask("volume_cap", 60)
    assert until(home, 18.12).heard == ("play", SUNNY, 60)
    home.server.ask("setvol", 20)  # somebody's own hand
    for cap in (25, 60):
        home.ask("volume_cap", cap)
        assert until(home, 18.12 + cap / 100).heard == ("play", SUNNY, 20)


@pytest.mark.parametrize("first", ["play", "recommend", "mood"])
def test_what_comes_while_the_player_is_at_a_wish_loses_nobody_the_music_and_no_pause_is_lost(
    begin: Play, first: str
) -> None:
    home = until(begin(18, (18, 19, "happy"), min_minutes_between_changes=0.0), 18.1)
    home.then = [lambda: home.ask("volume_cap", 20)]
    assert home.answer(first, "sad" if first == "mood" else None).ok
    assert (home.then, home.heard) == ([], ("play", CALM if first == "mood" else SUNNY, 20))
    home.then = [lambda: home.ask("pause")]
    home.answer(first, "sad" if first == "mood" else None)
    assert (home.then, home.heard[0]) == ([], "pause")
    assert until(home, 18.3).heard[0] == "pause"


def test_a_pause_at_the_server_lasts_until_the_morning_or_until_play(begin: Play) -> None:
    smiles = [(18, 18.2, "happy"), (19, 19.2, "sad"), (21, 21.2, "happy"), (31.5, 31.7, "happy")]
    home = until(begin(18, *smiles), 18.15)
    home.server.ask("pause", 1)
    before = version(home)
    assert until(home, 21.2).heard[:2] == ("pause", SUNNY)
    assert version(home) == before
    assert home.answer("play").ok
    assert home.heard[0] == "play"
    assert not home.view.override_until
    home.server.ask("pause", 1)
    home.look()
    assert home.view.override_until is not None
    assert until(home, 31.6).heard[:2] == ("play", SUNNY), "the next morning"


def test_what_others_put_on_is_left_alone_for_an_hour_and_who_asks_gets_music(begin: Play) -> None:
    home = begin(18, (18.1, 18.5, "happy"), (18.8, 18.9, "happy"), (19.3, 19.5, "happy"))
    home.server.ask("add", "Calm/Rain.flac")
    home.server.ask("play")
    assert until(home, 18.88).heard[1] == {"Calm/Rain.flac"}
    assert home.view.override_until is not None
    assert home.answer("recommend").text.startswith("playing “Sunny”")
    assert home.heard[1] == SUNNY
    assert until(home, 19.5).heard[1] == SUNNY


def test_an_artist_comes_before_the_entry_once_and_who_is_not_there_is_said(begin: Play) -> None:
    home = until(begin(18, (18, 19, "happy"), (19.5, 19.6, "happy")), 18.1)
    answer = home.answer("recommend", Taste(language="Hindi", artist="Arijit Singh"))
    assert answer.ok
    assert home.heard[1] == {"Calm/Rain.flac"}
    answer = home.answer("recommend", Taste(artist="Nobody At All"))
    assert (answer.ok, home.heard[1]) == (True, SUNNY)
    assert "Nobody At All" in answer.text
    until(home, 19)
    home.server.ask("clear")
    assert until(home, 19.6).heard[1] == SUNNY


def test_a_server_that_is_away_is_never_said_to_play_and_the_mood_that_holds_plays_when_it_is_back(
    begin: Play, server: Mpd
) -> None:
    home = until(begin(18, (18, 20, "happy")), 18.004)
    server.stop()
    try:
        for name, value in (("recommend", None), ("mood", "sad"), ("play", None), ("pause", None), ("skip", None)):
            answer = home.answer(name, value)
            assert (answer.ok, "is away" in str(answer.error)) == (False, True), (name, answer)
            assert (home.view.playing, home.view.now_playing) == (None, None)
        home.ask("mood", "auto")
        home.answer("play")
        until(home, 19)
        assert (home.view.playing, home.view.now_playing) == (None, None)
    finally:
        server.start()
    assert until(home, 19.3).heard[:2] == ("play", SUNNY)
    assert home.view.now_playing is not None


def test_a_queue_that_has_ended_is_no_pause_and_its_mood_goes_on(begin: Play) -> None:
    home = until(begin(18, (18, 20, "happy")), 18.05)
    home.server.ask("repeat", 0)
    home.server.ask("seek", len(home.server.queue()) - 1, 59)
    really(lambda: home.heard[0] == "stop", 30, "the queue ends")
    home.server.ask("repeat", 1)
    assert until(home, 18.7).heard[:2] == ("play", SUNNY)
    assert home.view.override_until is None
