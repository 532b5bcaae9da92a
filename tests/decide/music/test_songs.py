"""Songs to choose from: what is offered for a mood, what is chosen of it, and what the household thinks of it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from moodkiosk.decide import kiosk
from moodkiosk.decide.music import songs
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings, TasteSettings
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.song import Song, SongsReport
from moodkiosk.words.language import translated
from tests.support.household import Household

ENTRIES = ("Sunny side", "spotify:playlist:beach", "https://radio.example/happy.mp3")
MUSIC = MusicSettings(moods={"happy": MoodMusic(play=ENTRIES)}, quiet_hours=(), player="spotify")
HINDI = TasteSettings(language="Hindi", artist="Arijit Singh")


def household(mood: str | None = "happy", **music: object) -> Household:
    home = Household(Settings(music=replace(MUSIC, **music)))  # type: ignore[arg-type]  # fields by name
    home.look(mood, 5)
    return home


def offered(home: Household, **wish: str) -> tuple[Song, ...]:
    home.ask("recommendations", Taste(**wish) or None)  # type: ignore[arg-type]  # a wish is a value, too
    return kiosk.recommendations(home.state, home.settings)


def titles(home: Household, **wish: str) -> list[str]:
    return [one.title for one in offered(home, **wish)]


def find(home: Household, *found: Song, status: str = "") -> None:
    """The player has looked for what is wanted."""
    wanted = kiosk.wanted(home.state, home.at, home.settings)
    assert wanted is not None
    home.give(SongsReport(wanted, home.at, found, status))


def album(title: str, by: str = "Nena") -> Song:
    return songs.song("album", title, Choice("uri", f"spotify:album:{title.replace(' ', '')}"), by=by)


class TestTheList:
    def test_without_any_player_it_is_the_searches_that_a_person_would_make(self) -> None:
        home = household(moods={}, taste=HINDI)
        assert titles(home) == [
            "happy Hindi Arijit Singh",
            "Arijit Singh",
            "uplifting Arijit Singh",
            "happy Hindi",
            "uplifting Hindi",
            "happy acoustic Hindi",
            "happy instrumental Hindi",
            "happy classics Hindi",
            "happy new Hindi",
            "happy",
        ]
        assert {one.kind for one in offered(home)} == {"search"}

    def test_the_direction_of_the_household_comes_first(self) -> None:
        home = household("sad", moods={}, direction="lift")
        assert titles(home)[:3] == ["uplifting", "comforting calm", "uplifting acoustic"]

    def test_the_moods_own_entries_come_first_by_names_that_people_know(self) -> None:
        home = household()
        assert [(one.kind, one.title, one.own) for one in offered(home)[:3]] == [
            ("playlist", "Sunny side", True),
            ("playlist", "the playlist for “happy”", True),
            ("radio", "the radio at radio.example", True),
        ]

    def test_what_has_no_name_is_a_sentence_in_any_language(self) -> None:
        nameless = [one.title for one in offered(household())[1:3]]
        assert [translated(title, "de") for title in nameless] == [
            "die Playlist für „fröhlich“",
            "das Radio von radio.example",
        ]
        assert songs.public(offered(household())[1])["title_key"] == "songs.the_playlist"

    def test_then_what_the_player_found_and_searches_in_any_case(self) -> None:
        home = household()
        offered(home)
        find(home, *(album(f"Album {number}") for number in range(10)))
        listed = offered(home)
        assert len(listed) == songs.MOST
        assert [one.kind for one in listed] == ["playlist", "playlist", "radio"] + ["album"] * 5 + ["search"] * 2

    def test_a_wish_made_now_comes_before_what_is_always_there(self) -> None:
        home = household()
        assert titles(home, artist="Nena")[:2] == ["happy Nena", "Sunny side"]
        find(home, album("Nena live"))
        assert titles(home, artist="Nena")[0] == "Nena live"

    def test_what_was_found_for_another_wish_is_not_offered(self) -> None:
        home = household()
        offered(home)
        find(home, album("Sun"))
        assert "Sun" not in titles(home, artist="Adele")
        assert "Sun" in titles(home)

    def test_every_item_has_a_link_of_its_own_and_an_id_for_ever(self) -> None:
        home = household(taste=HINDI)
        offered(home)
        find(home, album("Sun & moon", "Nena"))
        listed = offered(home)
        searched = [parse_qs(urlsplit(one.youtube_url).query)["q"] for one in listed]
        assert ["Sun & moon Nena"] in searched
        assert all(one.youtube_url.startswith("https://music.youtube.com/search?q=") for one in listed)
        assert len({one.id for one in listed}) == len(listed)
        assert album("Sun").id == "42c5a09cec26"

    def test_nothing_is_offered_twice(self) -> None:
        home = household()
        offered(home)
        twice = songs.song("playlist", "Beach", Choice("uri", "spotify:playlist:beach"))
        find(home, twice, album("Sun"), album("Sun"))
        listed = [one.id for one in offered(home)]
        assert len(listed) == len(set(listed)) == songs.MOST

    def test_who_was_not_seen_yet_is_asked_to_be(self) -> None:
        home = household(None)
        result = home.ask("recommendations")
        assert (result.ok, result.error) == (False, "let me see your mood first")
        assert kiosk.recommendations(home.state, home.settings) == ()

    def test_it_plays_nothing(self) -> None:
        home = household()
        offered(home)
        assert home.decisions == []

    def test_a_player_that_cannot_look_now_spoils_nothing(self) -> None:
        home = household()
        offered(home)
        find(home, album("Sun"))
        home.at += 61
        find(home, status="Spotify cannot be reached")
        assert "Sun" in titles(home)
        assert kiosk.wanted(home.state, home.at, home.settings) is not None, "it is looked for again"

    def test_a_player_is_not_asked_twice_in_a_minute_for_the_same(self) -> None:
        home = household()
        offered(home)
        find(home)
        assert kiosk.wanted(home.state, home.at, home.settings) is None
        home.at += 61
        assert kiosk.wanted(home.state, home.at, home.settings) is not None


class TestChoosing:
    @pytest.mark.parametrize("by", ["id", "place"])
    def test_what_is_chosen_plays_at_once_and_nothing_else(self, by: str) -> None:
        home = household(taste=HINDI)
        offered(home)
        find(home, album("Sun"))
        place = titles(home).index("Sun") + 1
        home.ask("choose", album("Sun").id if by == "id" else str(place))
        decision = home.decisions[-1]
        assert (decision.action, decision.asked, decision.what) == ("play", True, "Sun")
        assert decision.choices == (Choice("uri", "spotify:album:Sun"),)
        assert decision.reason == "somebody chose “Sun”"
        assert decision.mood == "happy"

    def test_a_search_is_given_in_fields_as_well(self) -> None:
        home = household(taste=HINDI)
        listed = offered(home)
        just_artist = next(one for one in listed if one.title == "Arijit Singh")
        home.ask("choose", just_artist.id)
        decision = home.decisions[-1]
        assert (decision.language, decision.artist) == ("", "Arijit Singh")

    def test_the_turn_of_the_moods_own_entries_is_not_lost(self) -> None:
        home = household()
        home.look("happy", 20)
        home.report("played")
        offered(home)
        find(home, album("Sun"))
        home.ask("choose", album("Sun").id)
        home.report("played")
        home.ask("recommend")
        assert home.decisions[-1].choices[0].value == "spotify:playlist:beach", "the one after “Sunny side”"

    @pytest.mark.parametrize("name", ["", "0", "11", "deadbeef0123", "999"])
    def test_what_is_not_in_the_list_is_refused(self, name: str) -> None:
        home = household()
        offered(home)
        assert not home.ask("choose", name).ok
        assert home.decisions == []


class TestOpinions:
    def test_what_is_not_wanted_again_is_neither_offered_nor_played_by_itself(self) -> None:
        home = household(min_minutes_between_changes=0)
        sunny = offered(home)[0]
        home.ask("not_again", sunny.id)
        assert "Sunny side" not in titles(home)
        home.look("happy", 20)
        assert home.decisions[-1].action == "play"
        assert Choice("playlist", "Sunny side") not in home.decisions[-1].choices
        assert sunny.id in home.decisions[-1].avoid, "nor is it found by a search"

    def test_that_holds_over_a_restart_until_it_is_taken_back(self) -> None:
        home = household()
        home.ask("not_again", offered(home)[0].id)
        again = Household(home.settings, home.begun, kiosk.remember(home.state), home.at)
        assert "Sunny side" not in [one.title for one in kiosk.recommendations(again.state, again.settings)]
        assert again.ask("not_again", "").ok
        assert "Sunny side" in [one.title for one in kiosk.recommendations(again.state, again.settings)]

    def test_more_of_something_makes_the_list_go_by_it(self) -> None:
        home = household()
        offered(home)
        find(home, album("Sun", "Nena"))
        home.ask("more_like", album("Sun").id)
        wanted = kiosk.wanted(home.state, home.at, home.settings)
        assert wanted is not None
        assert (wanted.taste.artist, wanted.words) == ("Nena", "happy Nena")

    def test_what_is_liked_takes_turns_with_the_moods_own_entries_over_a_restart(self) -> None:
        home = household(moods={"happy": MoodMusic(play=("Sunny side",))})
        offered(home)
        find(home, album("Sun"))
        home.ask("more_like", album("Sun").id)
        home = Household(home.settings, home.begun, kiosk.remember(home.state), home.at)
        home.look("happy", 20)
        played = []
        for _ in range(3):
            home.ask("recommend")
            home.report("played")
            played.append(home.decisions[-1].choices[0].value)
        assert played == ["spotify:album:Sun", "Sunny side", "spotify:album:Sun"]
        assert [one.own for one in offered(home) if one.title == "Sun"] == [True]

    def test_liking_takes_back_a_refusal_and_the_other_way_round(self) -> None:
        home = household()
        offered(home)
        find(home, album("Sun"))
        home.ask("more_like", album("Sun").id)
        offered(home)
        home.ask("not_again", album("Sun").id)
        assert "Sun" not in titles(home)
        assert home.state.playback.opinions.liked == {}

    def test_however_much_is_liked_and_refused_it_stays_bounded(self) -> None:
        home = household()
        for number in range(30):
            offered(home)
            home.at += 61
            find(home, album(f"Album {number}"))
            home.ask("more_like", album(f"Album {number}").id)
        assert len(home.state.playback.opinions.liked["happy"]) == 10

    def test_nonsense_that_is_remembered_is_as_good_as_nothing(self) -> None:
        wrongs: tuple[object, ...] = (7, [], {"happy": 7}, {"happy": [7, {}, {"kind": "x"}]}, {7: []}, "x")
        for wrong in wrongs:
            home = Household(Settings(music=MUSIC), remembered={"liked": wrong, "refused": wrong, "others": wrong})
            assert home.state.playback.opinions.liked == {}
