"""Play: what is paused on the speaker goes on, whoever paused it; otherwise there is music for the mood."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.act.players.player import never
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.report import PlayerReport
from tests.support.spotify_home import FOREIGN, HAPPY, SAD, HandClock, Household, openapi
from tests.support.webapi import WebApi, device

LOOK, START = "GET /me/player", "PUT /me/player/play"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with WebApi(openapi()) as api:
        api.resuming = True
        yield Household(api, tmp_path, HandClock())


def resume(house: Household, *choices: Choice) -> PlayerReport:
    return house.decide("resume", asked=True, choices=choices)


@pytest.mark.parametrize("who", ["a person", "the button"])
def test_our_music_goes_on_from_where_it_was_paused(house: Household, who: str) -> None:
    house.play(HAPPY)
    if who == "a person":
        house.api.person_pauses()
    else:
        house.decide("pause", asked=True)
    house.told()
    report = resume(house, Choice("uri", SAD))
    assert (report.kind, report.uri) == ("resumed", HAPPY)
    assert report.what
    assert house.told() == [LOOK, START]
    assert house.api.sent(START.replace("/me", "/v1/me"))[-1].body == {}, "nothing else is started"
    assert house.api.playback is not None
    assert house.api.playback["is_playing"]
    assert house.play(SAD).kind == "played", "the pause is taken back"


def test_what_somebody_else_had_started_goes_on_as_theirs(house: Household) -> None:
    house.api.person_plays("d1", FOREIGN)
    house.api.person_pauses()
    report = resume(house, Choice("uri", SAD))
    assert (report.kind, report.what, report.uri) == ("resumed", None, None)
    assert house.play(SAD).kind == "overridden"


def test_what_plays_already_is_not_touched(house: Household) -> None:
    house.play(HAPPY)
    house.told()
    assert resume(house).kind == "resumed"
    assert house.told() == [LOOK]


def test_where_nothing_is_paused_there_is_music_for_the_mood(house: Household) -> None:
    report = resume(house, Choice("uri", HAPPY))
    assert (report.kind, report.uri) == ("played", HAPPY)
    house.api.devices.append(device("Ana's phone", "p1"))
    house.api.person_plays("p1", FOREIGN)
    house.api.person_pauses()
    assert resume(house, Choice("uri", SAD)).uri == SAD, "a phone's music does not go on in the living room"


def test_without_anything_to_play_it_says_so(house: Household) -> None:
    report = resume(house)
    assert (report.kind, report.status) == ("failed", "nothing is paused on 'Living room'")


def test_it_goes_on_no_louder_than_allowed(house: Household) -> None:
    house.play(HAPPY)
    house.api.person_pauses()
    house.api.device("d1")["volume_percent"] = 90
    house.decide("resume", asked=True, volume_percent_max=25)
    assert house.api.device("d1")["volume_percent"] == 25


def test_a_wish_that_finds_nothing_says_what_was_tried(house: Household) -> None:
    house.api.results["happy Nena"] = []
    choices = (Choice("search", "happy Nena"), Choice("uri", HAPPY))
    report = house.player.play(house.decision(asked=True, choices=choices), never)
    assert report is not None
    assert (report.kind, report.uri, report.note) == ("played", HAPPY, "the search 'happy Nena' finds nothing")


def test_music_that_may_go_on_is_left_as_it_is_if_it_does(house: Household) -> None:
    house.play(HAPPY)
    house.told()
    assert (house.play(SAD, continues=True).kind, house.told()) == ("kept", [LOOK])
    house.api.playback = None  # it has ended
    report = house.play(SAD, continues=True)
    assert (report.kind, report.uri) == ("played", SAD)
