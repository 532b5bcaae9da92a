"""Seeing on real people: the clips of the extra material, as they are, and cut out into larger scenes.

A thin sample of what `scripts/check-sight` measures in full.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.pipeline import Pipeline
from tests.support import scenery, sight

CLIPS = ("help", "thanks", "walk", "yes")


@pytest.mark.slow
@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("rate_hz", [30, 5])
def test_the_person_in_a_clip_is_seen_in_nearly_every_frame_as_one(extra: Path, clip: str, rate_hz: int) -> None:
    pipeline = Pipeline(SenseSettings())
    faces, tracks = [], set()
    for index, rgb in enumerate(scenery.frames_of_clip(extra / "data/clips" / f"{clip}.mkv")):
        if index % (30 // rate_hz) == 0:
            reading = pipeline.look(Frame(rgb, index / 30))
            faces.append(reading.faces)
            tracks.add(reading.track)
    assert np.mean([count >= 1 for count in faces]) >= 0.95
    assert max(faces) == 1, "the print on the shirt is nobody"
    assert len(tracks - {None}) == 1


def test_hands_are_found_where_people_sign(extra: Path) -> None:
    pipeline = Pipeline(SenseSettings(), every_look=True)
    seen = []
    for index, rgb in enumerate(scenery.frames_of_clip(extra / "data/clips/help.mkv")):
        if index % 4 == 0:
            pipeline.look(Frame(rgb, index / 30))
            assert pipeline.front is not None
            seen.append((pipeline.front.landmarks.left_hand, pipeline.front.landmarks.right_hand))
    assert sum(left is not None or right is not None for left, right in seen) >= 4
    for left, right in seen:
        for hand in (left, right):
            assert hand is None or (hand.shape == (21, 3) and 0 < float(hand[:, 0].mean()) < 640)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in sight.CASES if case.required and case.width_px <= 100], ids=lambda case: case.name
)
def test_small_tilted_and_dark_faces_are_found(extra: Path, case: sight.Case) -> None:
    heads = scenery.real_heads(extra / "data/clips")
    found = sight.measure(case, heads, seeds=range(3))
    assert found.share >= min(case.required or 0.0, 0.95)
    assert found.false == 0
