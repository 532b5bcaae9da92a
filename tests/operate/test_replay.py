"""`moodkiosk replay`: offline, in the file's own time, the same bytes every time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from moodkiosk.operate.paced import paced
from moodkiosk.sense.actor.actor import Scene
from tests.support.moods_in_numbers import write


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of the actor: nobody, then neutral, then happy."""
    path = tmp_path_factory.mktemp("film") / "actor.avi"
    scene = Scene(moods=("neutral", "happy"))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, scene.size)
    for index in range(130):
        writer.write(cv2.cvtColor(scene.picture_at(index / 10), cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def replay(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "moodkiosk", "replay", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_two_runs_print_the_same_bytes_and_tell_what_happens(film: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("mood: {settle_seconds: 0.75, refractory_seconds: 1}")
    first, second = (replay(str(film), "--json", "--config", str(config)) for _ in range(2))
    assert first.returncode == 0
    assert first.stdout == second.stdout
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    events = [(line["kind"], line["mood"]) for line in lines if line["type"] == "event"]
    assert events[0][0] == "arrived"
    moods = [mood for kind, mood in events if kind == "mood_changed"]
    assert moods[:2] == ["neutral", "happy"]
    readings = [line for line in lines if line["type"] == "reading"]
    assert [line["at"] for line in readings] == sorted(line["at"] for line in readings)
    assert 0.19 < readings[1]["at"] - readings[0]["at"] < 0.21
    assert {line["reason"] for line in lines if line["type"] == "decision"}


@pytest.mark.slow
def test_a_film_on_its_side_is_said_and_turned_on_request(film: Path, tmp_path: Path) -> None:
    sideways = tmp_path / "sideways.avi"
    capture = cv2.VideoCapture(str(film))
    size = (int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)))
    writer = cv2.VideoWriter(str(sideways), cv2.VideoWriter.fourcc(*"MJPG"), 10, size)
    while (read := capture.read())[0]:
        writer.write(cv2.rotate(read[1], cv2.ROTATE_90_CLOCKWISE))
    writer.release()
    done = replay(str(sideways))
    assert (done.returncode, done.stderr) == (0, "moodkiosk: faces are on their side: replay it with --rotate 270\n")
    done = replay(str(sideways), "--rotate", "270")
    assert (done.returncode, done.stderr) == (0, "")
    assert "somebody in" in done.stdout


@pytest.mark.parametrize(
    ("name", "content"), [("none.mp4", None), ("text.mp4", b"this is no video"), ("empty.mp4", b"")]
)
def test_a_file_that_is_no_video_is_one_line_and_exit_2(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = replay(str(tmp_path / name))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr


@pytest.mark.slow
def test_a_foreign_model_is_one_line_and_exit_2(tmp_path: Path, film: Path) -> None:
    (tmp_path / "x.tflite").write_bytes(b"TFL3" * 100)
    done = replay(str(film), "--model", str(tmp_path / "x.tflite"))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "x.tflite" in done.stderr


def written(path: Path, pictures: Iterable[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], rate: int) -> Path:
    """A film of these RGB pictures, each compressed by itself."""
    writer = None
    for rgb in pictures:
        if writer is None:
            size = (rgb.shape[1], rgb.shape[0])
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, size)
        writer.write(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    assert writer is not None
    writer.release()
    return path


@pytest.mark.slow
def test_a_picture_that_is_frozen_for_a_minute_is_a_lost_camera_and_not_calm(tmp_path: Path) -> None:
    scene = Scene(moods=("happy",), mood_seconds=10)
    times = [2 + index / 2 for index in range(12)] + [8.0] * 150 + [8 + index / 2 for index in range(1, 5)]
    film = written(tmp_path / "frozen.avi", (scene.picture_at(at) for at in times), 2)
    lines = [json.loads(line) for line in replay(str(film), "--json").stdout.splitlines()]
    lost, back = (
        next(line["at"] for line in lines if line.get("kind") == kind) for kind in ("camera_lost", "camera_back")
    )
    assert 65 < lost < 67
    assert 80 < back < 82
    assert not [line for line in lines if line["type"] == "reading" and lost <= line["at"] < back]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("grey", "said"),
    [(0, "nobody seen (too dark in 10)"), (255, "nobody seen (too bright in 10)"), (90, "nobody seen")],
)
def test_people_are_told_when_and_what_was_seen_even_if_that_is_nothing(tmp_path: Path, grey: int, said: str) -> None:
    film = written(tmp_path / "empty.avi", [np.full((240, 320, 3), grey, np.uint8)] * 20, 10)
    assert replay(str(film)).stdout == f"1.8 s: {said}\n"


@pytest.mark.slow
def test_lines_for_people_begin_with_the_time_in_the_film(film: Path) -> None:
    lines = replay(str(film)).stdout.splitlines()
    assert lines[0].startswith("00:00:0")
    assert lines[0].endswith("somebody arrived")
    assert lines[-1].startswith("12.8 s: somebody in ")


def test_frames_are_taken_at_the_pace_of_the_kiosk() -> None:
    class At:
        def __init__(self, at: float) -> None:
            self.at = at

    taken = [frame.at for frame in paced([At(i / 30) for i in range(61)], 5)]  # type: ignore[misc] # only times matter
    assert len(taken) == 11


@pytest.mark.slow
def test_the_own_neutral_is_learnt_unless_told_not_to_and_a_person_nobody_knows_is_refused(
    film: Path, tmp_path: Path
) -> None:
    def sources(*arguments: str) -> set[str]:
        done = replay(str(film), "--json", *arguments)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {line["neutral_from"] for line in lines if line["type"] == "reading" and line["track"] is not None}

    assert sources() == {"watching"}
    assert sources("--no-self-calibrate") == {"nobody"}
    config = tmp_path / "config.yaml"
    config.write_text(f"paths: {{state: {tmp_path}}}")
    refused = replay(str(film), "--person", "Ada", "--config", str(config))
    assert refused.returncode == 2
    assert "no neutral face of 'Ada' is known; known: nobody yet" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_neutral_look_is_taken_from_a_recording_or_from_the_start_of_the_film(film: Path, tmp_path: Path) -> None:
    def people(*arguments: str) -> set[tuple[str, str]]:
        done = replay(str(film), "--json", "--no-self-calibrate", *arguments)
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {(line["neutral"], line["neutral_from"]) for line in lines if line.get("track") is not None}

    assert people("--neutral", "auto") == {("actor", "calibration")}
    write(tmp_path / "ana", ("neutral", "happy"), n=12)
    assert people("--neutral", str(tmp_path / "ana")) == {("Ana", "calibration")}
    for nothing, why in (
        (write(tmp_path / "smiles", ("happy",)), "samples labelled 'neutral' of nobody"),
        (write(tmp_path / "two", n=6, people=("Ana", "Ben")), "of 2 people"),
        (tmp_path / "no.avi", "no.avi"),
    ):
        refused = replay(str(film), "--neutral", str(nothing))
        assert refused.returncode == 2
        assert why in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
