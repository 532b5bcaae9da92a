"""What was recorded and trained with one engine serves the other: needs MediaPipe's own runtime."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.learn.data import checks, dataset
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.mood.bundle import unbundle
from moodkiosk.sense.teach.takes import Take, takes_of
from tests.support import crossed, needs
from tests.support.taught import SCHEMA, learnt

ROOT = Path(__file__).parents[3]
SAME = 0.99
"""The share of looks that are read the same."""

pytestmark = [pytest.mark.slow, pytest.mark.needs("mediapipe")]


@dataclass(frozen=True)
class Made:
    """By engine: the folder of its recordings, the model learnt from them, and what each engine then reads with it."""

    recordings: dict[str, Path]
    models: dict[str, bytes]
    read: dict[tuple[str, str], list[str | None]]


def elsewhere(*arguments: str | Path) -> str:
    """What `tests.support.crossed` says in the environment with MediaPipe."""
    command: list[str | Path] = [needs.MEDIAPIPE_PYTHON, "-m", "tests.support.crossed", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def takes(folder: Path) -> list[Take]:
    found = (takes_of(path.read_bytes(), path.name, SCHEMA) for path in sorted(folder.iterdir()))
    return [take for some in found for take in some]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("crossed")
    recordings = {"litert": folder / "litert", "mediapipe": folder / "mediapipe"}
    crossed.record("litert", recordings["litert"])
    elsewhere("record", "mediapipe", recordings["mediapipe"])
    models = {name: learnt(takes(path)).file for name, path in recordings.items()}
    files = {name: folder / f"{name}.tflite" for name in models}
    for name, path in files.items():
        path.write_bytes(models[name])
    theirs = json.loads(elsewhere("read", "mediapipe", *files.values()))
    read = {(name, "mediapipe"): moods for name, moods in zip(files, theirs, strict=True)}
    read |= {(name, "litert"): crossed.read("litert", path) for name, path in files.items()}
    return Made(recordings, models, read)


def test_recordings_of_both_engines_are_one_set_to_learn_from(made: Made) -> None:
    data = dataset.load(made.recordings.values())
    assert {source.extractor for source in data.sources} == {EXTRACTOR}
    assert len(data) == 2 * len(crossed.MOODS) * crossed.FRAMES
    assert not [finding for finding in checks.check(data, hands=False) if "extractor" in finding.text]


def test_the_measures_that_are_learnt_from_are_the_same(made: Made) -> None:
    ours, theirs = ({take.label: take.x for take in takes(path)} for path in made.recordings.values())
    assert set(ours) == set(theirs) == set(crossed.MOODS)
    differences = np.concatenate([np.abs(ours[mood] - theirs[mood]).ravel() for mood in ours])
    spread = np.concatenate(list(ours.values())).std(axis=0).mean()
    assert differences.mean() < 0.01 * spread


@pytest.mark.parametrize("engine", ["litert", "mediapipe"])
def test_a_model_made_with_one_engine_reads_the_same_with_the_other_and_reads_it_right(made: Made, engine: str) -> None:
    assert unbundle(made.models[engine])[0].extractor == EXTRACTOR
    shown = [mood for mood in crossed.MOODS for _ in range(crossed.FRAMES)]
    own, other = made.read[engine, engine], made.read[engine, "litert" if engine == "mediapipe" else "mediapipe"]
    assert np.mean([a == b for a, b in zip(own, other, strict=True)]) >= SAME
    assert np.mean([a == b for a, b in zip(shown, other, strict=True)]) > 0.9
