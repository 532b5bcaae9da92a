"""What people ask for: in fields, at once, before everything that is set; and the music that goes on."""

from __future__ import annotations

from datetime import datetime

from moodkiosk.decide.answers import completed
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings, TasteSettings
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.command import Command, Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport
from tests.support.household import MONDAY_EVENING, Household

MUSIC = MusicSettings(
    moods={
        "happy": MoodMusic(play=("Sunny side",), youtube="https://music.youtube.com/sunny"),
        "sad": MoodMusic(search="comforting piano", language="instrumental", genre="ambient"),
    },
    taste=TasteSettings("German", "Nena", "pop"),
    after_seconds=5.0,
)


def household(begun: datetime | None = MONDAY_EVENING) -> Household:
    home = Household(Settings(music=MUSIC), begun)
    home.look("happy", 20)
    home.report("played")
    return home


def wish(home: Household, **fields: str) -> tuple[Decision, Result]:
    result = home.give(Command("recommend", Taste(**fields)))
    assert result is not None
    return home.decisions[-1], result


def fields(decision: Decision) -> tuple[str | None, str, str, str]:
    return decision.mood, decision.language, decision.artist, decision.genre


def test_a_decision_says_in_fields_what_the_music_is_to_be() -> None:
    home = household()
    assert fields(home.decisions[0]) == ("happy", "German", "Nena", "pop")
    home.ask("mood", "sad")  # the entry's own fields come before the taste, for a search with words of its own as well
    assert fields(home.decisions[-1]) == ("sad", "instrumental", "Nena", "ambient")
    assert home.decisions[-1].choices == (Choice("search", "comforting piano"),)


def test_a_wish_made_with_the_request_comes_before_the_moods_own_entry_for_this_once() -> None:
    home = household()
    decision, result = wish(home, language="Hindi", artist="Arijit Singh")
    assert fields(decision) == ("happy", "Hindi", "Arijit Singh", "pop")
    assert decision.choices == (Choice("search", "happy Hindi Arijit Singh pop"), Choice("playlist", "Sunny side"))
    assert decision.reason == "somebody asked for Hindi, Arijit Singh"
    assert result.text == "https://music.youtube.com/search?q=happy+Hindi+Arijit+Singh+pop"
    assert home.view.recommendation is not None
    assert home.view.recommendation.title == "happy Hindi Arijit Singh pop"
    home.ask("recommend")
    assert home.decisions[-1].choices[0] == Choice("playlist", "Sunny side")
    assert fields(home.decisions[-1]) == ("happy", "German", "Nena", "pop")


def test_a_wish_is_added_to_the_words_that_are_set_for_the_mood() -> None:
    home = household()
    home.ask("mood", "sad")
    decision, _ = wish(home, artist="Nils Frahm")
    assert decision.choices[0].value == "comforting piano Nils Frahm"


def test_the_answer_says_what_was_done_when_nothing_was_found_for_the_wish() -> None:
    home = household()
    decision, promise = wish(home, artist="Nobody At All")
    note = "the search 'happy German Nobody At All pop' finds nothing"
    report = PlayerReport("played", home.at, "ready", "happy", "Sunny side", asked=True, note=note)
    said = completed(promise, decision, report)
    assert said.ok
    assert said.text.startswith(f"playing “Sunny side” on Living room ({note}); https://music.youtube.com/")


def test_the_answer_to_somebody_who_asked_is_what_the_player_says() -> None:
    home = household()
    decision, promise = wish(home)

    def answer(kind: str, status: str = "ready", **more: object) -> Result:
        report = PlayerReport(kind, home.at, status, "happy", "Sunny side", **more)  # type: ignore[arg-type] # by name
        return completed(promise, decision, report)

    assert answer("played", certainty="asked").text.startswith("asked Home Assistant to play “Sunny side” on Living")
    assert answer("played", certainty="dry run").text.startswith("would play “Sunny side” on Living room (dry run)")
    failed = answer("failed", "speaker 'Living room' not connected: choose it once in the Spotify app")
    assert (failed.ok, failed.text) == (False, promise.text)
    assert failed.error == "not played: speaker 'Living room' not connected: choose it once in the Spotify app"
    replaced = completed(promise, decision, None)
    assert replaced.error == "not played: something else was asked for before it could be done"


