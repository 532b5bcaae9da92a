"""How loud, how suddenly, and with which song: what the speaker does that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.act.players.player import never
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.report import LookReport
from tests.support.spotify_home import FOREIGN, HAPPY, SAD, HandClock, Household, openapi
from tests.support.webapi import Fault, WebApi, device, error, playlist

VOLUME = "PUT /me/player/volume"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with WebApi(openapi()) as api:
        yield Household(api, tmp_path, HandClock())


def volumes(house: Household) -> list[int]:
    return [int(seen.query["volume_percent"]) for seen in house.api.sent("PUT /v1/me/player/volume")]


@pytest.mark.parametrize("said", [None, 40])
@pytest.mark.parametrize("asked", [False, True])
def test_a_speaker_that_is_louder_when_it_wakes_up_is_brought_under_the_cap_at_once(
    house: Household, said: int | None, asked: bool
) -> None:
    house.api.device("d1")["volume_percent"] = said
    house.hand.plan(1.0, lambda: house.api.device("d1").update(volume_percent=100))  # within the closing look
    assert house.play(HAPPY, volume_percent_max=25, asked=asked).kind == "played"
    assert house.api.device("d1")["volume_percent"] == 25


def test_the_night_comes_in_three_steps(house: Household) -> None:
    house.api.device("d1")["volume_percent"] = 60
    house.play(HAPPY)
    assert house.decide("volume", volume_percent_max=24, fade_seconds=4.0).kind == "adjusted"
    assert volumes(house) == [48, 36, 24]
    assert house.hand.waits >= 2.6


def test_other_peoples_music_keeps_its_volume(house: Household) -> None:
    house.api.device("d1")["volume_percent"] = 80
    house.api.person_plays("d1", FOREIGN)
    assert house.decide("volume", volume_percent_max=24, fade_seconds=4.0).kind == "adjusted"
    assert volumes(house) == []


def test_music_fades_out_before_a_pause_and_the_speaker_keeps_its_volume(house: Household) -> None:
    house.api.device("d1")["volume_percent"] = 60
    house.play(HAPPY)
    assert house.decide("pause", fade_seconds=4.0).kind == "paused"
    assert volumes(house) == [40, 20, 60]
    assert house.api.playback is not None
    assert not house.api.playback["is_playing"]


def test_five_mornings_begin_with_at_least_four_songs(house: Household) -> None:
    first = set()
    for _ in range(5):
        house.play(HAPPY)
        first.add(house.api.sent("PUT /v1/me/player/play")[-1].body["offset"]["position"])
        house.api.playback = None
        house.hand.wind(86_000)
        house.keep_tokens(house.api.sign_in())
        house.restart()
    assert len(first) >= 4


def test_a_private_session_is_somebody_listening(house: Household) -> None:
    house.api.devices.append(device("Ana's phone", "p1", is_private_session=True))
    house.api.person_plays("p1", None)
    report = house.decide("play", choices=(Choice("uri", HAPPY),))
    assert (report.kind, report.status) == ("overridden", "somebody listens in private on Ana's phone")


def test_a_playlist_that_has_ended_is_no_pause_and_its_mood_goes_on(house: Household) -> None:
    """Spotify then shows the first song, paused before it has begun; a person pauses within a song."""
    house.play(HAPPY)
    house.hand.wind(3600)
    house.keep_tokens(house.api.sign_in())
    house.api.person_pauses()
    assert house.api.playback is not None
    house.api.playback["progress_ms"] = 0
    assert house.player.look(never) == LookReport("nothing", house.hand.seconds)
    assert house.play(HAPPY, continues=True).kind == "played"
    house.api.person_pauses()
    assert house.play(HAPPY).status == "somebody paused the music on Living room"


def test_a_pause_by_our_own_button_before_the_song_has_begun_is_a_pause(house: Household) -> None:
    house.play(HAPPY)
    assert house.decide("pause", asked=True).kind == "paused"
    assert house.api.playback is not None
    house.api.playback["progress_ms"] = 0
    assert house.play(SAD).status == "somebody paused the music on Living room"


def test_a_playlist_that_is_not_shuffled_lasts_from_its_first_song(house: Household) -> None:
    house.api.others = [playlist("Happy hits", "hits", songs=30)]
    uri = "spotify:playlist:hits"
    first = house.play(uri)
    position = house.api.sent("PUT /v1/me/player/play")[-1].body["offset"]["position"]
    assert first.lasts_seconds == (30 - position) * 180.0
    house.play(HAPPY)  # shuffle is switched on with the first that finds it off
    assert house.api.sent("PUT /v1/me/player/shuffle")
    assert house.play(uri, asked=True).lasts_seconds == 30 * 180.0


def test_why_spotify_wants_to_be_left_alone_is_still_said_after_a_restart(house: Household) -> None:
    house.api.faults = [Fault(r"/v1/me/player$", error(429, "API rate limit exceeded", "QUOTA_EXCEEDED"))]
    said = house.play(HAPPY).status
    assert said.endswith("the day's quota of your Spotify app is used up")
    house.restart()
    assert house.player.status().text == said
    house.hand.wind(3601)
    assert house.play(HAPPY).kind == "played"


@pytest.mark.parametrize("action", ["volume", "pause"])
def test_what_spotify_goes_on_with_after_our_playlist_is_quietened_and_ended_like_our_own(
    house: Household, action: str
) -> None:
    """Otherwise it would play all night, for nobody."""
    house.api.device("d1")["volume_percent"] = 60
    house.play(HAPPY)
    assert house.api.playback is not None
    house.api.playback["context"] = {"uri": "spotify:station:playlist:happy", "type": "station"}
    house.decide(action, volume_percent_max=25)
    assert (house.api.device("d1")["volume_percent"], house.api.playback["is_playing"]) == (
        (25, True) if action == "volume" else (60, False)
    )
