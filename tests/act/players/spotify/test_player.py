"""The Spotify player in an ordinary day: the real spotipy over real HTTP to the double."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from moodkiosk.act.players.spotify.override import ONE_PLACE
from moodkiosk.moods.choice import Choice
from tests.support.spotify_home import FOREIGN, HAPPY, SAD, HandClock, Household, openapi
from tests.support.webapi import Fault, Reply, WebApi, device, playlist

LOOK, LIST, START = "GET /me/player", "GET /me/player/devices", "PUT /me/player/play"
VOLUME, SHUFFLE, PAUSE = "PUT /me/player/volume", "PUT /me/player/shuffle", "PUT /me/player/pause"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with WebApi(openapi()) as api:
        yield Household(api, tmp_path, HandClock())


@pytest.fixture
def warm(house: Household) -> Household:
    """The speaker plays what we started, and nothing is new to us."""
    assert house.play(HAPPY).kind == "played"
    house.play(HAPPY)
    house.told()
    return house


def test_the_first_decision_finds_the_speaker_by_name_and_makes_sure_that_it_plays(house: Household) -> None:
    house.api.devices = [device("Ana's phone", "p1"), device("LIVING ROOM", "d7")]
    report = house.play(HAPPY)
    assert (report.kind, report.uri, report.mood, report.status) == ("played", HAPPY, "happy", "ready")
    assert house.told() == [LOOK, LIST, START, LOOK]
    [start] = house.api.sent("PUT /v1/me/player/play")
    assert start.query == {"device_id": "d7"}
    assert start.body["context_uri"] == HAPPY
    assert 0 <= start.body["offset"]["position"] < 10


def test_a_warm_decision_takes_two_requests(warm: Household) -> None:
    warm.play(SAD)  # shuffle is switched on here, once and for all
    warm.told()
    assert warm.play(HAPPY).kind == "played"
    assert warm.told() == [LOOK, START]


def test_after_a_restart_the_silent_speaker_takes_three_requests(warm: Household) -> None:
    warm.api.playback = None
    warm.restart()
    assert warm.play(SAD).kind == "played"
    assert warm.told() == [LOOK, LIST, START]  # listed only because its volume is to be known


def test_without_a_volume_cap_the_remembered_id_needs_no_list(warm: Household) -> None:
    warm.api.playback = None
    warm.restart()
    assert warm.play(SAD, volume_percent_max=None).kind == "played"
    assert warm.told() == [LOOK, START]


def test_music_that_plays_already_is_not_started_again(warm: Household) -> None:
    assert warm.play(HAPPY).kind == "played"
    assert warm.told() == [LOOK]


def test_somebody_who_asks_for_more_of_the_same_gets_a_new_start(warm: Household) -> None:
    assert warm.play(HAPPY, asked=True).kind == "played"
    assert START in warm.told()


def test_shuffle_is_switched_on_once_and_left_alone_afterwards(house: Household) -> None:
    house.play(HAPPY)
    house.play(SAD)
    assert house.told(SHUFFLE) == [SHUFFLE]
    assert house.api.playback is not None
    house.api.playback["shuffle_state"] = False
    house.play(HAPPY)
    assert house.told(SHUFFLE) == []


class TestPeopleFirst:
    def test_foreign_music_is_left_alone_for_as_long_as_it_plays(self, warm: Household) -> None:
        warm.api.person_plays("d1", FOREIGN)
        for _ in range(3):
            report = warm.play(SAD)
            assert (report.kind, report.status) == ("overridden", "somebody plays something else on Living room")
            assert warm.told("/me") == [LOOK]
            warm.hand.wind(7200)

    def test_music_on_somebodys_phone_is_not_stolen(self, house: Household) -> None:
        house.api.devices.append(device("Ana's phone", "p1"))
        house.api.person_plays("p1", FOREIGN)
        report = house.play(HAPPY)
        assert report.kind == "overridden"
        assert report.status == f"somebody plays something else on Ana's phone ({ONE_PLACE})"

    def test_our_music_moved_to_another_room_is_left_there(self, warm: Household) -> None:
        warm.api.devices.append(device("Kitchen", "k1"))
        warm.api.person_plays("k1", HAPPY)
        report = warm.play(SAD)
        assert (report.kind, report.status) == ("overridden", f"somebody moved the music to Kitchen ({ONE_PLACE})")

    def test_a_pause_is_left_alone_for_an_hour_and_over_a_restart(self, warm: Household) -> None:
        warm.api.person_pauses()
        for _ in range(3):
            report = warm.play(SAD)
            assert (report.kind, report.status) == ("overridden", "somebody paused the music on Living room")
            warm.hand.wind(19 * 60)
            warm.restart()
        warm.hand.wind(5 * 60)
        assert warm.play(SAD).kind == "played"

    def test_who_asks_gets_music_whatever_was_played_or_paused(self, warm: Household) -> None:
        warm.api.person_pauses()
        assert warm.play(SAD, asked=True).kind == "played"
        warm.api.person_plays("d1", FOREIGN)
        assert warm.play(SAD, asked=True).kind == "played"

    def test_an_old_pause_from_before_is_no_reason_to_be_silent(self, house: Household) -> None:
        house.api.devices.append(device("Ana's phone", "p1"))
        house.api.person_plays("p1", FOREIGN)
        house.api.person_pauses()
        house.hand.wind(2 * 3600)
        assert house.play(HAPPY).kind == "played"
        assert house.api.playback is not None
        assert house.api.playback["device"]["id"] == "d1"

    def test_our_own_pause_when_everybody_left_is_no_override(self, warm: Household) -> None:
        assert warm.decide("pause").kind == "paused"
        assert warm.told() == [LOOK, PAUSE]
        assert warm.play(SAD).kind == "played"

    def test_a_person_who_resumes_and_pauses_our_pause_is_respected(self, warm: Household) -> None:
        warm.decide("pause")
        warm.api.person_plays("d1", HAPPY)
        assert warm.play(HAPPY).kind == "played"  # it plays already
        warm.api.person_pauses()
        assert warm.play(SAD).kind == "overridden"

    def test_a_pause_by_button_is_a_persons_pause(self, warm: Household) -> None:
        assert warm.decide("pause", asked=True).kind == "paused"
        assert warm.play(SAD).kind == "overridden"

    def test_foreign_music_is_paused_only_for_somebody_who_asks(self, warm: Household) -> None:
        warm.api.person_plays("d1", FOREIGN)
        warm.told()
        assert warm.decide("pause").kind == "overridden"
        assert warm.told() == [LOOK]
        assert warm.decide("pause", asked=True).kind == "paused"
        assert warm.told() == [LOOK, PAUSE]

    def test_pausing_silence_sends_nothing(self, house: Household) -> None:
        assert house.decide("pause", asked=True).kind == "nothing"
        assert house.told() == [LOOK]

    def test_what_stands_still_already_is_paused_and_silence_elsewhere_is_nothing(self, warm: Household) -> None:
        warm.api.person_pauses()
        assert warm.decide("pause", asked=True).kind == "paused"
        warm.api.devices.append(device("Ana's phone", "p1"))
        warm.api.person_plays("p1", FOREIGN)
        warm.api.person_pauses()
        assert warm.decide("pause", asked=True).kind == "nothing"

    def test_music_that_was_started_a_moment_ago_is_paused_though_spotify_does_not_tell_of_it_yet(
        self, warm: Household
    ) -> None:
        assert warm.play(SAD, asked=True).kind == "played"
        warm.api.faults.append(Fault("GET /v1/me/player", Reply(204)))
        warm.told()
        assert warm.decide("pause", asked=True).kind == "paused"
        assert warm.told() == [LOOK, LOOK, PAUSE]
        assert warm.play(HAPPY).kind == "overridden"

    def test_skip_skips_on_our_speaker_only(self, warm: Household) -> None:
        assert warm.decide("skip", asked=True).kind == "skipped"
        assert warm.told() == [LOOK, "POST /me/player/next"]
        warm.api.devices.append(device("Ana's phone", "p1"))
        warm.api.person_plays("p1", FOREIGN)
        report = warm.decide("skip", asked=True)
        assert (report.kind, report.status) == ("failed", "nothing is playing on 'Living room'")
        assert warm.told() == [LOOK]


class TestVolume:
    def test_a_volume_above_the_cap_is_lowered_before_the_music_starts(self, house: Household) -> None:
        house.api.devices[0]["volume_percent"] = 90
        house.play(HAPPY)
        assert house.told()[:4] == [LOOK, LIST, VOLUME, START]
        assert house.api.device("d1")["volume_percent"] == 60

    def test_it_rises_again_after_the_quiet_hours_as_far_as_it_was(self, warm: Household) -> None:
        warm.play(SAD, volume_percent_max=25)
        assert warm.api.device("d1")["volume_percent"] == 25
        warm.restart()
        warm.play(HAPPY, volume_percent_max=60)
        assert warm.api.device("d1")["volume_percent"] == 40

    def test_a_volume_that_a_person_lowered_is_never_raised(self, warm: Household) -> None:
        warm.play(SAD, volume_percent_max=25)
        warm.api.device("d1")["volume_percent"] = 10
        warm.told()
        warm.play(HAPPY, volume_percent_max=60)
        warm.play(SAD, volume_percent_max=80)
        assert warm.told(VOLUME) == []
        assert warm.api.device("d1")["volume_percent"] == 10

    def test_a_speaker_without_volume_is_played_as_it_is(self, house: Household) -> None:
        house.api.devices[0] |= {"supports_volume": False, "volume_percent": None}
        assert house.play(HAPPY).kind == "played"
        assert house.told(VOLUME) == []


class TestMusic:
    def test_an_own_playlist_is_found_by_name_and_started_at_some_song(self, house: Household) -> None:
        house.api.playlists = [None, playlist("Good  Mood", "own1", songs=12)]
        report = house.decide(choices=(Choice("playlist", "good mood"),))
        assert (report.kind, report.uri, report.what) == ("played", "spotify:playlist:own1", "Good  Mood")
        [start] = house.api.sent("PUT /v1/me/player/play")
        assert 0 <= start.body["offset"]["position"] < 12

    def test_playlists_beyond_the_first_page_are_found_and_kept_on_disk(self, house: Household) -> None:
        house.api.playlists = [playlist(f"list {n}", f"own{n}") for n in range(70)]
        house.decide(choices=(Choice("playlist", "list 66"),))
        assert len(house.told("playlists")) == 2
        house.restart()
        report = house.decide(choices=(Choice("playlist", "list 3"),))
        assert report.uri == "spotify:playlist:own3"
        assert house.told("playlists") == []

    def test_a_search_is_made_once_and_kept_for_weeks(self, house: Household) -> None:
        house.api.results["happy german"] = [None, playlist("Frohsinn", "s1"), playlist("Heiter", "s2"), None]
        for day in (0, 5, 20):
            house.hand.seconds = day * 86_400.0
            report = house.decide(choices=(Choice("search", "happy german"),))
            assert report.kind == "played"
            assert report.uri in ("spotify:playlist:s1", "spotify:playlist:s2")
            house.restart()
        [search] = house.api.sent("GET /v1/search")
        assert search.query == {"q": "happy german", "limit": "10", "offset": "0", "type": "playlist,track"}
        house.hand.seconds = 40 * 86_400.0
        house.decide(choices=(Choice("search", "happy german"),))
        assert len(house.api.sent("GET /v1/search")) == 2

    def test_a_search_does_not_play_the_same_twice_in_a_row(self, house: Household) -> None:
        house.api.results["happy"] = [playlist("One", "s1"), playlist("Two", "s2")]
        played = [house.decide(choices=(Choice("search", "happy"),)).uri for _ in range(4)]
        assert all(one != other for one, other in pairwise(played))

    def test_choices_are_tried_in_their_order_until_one_is_there(self, house: Household) -> None:
        house.api.unknown = {HAPPY}
        house.api.results["happy"] = [playlist("Found", "s1")]
        choices = (
            Choice("uri", "https://open.spotify.com/intl-de/playlist/happy0000000000000000?si=abc"),
            Choice("uri", "spotify:track:4iV5W9uYEdYUVa79Axb7Rh"),
            Choice("playlist", "nowhere"),
            Choice("search", "happy"),
        )
        assert house.decide(choices=choices).uri == "spotify:playlist:s1"

    def test_where_nothing_is_found_it_says_what_was_tried(self, house: Household) -> None:
        report = house.decide(choices=(Choice("playlist", "Nowhere"), Choice("search", "no such words")))
        assert report.kind == "failed"
        assert "there is no playlist 'Nowhere' in your library" in report.status
        assert "the search 'no such words' finds nothing" in report.status
        house.told()
        house.decide(choices=(Choice("playlist", "Nowhere"), Choice("search", "no such words")))
        assert house.told() == [LOOK]  # it is believed for a while


def test_the_song_that_is_playing_is_finished_first(warm: Household) -> None:
    assert warm.api.playback is not None
    warm.api.playback["progress_ms"] = 100_000
    report = warm.play(SAD, finish_song=True)
    assert report.kind == "failed"
    assert report.status.startswith("the song that is playing is finished first, until ")
    assert report.retry_at == warm.hand.seconds + 97
    assert warm.told() == [LOOK]
    assert warm.player.status().text == report.status
    warm.hand.wind(97)
    warm.api.playback["progress_ms"] = 197_000
    assert warm.play(SAD, finish_song=True).kind == "played"
    assert warm.player.status().text == "ready"


def test_a_newer_decision_takes_over_between_two_requests(house: Household) -> None:
    decision = house.decision(choices=(Choice("uri", HAPPY),))
    assert house.player.play(decision, lambda: len(house.api.requests) >= 2) is None
    assert house.told() == [LOOK, LIST]
    assert house.player.status().text == "ready"


def test_a_newer_decision_does_not_wait_for_the_speaker(house: Household) -> None:
    house.api.devices = []
    decision = house.decision(choices=(Choice("uri", HAPPY),))
    assert house.player.play(decision, lambda: house.hand.seconds > 1) is None
    assert house.hand.waits < 2


def test_music_that_has_begun_is_reported_although_a_newer_decision_waits(house: Household) -> None:
    decision = house.decision(choices=(Choice("uri", HAPPY),))
    report = house.player.play(decision, lambda: len(house.api.requests) >= 3)
    assert report is not None
    assert report.kind == "played"
    assert house.told() == [LOOK, LIST, START]


@pytest.mark.slow
def test_a_busy_day_stays_within_the_budget(house: Household) -> None:
    """60 played changes, 3 restarts, 10 manual interventions between 7 and 23 o'clock; then the next day."""
    played = overridden = 0
    for turn in range(70):
        house.hand.wind(16 * 3600 / 70)
        if turn in (10, 30, 50):
            house.restart()
            if turn == 30:  # the whole machine, the speaker included
                house.api.playback = None
        if turn % 7 == 6:
            house.api.person_plays("d1", FOREIGN)
            overridden += house.play((HAPPY, SAD)[turn % 2]).kind == "overridden"
            house.api.playback = None
            continue
        played += house.play((HAPPY, SAD)[turn % 2], volume_percent_max=60).kind == "played"
    assert (played, overridden) == (60, 10)
    assert len(house.api.requests) <= 220
    assert house.player.status().requests_today <= 220
    house.hand.wind(86_400)
    assert house.player.status().requests_today == 0


def test_nothing_is_sent_while_nothing_is_decided(warm: Household) -> None:
    for _ in range(100):
        warm.hand.wind(60)
        warm.player.status()
    assert warm.told() == []


def test_requests_are_counted_over_a_restart(warm: Household) -> None:
    count = warm.player.status().requests_today
    assert count == len(warm.api.requests)
    warm.restart()
    assert warm.player.status().requests_today == count