def test_asked_for_a_mood_without_music_the_answer_is_no() -> None:
    home = Household(Settings(music=MusicSettings(search_when_empty=False)))
    home.look("happy", 5)
    result = home.ask("recommend")
    assert (result.ok, result.error) == (False, "not played: no music is set for “happy”")
    assert home.ask("mood", "sad").text == "sad until 20:00; not played: no music is set for “sad”"


def test_play_goes_on_with_what_was_paused_and_takes_the_pause_back() -> None:
    home = household()
    home.ask("pause")
    home.report("paused")
    assert (home.view.playing, home.view.override_until is None) == (None, False)
    home.wait(20)
    assert home.ask("play").ok
    decision = home.decisions[-1]
    assert (decision.action, decision.asked, decision.volume_percent_max) == ("resume", True, 60)
    assert home.view.override_until is None
    home.report("resumed", what="Sunny side")
    assert home.view.playing == "Sunny side, started by us at 18:00, still playing at 18:20"


def test_play_knows_what_was_paused_over_a_restart() -> None:
    home = household()
    home.ask("pause")
    home.report("paused")
    from moodkiosk.decide import kiosk

    again = Household(home.settings, home.begun, kiosk.remember(home.state), home.at, "again")
    again.ask("play")
    again.report("resumed", what="Sunny side")
    assert again.view.playing is not None
    assert again.view.playing.startswith("Sunny side, started by us at 18:00")


def test_what_a_person_had_paused_is_not_called_ours_when_it_goes_on() -> None:
    home = household()
    home.report("overridden")
    home.ask("play")
    home.report("resumed", what=None)
    assert home.view.playing is None


def test_where_nothing_is_paused_play_has_something_to_play_for_the_mood() -> None:
    home = household()
    home.ask("play")
    assert home.decisions[-1].choices[0] == Choice("playlist", "Sunny side")
    nobody = Household(Settings(music=MUSIC))
    assert nobody.ask("play").ok
    assert (nobody.decisions[-1].action, nobody.decisions[-1].choices) == ("resume", ())


def test_what_is_only_hoped_is_never_called_playing() -> None:
    home = household()
    home.report("played", certainty="asked")
    assert home.view.playing == "asked Home Assistant to play “Sunny side”, since 18:00"
    assert home.events[-1].detail == "asked Home Assistant to play “Sunny side” on Living room"
    home.report("played", certainty="dry run")
    assert home.view.playing == "would play “Sunny side” (dry run), since 18:00"


def test_a_mood_chosen_by_hand_whose_music_plays_already_leaves_it_and_takes_no_entrys_turn() -> None:
    home = household()
    cooling, last = home.state.playback.cooling, home.state.playback.last
    home.wait(3)
    home.ask("mood", "happy")
    assert home.decisions[-1].continues
    home.report("kept")
    assert (home.state.playback.cooling, home.state.playback.last) == (cooling, last)
    assert home.view.playing == "Sunny side, started by us at 18:00, still playing at 18:03"
    home.ask("recommend")
    assert not home.decisions[-1].continues, "who asks for songs gets others"


def test_the_answer_where_nothing_plays_is_that_nothing_does() -> None:
    home = household()
    for name, ok, says in (("pause", True, "nothing plays"), ("skip", False, "not skipped: nothing plays")):
        promise = home.ask(name)
        said = completed(promise, home.decisions[-1], PlayerReport("nothing", home.at, "ready", asked=True))
        assert (said.ok, said.text or said.error) == (ok, says)
    home.ask("pause")
    home.report("nothing")
    assert (home.view.playing, home.view.now_playing) == (None, None)
    assert home.view.override_until is not None, "who wants silence has it"
