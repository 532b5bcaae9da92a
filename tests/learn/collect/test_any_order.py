"""A sitting whose times come from two clocks, in any order: it goes on, and what it says stays sensible."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.learn.collect import studio
from moodkiosk.learn.collect.lines import Lines
from moodkiosk.learn.collect.sitting import SCRIPT, Plan, Sitting
from moodkiosk.learn.collect.take import Sight, Take
from moodkiosk.moods.frame import Frame, Landmarks
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.sense.camera.capture import CameraStatus
from moodkiosk.sense.pipeline import Person, Pipeline
from tests.support.faces import SIZE, mean_face
from tests.support.times import ANY_TIME

FACE = Landmarks(mean_face(), SIZE)
GOOD = Quality(1.0, None, 120, 130)
STEPS = st.tuples(
    ANY_TIME | st.floats(99, 140), st.booleans(), st.sampled_from(["", "", "", " ", "r", "d", "s", "a", "p", "lost"])
)


def nowhere(label: str, _take: Take) -> Path:
    return Path("/nowhere") / label


@given(st.booleans(), st.lists(STEPS, max_size=40))
def test_a_sitting_goes_on_whatever_time_it_is_told(by_hand: bool, steps: list[tuple[float, bool, str]]) -> None:
    sitting = Sitting(Plan(("happy", "sad", "neutral"), seconds=2, by_hand=by_hand), nowhere)
    lines = Lines(lambda _line: None)
    for at, seen, key in steps:
        sight = Sight(at, 1, FACE, GOOD, SIZE) if seen else None
        if key == "lost":
            sitting.lost("unplugged", at)
        else:
            sitting.step(sight, at, key)
        lines.show(sitting, sight, at)
        assert sitting.todo(at)
        assert 0 <= sitting.share(at) <= 1
        assert 0 <= sitting.seconds_left(at) <= 8
        assert sitting.phase != "recording" or sitting.todo(at) in {text for _, text in SCRIPT}


ON_ITS_WAY_SECONDS = 0.1


class Slow:
    """A camera of four pictures a second on a busy machine: a picture arrives after the turn that gave up waiting."""

    status = CameraStatus("on")

    def __init__(self) -> None:
        self.clock, self.taken_at = 100.0, 100.0

    def latest(self, _after: float, timeout: float) -> Frame | None:
        if self.clock + timeout < self.taken_at + 0.25 + ON_ITS_WAY_SECONDS:
            self.clock += timeout
            return None
        self.taken_at += 0.25
        self.clock = self.taken_at + ON_ITS_WAY_SECONDS
        return Frame(np.zeros((480, 640, 3), np.uint8), self.taken_at)


class Seer:
    """Sees the same face in every picture."""

    front = Person(1, FACE, 120.0, picture=False)

    def look(self, frame: Frame) -> Reading:
        return Reading(frame.at, 1, 1, quality=GOOD)


def test_a_slow_camera_on_a_busy_machine_gives_a_whole_sitting() -> None:
    camera, said = Slow(), list[str]()
    sitting = Sitting(Plan(("neutral", "happy"), seconds=5, by_hand=False), nowhere)
    studio.run(sitting, camera, cast(Pipeline, Seer()), Lines(said.append), lambda: camera.clock)
    assert [kept.label for kept in sitting.kept] == ["neutral", "happy"]
    assert all(kept.samples >= 18 for kept in sitting.kept)
    shown = [line.strip() for line in said if line.strip() in {text for _, text in SCRIPT}]
    assert shown == [text for _, text in SCRIPT] * 2
