"""The whole step: the camera's switch, schedule and loss, moods by hand, commands, the view, and restarts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.decide import kiosk
from moodkiosk.decide.kiosk import CameraStatus, Labels, Notice, PlayerSays, SenseGone, Tick
from moodkiosk.decide.settings import MoodMusic, MoodSettings, MusicSettings, Settings
from moodkiosk.moods.command import Command
from moodkiosk.moods.report import PlayerReport
from tests.support.household import BERLIN, LABELS, MONDAY_EVENING, Household, reading

TWO_PLAYLISTS = MusicSettings(
    moods={"happy": MoodMusic(play=("Sunny side", "Beach"))},
    quiet_hours=("22:00-07:00",),
    after_seconds=0.0,
)
AT_NIGHT_CLOSED = Settings(camera_off_hours=("22:00-06:30",))


def test_the_same_inputs_lead_to_the_same_outputs_and_ids_are_unique() -> None:
    homes = [Household(), Household()]
    for home in homes:
        home.look("happy", 20)
        home.look("sad", 20)
        home.leave(40)
    assert homes[0].events == homes[1].events
    assert homes[0].decisions == homes[1].decisions
    ids = [event.id for event in homes[0].events]
    assert ids == [f"test-{number}" for number in range(1, len(ids) + 1)]


def test_a_camera_that_is_lost_takes_the_mood_with_it_and_is_told_once() -> None:
    home = Household()
    home.look("happy", 5)
    for _ in range(3):
        home.give(CameraStatus("lost", "unplugged"))
    assert home.view.camera_status == "lost: unplugged"
    assert (home.view.mood, home.view.unknown_because) == (None, "camera lost")
    assert home.moods() == ["happy"], "a mood that cannot be seen has not changed"
    home.give(CameraStatus("starting"))
    home.give(CameraStatus("on"))
    home.give(CameraStatus("on"))
    assert home.kinds().count("camera_lost") == home.kinds().count("camera_back") == 1


def test_when_sense_hangs_up_the_camera_is_lost_until_pictures_come_again() -> None:
    home = Household()
    home.look("happy", 5)
    home.give(SenseGone())
    assert home.view.camera_status == "lost: the half that sees is not running"
    home.give(Labels(LABELS))
    assert home.view.camera_status == "starting"
    home.look("happy", 1)
    assert (home.view.camera_status, home.kinds()[-1]) == ("on", "camera_back")


def test_a_camera_that_is_said_to_be_on_but_brings_no_reading_is_lost() -> None:
    home = Household()
    home.look("happy", 5)
    home.at += 9.9
    home.give(Tick())
    assert home.view.camera_status == "on"
    home.at += 0.1
    home.give(Tick())
    assert (home.view.camera_status, home.view.mood) == ("lost: it is open but brings no pictures", None)
    home.give(CameraStatus("on"))
    home.wait(1)
    assert home.kinds().count("camera_lost") == 1
    home.look("happy", 0.2)
    assert home.kinds()[-1] == "camera_back"


def test_a_camera_switched_off_sees_nothing_from_that_moment_and_is_not_lost() -> None:
    home = Household()
    home.look("happy", 5)
    result = home.ask("camera", "off")
    assert (result.ok, result.text) == (True, "the camera is switched off")
    assert (home.view.camera, home.view.camera_status) == (False, "on"), "still open: that is not hidden"
    home.look("happy", 5)
    home.give(CameraStatus("off"))
    home.give(SenseGone())
    assert home.moods() == ["happy"]
    assert (home.view.camera_status, home.view.unknown_because) == ("off", "camera off")
    assert "camera_lost" not in home.kinds()


def test_a_camera_that_is_lent_counts_nobody() -> None:
    home = Household()
    home.look("happy", 5)
    home.give(CameraStatus("lent", "collecting"))
    home.look("happy", 5)
    assert (home.view.present, home.view.mood, home.view.camera_status) == (None, None, "lent")
    assert home.view.unknown_because == "camera lent"


def test_the_camera_is_closed_by_its_schedule_and_open_again_after() -> None:
    home = Household(AT_NIGHT_CLOSED, datetime(2026, 11, 23, 21, 59, tzinfo=BERLIN))
    home.look("happy", 5)
    assert kiosk.camera_wanted(home.state, home.now, home.settings) == (True, "the camera is switched on")
    home.at = 60
    home.give(Tick())
    wanted = kiosk.camera_wanted(home.state, home.now, home.settings)
    assert wanted == (False, "the camera is scheduled off until 06:30")
    assert home.view.mood is None
    home.give(CameraStatus("off"))
    assert (home.view.camera, home.view.camera_status) == (True, "scheduled off")
    assert home.ask("camera", "on").text == "the camera is scheduled off until 06:30"
    home.at += 8.5 * 3600
    assert kiosk.camera_wanted(home.state, home.now, home.settings)[0]
    assert home.view.camera_status == "starting"


def test_a_camera_with_a_schedule_stays_closed_while_the_time_of_day_is_unknown() -> None:
    home = Household(AT_NIGHT_CLOSED, begun=None)
    home.look("happy", 5)
    assert kiosk.camera_wanted(home.state, home.now, home.settings)[0] is False
    assert home.view.mood is None
    assert home.view.camera_status == "scheduled off: waiting for the clock"


def test_a_mood_chosen_by_hand_holds_against_the_camera_and_ends_by_itself() -> None:
    home = Household()
    home.look("happy", 10)
    assert home.ask("mood", "angry").text == "angry until 20:00"
    home.look("sad", 20)
    assert home.moods() == ["happy", "angry"]
    home.at = 2 * 3600.0
    home.look("sad", 9.8)
    assert home.view.manual_mood == "angry"
    home.look("sad", 0.4)
    assert home.moods() == ["happy", "angry", "sad"]
    assert home.state.manual is None


def test_a_mood_chosen_by_hand_ends_by_itself_with_the_camera_off_and_nobody_looking() -> None:
    home = Household()
    home.ask("camera", "off")
    home.give(CameraStatus("off"))
    home.ask("mood", "angry")
    assert (home.view.mood, home.view.present, home.view.camera_status) == ("angry", None, "off")
    assert home.view.confidence is None, "by hand, not as seen"
    home.wait(119.9)
    assert home.view.manual_mood == "angry"
    home.wait(0.2)
    assert home.moods() == ["angry", None]


def test_auto_goes_back_to_what_the_camera_sees() -> None:
    home = Household()
    home.look("happy", 10)
    home.ask("mood", "angry")
    home.ask("mood", "auto")
    assert home.moods() == ["happy", "angry", "happy"]


def test_a_mood_by_hand_that_a_new_model_does_not_know_ends() -> None:
    home = Household()
    home.give(Labels(LABELS))
    home.ask("mood", "angry")
    home.give(Labels(("happy", "sad")))
    assert (home.view.manual_mood, home.view.labels) == (None, ("happy", "sad"))


def test_a_new_model_does_not_inherit_what_the_old_one_saw() -> None:
    home = Household()
    home.give(Labels(LABELS))
    home.look("happy", 10)
    home.give(Labels(LABELS))
    assert home.view.mood == "happy", "the same labels: sense has only come again"
    home.give(Labels(("joy", "grief")))
    assert home.view.mood is None


def test_settings_by_command_are_echoed_at_once() -> None:
    home = Household()
    wishes: dict[str, str | int] = {"language": "German", "artist": "Nena", "volume_cap": 35, "music": "off"}
    for name, value in wishes.items():
        assert home.ask(name, value).ok
    view = home.view
    assert (view.language, view.artist, view.volume_cap, view.music) == ("German", "Nena", 35, False)


def test_the_person_is_whose_neutral_face_is_really_subtracted() -> None:
    home = Household()
    home.ask("person", "Ada")
    assert home.view.person == "Ada"
    home.at += 1
    home.give(replace(reading(home.at), neutral="Grace"))
    assert home.view.person == "Grace"
    home.ask("person", "")
    assert home.view.person is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("camera", "lend"), ("camera", None), ("music", 1), ("mood", None), ("volume_cap", 101), ("dance", "on")],
)
def test_what_is_not_for_decide_is_refused_and_changes_nothing(name: str, value: str | int | None) -> None:
    home = Household()
    home.give(kiosk.Tick())
    before = home.state
    result = home.ask(name, value)
    assert not result.ok
    assert result.error
    assert home.state == before


def test_corrections_and_notices_become_events_once() -> None:
    home = Household()
    home.look("happy", 5)
    home.ask("correct", "sad")
    home.give(Notice("login_expiring", "the Spotify sign-in ends in 7 days"))
    correction, notice = home.events[-2:]
    assert (correction.kind, correction.mood, correction.detail) == ("correction", "happy", "it should have been “sad”")
    assert (notice.kind, notice.detail) == ("login_expiring", "the Spotify sign-in ends in 7 days")


def test_since_is_when_the_mood_changed() -> None:
    home = Household()
    assert home.view.since is None
    home.look("happy", 5)
    assert home.view.since == "2026-11-23T18:00:02+01:00"


# Restarts -------------------------------------------------------------------------------------------------------


def restarted(home: Household, seconds: float = 0, begun: datetime | None = MONDAY_EVENING) -> Household:
    """The kiosk after a restart that took so long: another monotonic clock, the same time of day."""
    kept = json.loads(json.dumps(kiosk.remember(home.state, stopped=home.now.wall)))
    again = Household(home.settings, begun, kept, at=5.0, session="again")
    if begun is not None:
        again.begun = home.now.wall + timedelta(seconds=seconds - 5.0) if home.now.wall else None
    return again


def busy() -> Household:
    home = Household(Settings(music=TWO_PLAYLISTS))
    home.look("happy", 5)
    home.report("played")
    home.ask("language", "German")
    home.ask("volume_cap", 33)
    home.ask("person", "Ada")
    home.ask("mood", "happy")
    home.report("kept")
    return home


def test_a_restart_changes_nothing_that_was_chosen_started_or_decided() -> None:
    home = busy()
    home.report("overridden")
    home.ask("camera", "off")
    home.give(Tick())
    again = restarted(home)
    again.give(Tick())
    not_kept = {"since": None, "camera_status": ""}
    assert replace(again.view, **not_kept) == replace(home.view, **not_kept)  # type: ignore[arg-type]  # names of fields
    assert kiosk.remember(again.state) == kiosk.remember(home.state)


def seen_happy() -> Household:
    """Somebody is there, and happy."""
    home = Household()
    home.give(Labels(LABELS))
    home.look("happy", 10)
    return home


@pytest.mark.parametrize("seconds", [1, 29])
def test_whoever_was_here_before_a_restart_and_is_here_after_has_neither_come_nor_changed(seconds: float) -> None:
    home = seen_happy()
    again = restarted(home, seconds)
    again.give(Tick())
    view = again.view
    assert (view.present, view.mood, view.unknown_because) == (None, None, "camera starting")
    assert view.labels == LABELS, "so that what was chosen by hand can be shown before sense has come"
    again.look("happy", 10)
    assert again.events == []
    assert (again.view.present, again.view.mood, again.view.since) == (True, "happy", home.view.since)


@pytest.mark.parametrize("confidence", [0.5, 0.6, 0.8])
@pytest.mark.parametrize("hz", [1.5, 2.5, 5.0])
def test_a_slow_camera_and_short_settings_do_not_make_a_mood_change_of_a_return(hz: float, confidence: float) -> None:
    """The mood may settle a second after somebody is there at the earliest; until then nobody is "not sure"."""
    home = Household(Settings(mood=MoodSettings(settle_seconds=1, refractory_seconds=1)))
    home.give(Labels(LABELS))
    home.look("happy", 10)
    home.events.clear()
    home.give(SenseGone())
    home.give(Labels(LABELS))
    home.look("happy", 10, hz=hz, confidence=confidence)
    assert home.kinds() == ["camera_lost", "camera_back"]
    assert home.view.mood == "happy"


def test_after_a_restart_that_took_longer_than_the_memory_lasts_somebody_has_arrived() -> None:
    again = restarted(seen_happy(), seconds=60)
    again.look("happy", 10)
    assert [(event.kind, event.mood, event.previous) for event in again.events[:2]] == [
        ("arrived", None, None),
        ("mood_changed", "happy", None),
    ]


def test_starting_up_is_not_counted_neither_the_machine_s_nor_the_program_s() -> None:
    """Ten seconds to go down, a minute to start the machine, and the time of day is known late."""
    home = seen_happy()
    assert home.now.wall is not None
    kept = json.loads(json.dumps(kiosk.remember(home.state, stopped=home.now.wall)))
    again = Household(home.settings, None, kept, at=60.0, session="again")
    again.give(Tick())
    again.at += 15
    again.begun = home.now.wall + timedelta(seconds=10)
    again.give(Tick())
    again.look("happy", 10)
    assert again.events == []


def test_after_a_power_cut_of_unknown_length_whoever_is_here_has_not_arrived() -> None:
    home = seen_happy()
    again = Household(home.settings, MONDAY_EVENING, json.loads(json.dumps(kiosk.remember(home.state))), at=30.0)
    again.look("happy", 10)
    assert again.events == []


class CutOff(Household):
    """The kiosk of a household after so many seconds without power; it takes 40 more to see again.

    Its clock says `clock` until it learns the time; None: it is known not to be set.
    """

    def __init__(self, home: Household, seconds: float, clock: datetime | None = None) -> None:
        assert home.now.wall is not None
        kept = json.loads(json.dumps(kiosk.remember(home.state, alive=home.now.wall)))
        super().__init__(home.settings, clock, kept, at=40.0, session="again")
        self.give(Labels(LABELS))
        self.power_back = home.now.wall + timedelta(seconds=seconds)

    def learns_the_time(self) -> None:
        self.begun = self.power_back
        self.give(Tick())


@pytest.mark.parametrize("late_seconds", [0, 5, 60])
@pytest.mark.parametrize("seconds", [1, 20, 39])
def test_a_power_cut_that_nobody_needs_to_have_left_in_is_no_visit(seconds: float, late_seconds: float) -> None:
    again = CutOff(seen_happy(), seconds)
    if late_seconds:
        again.look("happy", late_seconds)
    again.learns_the_time()
    again.look("happy", 10)
    assert again.events == []


@pytest.mark.parametrize("late_seconds", [0, 2, 60])
@pytest.mark.parametrize("seconds", [106, 3600, 14 * 86400])
def test_whoever_is_seen_after_a_longer_power_cut_has_arrived_as_soon_as_the_clock_says_so(
    seconds: float, late_seconds: float
) -> None:
    """To the minute: so often it is kept that somebody is here."""
    again = CutOff(seen_happy(), seconds)
    again.look("happy", late_seconds)
    assert again.events == []
    again.learns_the_time()
    again.look("happy", 10)
    assert [(event.kind, event.mood, event.previous) for event in again.events] == [
        ("arrived", None, None),
        ("mood_changed", "happy", None),
    ]


def test_a_clock_in_the_past_that_passes_for_right_is_not_believed_until_it_is_set() -> None:
    """Without a clock chip and with another NTP client than systemd's, nothing says that it is not set yet."""
    again = CutOff(seen_happy(), 86400, clock=MONDAY_EVENING - timedelta(days=3))
    again.look("happy", 10)
    assert again.events == []
    again.learns_the_time()
    again.look("happy", 10)
    assert again.kinds() == ["arrived", "mood_changed"]


