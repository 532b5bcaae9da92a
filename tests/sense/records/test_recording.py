"""Recordings are written whole or not at all, and never over one another."""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.host import files
from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.records import recording
from tests.support import faces


def test_two_recordings_of_one_moment_are_two_files(tmp_path: Path) -> None:
    names = {recording.save(faces.recording(), tmp_path).name for _ in range(5)}
    assert len(names) == 5
    assert sorted(os.listdir(tmp_path)) == sorted(names)


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "there.npz"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        files.write_new(path, b"new")
    assert path.read_bytes() == b"precious"
    assert os.listdir(tmp_path) == ["there.npz"]


def test_the_name_says_label_and_person_and_suits_any_file_system(tmp_path: Path) -> None:
    path = recording.save(faces.recording("rock n' roll/:", person="../Zoë"), tmp_path)
    assert path.parent == tmp_path
    assert path.name.startswith("rock_n_roll-Zoë-")
    assert recording.safe_name("…/..") == ""


def test_it_holds_landmarks_and_nothing_that_could_be_a_picture(tmp_path: Path) -> None:
    with np.load(recording.save(faces.recording(n=7), tmp_path), allow_pickle=False) as archive:
        shapes = {name: archive[name].shape for name in archive.files}
        assert not any(archive[name].dtype == np.uint8 for name in archive.files)
    assert shapes.pop("face") == (7, 468, 3)
    assert shapes.pop("left_hand") == shapes.pop("right_hand") == (7, 21, 3)
    assert shapes.pop("at") == (7,)
    assert set(shapes.values()) == {()}


def test_pictures_of_two_sizes_do_not_mix_in_one_recording() -> None:
    mixed = faces.recording()
    wide = recording.Sample(1.0, Landmarks(mixed.samples[0].landmarks.face, (1280, 720)))
    with pytest.raises(ValueError, match="one picture size"):
        recording.encode(replace(mixed, samples=[*mixed.samples, wide]))


def write_on_a_full_disk(folder: Path) -> None:
    """In a process of its own: the system refuses files over 10 kB."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    try:
        recording.save(faces.recording(n=50), folder)
    except OSError:
        os._exit(42)
    os._exit(0)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    child = get_context("spawn").Process(target=write_on_a_full_disk, args=(tmp_path,))
    child.start()
    child.join(30)
    assert child.exitcode == 42
    assert os.listdir(tmp_path) == []
