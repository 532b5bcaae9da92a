"""A gesture from end to end: real pictures, real MediaPipe, a recording of face and hands, a training, a replay."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.pipeline import Pipeline
from moodkiosk.sense.records.recording import Recording, Sample, save
from tests.support import needs

ROOT = Path(__file__).resolve().parents[2]
PYTHON = needs.TRAIN_PYTHON
GESTURES = ("walk", "yes")


def recorded(clip: Path, label: str, folder: Path) -> Path:
    """What a collection keeps of somebody signing."""
    import cv2

    pipeline, samples = Pipeline(SenseSettings(), every_look=True), []
    capture = cv2.VideoCapture(str(clip))
    at = 0.0
    while (read := capture.read())[0]:
        at += 1 / 30
        pipeline.look(Frame(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB), at))
        if pipeline.front is not None:
            samples.append(Sample(at, pipeline.front.landmarks))
    return save(Recording(label, samples, mirrored=False, extractor=EXTRACTOR, person="Signer"), folder)


@pytest.mark.train
@pytest.mark.slow
def test_a_gesture_can_be_recorded_trained_and_replayed(extra: Path, tmp_path: Path) -> None:
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    for gesture in GESTURES:
        recorded(extra / "data" / "clips" / f"{gesture}.mkv", gesture, recordings)
    model = tmp_path / "signs.tflite"
    command: list[str | Path] = [PYTHON, ROOT / "scripts" / "train.py", recordings, "--out", model, "--base", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "with hands: hands are seen in" in done.stdout
    assert models.load(model, mirrored=False).labels == GESTURES
    for gesture in GESTURES:
        clip = extra / "data" / "clips" / f"{gesture}.mkv"
        replay: list[str | Path] = [sys.executable, "-m", "moodkiosk", "replay", clip, "--model", model, "--json"]
        shown = subprocess.run(replay, capture_output=True, text=True, check=False, cwd=ROOT)
        assert shown.returncode == 0, shown.stderr
        lines = [json.loads(line) for line in shown.stdout.splitlines()]
        moods = Counter(line["mood"] for line in lines if line["type"] == "reading" and line["mood"])
        assert moods[gesture] > 0.7 * moods.total(), moods
