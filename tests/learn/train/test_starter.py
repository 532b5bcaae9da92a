"""The starter is what its command gives, and stays so when the engine becomes quicker."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.learn.train import grid, starter_actors, starter_faces
from moodkiosk.learn.train.opinion import material
from moodkiosk.learn.train.starter_faces import LABELS
from moodkiosk.sense.actor.actor import MOODS
from moodkiosk.sense.mood.measures import FACE_MEASURES
from tests.support import needs


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.timeout(300)
def test_another_last_digit_of_the_second_opinion_makes_no_other_starter_and_another_answer_does() -> None:
    command = [str(needs.TRAIN_PYTHON), "-m", "tests.support.starter_weights"]
    same, nudged, other = json.loads(
        subprocess.run(command, cwd=needs.ROOT, capture_output=True, text=True, check=True).stdout
    )
    assert same == nudged != other


def test_the_drawn_people_that_are_kept_are_what_the_engine_of_today_measures() -> None:
    """Nearly: a quicker engine may place a landmark elsewhere by a hair's breadth, and the grid has steps."""
    kept, (x, label) = starter_actors.acted(), starter_actors.measured([starter_actors.ACTORS[0]], MOODS[:1])
    assert label.tolist() == [MOODS[0]] * starter_actors.PICTURES
    first = kept.x[: len(x)]
    np.testing.assert_allclose(first[:, : len(FACE_MEASURES)], x[:, : len(FACE_MEASURES)], atol=0.01)
    np.testing.assert_allclose(first[:, len(FACE_MEASURES) :], x[:, len(FACE_MEASURES) :], atol=0.25)
    assert (kept.target[: len(x)].argmax(1) == LABELS.index(MOODS[0])).all()


def test_as_many_drawn_people_are_kept_of_each_mood_and_nothing_of_them_is_missing() -> None:
    kept = starter_actors.acted()
    counts = np.bincount(kept.target.argmax(1), minlength=len(LABELS))
    most = len(starter_actors.ACTORS) * starter_actors.PICTURES
    assert (counts > 0.95 * most).all()
    assert (counts <= most).all()
    assert np.isfinite(kept.x).all()


@pytest.mark.slow
def test_no_answer_of_the_second_opinion_on_the_starters_faces_lies_at_a_border_of_the_grid(extra: Path) -> None:
    """Only so is the starter the same after its last digits became others."""
    said = starter_faces.opinions(material.load_faces(extra / "data" / "face_crops.npz"))
    assert grid.margin(said, starter_faces.OPINION_STEP, starter_faces.OPINION_START) > 1e-5
