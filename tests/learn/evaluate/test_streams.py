"""Recordings in time: what settles, what is judged, and how it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.decide import debounce
from moodkiosk.decide.settings import Settings
from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.samples import neutral_looks, people
from moodkiosk.learn.evaluate import charts, evaluate, streams
from moodkiosk.moods.reading import Reading
from moodkiosk.sense.mood import model as models
from tests.support.moods_in_numbers import write

MOODS = ("angry", "happy", "neutral")


def settle(readings: list[Reading]) -> list[tuple[str | None, Mapping[str, float]]]:
    """The kiosk's debounce with its usual settings."""
    return debounce.settled(readings, Settings())


def stream(truth: str, settled: str, person: str = "Ana", judged: str = "") -> streams.Stream:
    """One letter a second: the first of the label shown, or settled; "-": not sure; "x": not judged."""
    first = {label[0]: number for number, label in enumerate(MOODS)} | {"-": -1}
    n = len(truth)
    return streams.Stream(
        person,
        np.arange(n, dtype=np.float64),
        np.ones(n),
        np.array([first[letter] for letter in truth]),
        np.array([first[letter] for letter in settled]),
        np.zeros((n, len(MOODS)), np.float32),
        np.array([letter != "x" for letter in judged.ljust(n)]),
    )


def test_time_is_right_unsure_or_wrong_and_a_neutral_look_is_none_of_it() -> None:
    one = stream("nnnnnhhhhh", "--nnnn-hhh", judged="xxx")
    assert (one.total, one.right, one.unsure) == (7, 5, 1)
    found = streams.summary([one], MOODS)
    assert found["right"].value == pytest.approx(5 / 7)
    assert found["wrong"].value == pytest.approx(1 / 7)


def test_a_false_mood_is_one_that_settles_at_rest_counted_once_and_per_minute_of_rest() -> None:
    one = stream("n" * 30, "--hhhhh-aannnnnhhhnnnnnnnnnnnn")
    assert one.false_moods(2) == 3
    assert streams.summary([one], MOODS)["false_moods_a_minute"].value == pytest.approx(6)
    assert stream("hhhnn", "-hhhn").false_moods(2) == 0, "it settled before, rightly"
    assert np.isnan(streams.summary([stream("hhh", "-hh")], MOODS)["false_moods_a_minute"].value)


def test_latency_is_from_when_a_mood_is_shown_until_it_settles_and_never_is_left_out() -> None:
    assert stream("nnnnhhhhaaaa", "-nnnnnhh----").latencies() == [1.0, 2.0]


def test_intervals_are_of_people() -> None:
    people = [stream("hhhh", "hhhh", "Ana"), stream("hhhh", "aaaa", "Ben")]
    figure = streams.summary(people, MOODS)["right"]
    assert (figure.value, figure.low, figure.high) == (0.5, 0.0, 1.0)
    alike = streams.summary([stream("hhaa", "hh--", str(name)) for name in range(5)], MOODS)["right"]
    assert (alike.value, alike.low, alike.high) == (0.5, 0.5, 0.5)


def test_recordings_follow_each_other_on_one_clock_through_the_kiosks_own_code(tmp_path: Path) -> None:
    """Each file has a clock of its own; the neutral face is learnt while watching."""
    data = dataset.load([write(tmp_path, ("happy", "neutral"), n=60, people=("Ana", "Ben"))])
    said = evaluate.answers(models.load(models.STARTER), data, settle=settle)
    assert [one.person for one in said.streams] == ["Ana", "Ben"]
    for one in said.streams:
        assert len(one.at) == 120
        assert (np.diff(one.at) > 0).all()
        assert one.total == pytest.approx(12.2, abs=0.2)
        assert one.belief.sum(1)[1:] == pytest.approx(1, abs=1e-5)
        assert len(set(one.settled.tolist())) > 1
    plain = evaluate.answers(models.load(models.STARTER), data, self_calibrate=False, settle=settle)
    assert not np.array_equal(said.streams[0].belief, plain.streams[0].belief)
    found = evaluate.summary(said)["stream"]
    assert found["right"] + found["not_sure"] + found["wrong"] == pytest.approx(1)
    assert found["intervals"].keys() >= {"right", "false_moods_a_minute", "latency_seconds"}


def test_a_neutral_look_lasts_as_long_as_a_calibration_and_at_most_half_of_what_there_is(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path / "long", ("happy", "neutral"), n=200)])
    assert neutral_looks(data, people(data)).sum() == 51, "five seconds at ten samples a second, both ends counted"
    data = dataset.load([write(tmp_path / "short", ("happy", "neutral"), n=20, people=("Ana", "Ben"))])
    looks = neutral_looks(data, people(data))
    assert looks.sum() == 20
    assert set(data.label[looks]) == {"neutral"}
    said = evaluate.answers(models.load(models.STARTER), data, neutral=True, settle=settle)
    assert (said.looks, len(said.truth), len(said.data)) == (20, 60, 60)
    assert sum(int(one.judged.sum()) for one in said.streams) == 60


def test_the_timeline_shows_what_was_shown_believed_and_settled() -> None:
    one = stream("nnnnhhhhhaaaa", "-nnnnnhhhhh--")
    drawing = charts.timeline(one.at, one.truth, one.settled, one.belief, MOODS)
    assert drawing.count('class="cell"') == 3
    assert drawing.count("<polyline") == 3
    assert drawing.count('class="right"') == 2
    assert drawing.count('class="wrong"') == 2
