"""A small part of what `scripts/evening` plays, and that its figures would show what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.evening.__main__ import evening
from tests.evening.figures import COLUMNS, Figures, bars, row
from tests.evening.speaker import SPEAKER, Heard, Living
from tests.support.webapi import Seen

PLAY = "PUT /me/player/play"


@pytest.mark.slow
def test_a_morning_of_two_households_keeps_what_is_promised_and_is_the_same_when_it_is_played_again() -> None:
    both = [evening(seed, hours=3) for seed in (1, 2)]
    assert evening(1, hours=3) == both[0] != both[1]
    assert [one.present_seconds > 600 for one in both] == [True, True]
    assert sum(one.starts for one in both) >= 1
    assert sum(one.cuts for one in both) <= 4, "of an hour or two"
    assert sum(one.requests for one in both) <= 60
    assert sum(one.silent_seconds for one in both) <= 120
    assert [(one.over_seconds, one.against, one.surprises) for one in both] == [(0.0, [], [])] * 2


@pytest.fixture
def api() -> Iterator[Living]:
    with Living(autoplay=False, song_seconds=200.0) as api:
        api.now = lambda: 1000.0
        yield api


def start(api: Living, uri: str | None = "spotify:playlist:sunny") -> Heard:
    body = {} if uri is None else {"context_uri": uri}
    api._command(PLAY, Seen("PUT", "/v1/me/player/play", {"device_id": SPEAKER}, body, 1000.0))
    return api.heard


def test_a_cut_of_our_own_music_is_counted_and_a_start_from_silence_is_none(api: Living) -> None:
    assert (start(api).starts, api.heard.cuts) == (1, 0)
    assert (start(api).starts, api.heard.cuts) == (2, 0), "the same once more"
    assert start(api, "spotify:playlist:beach").cuts == 1
    api.by_request = True
    assert (start(api).cuts, api.heard.asked) == (1, 1)


def test_a_start_against_what_somebody_chose_is_counted(api: Living) -> None:
    api.person_plays(SPEAKER, "spotify:album:theirs")
    assert start(api).against == ["over other people's music"]
    api.person_pauses()
    api.stopped = True
    assert start(api).against[1:] == ["after somebody had paused it"]
    api.person_pauses()
    assert start(api, None).surprises == ["what was paused went on by itself"]


def test_a_bar_that_is_missed_is_seen_and_every_figure_has_its_column() -> None:
    bad = Figures(1, 24.0, present_seconds=3600.0, cuts=2, requests=101, loudest_over=1, silent_seconds=61.0)
    bad.against = ["over other people's music"]
    assert all(measured > most for _, measured, most in bars([bad]))
    good = Figures(2, 24.0, present_seconds=3600.0, cuts=1, requests=100, silent_seconds=60.0)
    assert all(measured <= most for _, measured, most in bars([good]))
    assert len(row(good)) == len(COLUMNS)
