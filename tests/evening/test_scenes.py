"""Scenes from living with it, played over hours through the real decide code, the real player and the double.

Each was seen to annoy a household once. What is a matter of one decision alone is tested where that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.evening.home import FOREIGN, PHONE, Home
from tests.evening.script import Script, every
from tests.evening.speaker import SPEAKER, Living

Play = Callable[..., Home]


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


@pytest.mark.slow
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
