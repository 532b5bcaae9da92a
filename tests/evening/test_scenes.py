"""Scenes from living with it, played over hours through the real decide code, the real player and the double.

Each was seen to annoy a household once. What is a matter of one decision alone is tested where that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace as dataclass_replace
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from moodkiosk.config.running import Configuration
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodMusic
from moodkiosk.moods.choice import Taste
from moodkiosk.moods.report import LookReport
from tests.evening.home import FOREIGN, PHONE, Home
from tests.evening.script import Script, every
from tests.evening.speaker import SPEAKER, Living
from tests.support.webapi import Fault, Reply, Seen, device, error, playlist

Play = Callable[..., Home]


pytestmark = pytest.mark.slow  # whole evenings


@pytest.fixture
def autoplay() -> bool:
    return True


@pytest.fixture
def begin(tmp_path: Path, autoplay: bool) -> Iterator[Play]:
    with Living(autoplay=autoplay, song_seconds=200.0) as api:

        def begin(hour: float, *spans: tuple[float, float, str], **music: object) -> Home:
            return Home(api, tmp_path, Script(*spans), hour, **music)

        yield begin


def until(home: Home, hour: float) -> Home:
    home.run(hour * 3600)
    return home


def volumes(home: Home) -> list[int]:
    """Every volume that was set, in order."""
    return [int(seen.query["volume_percent"]) for seen in home.api.sent("PUT /v1/me/player/volume")]


def started(home: Home) -> list[str]:
    """Every context that was started, in order."""
    return [seen.body["context_uri"].split(":")[-1] for seen in home.api.sent("PUT /v1/me/player/play$") if seen.body]


def test_fifteen_smiles_in_three_hours_never_cut_the_music_for_more_of_the_same(begin: Play) -> None:
    home = until(begin(18, *every(12, 40, 18.01, 21, "happy")), 21)
    assert home.api.heard.cuts == 0
    assert home.api.heard.starts <= 3, "once, and when the playlist was over"


def test_sixty_short_looks_in_twelve_hours_start_a_handful_and_ask_little(begin: Play) -> None:
    home = until(begin(8, *every(12, 20, 8.01, 20, "happy")), 20)
    assert (home.api.heard.cuts, home.api.heard.surprises) == (0, [])
    assert home.api.heard.starts <= 10
    assert len(home.api.requests) <= 80


def test_a_moment_in_the_kitchen_and_a_restart_change_nothing(begin: Play) -> None:
    home = begin(18, (18.01, 18.3, "happy"), (18.3 + 40 / 3600, 19, "happy"))
    until(home, 18.5).restart()
    until(home, 19)
    assert started(home) == ["sunny"]


def test_sadness_from_the_first_minute_of_the_cool_down_gets_its_music_when_that_is_over(begin: Play) -> None:
    home = until(begin(18, (18.0, 18.02, "happy"), (18.02, 18.5, "sad")), 18.15)
    assert started(home) == ["sunny"]
    assert started(until(home, 18.2)) == ["sunny", "piano"]
    assert started(until(home, 18.5)) == ["sunny", "piano"]


def test_who_is_happy_before_the_quiet_hours_end_hears_music_when_they_have(begin: Play) -> None:
    home = until(begin(6.9, (6.96, 8, "happy")), 6.999)
    assert started(home) == []
    assert started(until(home, 7.02)) == ["sunny"]


@pytest.mark.parametrize("gate", ["cool-down", "quiet hours", "pause"])
def test_a_mood_by_hand_plays_whatever_is_shut(begin: Play, gate: str) -> None:
    hour = 23.0 if gate == "quiet hours" else 18.0
    home = until(begin(hour, (hour, hour + 1, "happy")), hour + 0.05)
    if gate == "pause":
        home.ask("pause")
        home.work()
    home.ask("mood", "sad")
    assert started(until(home, hour + 0.1))[-1] == "piano"
    cap = 25 if gate == "quiet hours" else 60
    assert home.api.loud is not None
    assert home.api.loud <= cap


def test_at_ten_the_music_becomes_quiet_and_ends_when_nobody_is_there(begin: Play) -> None:
    home = until(begin(21.5, (21.5, 22.05, "happy")), 21.9)
    assert home.api.loud == 40
    assert until(home, 22.01).api.loud == 25
    assert until(home, 22.2).api.loud is None
    assert home.api.heard.surprises == []


def test_the_first_smile_of_the_morning_is_not_a_jump(begin: Play) -> None:
    home = until(begin(21.5, (21.5, 22.05, "happy"), (31.2, 31.5, "happy")), 23)
    before = len(volumes(home))
    until(home, 31.3)
    morning = [25, *volumes(home)[before:]]
    assert morning[-1] == 40, "as loud as it was"
    assert max(later - earlier for earlier, later in pairwise(morning)) <= 10


@pytest.mark.parametrize("said", [None, 40])
def test_a_speaker_that_wakes_up_at_full_volume_is_brought_under_the_cap_by_the_same_decision(
    begin: Play, said: int | None
) -> None:
    home = begin(23, (23, 23.5, "happy"))
    home.api.device(SPEAKER)["volume_percent"] = said
    home.api.wakes_at = 100
    home.ask("mood", "happy")
    home.work()
    assert home.api.loud == 25


def test_a_pause_for_a_film_lasts_for_the_evening(begin: Play) -> None:
    home = until(begin(18, (18, 18.5, "happy"), (18.6, 18.7, "happy"), (20.5, 20.7, "sad")), 18.4)
    home.api.person_pauses()
    home.api.stopped = True
    until(home, 20.7)
    assert (started(home), home.api.heard.against) == (["sunny"], [])


@pytest.mark.parametrize("private", [True, False])
def test_whoever_listens_on_a_phone_is_not_interrupted(begin: Play, private: bool) -> None:
    home = begin(18, (18.1, 18.4, "happy"))
    home.api.device(PHONE)["is_private_session"] = private
    home.api.person_plays(PHONE, FOREIGN)
    until(home, 18.4)
    assert (started(home), home.api.heard.against) == ([], [])


@pytest.mark.parametrize("autoplay", [False])
def test_when_our_playlist_ends_its_mood_goes_on_within_a_minute(begin: Play) -> None:
    home = until(begin(18, (18, 22, "sad")), 18.05)
    ends = (home.at + home.api.left_seconds) / 3600
    assert until(home, ends - 0.001).api.plays
    assert until(home, ends + 1 / 60).api.plays
    assert home.api.heard.cuts == 0


def test_eight_seconds_of_an_expression_change_nothing_in_the_room(begin: Play) -> None:
    home = until(
        begin(18, (18, 18.2, "happy"), (18.2, 18.2 + 8 / 3600, "angry"), (18.2 + 8 / 3600, 18.3, "happy")), 18.3
    )
    assert started(home) == ["sunny"]


def test_what_spotify_goes_on_with_after_our_playlist_ends_in_an_empty_room_too(begin: Play) -> None:
    home = until(begin(18, (18, 18.02, "sad"), (18.02, 20, "neutral")), 20)
    until(home, 21)
    assert not home.api.plays


def test_who_has_paused_their_own_music_elsewhere_in_the_morning_hears_ours_in_the_evening(begin: Play) -> None:
    home = begin(8, (8.1, 8.15, "neutral"), (8.2, 8.3, "happy"), (9.6, 9.7, "happy"))
    home.api.person_plays(PHONE, FOREIGN)
    until(home, 8.17)
    home.api.person_pauses()
    assert started(until(home, 8.4)) == [], "not at once"
    assert len(started(until(home, 9.7))) == 1


def test_five_mornings_with_a_silent_speaker_begin_with_at_least_four_songs(begin: Play) -> None:
    mornings = [(day * 24 + 7.5, day * 24 + 7.55, "sad") for day in range(5)]
    home = begin(7, *mornings)
    first = []
    for begins, _, _ in mornings:
        until(home, begins + 0.03)
        first.append(home.api.sent("PUT /v1/me/player/play$")[-1].body["offset"]["position"])
        home.api.vanish()  # the speaker is switched off
    assert started(home) == ["piano"] * 5
    assert len(set(first)) >= 4


@pytest.mark.parametrize("trouble", ["the speaker is missing", "nothing is found", "429", "the sign-in has ended"])
def test_who_asks_is_told_the_truth_and_so_is_whoever_looks_for_hours_afterwards(begin: Play, trouble: str) -> None:
    home = begin(18, (18, 18.01, "neutral"), (18.01, 21, "sad"), moods={"sad": MoodMusic(search="nobody sings this")})
    until(home, 18.013)  # the mood is known, and nothing has begun by itself
    said = {
        "the speaker is missing": "speaker 'Living room' not connected",
        "nothing is found": "nothing to play: ",
        "429": "Spotify asks to wait until ",
        "the sign-in has ended": "the sign-in to Spotify has ended",
    }[trouble]
    match trouble:
        case "the speaker is missing":
            home.api.devices = [home.api.device(PHONE)]
            home.api.results["nobody sings this"] = [playlist("Somebody does", "x9", 45)]
        case "429":
            home.api.faults = [Fault("/v1/", error(429, "slow down", Retry_After="9000"), None)]
        case "the sign-in has ended":
            home.api.access.clear()
            home.api.refresh.clear()
    for name, value in (("recommend", None), ("mood", "sad"), ("play", None)):
        answer = home.answer(name, value)
        assert (answer.ok, said in str(answer.error)) == (False, True), (name, answer)
        home.live(20)
    for name in ("pause", "skip"):
        assert not home.answer(name).text.startswith("playing")
    for hour in (18.5, 19.5, 20.5):
        until(home, hour)
        view = kiosk.view(home.state, home.now, home.settings)
        assert (view.playing, view.now_playing) == (None, None)
    assert not home.api.plays


def test_a_wish_for_a_language_and_an_artist_comes_before_the_entry_for_once(begin: Play) -> None:
    home = begin(18, (18, 19, "happy"), (20, 20.5, "happy"))
    home.api.results["happy Hindi Arijit Singh"] = [playlist("Arijit Singh for everybody", "arijit", 40)]
    until(home, 18.1)
    answer = home.answer("recommend", Taste(language="Hindi", artist="Arijit Singh"))
    assert answer.text.startswith("playing “Arijit Singh for everybody” on Living room")
    assert "Hindi" in answer.text, "the link is to the same"
    until(home, 19)
    home.api.vanish()
    assert started(until(home, 20.5)) == ["sunny", "arijit", "beach"], "and the entries go on as before"


def test_what_is_wished_for_and_not_found_is_said_and_the_entry_plays(begin: Play) -> None:
    home = until(begin(18, (18, 19, "happy")), 18.2)
    answer = home.answer("recommend", Taste(artist="Nobody At All"))
    assert (answer.ok, started(home)[-1]) == (True, "beach")
    assert "Nobody At All" in answer.text
    assert "Beach" in answer.text


def test_a_configuration_that_was_edited_is_not_taken_for_running_until_it_is(begin: Play, tmp_path: Path) -> None:
    """As somebody does who follows the papers: for hours everything but the kiosk says Spotify."""
    home = begin(18, (18, 18.5, "happy"), (20, 20.5, "happy"), (21, 21.5, "happy"))
    edited, file = home.config, tmp_path / "config.yaml"
    home.take(replace(edited, music=dataclass_replace(edited.music, player="dry-run")))
    configured = Configuration(home.config, file, lambda _: edited)
    file.write_text("edited", encoding="utf-8")
    until(home, 20.4)
    assert home.api.requests == []
    (line,) = configured.pending(None)
    assert line == "still in dry run; music.player changed in the file: 'moodkiosk reload' takes it"
    view = kiosk.view(home.state, home.now, home.settings)
    assert view.now_playing is not None
    assert view.now_playing.state == "dry run"
    assert home.answer("recommend").text.startswith("would play ")
    _, text = configured.take()
    assert text == "taken: music.player"
    home.take(configured.running)
    home.give(LookReport("nothing", home.at))
    assert configured.pending(None) == []
    assert len(started(until(home, 21.5))) == 1


def test_the_230th_playlist_is_found_and_the_library_is_read_once_in_a_week(begin: Play) -> None:
    days = [(day * 24 + 18, day * 24 + 18.1, "happy") for day in range(4)]
    home = begin(18, *days, moods={"happy": MoodMusic(play=("Party 230",))})
    home.api.playlists = [playlist(f"Party {number}", f"party{number}", 30) for number in range(260)]
    for day in range(4):
        until(home, day * 24 + 18.1)
        home.api.vanish()
    assert started(home) == ["party230"] * 4
    assert len(home.api.sent("GET /v1/me/playlists")) == 6, "of 50 each"


def test_a_search_that_found_nothing_is_looked_for_again_by_whoever_asks(begin: Play) -> None:
    home = begin(18, (18, 21, "sad"), moods={})
    assert started(until(home, 19)) == []
    home.api.results["comforting calm"] = [playlist("Comforting", "comfort", 40)]
    assert started(until(home, 20)) == [], "by itself it is believed for a day"
    assert home.answer("recommend").text.startswith("playing “Comforting” on Living room")
    until(home, 21)
    assert len(home.api.sent("GET /v1/search")) == 2


def test_two_kiosks_on_one_account_do_not_fight_and_the_first_says_what_became_of_its_music(
    begin: Play, tmp_path: Path
) -> None:
    first = begin(18, (18, 21, "happy"))
    first.api.devices.append(device("Kitchen", "d2"))
    second = Home(
        first.api, tmp_path / "kitchen", Script((18.2, 18.8, "sad"), (19, 19.5, "sad")), 18, speaker="Kitchen"
    )

    def both(hour: float) -> None:
        while first.at < hour * 3600 - 1e-6:
            for home in (first, second):
                home.api.now = home.wall
                home.run(min(hour * 3600, home.at + 20))

    both(18.7)
    assert started(first) == ["sunny"], "the kitchen does not take it by itself"
    status = str(second.state.playback.people or second.state.playback.status)
    assert "Living room (an account plays in one place at a time)" in status
    assert second.answer("recommend").ok
    both(19.2)
    assert started(first)[1:] == ["piano"]
    first.look()
    people = str(first.state.playback.people)
    assert "on Kitchen (an account plays in one place at a time)" in people
    both(19.6)
    assert len(started(first)) == 2, "nor does the living room take it back"


def test_a_mood_by_hand_ends_with_the_person_who_chose_it(begin: Play) -> None:
    home = until(begin(18, (18, 18.3, "neutral"), (19.8, 20.2, "happy")), 18.2)
    assert home.answer("mood", "sad").ok
    until(home, 18.29)
    assert kiosk.view(home.state, home.now, home.settings).mood == "sad"
    until(home, 19.79)
    assert not home.api.plays, "the room was empty"
    view = kiosk.view(until(home, 19.85).state, home.now, home.settings)
    assert (view.mood, view.manual_mood) == ("happy", None)
    assert started(home) == ["piano", "sunny"]


def test_who_takes_the_speaker_and_leaves_it_does_not_leave_the_room_silent_for_half_an_hour(begin: Play) -> None:
    """Nothing is polled, so nobody knows; but a mood that settles again is an occasion for a look."""
    smiles = every(2, 60, 18.01, 19, "happy")
    home = until(begin(18, *smiles), 18.1)
    home.api.person_plays(SPEAKER, FOREIGN)
    until(home, 18.25)
    home.api.vanish()
    assert until(home, 18.32).api.plays
    assert (home.api.heard.cuts, home.api.heard.against) == (0, [])


def test_what_cannot_be_played_is_tried_again_with_growing_pauses_whatever_the_cool_down(begin: Play) -> None:
    home = begin(18, (18, 19, "sad"), min_minutes_between_changes=0.0)
    home.api.devices = [home.api.device(PHONE)]
    until(home, 19)
    assert len([one for one in home.decisions if one.action == "play"]) <= 10
    assert len(home.api.requests) <= 25


def live(home: Home) -> None:
    """Sixteen seconds pass in which the player is still at it."""
    for _ in range(8):
        home.live(2)


class Hurried(Living):
    """Something happens in the very moment in which the music is being started."""

    def __init__(self) -> None:
        super().__init__(autoplay=False, song_seconds=200.0)
        self.then: list[Callable[[], object]] = []

    def answer(self, seen: Seen, headers: dict[str, str]) -> Reply | str:
        if self.then and seen.path == "/v1/me/player/play":
            self.then.pop()()
        return super().answer(seen, headers)


@pytest.mark.parametrize("first", ["play", "recommend", "mood"])
@pytest.mark.parametrize("second", ["pause", "another wish", "a lower cap", "another look"])
def test_what_was_asked_for_last_wins_while_the_music_is_still_being_started(
    tmp_path: Path, first: str, second: str
) -> None:
    with Hurried() as api:
        script = Script((18, 18.02, "happy"), (18.02, 19, "sad"))
        home = Home(api, tmp_path, script, 18, min_minutes_between_changes=0.0, after_seconds=0.0)
        until(home, 18.018)
        home.ask("pause")
        home.work()
        api.vanish()
        happens: dict[str, Callable[[], object]] = {
            "pause": lambda: home.ask("pause"),
            "another wish": lambda: home.ask("mood", "angry"),
            "a lower cap": lambda: home.ask("volume_cap", 20),
            "another look": lambda: live(home),
        }
        api.then = [happens[second]]
        answer = home.answer(first, "happy" if first == "mood" else None)
        assert not api.then, "it happened while the player was at it"
        home.live(1)
        home.work()
        assert api.plays == (second != "pause")
        if second == "pause":
            until(home, 18.5)
            assert not api.plays, "and for the evening"
        elif second == "another wish":
            assert started(home)[-1] == "out"
        else:
            assert answer.ok
            assert "beach" in started(home), "whatever follows it"
            assert api.loud == (20 if second == "a lower cap" else 40)
