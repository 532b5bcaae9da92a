"""The model file: one file that proves what it is, and one clear line for any that does not."""

from __future__ import annotations

import hashlib
import io
import shutil
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodkiosk.sense.mood import bundle as bundles
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import BadModel, Manifest
from moodkiosk.sense.mood.measures import FACE_AND_HANDS, FACE_AND_OPINION, FACE_MEASURES, MEASURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

STARTER = models.STARTER.read_bytes()
MANIFEST, NETWORK = bundles.unbundle(STARTER)


def vector(seed: int = 0) -> NDArray[np.float32]:
    """Measures of nobody in particular."""
    spread = np.random.default_rng(seed).normal(0, 0.03, len(MEASURES[FACE_AND_OPINION]))
    numbers: NDArray[np.float32] = (np.array(MANIFEST.neutral_mean) + spread).astype(np.float32)
    return numbers


def put(folder: Path, data: bytes) -> Path:
    path = folder / "mood.tflite"
    path.write_bytes(data)
    return path


def refusal(folder: Path, data: bytes) -> str:
    """The line with which a file of these bytes is refused."""
    path = put(folder, data)
    with pytest.raises(BadModel) as caught:
        models.load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line


def with_manifest(**changes: Any) -> bytes:
    return bundles.bundle(NETWORK, replace(MANIFEST, **changes))


def test_the_starter_reads_five_moods_from_the_face_and_the_second_opinion() -> None:
    model = models.load(models.STARTER)
    assert set(model.labels) == {"happy", "sad", "angry", "surprise", "neutral"}
    assert model.schema == FACE_AND_OPINION
    assert not model.manifest.uses_hands
    assert model.hash == hashlib.sha256(STARTER).hexdigest()


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_probabilities_sum_to_one_and_are_the_same_each_time(seed: int) -> None:
    model = models.load(models.STARTER)
    shares = model.probabilities(vector(seed))
    assert shares.shape == (5,)
    assert abs(float(shares.sum()) - 1) < 1e-5
    np.testing.assert_array_equal(shares, model.probabilities(vector(seed)))


def test_the_interpreter_ignores_the_tail_and_zipfile_the_network(tmp_path: Path) -> None:
    path = put(tmp_path, STARTER)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("labels.txt").decode().split() == list(MANIFEST.labels)
        assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in archive.infolist())
    whole = models.MoodModel(MANIFEST, STARTER, "")
    np.testing.assert_array_equal(whole.raw(vector()), models.load(path).raw(vector()))


def test_the_same_network_and_manifest_make_the_same_bytes() -> None:
    extras = {"weights.npz": b"123"}
    assert bundles.bundle(NETWORK, MANIFEST, extras) == bundles.bundle(NETWORK, MANIFEST, extras)
    assert bundles.unbundle(bundles.bundle(NETWORK, MANIFEST, extras)) == (MANIFEST, NETWORK)


def test_own_neutral_makes_a_face_at_rest_look_like_the_usual_one() -> None:
    model = models.load(models.STARTER)
    usual = np.array(MANIFEST.neutral_mean, np.float32)
    mine = vector(1)
    np.testing.assert_allclose(model.probabilities(mine, mine), model.probabilities(usual), atol=1e-6)
    np.testing.assert_allclose(model.probabilities(mine, usual), model.probabilities(mine), atol=1e-5)
    assert np.abs(model.probabilities(mine, usual, gain=1.6) - model.probabilities(mine)).max() > 0.01


def test_at_exactly_the_calibrated_rest_the_starter_says_neutral_with_eight_tenths_and_more() -> None:
    model = models.load(models.STARTER)
    for seed in range(5):
        assert model.read(vector(seed), vector(seed))["neutral"] >= 0.8


def test_the_starter_takes_measures_without_the_second_opinion_as_one_that_says_nothing() -> None:
    model, row = models.load(models.STARTER), vector(4)
    silent = row.copy()
    silent[len(FACE_MEASURES) :] = np.log(1 / 7)
    np.testing.assert_array_equal(model.raw(row[: len(FACE_MEASURES)]), model.raw(silent))
    silent[len(FACE_MEASURES) :] = np.nan
    np.testing.assert_array_equal(model.raw(row[: len(FACE_MEASURES)]), model.raw(silent))


