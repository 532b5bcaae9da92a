"""Debounce: flickering readings become a mood that holds, alike at every frame rate."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodkiosk.decide.settings import MoodSettings, Settings
from moodkiosk.moods.reading import AT_REST, Reading
from tests.support.household import DARK, LABELS, Household, empty, reading

RATES = [2.0, 5.0, 30.0]
SETTLE_SECONDS = MoodSettings().settle_seconds
REFRACTORY_SECONDS = MoodSettings().refractory_seconds


def changed_at(home: Household) -> list[float]:
    return [event.at for event in home.events if event.kind == "mood_changed"]


def flickering(mood: str, count: int, dice: random.Random) -> list[Reading]:
    """Readings of which every fifth, at a random place, shows another mood or none."""
    readings: list[Reading] = []
    while len(readings) < count:
        five = [reading(0, mood, confidence=dice.uniform(0.6, 0.95)) for _ in range(4)]
        other = dice.choice([label for label in LABELS if label != mood])
        five.insert(dice.randrange(5), dice.choice([reading(0, other), reading(0, None), empty(0)]))
        readings += five
    return readings[:count]


@given(st.sampled_from(RATES), st.sampled_from(LABELS), st.randoms(use_true_random=False))
def test_a_mood_with_one_reading_in_five_flickering_settles_within_seconds_at_every_rate(
    hz: float, mood: str, dice: random.Random
) -> None:
    home = Household()
    home.watch(flickering(mood, round((2 * SETTLE_SECONDS + 0.5) * hz), dice), hz)
    assert home.moods() == [mood]


@settings(max_examples=40)
@given(st.sampled_from(RATES), st.permutations(LABELS), st.randoms(use_true_random=False))
def test_from_one_mood_to_the_next_there_is_one_event_within_seconds_at_every_rate(
    hz: float, moods: list[str], dice: random.Random
) -> None:
    home = Household()
    home.watch(flickering(moods[0], round(12 * hz), dice), hz)
    begun = home.at
    home.watch(flickering(moods[1], round((3 * SETTLE_SECONDS) * hz), dice), hz)
    assert home.moods() == [moods[0], moods[1]]
    assert changed_at(home)[1] - begun <= 3 * SETTLE_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize(("hz", "minutes"), [(2.0, 60), (5.0, 60), (30.0, 10)])
def test_nothing_happens_for_as_long_as_nothing_changes(hz: float, minutes: int) -> None:
    home, dice = Household(), random.Random(7)
    home.watch(flickering("happy", round(10 * hz), dice), hz)
    before = list(home.events)
    home.watch(flickering("happy", round(60 * minutes * hz), dice), hz)
    assert home.events == before


@pytest.mark.slow
@settings(max_examples=40)
@given(
    st.sampled_from(RATES),
    st.lists(st.tuples(st.sampled_from([*LABELS, None]), st.floats(0.2, 12), st.floats(0.2, 1)), max_size=8),
)
def test_while_a_face_is_in_view_no_mood_but_rest_comes_within_the_refractory_period(
    hz: float, looks: list[tuple[str | None, float, float]]
) -> None:
    home = Household()
    for mood, seconds, confidence in looks:
        home.look(mood, seconds, hz=hz, confidence=confidence)
    changes = [(event.at, event.mood) for event in home.events if event.kind == "mood_changed"]
    for (earlier, _), (later, mood) in pairwise(changes):
        assert mood == AT_REST or later - earlier >= REFRACTORY_SECONDS - 1e-6


def test_the_way_back_to_rest_does_not_wait() -> None:
    """A wrong mood is corrected at once; that cannot make a wrong one."""
    home = Household()
    home.look("happy", 3)
    begun = home.at
    home.look(AT_REST, 12)
    assert home.moods() == ["happy", AT_REST]
    assert changed_at(home)[1] - begun <= 1.3 * SETTLE_SECONDS < REFRACTORY_SECONDS


@pytest.mark.parametrize("confidence", [0.6, 0.8, 0.95])
def test_a_steady_mood_settles_after_about_the_time_of_the_setting_alike_at_every_rate(confidence: float) -> None:
    after = []
    for hz in RATES:
        home = Household()
        home.look("happy", 2 * SETTLE_SECONDS, hz=hz, confidence=confidence)
        after.append(changed_at(home)[0] - 1 / hz)  # counted from the first sight
    assert all(0.7 * SETTLE_SECONDS <= seconds <= 1.3 * SETTLE_SECONDS for seconds in after)
    assert max(after) - min(after) <= 1 / min(RATES) + 1e-6


def test_the_surer_the_kiosk_must_be_the_later_a_mood_settles() -> None:
    after = []
    for sure in (0.6, 0.8, 0.95):
        home = Household(Settings(mood=MoodSettings(sure=sure)))
        home.look("happy", 20, hz=30.0, confidence=0.4)
        after.append(changed_at(home)[0])
    assert after == sorted(set(after))


def test_a_belief_exactly_as_sure_as_asked_counts_and_one_below_is_not_sure() -> None:
    home = Household()
    home.look("happy", 0.6)
    believed = home.state.debounce.belief["happy"]
    assert 0.5 < believed < 0.99
    for sure, leader in ((believed, "happy"), (believed + 1e-3, None)):
        home = Household(Settings(mood=MoodSettings(sure=sure)))
        home.look("happy", 0.6)
        assert home.state.debounce.leader == leader


@pytest.mark.parametrize("sure", [0.5, 0.85, 0.99])
def test_a_clear_mood_settles_however_sure_the_kiosk_must_be(sure: float) -> None:
    home = Household(Settings(mood=MoodSettings(sure=sure)))
    home.look("happy", 10, confidence=0.95)
    assert home.moods() == ["happy"]


def test_a_face_that_shows_no_more_than_chance_settles_nothing() -> None:
    home = Household()
    home.look("happy", 60, confidence=0.21)
    assert (home.view.present, home.view.mood) == (True, None)


def test_doubt_in_between_ends_no_mood() -> None:
    home = Household()
    home.look("happy", 20, hz=2.0)
    pattern = ["happy", "sad", "sad", "happy", "happy"]  # two in five are another mood, for ever
    home.watch((reading(0, mood, confidence=0.6) for mood in pattern * 20), 2.0)
    assert home.moods() == ["happy"]


def test_one_frame_after_a_camera_stall_settles_nothing() -> None:
    home = Household()
    home.look("happy", 1.0)
    home.at += 3.0
    home.look("happy", 0.2)
    assert home.moods() == []


def test_one_frame_after_a_camera_stall_ends_nothing() -> None:
    home = Household()
    home.look("happy", 12)
    home.at += 3.9
    home.look("sad", 0.2)
    home.at += 9.0
    home.leave(0.2)
    assert home.moods() == ["happy"]


def test_a_change_inside_the_refractory_period_is_postponed_and_not_lost() -> None:
    home = Household()
    home.look("happy", 3)
    home.look("sad", 12)
    assert home.moods() == ["happy", "sad"]
    first, second = changed_at(home)
    assert second - first == pytest.approx(REFRACTORY_SECONDS, abs=0.21)


def test_a_change_of_mind_inside_the_refractory_period_is_no_event() -> None:
    home = Household()
    home.look("happy", 3)
    home.look("sad", 3)
    home.look("happy", 20)
    assert home.moods() == ["happy"]


@pytest.mark.parametrize("hz", RATES)
def test_an_absent_face_ends_the_mood_long_before_everybody_has_left(hz: float) -> None:
    home = Household()
    home.look("happy", 6, hz=hz)
    begun = home.at
    home.leave(4, hz=hz)
    assert home.moods() == ["happy", None]
    assert changed_at(home)[1] - begun <= SETTLE_SECONDS + 0.5
    assert home.view.present is True


def test_not_sure_is_said_when_a_face_shows_nothing_clear() -> None:
    home = Household()
    home.look("happy", 12)
    home.look(None, 12)
    assert (home.moods(), home.view.present) == (["happy", None], True)


@pytest.mark.parametrize("hz", RATES)
def test_a_face_that_shows_nothing_clear_any_more_is_not_sure_sooner_than_one_that_shows_another_mood(
    hz: float,
) -> None:
    home = Household()
    home.look("happy", 12, hz=hz)
    begun = home.at
    home.look("sad", 8, hz=hz, confidence=0.4)  # whoever it is: sad a little, and happy no more
    assert home.moods()[:2] == ["happy", None]
    assert changed_at(home)[1] - begun <= 1.1 * SETTLE_SECONDS


def test_poor_views_never_settle_a_mood_by_themselves() -> None:
    home = Household()
    home.look("happy", 60, view=DARK, confidence=0.99)
    assert (home.view.present, home.view.mood) == (True, None)


def test_poor_views_of_one_mood_do_not_settle_it_on_the_good_views_of_another() -> None:
    home = Household()
    for _ in range(20):
        home.look("happy", 0.4, confidence=0.3)
        home.look("sad", 0.6, view=DARK, confidence=0.99)
    assert "sad" not in home.moods()


def test_poor_views_keep_a_mood_that_has_settled() -> None:
    home = Household()
    home.look("happy", 12)
    home.look("happy", 60, view=DARK)
    assert home.moods() == ["happy"]


def test_surer_readings_have_more_say() -> None:
    home = Household()
    pattern = [reading(0, "happy", confidence=0.95), reading(0, "sad", confidence=0.5)]
    home.watch(pattern * 15, 5.0)
    assert home.moods() == ["happy"]


def test_beliefs_of_two_people_never_mix() -> None:
    home = Household()
    for number in range(20):
        home.look("happy", 0.6, track=number % 2)
    assert home.moods() == []


def test_a_mood_is_not_handed_to_the_next_person() -> None:
    home = Household()
    home.look("happy", 6, track=1)
    home.look(None, 1.4, track=2)
    assert home.moods() == ["happy", None]


def test_somebody_who_only_walks_past_changes_nothing() -> None:
    home = Household()
    home.look("happy", 12, track=1)
    home.look("sad", 0.8, track=2)
    home.look("happy", 12, track=1)
    assert home.moods() == ["happy"]


def test_nor_where_a_mood_settles_sooner_than_somebody_takes_over() -> None:
    home = Household(Settings(mood=MoodSettings(settle_seconds=0.6, refractory_seconds=0.0)))
    home.look("happy", 12, hz=30.0, track=1)
    home.look("sad", 0.9, hz=30.0, track=2)
    home.look("happy", 12, hz=30.0, track=1)
    assert home.moods() == ["happy"]


def test_the_same_mood_of_the_next_person_is_a_mood_of_its_own() -> None:
    home = Household()
    home.look("happy", 12, track=1)
    home.look("happy", 12, track=2)
    assert home.moods() == ["happy", None, "happy"]


def test_readings_out_of_order_are_ignored() -> None:
    home = Household()
    home.look("happy", 12)
    before = home.state
    for seconds in (5.0, 0.1, 0.0):
        home.give(reading(home.at - seconds, "sad", track=2, faces=3))
    assert (home.state.debounce, home.state.presence) == (before.debounce, before.presence)


def test_the_confidence_shown_is_the_mean_probability_in_steps_of_a_twentieth() -> None:
    home = Household()
    home.watch((reading(0, "happy", confidence=value) for value in [0.71, 0.84] * 20), 5.0)
    assert home.view.confidence == pytest.approx(0.8)
    home.leave(6)
    assert home.view.confidence == 0.0
