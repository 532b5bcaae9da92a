"""When music plays: every settled mood leads to exactly one decision, and every gate says why it is shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from moodkiosk.decide.kiosk import CameraStatus, PlayerSays
from moodkiosk.decide.music.gates import GATES
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport
from tests.support.household import BERLIN, MONDAY_EVENING, Household

SUNNY, PIANO = Choice("playlist", "Sunny side"), Choice("uri", "spotify:playlist:piano")
MUSIC = MusicSettings(
    moods={"happy": MoodMusic(play=(SUNNY.value,)), "sad": MoodMusic(play=(PIANO.value,))},
    quiet_hours=("22:00-07:00",),
    after_seconds=0.0,  # what music waits for is tested beside
)
NIGHT = datetime(2026, 11, 23, 23, tzinfo=BERLIN)


def household(begun: datetime | None = MONDAY_EVENING, **music: object) -> Household:
    return Household(Settings(music=replace(MUSIC, **music)), begun)  # type: ignore[arg-type]  # fields by name


def last(home: Household) -> Decision:
    return home.decisions[-1]


def test_a_settled_mood_plays_its_music_on_the_speaker_below_the_cap() -> None:
    home = household()
    home.look("happy", 5)
    (decision,) = home.decisions
    assert (decision.action, decision.mood, decision.what) == ("play", "happy", "Sunny side")
    assert (decision.speaker, decision.volume_percent_max) == ("Living room", 60)
    assert decision.choices == (SUNNY, Choice("search", "happy"))
    assert decision.reason == "somebody looks happy"
    assert not decision.asked


def test_every_settled_mood_leads_to_exactly_one_decision() -> None:
    home = household(min_minutes_between_changes=0.0)
    for mood in ("happy", "sad", "angry", "neutral", "happy", None, "happy"):
        home.look(mood, 20)
    settled = [mood for mood in home.moods() if mood is not None]
    assert [decision.mood for decision in home.decisions] == settled


def test_a_mood_without_music_is_said_to_have_none_and_is_no_news() -> None:
    home = household(search_when_empty=False)
    home.look("angry", 5)
    assert (last(home).action, last(home).reason) == ("none", "not played: no music is set for “angry”")
    assert "not_played" not in home.kinds()


def test_with_automatic_music_off_nothing_plays_by_itself() -> None:
    home = household()
    home.ask("music", "off")
    home.look("happy", 5)
    assert (last(home).action, last(home).reason) == ("none", "not played: automatic music is off")
    assert "not_played" in home.kinds()


def test_in_quiet_hours_nothing_plays_and_the_reason_says_until_when() -> None:
    home = household(NIGHT)
    home.look("happy", 5)
    assert last(home).reason == "not played: quiet hours until 07:00"
    assert home.view.quiet_until == "2026-11-24T07:00:00+01:00"


def test_without_a_clock_nothing_plays_by_itself_and_quiet_hours_are_not_guessed() -> None:
    home = household(None)
    home.look("happy", 5)
    assert last(home).reason == "not played: waiting for the clock"
    assert home.view.quiet_until is None


def test_after_a_change_the_music_is_left_alone_for_the_cool_down_and_not_longer() -> None:
    home = household()
    home.look("happy", 20)
    played_at = last(home).at
    home.look("sad", 20)
    assert last(home).reason == "not played: cool-down until 18:10"
    home.at = played_at + 590
    home.look("happy", 5)
    assert last(home).action == "none"
    home.at = played_at + 600
    home.look("sad", 20)
    assert last(home).action == "play"


def test_when_a_person_chose_the_music_it_is_left_alone_for_an_hour() -> None:
    home = household()
    home.look("happy", 5)
    home.report("overridden")
    assert home.view.override_until is not None
    home.at += 20 * 60
    home.look("sad", 5)
    assert last(home).reason.startswith("not played: somebody chose the music, left alone until 19:00")
    home.at += 60 * 60
    home.look("happy", 5)
    assert last(home).action == "play"


def test_who_presses_pause_is_respected_like_anybody_who_chose() -> None:
    home = household(min_minutes_between_changes=0.0)
    home.look("happy", 5)
    home.report("played")
    assert home.ask("pause").ok
    assert (last(home).action, last(home).asked) == ("pause", True)
    home.report("paused")
    assert home.view.playing is None
    home.look("sad", 20)
    assert last(home).action == "none"


def test_a_mood_chosen_by_hand_plays_with_the_camera_off_and_nobody_seen() -> None:
    home = household()
    home.ask("camera", "off")
    home.give(CameraStatus("off"))
    home.ask("mood", "sad")
    assert (last(home).action, last(home).reason) == ("play", "“sad” was chosen by hand")
    assert home.view.manual_mood == home.view.mood == "sad"


def test_a_mood_chosen_by_hand_is_a_wish_and_plays_under_the_quiet_cap_at_night() -> None:
    home = household(NIGHT)
    home.ask("mood", "sad")
    assert (last(home).action, last(home).asked, last(home).volume_percent_max) == ("play", True, 25)


def test_whoever_asks_for_music_gets_it_whatever_cool_down_and_quiet_hours_say_but_not_louder() -> None:
    home = household(NIGHT)
    home.look("happy", 5)
    result = home.ask("recommend")
    assert result.ok
    assert result.text.startswith("https://music.youtube.com/"), "the link; what became of it is said by the player"
    assert (last(home).action, last(home).asked, last(home).volume_percent_max) == ("play", True, 25)
    home.ask("recommend")
    assert last(home).action == "play"


def test_asking_without_a_mood_does_nothing_and_says_what_is_missing() -> None:
    home = household()
    result = home.ask("recommend")
    assert (result.ok, result.error) == (False, "let me see your mood first")
    assert home.decisions == []
    assert home.events == []


def test_asking_takes_back_an_earlier_choice_of_other_music_once_it_plays() -> None:
    home = household()
    home.look("happy", 5)
    home.report("overridden")
    home.ask("recommend")
    assert home.view.override_until is not None
    home.report("played")
    assert home.view.override_until is None


def test_music_that_was_asked_for_begins_a_cool_down_too() -> None:
    home = household(NIGHT - timedelta(hours=4))
    home.ask("music", "off")
    home.look("happy", 5)
    home.ask("recommend")
    home.ask("music", "on")
    home.look("sad", 20)
    assert "cool-down" in last(home).reason


def test_the_volume_cap_set_by_command_is_lowered_further_in_quiet_hours_only() -> None:
    home = household(min_minutes_between_changes=0.0)
    home.ask("volume_cap", 40)
    home.look("happy", 5)
    assert last(home).volume_percent_max == 40
    home.begun = NIGHT
    home.ask("recommend")
    assert last(home).volume_percent_max == 25
    home.ask("volume_cap", 10)
    home.ask("recommend")
    assert last(home).volume_percent_max == 10


def test_while_the_time_of_day_is_unknown_the_quieter_cap_holds() -> None:
    home = household(None)
    home.look("happy", 5)
    home.ask("recommend")
    assert (last(home).action, last(home).volume_percent_max) == ("play", 25)


def test_the_song_is_finished_first_where_wished_but_not_for_somebody_who_asks() -> None:
    home = household(finish_song=True)
    home.look("happy", 5)
    assert last(home).finish_song
    home.ask("recommend")
    assert not last(home).finish_song


def test_what_could_not_be_played_is_tried_again_after_pauses_that_grow_to_the_cool_down() -> None:
    home, pauses = household(), []
    for number in range(6):
        home.look(("happy", "sad")[number % 2], 20)
        assert last(home).action == "play"
        home.report("failed", "speaker not connected: choose it once in the Spotify app")
        tried_at = home.at
        home.look(("sad", "happy")[number % 2], 20)
        assert last(home).reason.startswith("not played: the last try failed, waiting until")
        while home.state.playback.cooling is not None:
            home.wait(0.25)
        pauses.append(round((home.at - tried_at) / 60))
        home.leave(40)
    assert pauses == [1, 2, 4, 8, 10, 10]
    home.look("happy", 20)
    home.report("played")
    assert home.state.playback.failures == 0


def test_a_wish_that_fails_does_not_shorten_the_cool_down_of_what_plays() -> None:
    home = household()
    home.look("happy", 5)
    begun = last(home).at
    home.report("played")
    home.at += 180
    home.look("happy", 5)
    home.ask("recommend")
    home.report("failed", "no answer")
    home.at = begun + 590
    home.look("sad", 5)
    assert last(home).action == "none"
    home.at = begun + 601
    home.look("angry", 20)
    assert last(home).action == "play"


@pytest.mark.parametrize(("when_nobody", "pauses"), [("pause", 1), ("keep", 0)])
def test_when_everybody_has_left_our_music_is_paused_where_wished(when_nobody: str, pauses: int) -> None:
    home = household(when_nobody=when_nobody)
    home.look("happy", 5)
    home.report("played")
    home.leave(40)
    assert [decision.action for decision in home.decisions].count("pause") == pauses
    home.leave(60)
    assert [decision.action for decision in home.decisions].count("pause") == pauses


def test_music_that_is_not_ours_is_not_paused_when_everybody_has_left() -> None:
    home = household(when_nobody="pause")
    home.look("happy", 5)
    home.report("overridden")
    home.leave(40)
    assert [decision.action for decision in home.decisions] == ["play"]


def test_with_automatic_music_off_even_our_own_music_is_left_alone_when_everybody_has_left() -> None:
    home = household(when_nobody="pause")
    home.look("happy", 5)
    home.report("played")
    home.ask("music", "off")
    home.leave(40)
    assert [decision.action for decision in home.decisions] == ["play"]


def test_a_camera_that_is_lost_or_switched_off_is_no_departure() -> None:
    home = household(when_nobody="pause")
    home.look("happy", 5)
    home.report("played")
    home.ask("camera", "off")
    home.wait(60)
    assert [decision.action for decision in home.decisions] == ["play"]


def test_what_plays_is_said_as_what_we_know() -> None:
    home = household()
    home.look("happy", 5)
    home.report("played")
    assert home.view.playing == "Sunny side, started by us at 18:00"
    assert home.events[-1].detail == "Sunny side on Living room"
    home.report("failed", "the speaker is gone")
    assert home.view.playing == "Sunny side, started by us at 18:00"
    assert (home.view.player_status, home.view.last_decision) == (
        "the speaker is gone",
        "not played: the speaker is gone",
    )
    home.wait(12 * 60 + 1)
    assert home.view.playing is None


def test_somebody_who_asks_learns_that_our_music_still_plays_and_nothing_else_changes() -> None:
    home = household()
    home.look("happy", 5)
    home.report("played")
    home.wait(26)
    log, told = home.state.log, len(home.events)
    home.give(LookReport("ours", home.at))
    assert home.view.playing == "Sunny side, started by us at 18:00, still playing at 18:26"
    assert (home.view.player_status, home.view.override_until) == ("ready", None)
    assert (home.state.log, len(home.events)) == (log, told)
    home.wait(12 * 60 - 5)  # it was seen less than twelve hours ago
    assert home.view.playing is not None


def test_what_other_people_do_is_respected_from_when_somebody_asked_as_from_a_decision() -> None:
    home = household()
    home.look("happy", 5)
    home.report("played")
    home.wait(30)
    told = len(home.events)
    home.give(LookReport("others", home.at, "somebody paused the music on Living room"))
    assert home.view.playing is None
    assert home.view.player_status == "somebody paused the music on Living room, seen at 18:30"
    assert home.view.override_until == "2026-11-23T19:30:05+01:00"
    assert home.view.last_decision == "somebody paused the music on Living room: left alone until 19:30"
    assert len(home.events) == told, "no event: nothing was to be played"
    home.look("sad", 20)
    assert (last(home).action, last(home).reason) == (
        "none",
        "not played: somebody chose the music, left alone until 19:30",
    )


def test_asking_again_and_again_never_prolongs_the_respect() -> None:
    home = household()
    for _ in range(6):
        home.give(LookReport("others", home.at, "somebody plays something else on Living room"))
        assert home.view.override_until == "2026-11-23T19:00:00+01:00"
        home.wait(9)
    assert home.view.player_status == "somebody plays something else on Living room, seen at 18:45"
    home.wait(7)
    assert (home.view.override_until, home.view.player_status) == (None, "ready")
    assert len(home.ask("why").data) == 1  # type: ignore[arg-type]  # a list


def test_other_peoples_music_and_what_is_wrong_with_the_player_are_both_said() -> None:
    home = household()
    home.give(PlayerSays("speaker not connected"))
    home.give(LookReport("others", home.at, "somebody plays something else on Kitchen"))
    assert home.view.player_status == "somebody plays something else on Kitchen, seen at 18:00; speaker not connected"


def test_a_look_that_finds_silence_ends_the_claim_that_we_play_and_is_no_choice_of_anybody() -> None:
    home = household()
    home.look("happy", 5)
    home.report("played")
    home.give(LookReport("nothing", home.at))
    assert (home.view.playing, home.view.override_until, home.view.player_status) == (None, None, "ready")


def test_a_look_that_fails_changes_nothing() -> None:
    home = household()
    home.look("happy", 5)
    home.report("played")
    before = home.state
    home.give(LookReport("unknown", home.at, "Spotify does not answer in time"))
    assert home.state == before


def test_music_of_ours_that_somebody_resumed_is_ours_again() -> None:
    home = household()
    home.look("happy", 5)
    home.report("played")
    home.give(LookReport("others", home.at, "somebody paused the music on Living room"))
    home.wait(5)
    home.give(LookReport("ours", home.at, since=MONDAY_EVENING.astimezone(UTC)))
    assert home.view.playing == "Sunny side, started by us at 18:00, still playing at 18:05"
    assert home.view.player_status == "ready"
    assert home.view.override_until, "who paused it has chosen all the same"


def test_the_recommendation_follows_mood_and_taste_even_when_nothing_may_play() -> None:
    home = household(NIGHT)
    home.look("sad", 5)
    home.ask("artist", "Nina Simone")
    shown = home.view.recommendation
    assert shown is not None
    assert shown.youtube_url == "https://music.youtube.com/search?q=comforting+calm+Nina+Simone"
    assert shown.spotify_uri == PIANO.value


def test_why_lists_the_last_decisions_with_what_every_gate_said() -> None:
    home = household()
    home.look("happy", 20)
    home.look("sad", 20)
    data = home.ask("why").data
    assert isinstance(data, list)
    first, second = data
    assert (first["at"], first["text"]) == ("18:00", "play “Sunny side” on Living room: somebody looks happy")
    assert first["time"] == "2026-11-23T18:00:02+01:00"
    assert set(first["gates"]) == set(GATES)
    assert set(first["gates"].values()) == {"open"}
    assert second["text"] == "not played: cool-down until 18:10"
    assert second["gates"]["cool-down"] == "cool-down until 18:10"
    assert second["gates"]["quiet hours"] == "open"
    for _ in range(30):
        home.ask("recommend")
    assert len(home.state.log) == 20
