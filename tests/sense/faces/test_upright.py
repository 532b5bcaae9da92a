"""A camera that hangs upside down or on its side is said, with what to set, and no mood is read upside down."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moodkiosk.config.settings import CameraSettings, SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor.actor import Role, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, Looks
from moodkiosk.sense.camera.pixels import turned
from moodkiosk.sense.faces.detector import FaceFinder, Sighting
from moodkiosk.sense.faces.landmarks import Region
from moodkiosk.sense.faces.upright import LOOKS, TURNS, Lying, Turn, Upright, advice, to_set
from moodkiosk.sense.pipeline import Pipeline

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image
    from moodkiosk.moods.reading import Reading

UPRIGHT = picture([Role(Looks(), EXPRESSIONS["happy"], Pose(320, 240, 190))])


def look(rgb: Image) -> tuple[Pipeline, Reading]:
    pipeline = Pipeline(SenseSettings(ignore_still_faces=False))
    for step in range(6):
        reading = pipeline.look(Frame(rgb, 1 + step / 5))
    return pipeline, reading


@pytest.mark.parametrize("turn", TURNS)
def test_how_a_face_lies_is_seen(turn: Turn) -> None:
    pipeline, reading = look(turned(UPRIGHT, rotate=turn, mirrored=False))
    assert pipeline.lying == turn
    assert (reading.quality.reason, reading.quality.weight) == (("upside down", 0.0) if turn == 180 else (None, 1.0))
    assert reading.mood is None


class Detector(FaceFinder):
    """Says how sure it is of a face, the first way it is looked at and the other, and counts."""

    def __init__(self, here: float, turned_over: float) -> None:
        self.looks = 0
        self._scores = here, turned_over

    def closer(self, rgb: Image, region: Region) -> Sighting | None:
        self.looks += 1
        return Sighting(region, self._scores[(self.looks - 1) % 2]) if rgb.size else None


@pytest.mark.parametrize(("scores", "often"), [((0.9, 0.3), 3), ((0.3, 0.9), 13)])
def test_a_face_is_looked_at_both_ways_until_that_is_sure_and_then_seldom(
    scores: tuple[float, float], often: int
) -> None:
    """For 101 seconds: upright, twice in the first second and a minute later; upside down, oftener."""
    detector = Detector(*scores)
    lying, face = Lying(detector), np.zeros((468, 3), np.float32)
    face[263, 0] = 100
    for step in range(506):
        lying.see(UPRIGHT, 1, face, Region(320, 240, 190), step / 5)
    assert detector.looks == 2 * often


def test_without_a_face_nothing_lies_anyhow() -> None:
    assert look(np.zeros((480, 640, 3), np.uint8))[0].lying is None


@pytest.mark.parametrize(
    ("hangs", "now", "mirrored"),
    [*itertools.product((90, 180, 270), (0,), (False, True)), (90, 180, False), (90, 180, True), (180, 180, True)],
)
def test_what_it_says_to_set_puts_the_pictures_upright(hangs: int, now: Turn, mirrored: bool) -> None:
    delivered = turned(turned(UPRIGHT, rotate=0, mirrored=mirrored), rotate=hangs, mirrored=False)
    camera = CameraSettings(rotate=now, mirrored=mirrored)
    lying = look(turned(delivered, rotate=now, mirrored=mirrored))[0].lying
    assert lying is not None
    put_right = turned(delivered, rotate=to_set(camera, lying), mirrored=mirrored)
    assert (put_right == UPRIGHT).all()


def test_it_is_said_in_one_line_once_it_is_sure() -> None:
    upright = Upright(CameraSettings())
    said = []
    for lying in (TURNS[2],) * LOOKS + (TURNS[0],) * (LOOKS // 4):
        upright.see(lying)
        said.append(upright.text)
    assert said[: LOOKS - 1] == [None] * (LOOKS - 1)
    assert said[LOOKS - 1] == "faces are upside down: set camera.rotate: 180"
    assert said[-1] is None, "somebody may rise"
    assert advice(CameraSettings(), 90) == "faces are on their side: set camera.rotate: 270"
    assert advice(CameraSettings(), 0) is None


@pytest.mark.slow
def test_real_people_are_upright(extra: object) -> None:
    from pathlib import Path

    from moodkiosk.sense.camera.source import frames_of_file

    assert isinstance(extra, Path)
    for clip in sorted((extra / "data" / "clips").glob("*.mkv")):
        pipelines = {turn: Pipeline(SenseSettings(ignore_still_faces=False)) for turn in TURNS}
        found: dict[int, list[int]] = {turn: [] for turn in TURNS}
        for frame in list(frames_of_file(clip))[::6]:
            for turn, pipeline in pipelines.items():
                pipeline.look(Frame(turned(frame.rgb, rotate=turn, mirrored=False), frame.at))
                if pipeline.lying is not None:
                    found[turn].append(pipeline.lying)
        assert len(found[0]) > 5
        for turned_by, seen in found.items():
            assert set(seen) <= {turned_by}, f"{clip.name}, turned by {turned_by}"
