"""Somebody asks what plays: one look at Spotify, what it finds, and why a loop of questions is no polling.

The real spotipy over real HTTP to the double.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from moodkiosk.act.players import player
from moodkiosk.act.players.spotify.memory import Memory
from moodkiosk.act.players.spotify.override import ONE_PLACE
from moodkiosk.act.players.spotify.pictures import Pictures
from moodkiosk.act.players.spotify.web_api import allowance, answers
from moodkiosk.config.settings import SpotifySettings
from moodkiosk.moods.report import LookReport, Track
from tests.support.spotify_faults import TOKEN, forgotten, mended, no_tokens, revoked
from tests.support.spotify_home import FOREIGN, HAPPY, SAD, START, HandClock, Household, openapi
from tests.support.webapi import Fault, Reply, WebApi, device, error, page

LOOK = "GET /me/player"
PLAYER = r"^GET /v1/me/player$"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    """The speaker plays what we started a while ago."""
    with WebApi(openapi()) as api:
        house = Household(api, tmp_path, HandClock())
        assert house.play(HAPPY).kind == "played"
        house.hand.wind(60)
        house.told()
        yield house


def ask(house: Household) -> LookReport | None:
    """Somebody asks, as act does it: only if a look is due."""
    return house.player.look(player.never) if house.player.no_look() is None else None


def found(house: Household) -> tuple[str, str]:
    report = ask(house)
    assert report is not None
    return report.kind, report.status


class TestFinds:
    def test_our_music_still_playing_and_since_when(self, house: Household) -> None:
        report = ask(house)
        assert report is not None
        assert (report.kind, report.since) == ("ours", datetime.fromtimestamp(START, UTC))
        assert house.told() == [LOOK]

    def test_what_somebody_else_plays(self, house: Household) -> None:
        house.api.person_plays("d1", FOREIGN)
        assert found(house) == ("others", "somebody plays something else on Living room")

    def test_our_music_in_another_room(self, house: Household) -> None:
        house.api.devices.append(device("Kitchen", "k1"))
        house.api.person_plays("k1", HAPPY)
        assert found(house) == ("others", f"somebody moved the music to Kitchen ({ONE_PLACE})")

    def test_a_pause_which_the_next_decision_then_counts_from_when_it_was_made(self, house: Household) -> None:
        house.api.person_pauses()
        house.hand.wind(30 * 60)
        assert found(house) == ("others", "somebody paused the music on Living room")
        house.restart()
        house.hand.wind(31 * 60)
        assert found(house) == ("nothing", "")
        assert house.play(SAD).kind == "played"

    def test_whose_music_it_is_that_somebody_has_paused(self, house: Household) -> None:
        house.api.person_pauses()
        report = ask(house)
        assert report is not None
        assert (report.kind, report.stopped, report.ours) == ("others", True, True)
        house.hand.wind(60)
        decided = house.play(SAD)
        assert (decided.kind, decided.stopped, decided.ours) == ("overridden", True, True)
        house.hand.wind(60)
        house.api.person_plays("d1", FOREIGN)
        house.api.person_pauses()
        report = ask(house)
        assert report is not None
        assert (report.kind, report.stopped, report.ours) == ("others", True, False)

    def test_our_own_pause_is_nobodys_choice(self, house: Household) -> None:
        house.decide("pause")
        house.hand.wind(60)
        assert found(house) == ("nothing", "")

    def test_silence(self, house: Household) -> None:
        house.api.playback = None
        assert found(house) == ("nothing", "")

    def test_and_it_never_touches_anything(self, house: Household) -> None:
        house.api.person_pauses()
        before = dict(house.api.playback or {})
        for _ in range(4):
            ask(house)
            house.hand.wind(60)
        assert house.api.playback == before
        assert set(house.told()) == {LOOK}


class TestIsNoPolling:
    def test_nobody_asks_nothing_is_sent(self, house: Household) -> None:
        for _ in range(24 * 60):
            house.hand.wind(60)
            house.player.status()
            house.player.no_look()
        assert house.told() == []

    def test_what_was_seen_a_moment_ago_by_whatever_is_new_enough(self, house: Household) -> None:
        assert ask(house) is not None
        house.hand.wind(19)
        assert house.player.no_look() == "that was done a moment ago"
        house.hand.wind(1)
        assert house.player.no_look() is None
        house.play(HAPPY)
        assert house.player.no_look() == "that was done a moment ago"

    @pytest.mark.parametrize("restarts", [False, True])
    def test_a_loop_of_questions_costs_forty_looks_a_day_and_a_restart_gives_none_back(
        self, house: Household, restarts: bool
    ) -> None:
        looks = 0
        for minute in range(24 * 60):
            looks += ask(house) is not None
            house.hand.wind(60)
            if restarts and minute % 60 == 0:
                house.restart()
        assert looks == 40 - 1  # the last one would come back at midnight
        assert len(house.told(LOOK + "$")) == looks

    def test_the_next_look_is_there_after_a_while_and_four_after_a_calm_night(self, house: Household) -> None:
        for _ in range(allowance.IN_HAND):
            assert ask(house) is not None
            house.hand.wind(21)
        assert house.player.no_look() == "it was asked for too often: Spotify's daily quota is small"
        house.hand.wind(allowance.EVERY_SECONDS)
        assert ask(house) is not None
        house.hand.wind(21)
        assert ask(house) is None
        house.hand.wind(8 * 3600)
        for _ in range(allowance.IN_HAND):
            assert ask(house) is not None
            house.hand.wind(21)

    @pytest.mark.slow
    def test_a_busy_day_with_a_loop_of_questions_beside_it_stays_within_the_budget(self, house: Household) -> None:
        """60 played changes, 3 restarts, 10 manual interventions from 7 to 23 o'clock, and a question a minute."""
        house.hand.wind(6 * 3600)
        before, played, overridden, looks = len(house.api.requests), 0, 0, 0
        for minute in range(24 * 60):
            house.hand.wind(60)
            turn, left = divmod(minute * 70, 16 * 60)
            if turn < 70 and left < 70:
                if turn in (10, 30, 50):
                    house.restart()
                foreign = turn % 7 == 6
                if foreign:
                    house.api.person_plays("d1", FOREIGN)
                kind = house.play((HAPPY, SAD)[turn % 2]).kind
                played, overridden = played + (kind == "played"), overridden + (kind == "overridden")
                if foreign:
                    house.api.playback = None
            looks += ask(house) is not None
        sent = len(house.api.requests) - before
        print(f"{sent} requests, {looks} of them looks, with {len(house.api.sent(TOKEN))} renewals of the token")
        assert (played, overridden) == (60, 10)
        assert looks >= 20, "who asks is still answered"
        assert sent <= 220

    def test_the_rest_of_the_days_quota_is_left_to_decisions(self, house: Household) -> None:
        while len(house.api.requests) < allowance.REQUESTS_A_DAY:
            assert ask(house) is None or len(house.api.requests) <= allowance.REQUESTS_A_DAY
            house.play(SAD, asked=True)
            house.hand.wind(21)
        assert house.player.no_look() == "it was asked for too often: Spotify's daily quota is small"
        assert house.play(HAPPY).kind == "played"

    @pytest.mark.parametrize("years", [-1, 1])
    def test_a_clock_that_is_set_gives_no_more_than_all_and_blocks_nobody(self, years: int) -> None:
        memory = Memory()
        for _ in range(allowance.IN_HAND):
            assert not allowance.used_up(memory, 1e9)
            allowance.use(memory, 1e9)
        assert allowance.used_up(memory, 1e9 + 60)
        wall = 1e9 + years * 365 * 86_400
        for _ in range(allowance.IN_HAND):
            assert not allowance.used_up(memory, wall)
            allowance.use(memory, wall)
        assert allowance.used_up(memory, wall)
        assert not allowance.used_up(memory, wall + allowance.EVERY_SECONDS)