def test_whoever_came_and_went_before_the_clock_was_set_is_not_told_of_once_more() -> None:
    again = CutOff(seen_happy(), 86400)
    again.look("happy", 5)
    again.leave(31)
    again.look("happy", 10)
    assert again.kinds() == ["mood_changed", "left", "arrived", "mood_changed"]
    again.learns_the_time()
    again.look("happy", 10)
    assert len(again.events) == 4


def test_an_arrival_that_is_known_only_minutes_later_is_no_news() -> None:
    again = CutOff(seen_happy(), 86400)
    again.look("happy", 130)
    again.learns_the_time()
    again.look("happy", 10)
    assert again.events == []


def test_whoever_left_in_a_power_cut_leaves_as_everybody_does_or_is_forgotten() -> None:
    for seconds, told in ((20, ["left", "mood_changed"]), (3600, [])):
        again = CutOff(seen_happy(), seconds)
        again.learns_the_time()
        again.leave(40)
        assert (again.kinds(), again.view.present) == (told, False)


def test_that_somebody_is_here_is_kept_once_a_minute_and_that_nobody_is_once() -> None:
    home = seen_happy()
    alive = []
    for _ in range(300):
        home.look("happy", 1)
        alive.append(kiosk.remember(home.state, alive=home.now.wall)["alive"])
    assert len(set(alive)) in (5, 6)
    home.leave(40)
    assert kiosk.remember(home.state, alive=home.now.wall)["alive"] is None


