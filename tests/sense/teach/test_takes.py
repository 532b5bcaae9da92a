"""Takes come from ordinary recordings, and from nothing that is damaged."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.mood.measures import FACE, FACE_AND_OPINION, measures
from moodkiosk.sense.records.recording import Recording, Sample, encode
from moodkiosk.sense.teach.takes import MOST_FRAMES, BadTake, takes_of
from tests.support.moods_in_numbers import faces, write


def recorded(label: str = "happy", frames: int = 6, person: str = "Ana") -> bytes:
    samples = [Sample(index / 5, Landmarks(face, (640, 480))) for index, face in enumerate(faces(label, frames))]
    return encode(Recording(label, samples, mirrored=False, extractor="numbers", person=person, session="mon"))


def changed(**arrays: Any) -> bytes:
    """A recording with some of its arrays replaced; None leaves one out."""
    with np.load(io.BytesIO(recorded())) as file:
        content: dict[str, Any] = {**dict(file.items()), **arrays}
    buffer = io.BytesIO()
    np.savez(buffer, **{name: array for name, array in content.items() if array is not None})
    return buffer.getvalue()


def test_a_recording_of_the_kiosk_is_a_take() -> None:
    (take,) = takes_of(recorded(), "happy.npz", FACE)
    assert (take.label, take.person, take.name, len(take)) == ("happy", "Ana", "happy.npz", 6)
    np.testing.assert_allclose(take.x, measures(faces("happy", 6), None, None, FACE))
    np.testing.assert_allclose(take.at, np.arange(6) / 5)


def test_a_pooled_file_is_one_take_for_each_person_and_label() -> None:
    labels, people = np.array(["happy", "sad"] * 3), np.array(["Ana"] * 4 + ["Ben"] * 2)
    found = takes_of(changed(label=labels, person=people), "pooled.npz", FACE)
    assert {(take.label, take.person): len(take) for take in found} == {
        ("happy", "Ana"): 2,
        ("sad", "Ana"): 2,
        ("happy", "Ben"): 1,
        ("sad", "Ben"): 1,
    }


def test_frames_are_put_in_the_order_of_time() -> None:
    backwards = changed(at=np.arange(6)[::-1] / 5.0, face=faces("happy", 6)[::-1])
    np.testing.assert_allclose(takes_of(backwards, "x", FACE)[0].x, takes_of(recorded(), "x", FACE)[0].x)


def test_of_a_long_take_every_second_frame_or_fewer_is_left() -> None:
    (take,) = takes_of(recorded(frames=MOST_FRAMES + 10), "long.npz", FACE)
    assert len(take) == MOST_FRAMES / 2 + 5
    assert np.ptp(take.at) == pytest.approx((MOST_FRAMES + 8) / 5)


NOT_FINITE = faces("happy", 6)
NOT_FINITE[3, 7] = np.nan


@pytest.mark.parametrize(
    "data",
    [
        b"",
        recorded()[:2000],
        changed(face=None),
        changed(label=None),
        changed(mirrored=None),
        changed(face=NOT_FINITE),
        changed(face=np.zeros((6, 468, 3), np.float32) + np.inf),
        changed(face=np.zeros((0, 468, 3), np.float32), at=np.zeros(0)),
        changed(face=np.zeros((6, 10, 3), np.float32)),
        changed(label=np.array(["happy", "sad"])),
        changed(label=np.array(3)),
        changed(label=np.array("auto\n")),
        changed(at=np.zeros(3)),
        changed(face=np.zeros((4000, 468, 3), np.float32)),
    ],
)
def test_what_is_damaged_or_foreign_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(BadTake) as refused:
        takes_of(data, "bad.npz", FACE)
    assert str(refused.value).startswith("bad.npz: ")
    assert "\n" not in str(refused.value)


def test_without_the_second_opinion_a_recording_is_no_take_for_a_model_that_wants_it() -> None:
    with pytest.raises(BadTake, match="second opinion"):
        takes_of(recorded(), "old.npz", FACE_AND_OPINION)
    (take,) = takes_of(changed(opinion=np.full((6, 9), -1.0)), "new.npz", FACE_AND_OPINION)
    assert take.x.shape == (6, 40)


def test_what_collecting_writes_is_read(tmp_path: Path) -> None:
    for path in write(tmp_path, n=5).iterdir():
        (take,) = takes_of(path.read_bytes(), path.name, FACE)
        assert path.name.startswith(take.label)