class TestFails:
    def test_while_spotify_asks_to_wait_nothing_is_sent(self, house: Household) -> None:
        house.api.faults = [Fault(PLAYER, error(429, "slow down", Retry_After="600"))]
        kind, status = found(house)
        assert (kind, status.startswith("Spotify asks to wait until")) == ("unknown", True)
        house.told()
        house.restart()
        house.hand.wind(500)
        assert (house.player.no_look() or "").startswith("Spotify asks to wait until")
        house.hand.wind(101)
        assert found(house) == ("ours", "")

    def test_without_a_sign_in_nothing_is_sent(self, house: Household) -> None:
        no_tokens(house)
        assert "run 'moodkiosk login'" in (house.player.no_look() or "")

    def test_a_sign_in_that_has_ended_is_noticed_and_not_tried_again(self, house: Household) -> None:
        revoked(house)
        assert found(house) == ("unknown", "the sign-in to Spotify has ended: run 'moodkiosk login'")
        house.told()
        house.hand.wind(60)
        assert ask(house) is None
        assert house.told() == []

    def test_an_access_token_that_has_ended_is_renewed(self, house: Household) -> None:
        forgotten(house)
        assert found(house) == ("ours", "")
        assert house.told() == [LOOK, TOKEN, LOOK]

    @pytest.mark.parametrize("how", [page(), Reply(200, raw=b"oops"), error(503, "not now"), "reset"], ids=repr)
    def test_it_says_so_and_recovers_by_itself(self, house: Household, how: Reply | str) -> None:
        house.api.faults = [Fault(PLAYER, how, None)]
        kind, status = found(house)
        assert (kind, status) == ("unknown", house.player.status().text)
        assert len(house.told()) <= 2
        mended(house)
        house.hand.wind(60)
        assert found(house) == ("ours", "")
        assert house.player.status().text == "ready"

    def test_it_gives_up_in_time(self, tmp_path: Path) -> None:
        with WebApi(openapi()) as api:
            house = Household(api, tmp_path, HandClock(), deadline_seconds=0.3)
            api.faults = [Fault(PLAYER, "trickle", None)]
            assert found(house) == ("unknown", "Spotify took too long; given up")

    def test_it_gives_way_to_a_decision(self, house: Household) -> None:
        assert house.player.look(lambda: True) is None
        assert house.told() == []

    def test_a_speaker_that_is_missing_is_not_there_only_because_spotify_answers(self, house: Household) -> None:
        house.api.devices, house.api.playback = [], None
        house.play(SAD)
        house.hand.wind(60)
        assert found(house) == ("nothing", "")
        assert "not connected" in house.player.status().text


