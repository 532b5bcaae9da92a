"""What somebody asks for is brought to its end before anything is decided by itself, and the newest wish wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from moodkiosk.decide import kiosk
from moodkiosk.decide.music.running import ANSWER_SECONDS
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport
from tests.support.household import BERLIN, MONDAY_EVENING, Household

MUSIC = MusicSettings(
    moods={"happy": MoodMusic(play=("Sunny side", "Beach")), "sad": MoodMusic(play=("spotify:playlist:piano",))},
    quiet_hours=("22:00-07:00",),
    min_minutes_between_changes=0.0,  # what keeps others out here is the wish alone
    after_seconds=5.0,
)
WISHES = [("recommend", None), ("play", None), ("mood", "happy")]
NOT_YET = "somebody has asked for something, and the player is still at it"


def household(begun: datetime | None = MONDAY_EVENING, **music: object) -> Household:
    return Household(Settings(music=replace(MUSIC, **music)), begun)  # type: ignore[arg-type]  # fields by name


def happy(home: Household) -> Household:
    """Happy music of ours runs."""
    home.look("happy", 10)
    home.report("played")
    return home


def carried_out(home: Household) -> list[Decision]:
    return [one for one in home.decisions if one.action != "none"]


def ask(home: Household, name: str, value: str | int | None = None) -> Decision:
    """Somebody asks; the player is at it, and has not answered."""
    assert home.ask(name, value).ok
    return carried_out(home)[-1]


def answer(home: Household, decision: Decision, kind: str, **more: object) -> None:
    fields = {"mood": decision.mood, "what": decision.what, "asked": decision.asked, "decided_at": decision.at} | more
    home.give(PlayerReport(kind, home.at, "ready", **fields))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(("name", "value"), WISHES)
def test_a_mood_that_settles_while_the_player_is_at_a_wish_starts_nothing_and_is_told_why(
    name: str, value: str | None
) -> None:
    home = household()
    home.look("happy", 3)
    wish = ask(home, name, value)
    home.ask("mood", "auto")
    home.look("sad", 20)
    assert home.view.mood == "sad"
    assert carried_out(home) == [wish]
    assert home.decisions[-1].reason == f"not played: {NOT_YET}"
    assert home.decisions[-1].gate == "wish"


@pytest.mark.parametrize(("name", "value"), WISHES)
def test_what_was_asked_for_stands_when_the_answer_comes_and_is_left_alone_as_long_as_ever(
    name: str, value: str | None
) -> None:
    home = household(min_minutes_between_changes=10.0)
    home.look("happy", 3)
    wish = ask(home, name, value)
    home.ask("mood", "auto")
    home.look("sad", 15)
    answer(home, wish, "played")
    home.look("sad", 500, hz=1.0)
    assert carried_out(home) == [wish]
    assert home.view.now_playing is not None
    assert home.view.now_playing.by == "asked"
    home.look("sad", 120, hz=1.0)
    assert [one.mood for one in carried_out(home)] == ["happy", "sad"], "the mood that still holds, after the cool-down"


@pytest.mark.parametrize(("name", "value"), WISHES)
def test_a_wish_that_fails_lets_go(name: str, value: str | None) -> None:
    home = household()
    home.look("happy", 3)
    wish = ask(home, name, value)
    home.ask("mood", "auto")
    home.look("sad", 15)
    answer(home, wish, "failed")
    home.look("sad", 70, hz=1.0)
    assert [one.mood for one in carried_out(home)] == ["happy", "sad"]


def test_a_player_that_never_answers_does_not_keep_the_house_silent() -> None:
    home = household()
    home.look("happy", 3)
    asked_at = ask(home, "recommend").at
    home.look("sad", 20)
    assert kiosk.due(home.state, home.now, home.settings) <= asked_at + ANSWER_SECONDS
    home.look("sad", ANSWER_SECONDS, hz=1.0)
    assert [one.mood for one in carried_out(home)] == ["happy", "sad"]
    assert carried_out(home)[-1].at == pytest.approx(asked_at + ANSWER_SECONDS, abs=1.0)


def test_of_two_wishes_the_newest_counts_and_the_answer_to_the_first_lets_nothing_in() -> None:
    home = household()
    home.look("happy", 3)
    first = ask(home, "recommend")
    home.look("happy", 1)
    second = ask(home, "mood", "sad")
    answer(home, first, "played")
    home.ask("mood", "auto")
    home.look("happy", 10)
    assert carried_out(home) == [first, second]
    answer(home, second, "played")
    assert home.view.now_playing is not None
    assert home.view.now_playing.mood == "sad"


def test_a_first_wish_that_fails_does_not_fail_the_second() -> None:
    home = household(min_minutes_between_changes=10.0)
    home.look("happy", 3)
    first = ask(home, "recommend")
    home.look("happy", 1)
    second = ask(home, "recommend")
    cooling = home.state.playback.cooling
    answer(home, first, "failed")
    assert home.state.playback.cooling == cooling
    answer(home, second, "played")
    assert (home.state.playback.cooling, home.state.playback.failures) == (cooling, 0)


@pytest.mark.parametrize("earlier", ["by itself", "recommend", "play"])
@pytest.mark.parametrize("kind", ["played", "kept", "resumed"])
def test_a_pause_wins_over_a_start_that_is_done_after_it_was_pressed(earlier: str, kind: str) -> None:
    home = household()
    home.look("happy", 3)
    if earlier == "by itself":
        home.look("happy", 10)
        start = carried_out(home)[-1]
    else:
        start = ask(home, earlier)
    home.at += 1
    pause = ask(home, "pause")
    home.at += 1
    answer(home, start, kind)
    assert home.view.override_until is not None, "the pause stands"
    home.look("sad", 10)
    assert carried_out(home)[-1] is pause
    answer(home, pause, "paused")
    assert (home.view.playing, home.view.override_until is None) == (None, False)
    home.look("sad", 600, hz=1.0)
    assert carried_out(home)[-1] is pause, "for the evening"
    ask(home, "play")
    home.report("resumed")
    assert home.view.playing is not None


def test_a_start_by_itself_that_met_others_takes_no_time_from_the_wish_after_it() -> None:
    home = household(min_minutes_between_changes=10.0)
    home.look("happy", 10)
    by_itself = carried_out(home)[-1]
    wish = ask(home, "mood", "sad")
    answer(home, by_itself, "overridden")
    answer(home, wish, "played")
    assert home.view.override_until is None
    assert home.state.playback.cooling is not None


@pytest.mark.parametrize("name", ["recommend", "pause"])
def test_a_cap_that_is_moved_meanwhile_holds_for_the_music_as_soon_as_the_answer_is_there(name: str) -> None:
    home = happy(household())
    asked = ask(home, name)
    home.ask("volume_cap", 20)
    home.look("happy", 5)
    assert carried_out(home)[-1] is asked, "which would otherwise be given up half-way"
    answer(home, asked, "played" if name == "recommend" else "failed")
    assert carried_out(home)[-1].action == ("volume" if name == "recommend" else "pause")
    if name == "recommend":
        assert carried_out(home)[-1].volume_percent_max == 20


@pytest.mark.parametrize("action", ["lower", "stop", "keep"])
def test_what_was_asked_for_as_quiet_hours_begin_plays_in_them_under_their_cap(action: str) -> None:
    home = happy(household(datetime(2026, 11, 23, 21, 59, 40, tzinfo=BERLIN), quiet_action=action))
    wish = ask(home, "recommend")
    home.look("happy", 20)
    assert home.view.quiet_until is not None
    assert carried_out(home)[-1] is wish
    answer(home, wish, "played")
    home.look("happy", 60, hz=1.0)
    changes = carried_out(home)[2:]
    assert [one.action for one in changes] == ([] if action == "keep" else ["volume"])
    assert all(one.volume_percent_max == 25 for one in changes)


def test_what_is_asked_for_in_quiet_hours_does_not_stop_because_they_had_not_begun_when_music_ran_last() -> None:
    home = happy(household(datetime(2026, 11, 23, 21, 50, tzinfo=BERLIN), quiet_action="stop"))
    home.ask("pause")
    home.report("paused")
    home.at += 3600
    home.look("happy", 5)
    wish = ask(home, "recommend")
    answer(home, wish, "played")
    home.look("happy", 60, hz=1.0)
    assert carried_out(home)[-1] is wish


@pytest.mark.parametrize(("when_nobody", "minutes"), [("pause", 0.0), ("fade", 15.0)])
@pytest.mark.parametrize("runs", [True, False])
def test_who_leaves_while_the_player_is_at_it_has_left_the_music_behind_and_it_ends_as_ever(
    when_nobody: str, minutes: float, *, runs: bool
) -> None:
    home = household(when_nobody=when_nobody)
    if runs:
        happy(home)
    home.look("happy", 3)
    wish = ask(home, "recommend")
    home.leave(100, hz=1.0)
    assert home.view.present is False
    assert carried_out(home)[-1] is wish
    answer(home, wish, "played")
    home.leave(max(1.0, minutes * 60), hz=1.0)
    assert carried_out(home)[-1].action == "pause"
    assert not carried_out(home)[-1].asked


def test_music_that_was_asked_for_from_an_empty_room_plays_on() -> None:
    home = household()
    home.look("happy", 3)
    home.leave(40, hz=1.0)
    wish = ask(home, "mood", "sad")
    home.leave(20, hz=1.0)
    answer(home, wish, "played")
    home.leave(1700, hz=0.2)
    assert carried_out(home)[-1] is wish


@pytest.mark.parametrize("name", ["recommend", "play", "pause"])
def test_a_restart_in_the_middle_starts_nothing_against_what_was_asked_for(name: str) -> None:
    home = happy(household(min_minutes_between_changes=10.0))
    home.at += 900  # the cool-down before is over
    home.look("happy", 3)
    ask(home, name)
    again = Household(home.settings, home.begun, kiosk.remember(home.state), home.at, "again")
    again.look("sad", 300, hz=1.0)
    assert carried_out(again) == []


Change = Callable[[Household], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda home: home.look("sad", 20),
        lambda home: home.ask("volume_cap", 10),
        lambda home: home.ask("music", "off"),
        lambda home: home.ask("mood", "auto"),
        lambda home: home.ask("camera", "off"),
        lambda home: home.leave(60, hz=1.0),
        lambda home: home.wait(2),
    ],
    ids=["mood", "cap", "switch", "auto", "camera", "leave", "time"],
)
@pytest.mark.parametrize("wish", ["recommend", "play", "mood", "pause", "skip", "choose"])
def test_nothing_but_a_person_takes_a_wish_from_the_player(change: Change, wish: str) -> None:
    home = happy(household(datetime(2026, 11, 23, 21, 59, 30, tzinfo=BERLIN), when_nobody="pause"))
    value = "sad" if wish == "mood" else None
    if wish == "choose":
        home.ask("recommendations")
        value = kiosk.recommendations(home.state, home.settings)[0].id
    asked = ask(home, wish, value)
    change(home)
    home.wait(0.1)
    assert carried_out(home)[-1] is asked
