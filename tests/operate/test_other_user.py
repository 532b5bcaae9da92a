"""An ordinary user beside an installed kiosk, whose folders belong to others: the starter model, or one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

KIOSK = 4711
"""The user id of the installed kiosk's half."""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The configuration of a kiosk whose state folder nobody else may look into."""
    state = tmp_path / "state" / "sense" / "models"
    state.mkdir(parents=True)
    (state / "current.tflite").write_bytes(b"a model that only the kiosk may read")
    config = tmp_path / "config.yaml"
    places = {"state": str(tmp_path / "state"), "runtime": str(tmp_path / "run")}
    config.write_text(yaml.safe_dump({"paths": places, "mqtt": {"enabled": False}}))
    if os.geteuid() == 0:
        for folder in (state, state.parent):
            os.chown(folder, KIOSK, KIOSK)
    for folder in (state, state.parent):
        folder.chmod(0o700 if os.geteuid() == 0 else 0)
    return config


def film(path: Path) -> Path:
    """A second of an empty room."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (320, 240))
    for _ in range(5):
        writer.write(np.full((240, 320, 3), 120, np.uint8))
    writer.release()
    return path


def line(config: Path, *words: str) -> list[str]:
    """`moodkiosk …` as a user who has no power over the files of others."""
    command = [sys.executable, "-m", "moodkiosk", *words, "--config", str(config)]
    if os.geteuid() != 0:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("needs setpriv (util-linux) to give up root's power over files")
    power = "-dac_override,-dac_read_search,-setuid,-setgid,-fowner"
    return [setpriv, f"--bounding-set={power}", f"--inh-caps={power}", *command]


def run(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The same to its end; there is no sudo."""
    (config.parent / "empty").mkdir()
    surroundings = os.environ | {"PATH": str(config.parent / "empty")}
    return subprocess.run(
        line(config, *words), env=surroundings, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_a_film_is_replayed_with_the_starter_model_which_is_said(installed: Path) -> None:
    done = run(installed, "replay", str(film(installed.parent / "film.avi")))
    assert done.returncode == 0, done.stderr
    (said,) = done.stderr.splitlines()
    assert "current.tflite: cannot be read: Permission denied; using another" in said


@pytest.mark.slow
@pytest.mark.parametrize("words", [("model", "list"), ("model", "rollback"), ("forget", "--all")], ids=" ".join)
def test_what_only_the_kiosk_may_see_is_one_line(installed: Path, words: tuple[str, ...]) -> None:
    done = run(installed, *words)
    assert done.returncode == 1, done
    assert done.stderr.count("\n") == 1, done.stderr


def test_sense_shows_a_film_with_the_starter_model(installed: Path) -> None:
    words = "sense", "--source", str(film(installed.parent / "film.avi"))
    log = []
    with subprocess.Popen(line(installed, *words), stderr=subprocess.PIPE, text=True) as sense:
        assert sense.stderr is not None
        for said in sense.stderr:
            log.append(said)
            if "mood model" in said and "starter.tflite" in said:
                break
        sense.terminate()
        log += list(sense.stderr)
    assert sense.returncode == 0, log
    assert "Traceback" not in "".join(log)
    assert any("cannot be read: Permission denied" in said for said in log)
