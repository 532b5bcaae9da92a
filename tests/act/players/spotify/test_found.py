"""What is found: names for links, long libraries, searches that found nothing, and odd items among good ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from moodkiosk.act.players.player import never
from moodkiosk.act.players.spotify.web_api import allowance
from moodkiosk.decide.music import choose, contexts
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.song import SongsReport, Wanted
from moodkiosk.words.language import translated
from tests.support.spotify_home import HandClock, Household, openapi
from tests.support.webapi import Fault, WebApi, error, playlist

ALBUM = "spotify:album:4aawyAB9vmqN3uQ7FjRGTy"
LIST = "spotify:playlist:37i9dQZF1DXdPec7aLTmlC"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with WebApi(openapi()) as api:
        yield Household(api, tmp_path, HandClock())


def search(house: Household, words: str, **more: object) -> tuple[str, str | None]:
    report = house.decide("play", choices=(Choice("search", words),), **more)
    return report.kind, report.what if report.kind == "played" else report.status


def first_song(house: Household) -> int:
    """The number of the song that was begun with, from 0."""
    return int(house.api.sent("PUT /v1/me/player/play")[-1].body["offset"]["position"])


class TestNames:
    def test_the_name_and_the_length_of_a_link_are_found_out_once_and_kept(self, house: Household) -> None:
        house.api.others = [playlist("Happy hits", "37i9dQZF1DXdPec7aLTmlC", songs=80)]
        report = house.play(LIST)
        assert (report.what, report.lasts_seconds) == ("Happy hits", (80 - first_song(house)) * 180.0)
        house.restart()
        house.hand.wind(3000)
        assert house.play(LIST, asked=True).what == "Happy hits"
        assert len(house.told("GET /playlists/")) == 1

    def test_an_album_says_its_length_in_its_own_way(self, house: Household) -> None:
        house.api.others = [{"uri": ALBUM, "name": "Whenever You Need Somebody", "total_tracks": 10}]
        report = house.play(ALBUM)
        left = 10 - first_song(house)
        assert (report.what, report.lasts_seconds) == ("Whenever You Need Somebody", left * 180.0)

    def test_what_has_no_name_is_called_by_its_mood_and_not_asked_for_again(self, house: Household) -> None:
        """Development mode has no names of Spotify's own playlists, which play all the same."""
        assert [house.play(LIST, asked=True).what for _ in range(3)] == ["the playlist for “happy”"] * 3
        assert len(house.told("GET /playlists/")) == 1

    def test_what_has_no_name_is_said_in_any_language_for_the_mood_it_was_started_for(self, house: Household) -> None:
        assert translated(house.play(LIST).what or "", "de") == "die Playlist für „fröhlich“"
        house.api.resuming = True
        house.api.person_pauses()
        house.restart()
        resumed = house.decide("resume", asked=True, mood="sad")
        assert (resumed.kind, translated(resumed.what or "", "de")) == ("resumed", "die Playlist für „fröhlich“")

    def test_a_playlist_that_somebody_has_left_without_a_name_is_said_so_as_well(self, house: Household) -> None:
        house.api.results["happy"] = [playlist("", "none")]
        assert search(house, "happy", asked=True) == ("played", "the playlist for “happy”")
        (found,) = house.player.find(Wanted("happy", "happy"), never).songs
        assert translated(found.title, "de") == "Playlist"

    def test_an_address_that_spotify_cannot_play_is_refused_in_any_language(self, house: Household) -> None:
        report = house.decide("play", choices=(Choice("stream", "https://radio.example/live"),))
        assert report.kind == "failed"
        assert "Spotify spielt die Adresse https://radio.example/live nicht" in translated(report.status, "de")

    def test_it_plays_although_its_name_cannot_be_asked_for_just_now(self, house: Household) -> None:
        house.api.faults = [Fault("GET /v1/playlists", error(503, "not now"), None)]
        assert house.play(LIST).kind == "played"
        house.api.faults = []
        house.api.others = [playlist("Happy hits", "37i9dQZF1DXdPec7aLTmlC")]
        assert house.play(LIST, asked=True).what == "Happy hits"


