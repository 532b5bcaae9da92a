"""The second opinion: the crop it looks at, what it says, and who is taken for an animal or has a covered mouth."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.moods.reading import Reading
from moodkiosk.sense.actor.actor import Role, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.mood import crop, opinion
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import unbundle
from moodkiosk.sense.mood.frontal import mean_face
from moodkiosk.sense.mood.measures import OPINION_MOODS
from moodkiosk.sense.mood.model import MoodModel
from moodkiosk.sense.pipeline import Pipeline

AS_DRAWN = {"angry": "angry", "happy": "happy", "neutral": "neutral", "sad": "sad", "surprise": "surprised"}


def drawn(
    seed: int, mood: str, head_px: float = 220.0, roll: float = 0.0
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return picture([Role(random_looks(seed), EXPRESSIONS[mood], Pose(320, 240, head_px, roll_degrees=roll))])


def said(seed: int, mood: str, head_px: float = 220.0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    pipeline = Pipeline(SenseSettings())
    pipeline.look(Frame(drawn(seed, mood, head_px), 0.0))
    assert pipeline.front is not None
    assert pipeline.front.landmarks.opinion is not None
    return pipeline.front.landmarks.opinion


def test_the_crop_has_the_eyes_of_a_mean_face_where_the_network_learnt_them() -> None:
    for angle, scale in ((0.0, 100.0), (25.0, 300.0), (-40.0, 37.0)):
        turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        face = np.zeros((468, 3), np.float32)
        face[:, :2] = mean_face()[:, :2] @ turn.T + (200, 150)
        placed = face[:, :2] @ crop.placement(face)[:, :2].T + crop.placement(face)[:, 2]
        assert placed[33] == pytest.approx((15.8, 23.2), abs=0.1)
        assert placed[263] == pytest.approx((48.2, 23.2), abs=0.1)


@pytest.mark.parametrize("scale", [20.0, 60.0, 130.0, 400.0])
def test_the_crop_shows_the_same_at_every_distance(scale: float) -> None:
    wave = np.hypot(*np.meshgrid(np.linspace(-3, 3, 1200), np.linspace(-3, 3, 1200)))
    large = (127 + 100 * np.cos(2 * wave)).astype(np.uint8)  # 200 pixels for 1 of the mean face
    crops = []
    for size in (200.0, scale):
        small = cv2.resize(large, None, fx=size / 200, fy=size / 200, interpolation=cv2.INTER_AREA)
        face = np.zeros((468, 3), np.float32)
        face[:, :2] = (mean_face()[:, :2] + 3) * size
        crops.append(crop.aligned(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB), face).astype(float))
    assert np.abs(crops[0] - crops[1]).mean() < 6


def test_light_and_contrast_do_not_matter_to_the_network() -> None:
    grey = np.random.default_rng(0).integers(40, 200, (64, 64)).astype(np.uint8)
    assert crop.standardised(grey) == pytest.approx(crop.standardised(grey + 30), abs=1e-5)
    assert crop.standardised(np.full((64, 64), 90, np.uint8)) == pytest.approx(0)


def test_its_answers_are_log_probabilities_and_two_log_odds() -> None:
    found = said(1, "happy")
    assert len(found) == len(opinion.ANSWERS)
    assert np.exp(found[: len(OPINION_MOODS)]).sum() == pytest.approx(1, abs=1e-5)


def test_drawn_people_are_read_by_their_pixels_and_are_no_animals() -> None:
    looks = [(seed, mood) for seed in range(40, 46) for mood in AS_DRAWN]
    found = [said(seed, mood) for seed, mood in looks]
    right = [
        OPINION_MOODS[int(one[: len(OPINION_MOODS)].argmax())] == AS_DRAWN[mood]
        for one, (_, mood) in zip(found, looks, strict=True)
    ]
    assert np.mean(right) >= 0.5, "it has never seen a drawing"
    assert max(one[opinion.ANIMAL] for one in found) < opinion.ANIMAL_LOG_ODDS


def in_a_mask(model: MoodModel | None) -> Reading:
    """The last of some looks at a drawn person who has put on a mask."""
    scene = drawn(3, "happy")
    pipeline = Pipeline(SenseSettings(), model)
    for look in range(3):
        pipeline.look(Frame(scene, look / 5))
    assert pipeline.front is not None
    x, y = pipeline.front.landmarks.face[[234, 454, 152, 2], 0], pipeline.front.landmarks.face[[152, 2], 1]
    covered = scene.copy()
    outline = np.array(
        [
            (x[0] + 8, y[1] - 4),
            (x[3], y[1] - 14),
            (x[1] - 8, y[1] - 4),
            (x[1] - 30, y[0] - 10),
            (x[2], y[0] + 6),
            (x[0] + 30, y[0] - 10),
        ]
    )
    cv2.fillPoly(covered, [np.rint(outline).astype(np.int32)], (225, 228, 232))
    return [pipeline.look(Frame(covered, 0.6 + look / 5)) for look in range(15)][-1]


@pytest.mark.parametrize("model", [None, models.load(models.STARTER)], ids=["no model", "the starter"])
def test_a_covered_mouth_is_said_and_tells_no_mood(model: MoodModel | None) -> None:
    reading = in_a_mask(model)
    assert reading.quality.reason == "mouth covered"
    assert (reading.mood, reading.quality.weight, reading.faces) == (None, 0.0, 1)


def test_a_model_that_was_taught_with_masks_reads_a_covered_mouth() -> None:
    manifest, network = unbundle(models.STARTER.read_bytes())
    reading = in_a_mask(MoodModel(replace(manifest, covered_mouths=True), network, ""))
    assert reading.mood is not None
    assert reading.quality.reason != "mouth covered"
    assert reading.quality.weight > 0


def answer(animal: float = -10.0, covered: float = -10.0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([-2.0] * 7 + [animal, covered], np.float32)


def test_one_look_that_slips_makes_nobody_an_animal() -> None:
    impressions = opinion.Impressions()
    for look in range(30):
        impressions.see(1, look / 5, answer(animal=20.0 if look == 20 else -20.0))
        assert not impressions.animal(1)


def test_what_looks_like_an_animal_from_the_first_look_on_is_one_at_once() -> None:
    impressions = opinion.Impressions()
    impressions.see(1, 0.0, answer(animal=3.0, covered=5.0))
    assert impressions.animal(1)
    assert impressions.covered(1)
    impressions.keep([2])
    assert not impressions.animal(1)


def test_a_look_costs_less_than_a_fifth_of_the_mesh() -> None:
    """Counted in the processor's own time, the best of many, side by side."""
    pipeline = Pipeline(SenseSettings())
    scene = drawn(5, "neutral")
    pipeline.look(Frame(scene, 0.0))
    face = pipeline._tracks.seen[0].face
    costs: dict[str, list[int]] = {"mesh": [], "opinion": []}
    grey = crop.aligned(scene, face.points)
    for _ in range(60):
        for name, look in (
            ("mesh", lambda: pipeline._mesh.find(scene, face.region)),
            ("opinion", lambda: pipeline._opinion.of_crop(grey)),
        ):
            begun = time.thread_time_ns()
            look()
            costs[name].append(time.thread_time_ns() - begun)
    assert min(costs["opinion"]) < 0.2 * min(costs["mesh"])


def test_loading_it_says_nothing() -> None:
    program = "from moodkiosk.sense.mood.opinion import SecondOpinion; SecondOpinion()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_animal_is_nobody_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture of an animal can be part of this project: its verdict is put in the network's place."""
    pipeline = Pipeline(SenseSettings())
    monkeypatch.setattr(pipeline._opinion, "of", lambda _rgb, _face: answer(animal=4.0))
    readings = [pipeline.look(Frame(drawn(2, "happy"), look / 5)) for look in range(10)]
    assert all((reading.faces, reading.track, reading.mood) == (0, None, None) for reading in readings)
    assert pipeline.animals == 1