def test_whoever_has_gone_during_a_restart_leaves_as_everybody_does_and_the_mood_ends_with_it() -> None:
    again = restarted(seen_happy(), seconds=5)
    again.leave(29)
    assert again.events == []
    again.leave(1.4)
    assert again.kinds() == ["left", "mood_changed"]
    assert (again.view.present, again.view.mood) == (False, None)


def test_whoever_comes_after_a_restart_of_an_empty_room_arrives() -> None:
    home = Household()
    home.leave(10)
    again = restarted(home, seconds=1)
    again.look("happy", 10)
    assert again.kinds() == ["arrived", "mood_changed"]


def test_a_mood_chosen_by_hand_is_the_same_after_a_restart_and_no_news() -> None:
    home = seen_happy()
    home.ask("mood", "angry")
    again = restarted(home, seconds=45)
    again.give(Tick())
    assert (again.view.manual_mood, again.view.mood) == ("angry", "angry")
    again.look("happy", 10)
    assert "mood_changed" not in again.kinds()


def test_the_cool_down_goes_on_after_a_restart_and_ends_in_time() -> None:
    home = busy()
    home.ask("mood", "auto")
    again = restarted(home, seconds=300)
    again.look("sad", 10)
    assert again.decisions[-1].reason == "not played: cool-down until 18:10"
    again.at += 300
    again.look("happy", 10)
    assert again.decisions[-1].action == "play"


