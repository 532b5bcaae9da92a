"""A processor that is too slow is told from a camera that brings nothing, in words that say what to set."""

from __future__ import annotations

import re

import pytest

from moodkiosk.config import limits
from moodkiosk.config.settings import CameraSettings, Config, SenseSettings
from moodkiosk.decide.settings import MoodSettings
from moodkiosk.sense.camera.capture import CameraStatus
from moodkiosk.sense.health import HealthReport
from moodkiosk.sense.pace import Pace, Thermometer
from moodkiosk.sense.slow import LookTimes, Slowness

BIG = Config(camera=CameraSettings(width=1280, height=720))
LEAST = Config(sense=SenseSettings(max_people=1), mood=MoodSettings(settle_seconds=12.0))


def times(*seconds: float) -> float:
    found = LookTimes()
    for each in seconds:
        found.add(each)
    return found.usual


def test_neither_the_first_look_nor_one_that_was_interrupted_counts() -> None:
    assert times() == times(9.0) == 0.0
    assert times(9.0, 0.02) == 0.02
    assert times(9.0, 0.02, 0.03, 0.02) == 0.025
    assert times(0.02, 0.02, 40.0, 0.02, 0.02) == 0.02
    assert times(*[0.02] * 20, *[2.6] * 3) == 2.6


def test_it_says_what_is_too_slow_for_what_and_what_to_set() -> None:
    assert Slowness(BIG, hands=True).text(2.6) == (
        "the processor is too slow for 1280x720 pictures with up to 4 people and their hands: looks take 2.6 s;"
        " set camera.width: 640, camera.height: 480, sense.max_people: 1, mood.settle_seconds: 11,"
        " or use a model without hands"
    )
    assert Slowness(LEAST, hands=False).text(5.0) == (
        "the processor is too slow for 640x480 pictures: looks take 5 s; set mood.settle_seconds: 20"
    )


@pytest.mark.parametrize("seconds", [1.0, 2.6, 7.4, 15.0, 15.1, 42.3])
def test_nothing_is_said_to_be_set_that_the_configuration_does_not_take(seconds: float) -> None:
    said = str(Slowness(BIG, hands=True).text(seconds))
    assert f"looks take {seconds:g} s" in said
    settle = re.search(r"mood\.settle_seconds: (\d+)", said)
    if seconds > 15:
        assert settle is None
        assert said.endswith("no setting makes up for that")
    else:
        assert settle is not None
        assert not list(limits.wrong(MoodSettings(settle_seconds=float(settle[1])), MoodSettings))


def test_what_it_says_to_set_is_enough() -> None:
    assert Slowness(LEAST, hands=False).text(2.6) is None
    assert Slowness(Config(), hands=False).text(0.2) is None


def test_the_figure_is_not_said_anew_with_every_look() -> None:
    slow = Slowness(BIG, hands=False)
    assert slow.text(2.6) == slow.text(2.2) == slow.text(3.1)
    assert "looks take 4 s" in str(slow.text(4.0))


def test_the_log_has_it_once_in_ten_minutes_whatever_the_figures_do(caplog: pytest.LogCaptureFixture) -> None:
    thermometer = Thermometer()
    pace = Pace(SenseSettings(), thermometer)
    health = HealthReport(pace, thermometer, Slowness(BIG, hands=False))
    for at in range(0, 1100, 20):
        for seconds in ((1.6, 9.0, 2.0, 0.1)[at // 20 % 4],) * 5:
            health.look(seconds)
        report = health.due(CameraStatus("on"), float(at), lent=False, note=None, counters={})
        assert report is None or ("too slow" in report.detail) == (report.look_seconds > 1)
    assert caplog.text.count("too slow") == 2


def test_how_long_a_look_takes_is_told_as_soon_as_that_is_known() -> None:
    thermometer = Thermometer()
    health = HealthReport(Pace(SenseSettings(), thermometer), thermometer)
    told: list[float | None] = []
    for at in range(5):
        report = health.due(CameraStatus("on"), float(at), lent=False, note=None, counters={})
        told.append(None if report is None else report.look_seconds)
        health.look(45.0 if at == 0 else 0.3)
    assert told == [0.0, None, 0.3, None, None], "the first look also loads what it needs"