class TestLongLibraries:
    def library(self, house: Household, count: int) -> None:
        house.api.playlists = [playlist(f"Party {number}", f"party{number}") for number in range(count)]

    def own(self, house: Household, name: str) -> tuple[str, str]:
        report = house.decide("play", choices=(Choice("playlist", name),))
        return report.kind, report.what or report.status

    def test_the_230th_playlist_is_found(self, house: Household) -> None:
        self.library(house, 260)
        assert self.own(house, "Party 230") == ("played", "Party 230")
        assert len(house.told("GET /me/playlists")) == 6

    def test_beyond_a_thousand_it_says_how_far_it_looked(self, house: Household) -> None:
        self.library(house, 1100)
        _, status = self.own(house, "Party 1050")
        assert "'Party 1050' is not among the first 1000 playlists of your library: use its link" in status
        house.told()
        house.hand.wind(2 * 3600)
        house.keep_tokens(house.api.sign_in())
        self.own(house, "Party 1050")
        assert house.told("GET /me/playlists") == [], "a long list is not read again every hour"

    def test_liked_songs_are_said_how_to_be_played(self, house: Household) -> None:
        self.library(house, 3)
        assert contexts.LIKED in self.own(house, "Liked Songs")[1]
        house.api.playlists.append(playlist("Liked Songs", "copied"))
        house.hand.wind(3601)
        house.keep_tokens(house.api.sign_in())
        assert self.own(house, "Liked Songs") == ("played", "Liked Songs"), "somebody has copied them already"


@pytest.mark.parametrize(
    "link",
    ["https://open.spotify.com/collection/tracks", "https://open.spotify.com/intl-de/collection/tracks?si=1",
     "spotify:user:ana:collection", "spotify:collection:tracks"],
)  # fmt: skip
def test_a_link_to_liked_songs_is_refused_with_what_to_do_instead(link: str) -> None:
    with pytest.raises(contexts.NotAContext, match="mark all of them, add them to a playlist"):
        contexts.choice(link)


class TestSearches:
    def test_a_search_that_found_nothing_is_believed_for_a_day_but_not_when_somebody_asks(
        self, house: Household
    ) -> None:
        assert search(house, "comforting calm")[0] == "failed"
        house.api.results["comforting calm"] = [playlist("Calm", "calm")]
        house.hand.wind(600)
        assert search(house, "comforting calm")[0] == "failed"
        assert search(house, "comforting calm", asked=True) == ("played", "Calm")

    def test_who_asks_again_and_again_causes_one_search_a_minute(self, house: Household) -> None:
        for _ in range(12):
            search(house, "nothing", asked=True)
            house.hand.wind(20)
        assert len(house.told("GET /search")) == 4

    def test_what_calls_itself_explicit_is_left_out_where_that_is_wished(self, house: Household) -> None:
        house.api.results["happy"] = [
            playlist("Happy hits (EXPLICIT)", "x1"),
            playlist("Party", "x2") | {"description": "uncensored &amp; loud"},
            playlist("Happy hits, no explicit lyrics", "x3"),
        ]
        house.config = msgspec.structs.replace(house.config, music=replace(house.config.music, explicit=False))
        house.restart()
        for _ in range(4):
            assert search(house, "happy", asked=True) == ("played", "Happy hits, no explicit lyrics")
        house.api.results["party"] = house.api.results["happy"][:2]
        kind, status = search(house, "party", asked=True)
        assert (kind, "the search 'party' finds only what calls itself explicit" in str(status)) == ("failed", True)


class TestOddItems:
    ODD = (None, 7, {"uri": 5, "name": ["x"]}, {"uri": "spotify:playlist:odd", "items": {"total": "many"}})

    def test_they_spoil_no_others(self, house: Household) -> None:
        house.api.results["happy"] = [*self.ODD, playlist("Happy hits", "hits")]  # type: ignore[list-item]
        house.api.playlists = [*self.ODD, playlist("Sunny side", "sunny")]  # type: ignore[list-item]
        house.api.devices = [*house.api.devices, {**house.api.devices[0], "id": 5, "name": None}]
        assert search(house, "happy") == ("played", "Happy hits")
        report = house.decide("play", choices=(Choice("playlist", "Sunny side"),))
        assert (report.kind, report.what) == ("played", "Sunny side")

    def test_where_nothing_is_as_it_should_be_the_answer_is_not_understood(self, house: Household) -> None:
        house.api.results["happy"] = [7, {"uri": 5}]  # type: ignore[list-item]
        assert search(house, "happy") == ("failed", "Spotify's answer cannot be understood")