def test_a_model_that_knows_no_neutral_face_ignores_an_own_one(tmp_path: Path) -> None:
    model = models.load(put(tmp_path, with_manifest(neutral_mean=None)))
    np.testing.assert_array_equal(model.probabilities(vector(), vector(1)), model.probabilities(vector()))


@given(st.floats(0.2, 5), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_temperature_changes_how_sure_but_not_what(temperature: float, seed: int) -> None:
    plain = np.random.default_rng(seed).dirichlet(np.ones(5)).astype(np.float32)
    shares = models.tempered(plain, temperature)
    assert abs(float(shares.sum()) - 1) < 1e-5
    assert shares.argmax() == plain.argmax()
    assert (shares.max() >= plain.max() - 1e-5) == (temperature <= 1) or abs(temperature - 1) < 1e-2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a TensorFlow Lite file"),
        (b"hello, this is no model", "not a TensorFlow Lite file"),
        (NETWORK, "no labels and manifest"),
        (STARTER[: len(STARTER) // 2], "no labels and manifest"),
        (STARTER[:-1], "no labels and manifest"),
    ],
    ids=["empty", "text", "foreign network", "half", "cut by one byte"],
)
def test_what_is_not_a_model_is_refused_in_one_line(tmp_path: Path, data: bytes, says: str) -> None:
    assert says in refusal(tmp_path, data)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 2}, "update moodkiosk"),
        ({"schema": "face-9"}, "made for the measures 'face-9'"),
        ({"uses_hands": True}, "contradicts itself about hands"),
        ({"schema": FACE_AND_HANDS}, "contradicts itself about hands"),
        ({"schema": FACE_AND_HANDS, "uses_hands": True}, "neutral_mean does not fit"),
        ({"schema": FACE_AND_HANDS, "uses_hands": True, "neutral_mean": None}, "the network maps"),
        ({"labels": ("a", "b")}, "the network maps"),
        ({"labels": ("a", "b", "a", "c", "d")}, "differ in nothing but case"),
        ({"labels": ("a", "b", "A", "c", "d")}, "'a' and 'A' differ in nothing but case"),
        ({"labels": ("a", "b", "straße", "c", "STRASSE")}, "differ in nothing but case"),
        ({"labels": ("a", "b", "ﬁne", "c", "fine")}, "differ in nothing but case"),
        ({"labels": ("a", "b", "c", "d", "cafe\u0301")}, "not plain text"),
        ({"labels": ("a", "b", "c", "d", "Lend")}, "lends the camera"),
        ({"labels": ("a", "b", "c", "d", "AUTO")}, "goes by the camera again"),
        ({"labels": ("a", "b", "c", "d", "None")}, "Home Assistant"),
        ({"labels": ("a", "b", "c", "d", "nobody")}, "nobody is there"),
        ({"labels": ("a", "b", "c", "d", "unknown")}, "Home Assistant"),
        ({"labels": ("a", "b", "c", "d", "not sure")}, "no mood that is sure"),
        ({"labels": ()}, "0 labels"),
        ({"labels": ("a", "b", "c", "d", " e")}, "not plain text"),
        ({"neutral_mean": (0.0,)}, "neutral_mean"),
        ({"temperature": 0.0}, "temperature"),
        ({"network_sha256": "0" * 64}, "damaged"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    assert says in refusal(tmp_path, with_manifest(**changes))


def test_a_manifest_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    file = io.BytesIO(NETWORK)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.txt", "happy\n")
        with archive.open("manifest.json", "w") as manifest:
            for _ in range(40):
                manifest.write(bytes(1_000_000))
    tracemalloc.start()
    assert "no labels and manifest" in refusal(tmp_path, file.getvalue())
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 15_000_000


def test_a_manifest_of_another_program_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO(NETWORK)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("manifest.json", '{"name": "birds"}')
        archive.writestr("labels.txt", "robin\nwren\n")
    assert "of another program" in refusal(tmp_path, file.getvalue())


def test_labels_beside_the_manifest_must_agree_with_it(tmp_path: Path) -> None:
    file = io.BytesIO(NETWORK)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("manifest.json", msgspec.json.encode(MANIFEST))
        archive.writestr("labels.txt", "robin\nwren\n")
    assert "different labels" in refusal(tmp_path, file.getvalue())


@given(st.integers(0, len(STARTER) - 1), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_damaged_byte_is_noticed_or_changes_nothing(place: int, change: int) -> None:
    """Whatever breaks, the interpreter never sees a network that is not the one that was trained."""
    data = bytearray(STARTER)
    data[place] ^= change
    try:
        manifest, network = bundles.unbundle(bytes(data))
    except BadModel:
        return
    assert network == NETWORK
    assert manifest == MANIFEST


def test_a_file_that_is_missing_a_folder_or_huge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="No such file"):
        models.load(tmp_path / "none.tflite")
    with pytest.raises(BadModel, match="directory"):
        models.load(tmp_path)
    with (tmp_path / "huge.tflite").open("wb") as file:
        file.truncate(models.LIMIT_BYTES + 1)
    with pytest.raises(BadModel, match="larger than 32 MiB"):
        models.load(tmp_path / "huge.tflite")


def test_a_model_of_the_face_does_not_mind_mirror_images() -> None:
    for mirrored in (True, False, None):
        assert models.load(models.STARTER, mirrored).labels


def test_the_configured_model_comes_first_then_the_deployed_then_the_starter(tmp_path: Path) -> None:
    assert models.candidates("", tmp_path) == [models.STARTER]
    deployed = tmp_path / models.DEPLOYED
    deployed.parent.mkdir()
    shutil.copy(models.STARTER, deployed)
    assert models.candidates("", tmp_path) == [deployed, models.STARTER]
    assert models.candidates("/my/own.tflite", tmp_path) == [Path("/my/own.tflite"), models.STARTER]


def test_a_damaged_model_is_told_of_and_the_next_good_one_taken(tmp_path: Path) -> None:
    broken = put(tmp_path, b"broken")
    model, path, complaints = models.load_first([broken, models.STARTER])
    assert path == models.STARTER
    assert model.labels == MANIFEST.labels
    assert complaints == [f"{broken}: not a TensorFlow Lite file"]
    with pytest.raises(BadModel, match="not a TensorFlow Lite file"):
        models.load_first([broken])


def test_the_model_card_tells_the_figures_of_the_model_beside_it() -> None:
    card = models.STARTER.with_suffix(".md").read_text(encoding="utf-8")
    for name in ("balanced_accuracy", "accuracy", "answered.0.8", "answered.0.5"):
        assert f"{MANIFEST.metrics[name]:.3f}" in card, name
    for label in MANIFEST.labels:
        assert f"{MANIFEST.metrics[f'recall.{label}']:.2f}" in card, label
    for plan in ("mixed", "calm", "smiling"):
        for name in ("right", "not_sure", "wrong", "false_moods_a_minute"):
            assert f"{MANIFEST.metrics[f'{plan}.{name}']:.2f}" in card, (plan, name)
        assert f"{MANIFEST.metrics[f'{plan}.calibration_error']:.3f}" in card, plan
    for name in ("closed_smiles", "london.rest", "london.smiles"):
        assert f"{MANIFEST.metrics[name]:.2f}" in card, name
    assert (MANIFEST.metrics["balanced_accuracy"] or 0) >= 0.60


def test_the_readme_tells_the_figures_of_the_starter() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    names = ["balanced_accuracy", *(f"recall.{label}" for label in MANIFEST.labels)]
    names += [f"{plan}.{name}" for plan in ("mixed", "calm") for name in ("right", "wrong")]
    for name in names:
        assert f"{MANIFEST.metrics[name]:.2f}" in readme, name


def test_a_manifest_without_a_word_too_many_is_read_back_the_same() -> None:
    assert msgspec.json.decode(msgspec.json.encode(MANIFEST), type=Manifest) == MANIFEST