def test_turns_go_on_after_a_restart() -> None:
    home = busy()
    home.ask("mood", "auto")
    again = restarted(home, seconds=3600)
    again.look("happy", 10)
    assert again.decisions[-1].what == "Beach"


def test_a_mood_chosen_by_hand_is_over_after_a_long_night() -> None:
    again = restarted(busy(), seconds=7300)
    again.give(Tick())
    assert again.view.manual_mood is None


def test_after_a_restart_without_a_clock_nothing_plays_and_nothing_is_forgotten() -> None:
    home = busy()
    home.ask("mood", "auto")
    again = restarted(home, begun=None)
    again.look("sad", 10)
    assert again.decisions[-1].reason == "not played: waiting for the clock"
    again.begun = MONDAY_EVENING + timedelta(minutes=3)
    again.look("happy", 10)
    assert again.decisions[-1].reason == "not played: cool-down until 18:10"


def test_what_a_wrong_clock_has_written_blocks_no_longer_than_it_could_have() -> None:
    home = busy()
    home.report("overridden")
    kept = kiosk.remember(home.state) | {"override_until": "2027-11-23T19:00:00+00:00"}
    again = Household(home.settings, remembered=kept)
    again.give(Tick())
    assert again.view.override_until == "2026-11-23T19:00:00+01:00"