class TestSongsToChooseFrom:
    WANTED = Wanted("happy", "happy Nena", Taste(artist="Nena"))

    def fill(self, house: Household) -> None:
        house.api.results["happy Nena"] = [
            None,
            playlist("Happy hits", "hits", songs=80) | {"images": [{"url": "https://i.scdn.co/image/1"}]},
            playlist("Explicit party", "rude"),
            {"name": 7},
        ]
        album = {"uri": "spotify:album:a99", "name": "99", "images": [{"url": "https://i.scdn.co/image/2"}]}
        song = {"uri": "spotify:track:t1", "name": "Leuchtturm", "artists": [{"name": "Nena"}], "album": album}
        house.api.songs["happy Nena"] = [song | {"duration_ms": 195_400}, None, song | {"album": None}]

    def find(self, house: Household, wanted: Wanted = WANTED) -> SongsReport:
        return house.player.find(wanted, never)

    def test_playlists_and_songs_come_of_one_request_that_is_kept_for_weeks(self, house: Household) -> None:
        self.fill(house)
        found = self.find(house).songs
        assert [(one.kind, one.title, one.by, one.songs, one.seconds) for one in found] == [
            ("playlist", "Happy hits", "", 80, None),
            ("track", "Leuchtturm", "Nena", None, 195.4),
            ("playlist", "Explicit party", "", 20, None),
        ]
        assert all(one.cover for one in found[:2])
        house.restart()
        house.hand.wind(20 * 86_400)
        house.keep_tokens(house.api.sign_in())
        assert self.find(house).songs == found
        assert house.told() == ["GET /search"]

    def test_what_a_decision_searched_for_is_the_same_search(self, house: Household) -> None:
        self.fill(house)
        assert search(house, "happy Nena")[0] == "played"
        self.find(house)
        assert len(house.told("search")) == 1

    def test_a_song_is_played_in_its_album_from_there_on(self, house: Household) -> None:
        self.fill(house)
        song = self.find(house).songs[1]
        report = house.decide("play", choices=(song.choice,), what=song.title, asked=True)
        assert (report.kind, report.what, report.uri) == ("played", "Leuchtturm", "spotify:album:a99")
        body = house.api.sent("PUT /v1/me/player/play")[-1].body
        assert (body["context_uri"], body["offset"]) == ("spotify:album:a99", {"uri": "spotify:track:t1"})

    def test_what_is_not_wanted_again_is_not_what_a_search_plays(self, house: Household) -> None:
        self.fill(house)
        hits, rude = (choose.identity(Choice("uri", f"spotify:playlist:{name}")) for name in ("hits", "rude"))
        report = house.decide("play", choices=(Choice("search", "happy Nena"),), avoid=frozenset({hits}))
        assert report.what == "Explicit party"
        report = house.decide("play", choices=(Choice("search", "happy Nena"),), avoid=frozenset({hits, rude}))
        assert report.kind == "failed"
        assert "finds only what is not wanted again" in report.status

    def test_an_earlier_versions_search_is_searched_again_for_songs(self, house: Household) -> None:
        self.fill(house)
        search(house, "happy Nena")
        kept = house.folder / "spotify-music.json"
        old = msgspec.json.decode(kept.read_bytes())
        old["searches"]["happy Nena"].pop("songs")
        kept.write_bytes(msgspec.json.encode(old))
        house.restart()
        assert [one.kind for one in self.find(house).songs] == ["playlist", "track", "playlist"]

    def test_a_loop_of_wishes_is_no_way_to_use_up_the_quota(self, house: Household) -> None:
        reports = [self.find(house, Wanted("happy", f"words {number}")) for number in range(60)]
        assert len(house.told("search")) <= allowance.IN_HAND
        assert reports[-1].status == "it was asked for too often: Spotify's daily quota is small"

    def test_without_spotify_it_says_why_there_is_nothing(self, house: Household) -> None:
        house.api.faults = [Fault("GET /v1/search", error(503, "not now"), None)]
        report = self.find(house)
        assert report.songs == ()
        assert "Spotify" in report.status
        house.token_file.unlink()
        assert "moodkiosk login" in self.find(house, Wanted("sad", "sad")).status
