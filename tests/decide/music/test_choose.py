"""What is played: the household's own music in turn, then a search, then nothing; and always a link to open by hand."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.config.settings import Config
from moodkiosk.decide.music import contexts
from moodkiosk.decide.music.choose import called, choices, recommend, spoken, words, youtube_url
from moodkiosk.decide.settings import MoodMusic, MusicSettings, SearchWords
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.words.language import translated

SUNNY, BEACH = Choice("playlist", "Sunny side"), Choice("playlist", "Beach")
HITS = Choice("uri", "spotify:playlist:37i9dQZF1DXdPec7aLTmlC")
ALBUM = Choice("uri", "spotify:album:4aawyAB9vmqN3uQ7FjRGTy")
GERMAN = Taste("German", "Nena")


def music(**moods: MoodMusic) -> MusicSettings:
    return MusicSettings(moods=moods)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("https://open.spotify.com/playlist/37i9dQZF1DXdPec7aLTmlC?si=0123abc", HITS),
        ("https://open.spotify.com/intl-de/playlist/37i9dQZF1DXdPec7aLTmlC?si=x&pt=y", HITS),
        ("http://open.spotify.com/user/nena/playlist/37i9dQZF1DXdPec7aLTmlC", HITS),
        (" spotify:playlist:37i9dQZF1DXdPec7aLTmlC ", HITS),
        ("spotify:user:nena:playlist:37i9dQZF1DXdPec7aLTmlC", HITS),
        (
            "https://open.spotify.com/intl-pt/album/4aawyAB9vmqN3uQ7FjRGTy/",
            Choice("uri", "spotify:album:4aawyAB9vmqN3uQ7FjRGTy"),
        ),
        ("spotify:artist:6Ff53KvcvAj5U7Z1vojB5o", Choice("uri", "spotify:artist:6Ff53KvcvAj5U7Z1vojB5o")),
        ("Sunny side", SUNNY),
        ("A/B: rock & roll", Choice("playlist", "A/B: rock & roll")),
        ("http://radio.example:8000/live.mp3", Choice("stream", "http://radio.example:8000/live.mp3")),
        ("https://radio.example/list.m3u?x=1", Choice("stream", "https://radio.example/list.m3u?x=1")),
    ],
)
def test_what_people_paste_becomes_a_context_or_the_name_of_a_playlist(text: str, meant: Choice) -> None:
    assert contexts.choice(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl?si=1",
        "spotify:track:11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com/episode/512ojhOuo1ktJprKbVcKyQ",
        "https://spotify.link/abcdef",
        "https://music.youtube.com/playlist?list=PL1",
        "spotify:playlist:",
        "",
    ],
)
def test_a_track_is_not_a_context_and_foreign_links_are_not_names(text: str) -> None:
    with pytest.raises(contexts.NotAContext, match="expected"):
        contexts.choice(text)


def test_the_default_settings_are_the_defaults_of_the_configuration() -> None:
    settings = Config().for_decide()
    assert settings.presence.leave_seconds == Config().presence.leave_seconds
    assert settings.mood.settle_seconds == Config().mood.settle_seconds
    assert settings.music.volume_percent_max == Config().music.volume_percent_max
    assert len(settings.music.quiet_hours) == len(Config().music.quiet_hours)


def test_own_music_comes_first_uris_before_names_and_the_search_last() -> None:
    own = MoodMusic(play=(SUNNY.value, BEACH.value, HITS.value))
    found = choices("happy", music(happy=own), GERMAN, None, asked=False)
    assert found == (SUNNY, HITS, BEACH, Choice("search", "happy German Nena"))


def test_several_entries_take_turns_without_repeating_the_last() -> None:
    settings, last, played = music(happy=MoodMusic(play=(SUNNY.value, HITS.value, BEACH.value))), None, []
    for _ in range(6):
        last = choices("happy", settings, GERMAN, last, asked=False)[0].value
        played.append(last)
    assert played == [SUNNY.value, HITS.value, BEACH.value] * 2


def test_an_entry_that_was_removed_from_the_configuration_does_not_confuse_the_turns() -> None:
    assert choices("happy", music(happy=MoodMusic(play=(SUNNY.value,))), GERMAN, "gone", asked=False)[0] == SUNNY


def test_a_moods_own_words_and_taste_win_over_the_general_ones() -> None:
    assert words("bored", MusicSettings(), GERMAN) == "bored German Nena"
    own = MoodMusic(language="instrumental", artist="")
    assert words("bored", music(bored=own), GERMAN) == "bored instrumental"
    assert words("sad", music(sad=MoodMusic(search="comforting piano")), GERMAN) == "comforting piano"


@pytest.mark.parametrize(
    ("direction", "sad", "happy"), [("match", "comforting calm", "happy"), ("lift", "uplifting", "happy")]
)
def test_a_mood_is_searched_by_words_that_help(direction: str, sad: str, happy: str) -> None:
    """Whoever is sad is not helped by whatever calls itself sad."""
    settings = MusicSettings(direction=direction)  # type: ignore[arg-type] # one of two
    assert choices("sad", settings, Taste(), None, asked=False) == (Choice("search", sad),)
    assert choices("happy", settings, Taste("Hindi"), None, asked=False) == (Choice("search", f"{happy} Hindi"),)
    own = MusicSettings(direction=direction, moods={"sad": MoodMusic(search="blues")})  # type: ignore[arg-type]
    assert words("sad", own, Taste()) == "blues", "a household's own words come first"


def test_the_words_may_be_the_households_own_and_others_are_the_moods_name() -> None:
    settings = MusicSettings(searches={"sad": SearchWords("rainy day")}, direction="lift")
    assert words("sad", settings, Taste()) == "rainy day", "without words that lift, those that match"
    assert words("angry", settings, Taste()) == "angry"
    only_lift = MusicSettings(searches={"sad": SearchWords(lift="disco")})
    assert words("sad", only_lift, Taste()) == "sad"
    assert words("sad", replace(only_lift, direction="lift"), Taste()) == "disco"


def test_people_are_never_shown_an_address() -> None:
    assert called(SUNNY, "happy", {}) == "Sunny side"
    assert called(HITS, "happy", {}) == "the playlist for “happy”"
    assert called(HITS, "happy", {HITS.value: "Happy hits"}) == "Happy hits"
    assert called(ALBUM, "sad", {}) == "the album for “sad”"
    assert called(Choice("stream", "https://radio.example:80/live"), "sad", {}) == "the radio at radio.example"
    assert translated(spoken("https://radio.example:80/live"), "de") == "das Radio von radio.example"
    assert [spoken(name) for name in ("Evening", "genre:Jazz", "Lists/a.m3u", "")] == [
        "Evening",
        "genre:Jazz",
        "Lists/a.m3u",
        "",
    ]


def test_without_own_music_and_search_there_is_nothing_to_play() -> None:
    assert choices("happy", MusicSettings(search_when_empty=False), GERMAN, None, asked=True) == ()
    own = MusicSettings(search_when_empty=False, moods={"happy": MoodMusic(search="party")})
    assert choices("happy", own, GERMAN, None, asked=False) == (Choice("search", "party"),)


def test_a_face_at_rest_asks_for_no_music_unless_it_is_configured_or_somebody_asks() -> None:
    assert choices("neutral", MusicSettings(), Taste(), None, asked=False) == ()
    assert choices("neutral", MusicSettings(), Taste(), None, asked=True) == (Choice("search", "relaxed"),)
    assert choices("neutral", music(neutral=MoodMusic(play=(SUNNY.value,))), Taste(), None, asked=False)[0] == SUNNY


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_taste_makes_a_link_that_searches_for_just_that(language: str, artist: str) -> None:
    url = youtube_url("happy", MusicSettings(), Taste(language, artist))
    assert url.isascii()
    assert urlsplit(url)[:3] == ("https", "music.youtube.com", "/search")
    assert parse_qs(urlsplit(url).query)["q"] == [words("happy", MusicSettings(), Taste(language, artist))]


def test_a_configured_link_is_shown_instead_of_a_search() -> None:
    link = "https://music.youtube.com/playlist?list=PL1"
    assert youtube_url("happy", music(happy=MoodMusic(youtube=link)), GERMAN) == link


def test_the_recommendation_is_what_was_played_last_for_the_mood() -> None:
    settings = music(happy=MoodMusic(play=(SUNNY.value, HITS.value, BEACH.value)))
    assert recommend("happy", settings, GERMAN, BEACH.value, {}).title == "Beach"
    assert recommend("happy", settings, GERMAN, None, {}).title == "Sunny side"
    by_uri = recommend("happy", settings, GERMAN, HITS.value, {})
    assert (by_uri.title, by_uri.spotify_uri) == ("happy German Nena", HITS.value)
    assert recommend("sad", settings, GERMAN, None, {}).spotify_uri is None
    named = {HITS.value: "Happy hits"}
    assert recommend("happy", settings, GERMAN, HITS.value, named).title == "Happy hits"
