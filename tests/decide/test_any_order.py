"""Readings in any order of time: no belief leaves its range, and after the strangest hour it is as good as new."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.decide import debounce, kiosk, presence
from moodkiosk.decide.debounce import Debounce
from moodkiosk.decide.presence import Presence
from moodkiosk.decide.settings import Settings
from moodkiosk.moods.reading import Reading
from tests.support.household import DARK, GOOD, LABELS, Household, reading
from tests.support.times import ANY_TIME

SETTINGS = Settings()
READINGS = st.lists(
    st.builds(
        reading,
        ANY_TIME,
        st.sampled_from(LABELS),
        confidence=st.floats(0, 1),
        track=st.integers(1, 3),
        faces=st.integers(1, 4),
        view=st.sampled_from([GOOD, DARK]),
    )
    | st.builds(Reading, ANY_TIME, st.just(0)),
    max_size=25,
)


@given(READINGS)
def test_presence_counts_seconds_whatever_the_order(readings: list[Reading]) -> None:
    state = Presence()
    for each in readings:
        state = presence.see(state, each, SETTINGS)
        assert 0 <= state.seen_seconds <= SETTINGS.presence.arrive_seconds
        assert 0 <= state.missed_seconds <= SETTINGS.presence.leave_seconds
        assert state.people >= 0
    last = readings[-1].at if readings else 0.0
    for step in range(1, 20):
        state = presence.see(state, reading(last + step / 5), SETTINGS)
    assert state.here is True


@given(READINGS)
def test_belief_is_a_probability_whatever_the_order(readings: list[Reading]) -> None:
    state = Debounce()
    for each in readings:
        state = debounce.see(state, each, present=True, settings=SETTINGS)
        for shares in (state.belief, state.means):
            assert all(-1e-9 <= share <= 1 + 1e-9 for share in shares.values())
            assert not shares or abs(sum(shares.values()) - 1) < 1e-6
        assert 0 <= state.confidence <= 1 + 1e-9
        assert min(state.missed_seconds, state.lead_seconds, state.weak_seconds) >= 0


@pytest.mark.slow
@given(READINGS, st.lists(ANY_TIME, min_size=1, max_size=25))
def test_after_readings_of_any_time_the_kiosk_sees_as_well_as_before(
    readings: list[Reading], times: list[float]
) -> None:
    home = Household()
    home.give(kiosk.Labels(LABELS))
    home.give(kiosk.CameraStatus("on"))
    for index, each in enumerate(readings):
        home.at = max(home.at, 0.0) + 0.1  # our own clock does not go back
        home.give(replace(each, at=home.at + times[index % len(times)]))
    assert home.view.confidence is None or 0 <= home.view.confidence <= 1
    home.at += 60.0
    home.leave(40)
    home.look("happy", 20)
    assert (home.view.present, home.view.mood) == (True, "happy")
