"""Corrections need consent, hold what was just seen of one person, and are forgotten on time and on demand."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.config.settings import LearningSettings
from moodkiosk.failure import UsageError
from moodkiosk.host.paths import RECORDINGS
from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.forget import forget_recordings
from moodkiosk.learn.data.outbox import OUTBOX
from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.records import recording
from moodkiosk.sense.records.corrections import Corrections, NotKept
from moodkiosk.sense.records.erase import erase
from tests.support import faces

CONSENT = LearningSettings(keep_corrections=True, correction_seconds=5)


def watched(corrections: Corrections, seconds: float = 20, track: int = 1, start: float = 0) -> Corrections:
    """Somebody was in view for so long, at five readings a second."""
    for index in range(int(seconds * 5)):
        corrections.see(start + index / 5, track, faces.landmarks(index))
    return corrections


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_without_consent_nothing_is_written_and_the_answer_says_why(tmp_path: Path) -> None:
    corrections = watched(Corrections(LearningSettings(), tmp_path))
    with pytest.raises(NotKept, match="moodkiosk remember on"):
        corrections.write("sad", 20, "numbers")
    assert files_in(tmp_path) == []


def test_the_household_s_choice_is_kept_and_counts_before_the_configuration(tmp_path: Path) -> None:
    assert not Corrections(LearningSettings(), tmp_path).remembers
    assert Corrections(CONSENT, tmp_path).remembers
    Corrections(LearningSettings(), tmp_path).turn(on=True)
    agreed = watched(Corrections(LearningSettings(), tmp_path))
    assert agreed.remembers
    agreed.turn(on=False)
    assert not Corrections(CONSENT, tmp_path).remembers
    agreed.turn(on=True)
    with pytest.raises(NotKept, match="no face"):  # what was held was let go
        agreed.write("sad", 20, "numbers")
    (tmp_path / "remember").write_bytes(b"\xffperhaps")
    assert not Corrections(LearningSettings(), tmp_path).remembers


def test_a_correction_labels_the_last_seconds_and_is_a_recording_like_any_other(tmp_path: Path) -> None:
    corrections = watched(Corrections(CONSENT, tmp_path))
    said = corrections.write("sad", 20, "mediapipe-0.10.18/face_mesh", person="Anna")
    assert said == "kept 25 samples as 'sad', to be trained on"
    kept = dataset.load([tmp_path / "corrections"])
    assert kept.labels == ("sad",)
    assert (kept.at.min(), kept.at.max()) == (15.0, 19.8)
    assert set(kept.person.tolist()) == {"Anna"}
    assert kept.session[0].startswith("correction 2")
    assert kept.sources[0].extractor == "mediapipe-0.10.18/face_mesh"
    assert (tmp_path / "corrections").stat().st_mode & 0o777 == 0o700


def test_the_same_seconds_are_not_labelled_twice(tmp_path: Path) -> None:
    corrections = watched(Corrections(CONSENT, tmp_path))
    corrections.write("sad", 20, "numbers")
    with pytest.raises(NotKept, match="no face was seen"):
        corrections.write("angry", 20, "numbers")


def test_nobody_in_view_is_nothing_to_correct(tmp_path: Path) -> None:
    corrections = watched(Corrections(CONSENT, tmp_path), seconds=4)
    for at in range(4, 12):
        corrections.see(at, None, None)
    with pytest.raises(NotKept, match="no face was seen in the last 5 s"):
        corrections.write("sad", 12, "numbers")
    assert files_in(tmp_path) == []


def test_the_next_person_is_not_blamed_for_the_last_ones_face(tmp_path: Path) -> None:
    corrections = watched(watched(Corrections(CONSENT, tmp_path), 4, track=1), 1, track=2, start=4)
    corrections.write("happy", 5, "numbers")
    kept = dataset.load([tmp_path])
    assert (len(kept), kept.at.min()) == (5, 4.0)


def test_a_camera_that_changed_its_size_starts_afresh(tmp_path: Path) -> None:
    corrections = watched(Corrections(CONSENT, tmp_path), 4)
    for index in range(4):
        corrections.see(4 + index / 5, 1, Landmarks(faces.landmarks(index).face, (1280, 720)))
    corrections.write("happy", 5, "numbers")
    assert dataset.load([tmp_path]).width.tolist() == [1280] * 4


def test_switching_the_camera_off_forgets_what_was_held(tmp_path: Path) -> None:
    corrections = watched(Corrections(CONSENT, tmp_path))
    corrections.clear()
    with pytest.raises(NotKept, match="no face"):
        corrections.write("sad", 20, "numbers")


def test_a_folder_that_cannot_be_written_is_an_answer_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "corrections").write_text("a file in the way")
    with pytest.raises(NotKept, match="could not be written"):
        watched(Corrections(CONSENT, tmp_path)).write("sad", 20, "numbers")


def test_old_corrections_are_deleted_and_younger_ones_stay(tmp_path: Path) -> None:
    corrections = Corrections(CONSENT, tmp_path)
    assert corrections.expire(time.time()) == 0  # no folder yet
    watched(corrections).write("sad", 20, "numbers")
    watched(corrections).write("happy", 20, "numbers")
    old = next((tmp_path / "corrections").glob("sad*"))
    now = time.time()
    os.utime(old, (now - 91 * 86_400, now - 91 * 86_400))
    assert corrections.expire(now) == 1
    assert dataset.load([tmp_path]).labels == ("happy",)


def test_forgetting_a_person_deletes_their_corrections_only(tmp_path: Path) -> None:
    corrections = Corrections(CONSENT, tmp_path)
    watched(corrections).write("sad", 20, "numbers", person="Anna")
    watched(corrections).write("sad", 20, "numbers", person="Ben")
    assert str(corrections.forget("anna")) == "deleted 1 recording"
    assert set(dataset.load([tmp_path]).person.tolist()) == {"Ben"}
    assert str(corrections.forget("")) == "deleted 1 recording"
    assert files_in(tmp_path) == []


def test_a_pooled_file_loses_only_that_persons_samples(tmp_path: Path) -> None:
    pool = tmp_path / "pool.npz"
    names = np.array(["Anna", "Ben", "Anna", "Cleo"])
    np.savez(
        pool,
        face=np.arange(4 * 468 * 3, dtype=np.float32).reshape(4, 468, 3),
        label=np.array(list("abcd")),
        person=names,
        width=640,
        height=480,
        mirrored=False,
        extractor="x",
        version=1,
    )
    assert str(erase(tmp_path, "Anna")) == "deleted 0 recordings, and 2 samples from files with other people"
    left = dataset.load([pool])
    assert left.person.tolist() == ["Ben", "Cleo"]
    assert left.label.tolist() == ["b", "d"]
    assert left.face[0, 0, 0] == 468 * 3


def test_a_file_of_another_program_is_forgotten_too_and_one_that_contradicts_itself_is_named(tmp_path: Path) -> None:
    def written(name: str, **changes: object) -> None:
        given = {"face": np.zeros((2, 468, 3)), "label": "happy", "person": "Anna", **changes}
        np.savez(tmp_path / name, **given)  # type: ignore[arg-type]  # it takes whatever becomes an array

    written("a.npz", face=3.0, person=np.array(["Anna", "Ben"]))
    written("b.npz", person=np.array(["Anna", "Ben", "Cleo"]))
    written("c.npz", person=np.array(b"Anna"))
    written("d.npz", person=np.array(["Anna"]))
    said = str(erase(tmp_path, "Anna"))
    assert said.startswith("deleted 2 recordings; could not tell whose these are")
    assert files_in(tmp_path) == ["a.npz", "b.npz"]


def test_forgetting_says_what_it_cannot_tell_and_leaves_other_files_alone(tmp_path: Path) -> None:
    recording.save(replace(faces.recording(), person="Anna"), tmp_path)
    (tmp_path / "damaged.npz").write_bytes(b"PK\x03\x04 no more")
    (tmp_path / ".happy.npz.x7k2").write_bytes(b"left by a power cut")
    np.savez(tmp_path / "holiday.npz", photo=np.zeros(3))
    (tmp_path / "letter.txt").write_text("keep me")
    said = str(forget_recordings(tmp_path, ""))
    assert "deleted 1 recording;" in said
    assert "delete them by hand" in said
    assert str(tmp_path / "damaged.npz") in said
    assert files_in(tmp_path) == ["damaged.npz", "holiday.npz", "letter.txt"]
    with pytest.raises(UsageError, match="no such folder"):
        forget_recordings(tmp_path / "nowhere", "")


def forget(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`moodkiosk forget …` where no kiosk runs, typed in the folder `home`, which is also one's home."""
    (home / "config.yaml").write_text(f"paths: {{runtime: {home}/run}}")
    line = [sys.executable, "-m", "moodkiosk", "forget", *words, "--config", "config.yaml"]
    mine = os.environ | {"HOME": str(home)}
    return subprocess.run(line, cwd=home, env=mine, capture_output=True, text=True, check=False)


def test_recordings_are_forgotten_where_they_usually_are_and_where_it_is_said(tmp_path: Path) -> None:
    assert forget(tmp_path, "--all").returncode == 1, "no kiosk, and no recordings"
    usual, fetched, own = tmp_path / RECORDINGS, tmp_path / OUTBOX, tmp_path / "own"
    for folder in (usual, fetched, own):
        folder.mkdir(parents=True)
        for person in ("Anna", "Ben"):
            recording.save(replace(faces.recording(), person=person), folder)
    done = forget(tmp_path, "--person", "Anna")
    assert done.returncode == 0
    assert done.stdout == "no kiosk is running here: nothing else was deleted\n"
    assert done.stderr == f"{RECORDINGS}: deleted 1 recording\n{fetched}: deleted 1 recording\n"
    assert [len(files_in(folder)) for folder in (usual, fetched, own)] == [1, 1, 2]
    forget(tmp_path, "--all", "--recordings", "own")
    assert [len(files_in(folder)) for folder in (usual, fetched, own)] == [1, 0, 0]