def test_a_clock_that_is_set_while_we_run_moves_what_is_shown_and_not_what_is_waited_for() -> None:
    home = busy()
    home.report("overridden")
    home.begun = MONDAY_EVENING + timedelta(days=365)
    home.give(Tick())
    assert home.view.override_until == "2027-11-23T19:00:05+01:00"
    home.wait(61)
    assert home.view.override_until is None


def test_a_cool_down_that_began_without_a_clock_gets_its_time_of_day_once_there_is_one() -> None:
    home = Household(Settings(music=TWO_PLAYLISTS), begun=None)
    home.look("happy", 5)
    home.ask("recommend")
    home.begun = MONDAY_EVENING
    home.give(Tick())
    assert kiosk.remember(home.state)["cooling_until"] == "2026-11-23T17:10:05+00:00"


def test_a_cool_down_that_never_had_a_time_of_day_begins_anew_with_a_restart() -> None:
    home = Household(Settings(music=TWO_PLAYLISTS), begun=None)
    home.look("happy", 5)
    home.ask("recommend")
    again = restarted(home, begun=None)
    again.give(Tick())
    again.begun = MONDAY_EVENING
    again.look("sad", 10)
    assert again.decisions[-1].reason == "not played: cool-down until 18:10"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
keys = sorted(kiosk.remember(kiosk.start(Settings(), None, "keys")))


