"""The engine `litert` finds what MediaPipe finds: pinned values everywhere, side by side where it is installed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.sense.faces import choose
from moodkiosk.sense.faces.landmarks import EYES
from tests.support import engines, needs

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).with_name("golden_mediapipe.npz")

SCORE = 1e-5
MESH_MEAN, MESH_MAX = 5e-5, 1e-3
"""In distances of the outer corners of the eyes."""
HAND = 5e-3
"""In heights of the palm."""
SAME_MOODS = 0.99

Figures = dict[str, float]
Arrays = dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]


@pytest.fixture(scope="module")
def found() -> Arrays:
    return engines.golden(choose.make("litert"))


def pinned() -> Arrays:
    """What MediaPipe 0.10.18 found in the same drawn pictures (python -m tests.support.engines golden)."""
    with np.load(GOLDEN) as file:
        return dict(file)


def test_the_pinned_values_are_of_many_faces_and_hands() -> None:
    known = pinned()
    assert sum(len(rows) for name, rows in known.items() if name.startswith("detections")) > 20
    assert sum(len(faces) for name, faces in known.items() if name.startswith("faces")) >= engines.FACE_SCENES
    assert sum(len(hands) for name, hands in known.items() if name.startswith("hands")) >= 6


@pytest.mark.parametrize("name", [name for name in pinned() if name.startswith("detections")])
def test_faces_are_detected_as_pinned(found: Arrays, name: str) -> None:
    assert found[name].shape == pinned()[name].shape
    np.testing.assert_allclose(found[name], pinned()[name], atol=SCORE)


@pytest.mark.parametrize("name", [name for name in pinned() if name.startswith("faces")])
def test_landmarks_of_faces_are_as_pinned(found: Arrays, name: str) -> None:
    known = pinned()[name]
    assert found[name].shape == known.shape
    eyes = np.linalg.norm(known[:, EYES[0], :2] - known[:, EYES[1], :2], axis=1)
    errors = np.linalg.norm(found[name] - known, axis=2) / eyes[:, None]
    assert errors.mean() <= MESH_MEAN
    assert errors.max() <= MESH_MAX


@pytest.mark.parametrize("number", range(len(engines.HAND_SCENES)))
def test_hands_and_their_sides_are_as_pinned(found: Arrays, number: int) -> None:
    known = pinned()[f"hands_{number}"]
    assert found[f"hands_{number}"].shape == known.shape
    assert found[f"left_{number}"].tolist() == pinned()[f"left_{number}"].tolist()
    palms = np.linalg.norm(known[:, engines.WRIST] - known[:, engines.MIDDLE_KNUCKLE], axis=1)
    assert (np.linalg.norm(found[f"hands_{number}"] - known, axis=2) <= HAND * palms[:, None]).all()


# Side by side


@pytest.fixture(scope="module")
def compared() -> Figures:
    """What both engines find in the same pictures, those of the extra material too if it is there."""
    material: list[str] = [given] if (given := os.environ.get("MOODKIOSK_TEST_DATA")) else []
    command = [str(needs.MEDIAPIPE_PYTHON), "-m", "tests.support.engines", "compare", *material]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures: Figures = json.loads(done.stdout)
    return figures


@pytest.mark.slow
@pytest.mark.needs("mediapipe")
def test_both_engines_detect_the_same_faces(compared: Figures) -> None:
    assert compared["detections"] > 20
    assert compared["tiles that differ"] == 0
    assert compared["score max"] <= SCORE
    assert compared["box max"] <= SCORE


@pytest.mark.slow
@pytest.mark.needs("mediapipe")
def test_both_engines_find_the_same_landmarks(compared: Figures) -> None:
    assert compared["meshes"] > 20
    assert compared["presences that differ"] == 0
    assert compared["mesh mean"] <= MESH_MEAN
    assert compared["mesh max"] <= MESH_MAX


@pytest.mark.slow
@pytest.mark.needs("mediapipe")
def test_both_engines_find_the_same_hands(compared: Figures) -> None:
    assert compared["hands"] >= 6
    assert compared["pictures with other hands"] == 0
    assert compared["hand max"] <= HAND


@pytest.mark.slow
@pytest.mark.needs("mediapipe")
def test_following_its_own_landmarks_each_engine_sees_the_same_people_and_moods(compared: Figures) -> None:
    assert compared["pipeline meshes"] > 100
    assert compared["same people"] == compared["frames"]
    assert compared["same mood"] >= SAME_MOODS * compared["frames"]


@pytest.mark.slow
@pytest.mark.needs("mediapipe")
def test_the_tests_of_mediapipes_own_runtime_pass_where_it_is() -> None:
    command = [
        str(needs.MEDIAPIPE_PYTHON),
        "-m",
        "pytest",
        "-q",
        "-n0",
        str(Path(__file__).with_name("test_mediapipe.py")),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
