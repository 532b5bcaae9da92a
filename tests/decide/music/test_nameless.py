"""Music without a name of its own is called by a sentence, which each reader is told in their own language."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from moodkiosk.decide import kiosk
from moodkiosk.decide.music import choose
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings
from moodkiosk.decide.view import public
from moodkiosk.words.language import translated
from moodkiosk.words.reason import Reason, plain
from tests.support.household import Household

URI = "spotify:playlist:beach"
NAMELESS = {
    URI: "die Playlist für „fröhlich“",
    "spotify:album:beach": "das Album für „fröhlich“",
    "spotify:artist:beach": "der Künstler für „fröhlich“",
    "https://radio.example/happy.mp3": "das Radio von radio.example",
}


def household(entry: str = URI) -> Household:
    music = MusicSettings(moods={"happy": MoodMusic(play=(entry,))}, quiet_hours=(), after_seconds=0)
    home = Household(Settings(music=music))
    home.look("happy", 5)
    return home


def kept(home: Household) -> dict[str, Any]:
    """What is on the disk, read again."""
    found: dict[str, Any] = json.loads(msgspec.json.encode(kiosk.remember(home.state), enc_hook=plain))
    return found


def restarted(home: Household, remembered: dict[str, Any]) -> Household:
    return Household(home.settings, home.begun, remembered, home.at, "again")


@pytest.mark.parametrize(("entry", "german"), NAMELESS.items())
def test_it_is_a_sentence_wherever_it_is_said(entry: str, german: str) -> None:
    home = household(entry)
    home.report("played")
    view, now = home.view, home.view.now_playing
    assert now is not None
    assert translated(now.what or "", "de") == german
    assert translated(view.playing or "", "de") == f"{german}, von der Box gestartet um 18:00"
    assert german in translated(view.last_decision or "", "de")
    assert german in translated(home.events[-1].detail or "", "de")


def test_in_json_the_english_sentence_has_its_key_and_fields_beside_it() -> None:
    home = household()
    home.report("played")
    shown = json.loads(msgspec.json.encode(public(home.view), enc_hook=plain))["now_playing"]
    mood = {"key": "as.happy", "fields": {"text": "happy"}}
    said = {name: shown[name] for name in ("what", "what_key", "what_fields")}
    assert said == {
        "what": "the playlist for “happy”",
        "what_key": "songs.the_playlist",
        "what_fields": {"mood": mood},
    }
    home.report("played", what="Sunny side")
    shown = json.loads(msgspec.json.encode(public(home.view), enc_hook=plain))["now_playing"]
    assert (shown["what"], shown["what_key"], shown["what_fields"]) == ("Sunny side", None, None)


@pytest.mark.parametrize("last", ["played", "paused"])
def test_a_restart_keeps_the_sentence(last: str) -> None:
    home = household()
    home.report("played")
    if last == "paused":
        home.ask("pause")
        home.report("paused")
    again = restarted(home, kept(home))
    started = again.state.playback.started or again.state.playback.paused
    assert started is not None
    assert translated(started.what, "de") == NAMELESS[URI]


def test_what_an_earlier_version_has_kept_is_said_as_it_was() -> None:
    home = household()
    home.report("played")
    remembered = kept(home)
    remembered["started"] = {
        name: value for name, value in remembered["started"].items() if name not in ("what_key", "what_fields")
    }
    assert restarted(home, remembered).view.playing == "the playlist for “happy”, started by us at 18:00"


@pytest.mark.parametrize("said", [choose.unnamed(URI, "happy"), "the playlist for “happy”", choose.SOMETHING])
def test_a_sentence_is_never_taken_for_a_name(said: str) -> None:
    home = household()
    home.report("played", what=said, uri=URI)
    assert home.state.playback.names == {}
    home.report("played", what="Sunny side", uri=URI)
    assert home.state.playback.names == {URI: "Sunny side"}


def test_what_nothing_is_known_of_is_music_in_any_language() -> None:
    home = household()
    home.report("played", what=None)
    assert translated(home.view.playing or "", "de") == "Musik, von der Box gestartet um 18:00"


def test_what_was_liked_without_a_name_is_no_search_for_a_sentence_even_after_a_restart() -> None:
    home = household()
    home.ask("recommendations")
    (nameless, *_) = kiosk.recommendations(home.state, home.settings)
    assert isinstance(nameless.title, Reason)
    home.settings = replace(home.settings, music=replace(home.settings.music, moods={}))  # it is liked, no entry
    home.ask("recommend")
    home.state = replace(
        home.state,
        playback=replace(
            home.state.playback, opinions=replace(home.state.playback.opinions, liked={"happy": (nameless,)})
        ),
    )
    again = restarted(home, kept(home))
    again.look("happy", 5)
    again.ask("recommendations")
    (found, *_) = kiosk.recommendations(again.state, again.settings)
    assert translated(found.title, "de") == NAMELESS[URI]
    assert found.youtube_url == "https://music.youtube.com/search?q=happy"
    assert again.ask("more_like", found.id).ok
    assert "playlist" not in (again.state.playback.wish.genre or "")