class TestSongs:
    """A look, and a decision that looks, know the song for nothing."""

    ITEM: ClassVar[dict[str, object]] = {
        "duration_ms": 185_000,
        "name": "Here comes the sun",
        "artists": [{"name": "The Beatles"}, None, {"name": None}],
        "album": {
            "name": "Abbey Road",
            "images": [{"url": "x640", "width": 640}, {"url": "x300", "width": 300}, {"url": "x64", "width": 64}],
        },
    }

    def song(self, house: Household, **item: object) -> Track | None:
        assert house.api.playback is not None
        house.api.playback |= {"item": self.ITEM | item, "progress_ms": 12_000}
        report = ask(house)
        assert report is not None
        return report.track

    def test_the_song_and_where_it_is_without_a_further_request(self, house: Household) -> None:
        track = self.song(house)
        assert track is not None
        assert (track.title, track.artist, track.album) == ("Here comes the sun", "The Beatles", "Abbey Road")
        assert (track.duration_seconds, track.elapsed_seconds) == (185.0, 12.0)
        assert house.told() == [LOOK]

    def test_of_its_pictures_the_one_that_fits(self, house: Household) -> None:
        assert answers.picture(msgspec.convert(self.ITEM, answers.Item).album.images) == "x300"  # type: ignore[union-attr]
        assert answers.picture([answers.Image("small", 64), answers.Image("", 300)]) == "small"
        assert answers.picture([]) is answers.picture(None) is None
        assert house.api.playback

    def test_a_cover_comes_from_where_spotify_said_and_from_nowhere_else(self, house: Household) -> None:
        picture = b"\x89PNG\r\n\x1a\n" + bytes(100)
        house.api.pictures["/image/1"] = picture
        own = house.api.developer.api_url.removesuffix("/v1/")
        track = self.song(house, album={"name": "A", "images": [{"url": f"{own}/image/1"}]})
        assert track is not None
        assert track.cover is not None
        before = house.player.status().requests_today
        assert house.player.cover(track.cover) == picture
        assert house.player.cover(track.cover) == picture
        assert [seen.path for seen in house.api.sent("image")] == ["/image/1"], "it is kept"
        assert house.player.status().requests_today == before, "a picture is no request to the Web API"
        assert house.player.cover("0123456789abcdef") is None

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "http://127.0.0.1:9/",
            "file:///etc/passwd",
            "https://scdn.co.example/x",
            "http://i.scdn.co/x",
            "https://[",
            "",
        ],
    )
    def test_no_other_place_is_asked_for_a_cover(self, house: Household, elsewhere: str) -> None:
        assert Pictures(SpotifySettings()).fetch(elsewhere) is None
        assert Pictures(SpotifySettings(developer=house.api.developer)).fetch(elsewhere) is None

    @pytest.mark.parametrize(
        "item",
        [None, {}, {"name": None}, {"name": "x", "artists": None, "album": None}, {"name": 7}, [], {"artists": "x"}],
    )
    def test_nulls_and_odd_songs_are_no_news_and_spoil_nothing(
        self, house: Household, item: dict[str, object] | None
    ) -> None:
        assert house.api.playback is not None
        house.api.playback |= {"item": item, "progress_ms": None}
        report = ask(house)
        assert report is not None
        assert report.kind == "ours"
        assert report.track is None or report.track.title == "x"
