"""What plays now: whose choice it is, which song, since when, and how old that knowledge is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings
from moodkiosk.moods.report import LookReport, Track
from moodkiosk.moods.view import NowPlaying
from moodkiosk.words.tidy import LETTERS
from tests.support.household import Household

SONG = Track("Here comes the sun", "The Beatles", "Abbey Road", "c0ver", 185.0, 12.0)
SETTINGS = Settings(music=MusicSettings(moods={"happy": MoodMusic(play=("Sunny side",))}, quiet_hours=()))


def playing(**report: object) -> Household:
    """Happy music of ours has begun at 18:00:20."""
    home = Household(SETTINGS)
    home.look("happy", 20)
    home.report("played", **report)  # type: ignore[arg-type]  # fields by name
    return home


def seen(home: Household, kind: str = "ours", track: Track | None = SONG, **more: object) -> NowPlaying | None:
    home.give(LookReport(kind, home.at, track=track, **more))  # type: ignore[arg-type]  # kinds by hand
    return home.view.now_playing


def test_what_a_decision_started_is_known_by_its_name_until_the_song_is() -> None:
    now = playing().view.now_playing
    assert now is not None
    assert (now.state, now.by, now.mood, now.what) == ("playing", "mood", "happy", "Sunny side")
    assert now.title is None
    assert now.since == now.as_of == "2026-11-23T18:00:20+01:00"
    assert not now.live


def test_a_look_knows_the_song_and_says_how_old_that_is() -> None:
    home = playing()
    home.at += 60
    now = seen(home)
    assert now is not None
    assert (now.title, now.artist, now.album, now.cover) == ("Here comes the sun", "The Beatles", "Abbey Road", "c0ver")
    assert (now.duration_seconds, now.elapsed_seconds) == (185.0, 12.0)
    assert now.since == "2026-11-23T18:00:20+01:00", "the music, not the song"
    assert now.as_of == "2026-11-23T18:01:20+01:00"
    home.wait(30)
    assert home.view.now_playing == now, "time alone teaches nothing: the knowledge grows old"


def test_a_speaker_that_speaks_by_itself_is_live_until_it_falls_silent() -> None:
    home = playing()
    now = seen(home, live=True)
    assert now is not None
    assert now.live
    now = seen(home, "unknown", None)
    assert now is not None
    assert (now.title, now.live) == ("Here comes the sun", False)


def test_what_somebody_asked_for_is_called_theirs_over_a_restart_too() -> None:
    home = Household(SETTINGS)
    home.look("happy", 5)
    home.ask("recommend")
    home.report("played")
    assert home.view.now_playing is not None
    assert home.view.now_playing.by == "asked"
    again = Household(SETTINGS, home.begun, kiosk.remember(home.state), home.at)
    assert again.view.now_playing is not None
    assert (again.view.now_playing.by, again.view.now_playing.what) == ("asked", "Sunny side")


def test_other_peoples_music_is_shown_as_theirs_and_only_while_it_is_respected() -> None:
    home = playing()
    now = seen(home, "others", status="somebody plays something else on Ana's phone")
    assert now is not None
    assert (now.state, now.by, now.what, now.title) == ("playing", "others", None, "Here comes the sun")
    now = seen(home, "others", stopped=True)
    assert now is not None
    assert now.state == "paused"
    home.wait(60 * 24)
    assert home.view.now_playing is None


@pytest.mark.parametrize("asked", [False, True])
def test_our_music_that_somebody_has_paused_is_still_the_choice_of_who_chose_it(asked: bool) -> None:
    home = playing()
    if asked:
        home.ask("recommend")
        home.report("played")
    seen(home)
    now = seen(home, "others", status="somebody has paused the music", stopped=True, ours=True)
    assert now is not None
    chosen = ("asked" if asked else "mood", "happy", "Sunny side")
    assert (now.state, now.by, now.mood, now.what, now.title) == ("paused", *chosen, SONG.title)
    now = Household(SETTINGS, home.begun, kiosk.remember(home.state), home.at).view.now_playing
    assert now is not None
    assert (now.state, now.by, now.mood, now.what) == ("paused", *chosen), "over a restart as well"
    now = seen(home)
    assert now is not None
    assert (now.state, now.by, now.mood, now.what) == ("playing", *chosen), "and when somebody lets it go on"


def test_a_decision_that_finds_our_music_paused_by_somebody_does_not_call_it_theirs() -> None:
    home = playing()
    home.look("sad", 60)
    home.report("overridden", what=None, stopped=True, ours=True, track=SONG)
    now = home.view.now_playing
    assert now is not None
    assert (now.state, now.by, now.what, now.title) == ("paused", "mood", "Sunny side", SONG.title)


def test_a_pause_of_ours_stands_still_and_goes_on() -> None:
    home = playing()
    seen(home)
    home.ask("pause")
    home.report("paused", what=None)
    now = home.view.now_playing
    assert now is not None
    assert (now.state, now.what, now.title, now.elapsed_seconds) == ("paused", "Sunny side", SONG.title, None)
    assert seen(home, "nothing", None) is not None, "it stands still as before"
    home.ask("play")
    home.report("resumed", what="Sunny side", track=SONG)
    now = home.view.now_playing
    assert now is not None
    assert (now.state, now.title) == ("playing", SONG.title)


def test_a_skipped_song_is_not_shown_for_the_next_one() -> None:
    home = playing()
    seen(home)
    home.ask("skip")
    home.report("skipped", what=None)
    now = home.view.now_playing
    assert now is not None
    assert (now.state, now.what, now.title) == ("playing", "Sunny side", None)


def test_nothing_is_said_to_play_when_nothing_does() -> None:
    home = playing()
    assert seen(home, "nothing", None) is None
    assert Household(SETTINGS).view.now_playing is None


@pytest.mark.parametrize("certainty", ["asked", "dry run"])
def test_a_hope_is_never_called_playing(certainty: str) -> None:
    now = playing(certainty=certainty).view.now_playing
    assert now is not None
    assert (now.state, now.what, now.title) == (certainty, "Sunny side", None)


def test_what_is_only_to_go_on_keeps_the_song_and_its_age() -> None:
    home = playing()
    before = seen(home)
    home.wait(31)
    home.look("happy", 20)
    home.report("kept")
    assert home.decisions[-1].continues
    assert before is not None
    assert home.view.now_playing == replace(before, as_of=before.as_of)


def test_news_of_every_song_write_nothing_to_the_disk_for_an_hour() -> None:
    home = playing()
    seen(home, live=True)
    kept = kiosk.remember(home.state)["started"]
    for number in range(15):
        home.at += 200
        now = seen(home, track=replace(SONG, title=f"Song {number}"), live=True)
        assert now is not None
        assert now.title == f"Song {number}"
        assert kiosk.remember(home.state)["started"] == kept
    assert home.view.playing == "Sunny side, started by us at 18:00", "it plays now"
    home.at += 900
    seen(home, live=True)
    assert kiosk.remember(home.state)["started"] != kept, "so that after a restart it is known not to be of yesterday"


def test_music_that_has_no_address_of_spotifys_is_known_as_well() -> None:
    """MPD plays what it found by a name, a folder, a field or a list of stations."""
    for uri in ("Evening", "Sunny side", "genre:Hindi", "http://radio.example/list.m3u", ":", ""):
        now = playing(what="Something", uri=uri).view.now_playing
        assert now is not None
        assert now.what == "Something"


ODD = "\x1b]0;x\x07One\r\n\u202etwo\u2028\x00\x9b2J"


def test_tags_are_one_line_that_no_terminal_obeys_and_hindi_and_emoji_stay_as_they_are() -> None:
    joined = "\u0915\u094d\u200d\u0937 \U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e"
    home = playing(what=ODD)
    assert home.view.now_playing is not None
    assert home.view.now_playing.what == "]0;x One two 2J"
    now = seen(home, track=Track(ODD, joined, "x" * 70_000))
    assert now is not None
    assert (now.title, now.artist) == ("]0;x One two 2J", joined)
    assert now.album is not None
    assert len(now.album) == LETTERS
    now = seen(home, "others", Track("\ud800\ufeff"), status=ODD)
    assert now is not None
    assert now.title is None
    assert "\x1b" not in str(home.view)