@given(st.dictionaries(st.sampled_from(keys), json_values))
def test_whatever_stands_in_a_damaged_file_the_kiosk_starts(remembered: dict[str, object]) -> None:
    home = Household(remembered=remembered)
    home.give(Tick())
    home.ask("why")
    assert json.dumps(kiosk.remember(home.state))
    assert home.view.camera is (remembered.get("camera") is not False)


def test_a_button_of_the_page_is_answered_with_the_callers_mark() -> None:
    home = Household()
    result = home.give(Command("skip", None, transaction="mark", origin="web"))
    assert result is not None
    assert (result.ok, result.transaction) == (True, "mark")
    assert home.decisions[-1].action == "skip"


def wants_to_finish_the_song(home: Household, seconds: float) -> None:
    """The player says that the song before plays for so many seconds more."""
    text = "the song that is playing is finished first"
    home.give(PlayerReport("failed", home.at, text, "happy", retry_at=home.at + seconds))


def test_music_waits_for_the_end_of_the_song_and_begins_by_itself() -> None:
    home = Household(Settings(music=MusicSettings(finish_song=True, after_seconds=0.0)))
    home.look("happy", 5)
    assert [decision.action for decision in home.decisions] == ["play"]
    wants_to_finish_the_song(home, 60)
    home.look("happy", 59)
    assert len(home.decisions) == 1
    assert "not_played" not in home.kinds()
    home.look("happy", 2)
    assert [(decision.action, decision.mood) for decision in home.decisions] == [("play", "happy")] * 2


def test_music_that_waits_for_the_end_of_a_song_is_given_up_when_the_mood_has_changed() -> None:
    home = Household(Settings(music=MusicSettings(finish_song=True, after_seconds=0.0)))
    home.look("happy", 5)
    wants_to_finish_the_song(home, 60)
    home.look("sad", 80)
    assert [decision.mood for decision in home.decisions] == ["happy", "sad"]


def test_what_the_player_says_of_itself_is_shown() -> None:
    home = Household()
    said = (PlayerSays("speaker not connected", 7), PlayerSays("ready"))
    assert home.view.login_days_left is None
    for one in said:
        home.give(one)
        assert (home.view.player_status, home.view.login_days_left) == (one.status, one.login_days_left)
