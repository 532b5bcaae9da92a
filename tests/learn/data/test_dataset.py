"""Reading recordings: what contract 1 allows is taken, anything else is refused in one line."""

from __future__ import annotations

import contextlib
import io
import os
import random
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moodkiosk.failure import LINE_LETTERS, UsageError
from moodkiosk.learn.data import dataset
from moodkiosk.sense.records import npy
from moodkiosk.sense.records.erase import Erased, erase
from moodkiosk.sense.unzip import Damaged
from tests.support.faces import recording


def arrays(n: int = 3, **changes: Any) -> dict[str, Any]:
    """What a small valid file holds; a change to None removes the key."""
    face = np.random.default_rng(n).uniform(0, 400, (n, 468, 3)).astype(np.float32)
    content: dict[str, Any] = {
        "face": face,
        "label": "happy",
        "width": 640,
        "height": 480,
        "mirrored": False,
        "extractor": "mediapipe-0.10.18/face_mesh",
        "version": 1,
        **changes,
    }
    return {name: value for name, value in content.items() if value is not None}


def write(path: Path, **changes: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays(**changes))
    return path


def test_a_file_with_only_the_required_keys_is_read_and_the_rest_is_unknown(tmp_path: Path) -> None:
    loaded = dataset.load([write(tmp_path / "a.npz")])
    assert len(loaded) == 3
    assert loaded.labels == ("happy",)
    assert loaded.person.tolist() == [""] * 3
    assert loaded.session.tolist() == [""] * 3
    assert np.isnan(loaded.at).all()
    assert np.isnan(loaded.left_hand).all()
    assert loaded.left_hand.shape == (3, 21, 3)
    assert not loaded.hands_seen.any()
    assert loaded.sources[0].extractor == "mediapipe-0.10.18/face_mesh"


def test_what_a_recording_was_given_comes_back(tmp_path: Path) -> None:
    from moodkiosk.sense.records.recording import save

    wanted = recording("räuberisch froh", n=4, person="Anna Ö", left_hand=True)
    loaded = dataset.load([save(wanted, tmp_path)])
    assert loaded.labels == ("räuberisch froh",)
    assert loaded.person.tolist() == ["Anna Ö"] * 4
    assert loaded.at.tolist() == [sample.at for sample in wanted.samples]
    assert loaded.hands_seen.tolist() == [[True, False]] * 4
    np.testing.assert_array_equal(loaded.face[2], wanted.samples[2].landmarks.face)
    assert loaded.width.tolist() == [640] * 4
    assert not loaded.mirrored.any()


def test_a_folder_is_read_with_its_folders_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path / "b" / "one.npz", n=2, label="sad")
    write(tmp_path / "a.npz", n=3, mirrored=True)
    (tmp_path / ".half.npz").write_bytes(b"left by a crash")
    (tmp_path / "notes.txt").write_text("not a recording")
    loaded = dataset.load([tmp_path])
    assert [source.path.name for source in loaded.sources] == ["a.npz", "one.npz"]
    assert loaded.file.tolist() == [0, 0, 0, 1, 1]
    assert loaded.label.tolist() == ["happy"] * 3 + ["sad"] * 2
    assert loaded.mirrored.tolist() == [True] * 3 + [False] * 2


def test_a_file_given_twice_counts_once_and_is_named(tmp_path: Path) -> None:
    first, copy = write(tmp_path / "a.npz"), tmp_path / "copy.npz"
    copy.write_bytes(first.read_bytes())
    loaded = dataset.load([tmp_path, first])
    assert len(loaded) == 3
    assert loaded.twins == (copy, first)


def test_pooled_files_have_a_label_person_session_and_size_for_each_sample(tmp_path: Path) -> None:
    path = write(
        tmp_path / "pool.npz",
        label=np.array(["happy", "sad", "sad"]),
        person=np.array([b"p1", b"p2", b"p2"]),
        session=np.array(["s", "t", "u"]),
        width=np.array([640, 100, 100]),
    )
    loaded = dataset.load([path])
    assert loaded.person.tolist() == ["p1", "p2", "p2"]
    assert loaded.width.tolist() == [640, 100, 100]
    assert loaded.height.tolist() == [480, 480, 480]
    sad = loaded.select(loaded.label == "sad")
    assert (len(sad), sad.session.tolist()) == (2, ["t", "u"])
    assert sad.relabelled({"sad": "blue"}).labels == ("blue",)


def test_the_irises_of_later_face_meshes_are_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", face=np.ones((2, 478, 3)))
    assert dataset.load([path]).face.shape == (2, 468, 3)


