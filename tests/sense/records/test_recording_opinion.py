"""Recordings keep the second opinion's numbers beside the landmarks; those without them load too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moodkiosk.failure import UsageError
from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.samples import vectors
from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.mood.frontal import mean_face
from moodkiosk.sense.mood.measures import FACE, FACE_AND_OPINION, MEASURES
from moodkiosk.sense.records.recording import Recording, Sample, save

SAID = np.array([-1.0, -2.0, -3.0, -4.0, -0.5, -20.0, -7.0, -9.0, -5.0], np.float32)


def recorded(folder: Path, *opinions: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None) -> dataset.Dataset:
    face = (mean_face() * 90 + (320, 200, 0)).astype(np.float32)
    samples = [Sample(at / 5, Landmarks(face, (640, 480), opinion=said)) for at, said in enumerate(opinions)]
    return dataset.load([save(Recording("happy", samples, mirrored=False, extractor="test"), folder)])


def test_the_numbers_are_kept_and_become_measures(tmp_path: Path) -> None:
    data = recorded(tmp_path, SAID, SAID)
    np.testing.assert_array_equal(data.opinion, [SAID, SAID])
    x = vectors(data, FACE_AND_OPINION)
    assert x.shape == (2, len(MEASURES[FACE_AND_OPINION]))
    assert x[0, -7:] == pytest.approx(np.maximum(SAID[:7], -8))


def test_a_recording_without_them_loads_and_can_be_read_by_its_landmarks_only(tmp_path: Path) -> None:
    data = recorded(tmp_path, None, None)
    assert np.isnan(data.opinion).all()
    assert np.isfinite(vectors(data, FACE)).all()
    assert np.isnan(vectors(data, FACE_AND_OPINION)[:, -7:]).all()


def test_where_it_was_not_asked_at_one_look_that_look_has_none(tmp_path: Path) -> None:
    assert np.isnan(recorded(tmp_path, SAID, None).opinion).all(axis=1).tolist() == [False, True]


def test_numbers_of_another_shape_are_refused(tmp_path: Path) -> None:
    recorded(tmp_path, SAID)
    path = next(tmp_path.glob("*.npz"))
    with np.load(path) as data:
        arrays = dict(data)
    np.savez(path, **{**arrays, "opinion": np.zeros((1, 4), np.float32)})
    with pytest.raises(UsageError, match=r"opinion.*\[1, 9\]"):
        dataset.load([path])
