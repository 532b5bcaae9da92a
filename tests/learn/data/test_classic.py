"""The classic project's folders become recordings; what is not a class is named and left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from moodkiosk.failure import UsageError
from moodkiosk.learn.data import classic, dataset
from moodkiosk.sense.mood.measures import measures

Numbers = NDArray[np.float64]
ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "import_classic.py"


def classic_rows(face: Numbers, width: int, height: int) -> Numbers:
    """What the classic project would have written of these faces [n, 468, 3], with a left hand and no right one."""
    share = face[:, :, :2] / (width, height)
    relative = share - share[:, 1:2]
    hand = np.tile(np.linspace(-0.1, 0.1, 42).reshape(1, 21, 2), (len(face), 1, 1))
    hand = hand - hand[:, 8:9]
    absent = np.zeros((len(face), 42))
    return np.concatenate([relative.reshape(len(face), -1), hand.reshape(len(face), -1), absent], axis=1)


def some_faces(n: int) -> Numbers:
    """N different faces, as pixels of a 640x480 picture."""
    mean = np.load(ROOT / "moodkiosk" / "sense" / "mood" / "mean_face.npy")
    points = np.pad(mean, ((0, 0), (0, 3 - mean.shape[1]))) if mean.shape[1] < 3 else mean
    rng = np.random.default_rng(0)
    return (points[None] * 90 + (320, 240, 0) + rng.normal(0, 1, (n, 468, 3))).astype(np.float64)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_measures_of_an_imported_face_are_those_of_the_face_that_was_seen(tmp_path: Path) -> None:
    faces = some_faces(5)
    np.save(tmp_path / "happy.npy", classic_rows(faces, 640, 480))
    (found,) = classic.look_through(tmp_path)
    recording = classic.to_recording(found, classic.aspect("4:3"), "anna")
    imported = np.stack([sample.landmarks.face for sample in recording.samples])
    seen = measures(faces.astype(np.float32), None, None)
    np.testing.assert_allclose(measures(imported, None, None), seen, atol=1e-4)
    wrong = classic.to_recording(found, classic.aspect("16:9"), "anna")
    stretched = np.stack([sample.landmarks.face for sample in wrong.samples])
    assert np.abs(measures(stretched, None, None) - seen).max() > 0.05


def test_a_folder_is_imported_and_everything_in_it_is_accounted_for(tmp_path: Path) -> None:
    source, out = tmp_path / "classic", tmp_path / "out"
    source.mkdir()
    rows = classic_rows(some_faces(6), 640, 480)
    rows[2] = 0  # a row without a face
    np.save(source / "suprise.npy", rows)
    np.save(source / "sad.npy", classic_rows(some_faces(4), 640, 480).astype(np.float32))
    np.save(source / "Sad.npy", classic_rows(some_faces(4), 640, 480)[:2])
    np.save(source / "labels.npy", np.array(["sad", "suprise"]))
    np.save(source / "emotion.npy", np.array([3.0]))
    np.save(source / "pixels.npy", rows * 640)
    (source / "broken.npy").write_bytes(b"\x93NUMPY\x01\x00nothing")
    done = run(source, "--aspect", "4:3", "--person", "Anna", "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert "labels.npy: skipped, names the labels: sad, suprise" in said
    assert "emotion.npy: skipped, not [n, 1020] numbers but float64 [1]" in said
    assert any(line.startswith("broken.npy: skipped, cannot be read") for line in said)
    assert any(line.startswith("pixels.npy: skipped, its numbers are not shares") for line in said)
    assert any("suprise.npy: note: 1 samples without a face" in line and "'surprise'" in line for line in said)
    assert said[-1] == "note: 'Sad' and 'sad' differ only in spelling: are they one mood?"
    loaded = dataset.load([out])
    assert loaded.labels == ("Sad", "sad", "suprise")
    assert len(loaded) == 2 + 4 + 5
    assert set(loaded.person.tolist()) == {"Anna"}
    assert set(loaded.session.tolist()) == {"classic"}
    assert loaded.mirrored.all()
    assert np.isnan(loaded.at).all()
    assert loaded.hands_seen.tolist() == [[True, False]] * 11
    assert (loaded.width[0], loaded.height[0]) == (640, 480)


def test_importing_again_changes_nothing_in_what_is_there_and_trains_on_nothing_twice(tmp_path: Path) -> None:
    np.save(tmp_path / "happy.npy", classic_rows(some_faces(3), 640, 480))
    out = tmp_path / "out"
    assert run(tmp_path, "--aspect", "4:3", "--out", out).returncode == 0
    (first,) = os.listdir(out)
    before = (out / first).read_bytes()
    assert run(tmp_path, "--aspect", "4:3", "--out", out).returncode == 0
    assert len(os.listdir(out)) == 2
    assert (out / first).read_bytes() == before
    assert len(dataset.load([out])) == 3


@pytest.mark.parametrize("text", ["", "4", "4:0", "0:3", "wide", "40:1", "4:3:2", "-4:3"])
def test_an_impossible_aspect_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--aspect must be"):
        classic.aspect(text)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "--aspect", "4:3", "--out", "out"], "no such folder"),
        (["empty", "--aspect", "4:3", "--out", "out"], "no .npy files"),
        (["stray", "--aspect", "4:3", "--out", "out"], "nothing to import"),
        (["stray", "--aspect", "round", "--out", "out"], "--aspect must be"),
        (["stray", "--out", "out"], "--aspect"),
        (["stray", "--aspect", "4:3", "--out", "out", "--person", "x" * 61], "--person must be"),
    ],
)
def test_mistakes_are_one_line_and_write_nothing(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "stray").mkdir()
    np.save(tmp_path / "stray" / "emotion.npy", np.array([3.0]))
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