def test_the_starter_faces_are_a_dataset(extra: Path) -> None:
    loaded = dataset.load([extra / "data" / "starter_faces.npz"])
    assert len(loaded) == 3403
    assert {"happy", "sad", "angry", "surprise", "neutral"} <= set(loaded.labels)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"face": None}, "lacks face"),
        ({"mirrored": None, "extractor": None}, "lacks mirrored, extractor"),
        ({"face": np.ones((2, 467, 3))}, "'face' must be numbers"),
        ({"face": np.ones((0, 468, 3))}, "no samples"),
        ({"face": np.full((2, 468, 3), np.nan)}, "damaged"),
        ({"face": np.array(["a"])}, "'face' must be numbers"),
        ({"face": 3.0}, "'face' must be numbers"),
        ({"left_hand": np.full((3, 21, 3), np.inf)}, "damaged: some points of 'left_hand'"),
        ({"label": np.array(["a", "b"])}, "'label' must be"),
        ({"label": 3}, "'label' must be"),
        ({"label": ""}, "without a label"),
        ({"width": 0}, "'width' must be a number of pixels"),
        ({"width": np.nan}, "'width' must be a number of pixels"),
        ({"at": 3.0}, "'at' must be"),
        ({"version": 2}, "version 2"),
        ({"mirrored": "no"}, "'mirrored' must be true or false"),
        ({"mirrored": np.array([True, False, True])}, "'mirrored' must be one value"),
        ({"left_hand": np.ones((2, 21, 3))}, "'left_hand' must be numbers"),
    ],
)
def test_a_file_that_breaks_the_contract_is_refused_with_its_name(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    path = write(tmp_path / "bad.npz", **changes)
    with pytest.raises(UsageError) as caught:
        dataset.load([path])
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def damaged(kind: str, good: bytes) -> bytes:
    """Bytes that are not a recording any more."""
    if kind == "a member of a foreign zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("letter.txt", "hello")
        return buffer.getvalue()
    if kind == "a pickle":
        buffer = io.BytesIO()
        np.savez(buffer, **{**arrays(), "label": np.array([{"no": "thanks"}], dtype=object)})
        return buffer.getvalue()
    flipped = bytearray(good)
    flipped[5000] ^= 0xFF
    return {"empty": b"", "text": b"not at all", "cut off": good[: len(good) // 2], "flipped": bytes(flipped)}[kind]


@pytest.mark.parametrize("kind", ["empty", "text", "cut off", "flipped", "a pickle", "a member of a foreign zip"])
def test_a_damaged_file_is_one_line_and_nothing_in_it_is_executed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(damaged(kind, write(tmp_path / "good" / "a.npz").read_bytes()))
    with pytest.raises(UsageError) as caught:
        dataset.load([path])
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def with_header(header: bytes, content: bytes = b"", version: int = 1) -> bytes:
    """An array as somebody else may have written it."""
    length = len(header).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + content


def claims(descr: str, shape: str, content: bytes = bytes(64)) -> bytes:
    """An array whose header says this."""
    return with_header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode(), content)


HEADERS = {
    "a header that does not end": with_header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, '"),
    "a header of nothing": with_header(b""),
    "a header of brackets": with_header(b"(" * 9000),
    "a header longer than the file": b"\x93NUMPY\x02\0\xff\xff\xff\xff{",
    "a header that is code": claims("__import__('os').getpid()", "()"),
    "a type that is none": claims("'<f3'", "(3,)"),
    "a type of types": claims("[('a', '<f4'), ('a', '<f4')]", "(3,)"),
    "a pickle": claims("'|O'", "(1,)"),
    "a date": claims("'<M8[us]'", "(1,)"),
    "a shape that is none": claims("'<f4'", "(3, -1)"),
    "a shape without end": claims("'<f4'", "(" + "9" * 150 + ",)"),
    "a thousand dimensions": claims("'<f4'", "(" + "1," * 90 + ")"),
    "more than any memory": claims("'<f8'", "(2000000000, 468, 3)"),
    "more than is there": claims("'<f4'", "(3, 468, 3)"),
    "letters that Unicode has not": claims("'<U1'", "()", b"\xff\xff\xff\x7f"),
    "half a letter": claims("'>U1'", "()", b"\0\0\xd8\0"),
    "a text of 100,000 letters": claims("'<U100000'", "()", b"x\0\0\0" * 100_000),
    "a truth that is neither": claims("'|b1'", "()", b"\7"),
    "an unknown version": with_header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (), }", bytes(4), 9),
    "no array": b"hello",
    "nothing": b"",
}


def zipped(path: Path, *, packing: int = zipfile.ZIP_DEFLATED, **members: Any) -> Path:
    """A valid recording in which these members are other bytes."""
    good = io.BytesIO()
    np.savez(good, **arrays())
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", packing) as target:
        for name in source.namelist():
            target.writestr(name, members.pop(name.removesuffix(".npy"), source.read(name)))
        for name, content in members.items():
            target.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize("name", ["face", "label", "left_hand", "mirrored", "version"])
@pytest.mark.parametrize("kind", HEADERS)
def test_an_array_with_a_damaged_header_is_one_short_line(tmp_path: Path, kind: str, name: str) -> None:
    members: dict[str, Any] = {name: HEADERS[kind]}
    path = zipped(tmp_path / "bad.npz", **members)
    with pytest.raises(UsageError) as caught:
        dataset.load([path])
    assert str(caught.value).startswith(str(path))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= LINE_LETTERS
    assert erase(tmp_path, "Anna") in (Erased(), Erased(unreadable=(path,)))


def test_what_is_not_asked_for_is_not_unpacked_and_what_is_has_a_limit(tmp_path: Path) -> None:
    path = zipped(tmp_path / "aside.npz", photo=claims("'|u1'", "(60000000,)", bytes(60_000_000)))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    assert len(dataset.load([path])) == 3
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 10_000_000
    path = zipped(tmp_path / "bomb.npz", face=claims("'<f8'", "(26000, 468, 3)"))
    with pytest.raises(UsageError, match="face: unpacks to 292 MB, 268 MB are the most"):
        dataset.load([path])


def test_the_arrays_of_one_file_have_a_limit_together(tmp_path: Path) -> None:
    data = zipped(tmp_path / "a.npz", left_hand=claims("'<f4'", "(3, 21, 3)", bytes(756))).read_bytes()
    wanted = ("face", "left_hand", "width")
    assert len(npy.arrays(data, wanted, limit_bytes=3 * 468 * 12 + 756 + 8)) == len(wanted)
    with pytest.raises(Damaged, match="left_hand: unpacks to"):
        npy.arrays(data, wanted, limit_bytes=3 * 468 * 12 + 756 + 7)


def test_numbers_that_no_picture_has_are_damage(tmp_path: Path) -> None:
    for number in (np.inf, 1e300, -1e7):
        path = write(tmp_path / "far.npz", face=np.full((3, 468, 3), number))
        with pytest.raises(UsageError, match="not numbers of pixels"):
            dataset.load([path])
    with pytest.raises(UsageError, match="not times"):
        dataset.load([write(tmp_path / "late.npz", at=np.array([0, np.inf, 1]))])


def test_arrays_of_other_orders_and_writers_are_read(tmp_path: Path) -> None:
    face = np.asfortranarray(arrays()["face"].astype(">f8"))
    width = with_header(b'{"shape": (), "fortran_order": False, "descr": "<i8"}', (640).to_bytes(8, "little"), 2)
    path = zipped(tmp_path / "other.npz", width=width)
    assert dataset.load([path]).width.tolist() == [640] * 3
    loaded = dataset.load([write(tmp_path / "big.npz", face=face, label=np.array("froh", ">U4"))])
    np.testing.assert_array_equal(loaded.face, face.astype(np.float32))
    assert loaded.labels == ("froh",)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_any_byte_of_a_file_may_be_wrong(tmp_path: Path, packing: int) -> None:
    whole = zipped(tmp_path / "good.npz", packing=packing).read_bytes()
    chance = random.Random(7)
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            # Headers and the directory are where the parsers are.
            places = chance.randrange(300), len(data) - 1 - chance.randrange(900), chance.randrange(len(data))
            data[chance.choice(places)] = chance.randrange(256)
        with contextlib.suppress(UsageError):  # nothing else
            dataset.parse(bytes(data), tmp_path / "bad.npz")


def test_folders_and_pipes_with_the_name_of_a_recording_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.npz", person="Anna")
    (tmp_path / "folder.npz").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")
    assert len(dataset.load([tmp_path])) == 3
    assert erase(tmp_path, "Anna") == Erased(recordings=1)


def test_paths_without_recordings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        dataset.load([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no recordings"):
        dataset.load([tmp_path / "empty"])
    np.save(tmp_path / "happy.npy", np.zeros((2, 1020)))
    with pytest.raises(UsageError, match=r"import_classic\.py"):
        dataset.load([tmp_path])
