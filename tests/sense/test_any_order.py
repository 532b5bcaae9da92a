"""What is fed by times, one by one: any order and any repetition of them ends nothing, and blinds nothing for good."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.config.settings import LearningSettings, SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.sense.camera.capture import CameraStatus
from moodkiosk.sense.camera.frozen import FROZEN_SECONDS, StillPicture
from moodkiosk.sense.camera.switch import LEASE_SECONDS, WORD_SECONDS, CameraSwitch
from moodkiosk.sense.faces.detector import tiles_of
from moodkiosk.sense.faces.landmarks import face_of
from moodkiosk.sense.faces.search import BODY_SECONDS, QUIET_SECONDS, Search
from moodkiosk.sense.faces.still import Stillness
from moodkiosk.sense.faces.tracks import Tracks
from moodkiosk.sense.health import HealthReport
from moodkiosk.sense.mood.calibration import LOOK_SECONDS, MIN_LOOKS, Calibration, NotCalibrated
from moodkiosk.sense.pace import LINGER_SECONDS, Pace, Thermometer
from moodkiosk.sense.records.corrections import MIN_SAMPLES, Corrections, NotKept
from tests.support.faces import landmarks, mean_face
from tests.support.times import ANY_TIME

TIMES = st.lists(ANY_TIME, max_size=20)
NOISE = np.random.default_rng(1).integers(0, 256, (96, 128, 3), dtype=np.uint8)
GOOD = Quality(1.0, None, 100, 100)
MEASURES = np.zeros(31, np.float32)


@given(ANY_TIME, TIMES)
def test_a_calibration_ends_some_seconds_after_it_began(begun: float, times: list[float]) -> None:
    calibration = Calibration(1, "Ann", begun)
    for at in times:
        calibration.see(Reading(at, 1, 1, quality=GOOD), MEASURES)
        assert calibration.done(at) == (at >= begun + LOOK_SECONDS)
    with contextlib.suppress(NotCalibrated):
        assert len(calibration.measures()) == len(times) >= MIN_LOOKS


PLACES = st.lists(st.tuples(st.integers(0, 640), st.integers(0, 480), st.integers(40, 200)), max_size=4)


@pytest.mark.slow
@given(st.lists(st.tuples(ANY_TIME, PLACES), max_size=15), ANY_TIME)
def test_tracks_stay_few_and_numbers_grow(looks: list[tuple[float, list[tuple[int, int, int]]]], later: float) -> None:
    tracks, numbers = Tracks(180.0, size=(640, 480)), 0
    for at, places in looks:
        faces = [face_of(mean_face(x, y, eyes)) for x, y, eyes in places]
        tracks.look([(track, faces[0] if faces else None) for track in tracks.seen], at)
        for face in faces:
            tracks.meet(face, at)
        assert len({track.number for track in tracks.seen}) == len(tracks.seen) <= 4
        assert all(math.isfinite(value) for track in tracks.seen for value in track.speed)
        assert all(track.at == at for track in tracks.hidden + tracks.seen if track in tracks.seen)
        assert tracks.last_number >= numbers
        numbers = tracks.last_number
    for step in range(2):  # whoever has gone is forgotten, from whatever time
        tracks.look([(track, None) for track in tracks.seen], later + 10 * step)
    assert not tracks.seen
    assert not tracks.hidden


@given(TIMES, ANY_TIME)
def test_every_tile_is_searched_in_time(times: list[float], later: float) -> None:
    search = Search(640, 480)
    picture = np.zeros((480, 640, 3), np.uint8)
    for at in times:
        search.due(picture, [], at, eager=True)
    found: set[object] = set()
    count = len(tiles_of(640, 480))
    for step in range(count + 1):
        found |= set(search.due(picture, [], later + 1.01 * QUIET_SECONDS * step, eager=True))
    assert len(found) == count
    assert BODY_SECONDS > QUIET_SECONDS


@given(st.lists(st.tuples(ANY_TIME, st.integers(0, 4)), max_size=20), ANY_TIME)
def test_the_pace_is_always_one_of_the_configured_and_idle_where_nobody_is(
    looks: Sequence[tuple[float, int]], later: float
) -> None:
    settings = SenseSettings(active_rate_hz=5.0)
    pace = Pace(settings, Thermometer(Path("/nowhere"), vcgencmd=""))
    for at, faces in looks:
        pace.see(faces, at)
        assert 1 / pace.interval(at) in (settings.active_rate_hz, settings.idle_rate_hz)
    pace.see(1, later)
    assert 1 / pace.interval(later) == settings.active_rate_hz
    assert 1 / pace.interval(later + LINGER_SECONDS + 0.1) == settings.idle_rate_hz


@given(TIMES, ANY_TIME)
def test_a_face_that_does_not_move_has_not_moved_since_it_was_seen(times: list[float], later: float) -> None:
    face = mean_face()
    still = Stillness(face, 100.0)
    for at in times:
        still.see(face, 100.0, at)
    for step in range(50):  # it goes on, and moves
        still.see(face + step, 100.0, later + step / 5)
    assert 0 <= still.seconds(later + 10.0) < 2.0


@given(TIMES, ANY_TIME)
def test_a_picture_that_changes_is_not_frozen(times: list[float], later: float) -> None:
    still = StillPicture()
    for at in times:
        still.seconds(Frame(NOISE, at))
    assert still.seconds(Frame(np.roll(NOISE, 8), later)) == 0.0
    assert abs(still.seconds(Frame(np.roll(NOISE, 8), later + FROZEN_SECONDS)) - FROZEN_SECONDS) < 1e-3


@given(st.lists(st.tuples(ANY_TIME, st.sampled_from(["lend", "word", "on", "off", "ask"])), max_size=20), ANY_TIME)
def test_the_switch_opens_again_a_lease_later_at_most_and_never_what_is_off(
    steps: list[tuple[float, str]], later: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        switch, on = CameraSwitch(Path(folder)), True
        for at, what in steps:
            if what == "lend":
                switch.lend(at)
                assert switch.state(at) == "lent"
            elif what == "word":
                switch.await_word(at)
                assert switch.state(at) != "on"
            elif what != "ask":
                on = what == "on"
                switch.turn(on=on)
            assert on or switch.state(at) != "on"
        switch.lend(later)
        end = later + LEASE_SECONDS + WORD_SECONDS + 1
        steady = [switch.state(end + step * LEASE_SECONDS) for step in range(3)]
        assert steady[-1] == ("on" if on else "off")


@given(TIMES, ANY_TIME)
def test_corrections_keep_the_last_seconds_only(times: list[float], later: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = Corrections(LearningSettings(keep_corrections=True, correction_seconds=5), Path(folder))
        for at in times:
            kept.see(at, 1, landmarks())
        with contextlib.suppress(NotKept):
            kept.write("happy", later, "x")
        kept.clear()
        for step in range(MIN_SAMPLES):
            kept.see(later + step * 1e-3, 1, landmarks())
        if abs(later) < 1e6:
            assert f"{MIN_SAMPLES} samples" in kept.write("happy", later + MIN_SAMPLES * 1e-3, "x")


@given(TIMES, ANY_TIME)
def test_health_is_told_again_in_time(times: list[float], later: float) -> None:
    thermometer = Thermometer(Path("/nowhere"), vcgencmd="")
    health = HealthReport(Pace(SenseSettings(), thermometer), thermometer)
    for at in times:
        health.look(0.1)
        report = health.due(CameraStatus("on"), at, lent=False, note=None, counters={})
        assert report is None or report.frames_per_second >= 0
    told = [
        health.due(CameraStatus("on"), later + 31.0 * step, lent=False, note=None, counters={}) for step in range(2)
    ]
    assert told[-1] is not None
