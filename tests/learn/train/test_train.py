"""Training: scripts/train.py from recordings to a model file that the kiosk takes, in the real environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moodkiosk.config.settings import LearningSettings
from moodkiosk.learn.data import dataset
from moodkiosk.learn.evaluate import evaluate
from moodkiosk.learn.train import fit
from moodkiosk.learn.train.make_model import MAX_DIFFERENCE, SAME
from moodkiosk.moods.frame import Landmarks
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import BadModel, bundle, unbundle
from moodkiosk.sense.mood.measures import FACE, FACE_AND_HANDS, FACE_AND_OPINION, FACE_MEASURES
from moodkiosk.sense.records.corrections import Corrections
from moodkiosk.sense.teach import dense, recipe
from tests.support import needs
from tests.support.moods_in_numbers import faces, write
from tests.support.train_all import WRONG

ROOT = Path(__file__).resolve().parents[3]
PYTHON = needs.TRAIN_PYTHON
MOODS = ("neutral", "happy", "sad", "angry", "surprise")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),  # the trainings count as the first test's, and the machine may be busy
]


@dataclass(frozen=True)
class Ran:
    """What a training said and made, and how long it took: by the wall clock, and of the processors' time."""

    code: int
    said: str
    complained: str
    out: Path
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Trained:
    """All trainings of these tests by name, the folder they were made in, and what train_all.py says besides."""

    folder: Path
    runs: dict[str, Ran]
    network: dict[str, Any]
    refusals: list[tuple[str | None, float]]
    converter: dict[str, float]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Runs the trainings, all in one process."""
    folder = tmp_path_factory.mktemp("training")
    ana = write(folder / "ana", n=40)
    few = write(folder / "few", n=5, people=("Ben",))
    household = write(folder / "household", n=15, people=("Ana", "Ben", "Cleo"))
    gesture = write(folder / "gesture", ("neutral", "happy", "rock"), n=30, hands=True)
    usual = write(folder / "usual", n=200)
    one = write(folder / "one", ("happy",))
    asked = write(folder / "asked", n=15, opinion=True)
    masked = write(folder / "masked", n=15, opinion=True, masked=True)
    corrections = corrected(folder / "kiosk", "sad", seconds=4)
    (folder / "forced.tflite").write_bytes(perfect(ana))
    plans: dict[str, tuple[str, list[object]]] = {
        "from nothing": ("a.tflite", [ana, "--base", "none", "--epochs", 15, "--report", folder / "report"]),
        "again": ("b.tflite", [ana, "--base", "none", "--epochs", 15]),
        "other seed": ("c.tflite", [ana, "--base", "none", "--epochs", 2, "--seed", 7, "--vary", "no", "--force"]),
        "worse": ("a.tflite", [ana, "--base", "none", "--epochs", 1]),
        "worse, forced": ("forced.tflite", [ana, "--base", "none", "--epochs", 1, "--force"]),
        "wrong": ("wrong.tflite", [WRONG, few, "--epochs", 1, "--force"]),
        "few": ("few.tflite", [few]),
        "household": ("household.tflite", [household, "--epochs", 8]),
        "gesture": ("gesture.tflite", [gesture, "--epochs", 15, "--mirror"]),
        "no hands": ("face.tflite", [gesture, "--hands", "no", "--epochs", 1, "--force"]),
        "twenty seconds a mood": ("usual.tflite", [usual, "--report", folder / "usual"]),
        "with a correction": ("corrected.tflite", [ana, corrections, "--base", "none", "--epochs", 2, "--force"]),
        "one label": ("one.tflite", [one]),
        "random labels": ("random.tflite", [shuffled(folder / "few", folder / "random.npz")]),
        "with the second opinion": ("asked.tflite", [asked, few, "--epochs", 8]),
        "with masks": ("masked.tflite", [masked, "--epochs", 8]),
    }
    commands = [[str(part) for part in (*arguments, "--out", folder / out)] for out, arguments in plans.values()]
    done = subprocess.run(
        [PYTHON, ROOT / "tests" / "support" / "train_all.py"],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    runs = {
        name: Ran(code, said, complained, folder / out, *seconds)
        for (name, (out, _)), (code, said, complained, *seconds) in zip(plans.items(), results["runs"], strict=True)
    }
    return Trained(folder, runs, results["network"], results["refusals"], results["converter"])


def shuffled(recordings: Path, out: Path) -> Path:
    """The same faces in one file, each with the label of another, which the starter does not know: it would object."""
    data = dataset.load([recordings])
    signs = dict(zip(MOODS, ("one", "two", "three", "four", "five"), strict=True))
    label = np.random.default_rng(1).permutation([signs[each] for each in data.label])
    about = {"width": 640, "height": 480, "mirrored": False, "extractor": "numbers", "version": 1}
    np.savez_compressed(out, face=data.face, label=label, **about)  # type: ignore[arg-type]
    return out


def perfect(recordings: Path) -> bytes:
    """A model that says of itself that it was trained on these recordings and never wrong."""
    manifest, flatbuffer = unbundle(models.STARTER.read_bytes())
    files = {source.path.name: source.sha256 for source in dataset.load([recordings]).sources}
    return bundle(flatbuffer, replace(manifest, metrics={"balanced_accuracy": 1.0}, training_files=files))


def corrected(state: Path, label: str, seconds: float) -> Path:
    """The folder of what sense keeps when somebody who looked `label` says that this was so."""
    corrections = Corrections(LearningSettings(keep_corrections=True, correction_seconds=seconds), state)
    for index, face in enumerate(faces(label, int(seconds * 5), 0, 0.01, 0)):
        corrections.see(index / 5, 1, Landmarks(face, (640, 480)))
    corrections.write(label, seconds, "numbers", person="Ana")
    return state / "corrections"


def score(model: Path, recordings: Path, *, neutral: bool = False) -> float:
    said = evaluate.answers(models.load(model), dataset.load([recordings]), neutral)
    return float(evaluate.summary(said)["balanced_accuracy"])


@pytest.mark.train
def test_a_model_from_nothing_reads_what_it_was_shown_and_says_how_it_was_examined(trained: Trained) -> None:
    ran = trained.runs["from nothing"]
    assert ran.code == 0, ran.complained
    assert "held out by time" in ran.said
    assert "differ by at most" in ran.said
    manifest = models.load(ran.out).manifest
    assert manifest.labels == tuple(sorted(MOODS))
    assert (manifest.metrics["balanced_accuracy"] or 0) > 0.8
    assert len(manifest.training_files) == len(MOODS)
    assert score(ran.out, trained.folder / "ana") > 0.9


@pytest.mark.train
def test_a_correction_is_trained_on_like_any_recording(trained: Trained) -> None:
    ran = trained.runs["with a correction"]
    assert ran.code == 0, ran.complained
    assert f"{len(MOODS) * 40 + 20} samples of one person in {len(MOODS) + 1} files" in ran.said
    assert "sad 60" in ran.said
    files = models.load(ran.out).manifest.training_files
    assert next(path.name for path in (trained.folder / "kiosk/corrections").iterdir()) in files


@pytest.mark.train
def test_the_same_data_and_seed_make_the_same_file_and_another_seed_another(trained: Trained) -> None:
    files = [trained.runs[name].out.read_bytes() for name in ("from nothing", "again", "other seed")]
    assert files[0] == files[1]
    assert files[0] != files[2]


@pytest.mark.train
def test_a_worse_model_does_not_take_the_place_of_a_better_one(trained: Trained) -> None:
    ran = trained.runs["worse"]
    assert ran.code == 1
    assert "not written" in ran.complained
    assert "--force" in ran.complained
    assert ran.out.read_bytes() == trained.runs["again"].out.read_bytes()


@pytest.mark.train
def test_with_force_a_worse_model_does_take_the_place_of_a_better_one(trained: Trained) -> None:
    ran = trained.runs["worse, forced"]
    assert ran.code == 0, ran.complained
    manifest = models.load(ran.out).manifest
    assert (manifest.metrics["balanced_accuracy"] or 0) < 1 - SAME
    assert manifest.network_sha256 != models.load(models.STARTER).manifest.network_sha256


@pytest.mark.train
def test_what_was_converted_wrongly_is_not_even_written_with_force(trained: Trained) -> None:
    ran = trained.runs["wrong"]
    assert ran.code == 1
    assert re.search(r"the converted model differs from Keras by \S+: not written", ran.complained)
    assert not ran.out.exists()


@pytest.mark.train
def test_a_file_may_differ_from_keras_by_a_hundred_thousandth(trained: Trained) -> None:
    assert MAX_DIFFERENCE == 1e-5
    assert [said is None for said, _ in trained.refusals] == [True, True, False, False]
    for said, difference in trained.refusals:
        assert (said is None) == (difference <= 1e-5), difference


@pytest.mark.train
def test_three_dense_layers_are_trained_with_softmax_and_cross_entropy(trained: Trained) -> None:
    assert trained.network["layers"] == [[33, 64, "relu"], [64, 32, "relu"], [32, 3, "softmax"]]
    assert trained.network["loss"] == pytest.approx(trained.network["loss by hand"], rel=1e-4)
    kernels = fit.base_of(trained.runs["from nothing"].out).weights.kernels
    assert [kernel.shape for kernel in kernels] == [(33, 64), (64, 32), (32, len(MOODS))]


@pytest.mark.train
def test_what_the_kiosk_writes_without_tensorflow_says_what_keras_converter_makes_of_it(trained: Trained) -> None:
    assert set(trained.converter) == {"2", "5", "12"}
    assert max(trained.converter.values()) < 1e-5


@pytest.mark.train
def test_loss_and_held_out_accuracy_are_shown_while_it_trains(trained: Trained) -> None:
    said = trained.runs["from nothing"].said
    assert re.search(r"examining .*15/15 loss \d+\.\d{3}  held-out accuracy [01]\.\d{3}", said), said
    assert re.search(r"training on everything .*15/15 loss \d+\.\d{3} ", said), said


@pytest.mark.train
def test_without_hands_if_asked_even_a_gesture_is_looked_for_in_the_face(trained: Trained) -> None:
    ran = trained.runs["no hands"]
    assert ran.code == 0, ran.complained
    assert "without hands: as asked" in ran.said
    assert models.load(ran.out).schema == FACE


@pytest.mark.train
def test_the_second_opinion_counts_where_most_samples_have_it_and_older_recordings_go_in_without(
    trained: Trained,
) -> None:
    ran = trained.runs["with the second opinion"]
    assert ran.code == 0, ran.complained
    assert models.load(ran.out).schema == FACE_AND_OPINION
    assert score(ran.out, trained.folder / "asked") > 0.8
    assert "without the second opinion: 0 of 25 samples have it" in trained.runs["few"].said
    assert models.load(trained.runs["few"].out).schema == FACE


@pytest.mark.train
def test_a_model_says_whether_it_was_trained_with_masks(trained: Trained) -> None:
    assert trained.runs["with masks"].code == 0, trained.runs["with masks"].complained
    assert models.load(trained.runs["with masks"].out).manifest.covered_mouths
    assert not models.load(trained.runs["with the second opinion"].out).manifest.covered_mouths


def test_a_base_without_the_second_opinion_answers_as_it_does_when_that_says_nothing() -> None:
    base = fit.base_of(models.STARTER)
    x = np.random.default_rng(0).normal(base.usual[: len(FACE_MEASURES)], 0.05, (20, len(FACE_MEASURES)))
    shares = dense.predict(base.weights, x.astype(np.float32))
    for schema in (FACE, FACE_AND_HANDS):
        alone = base.for_schema(schema)
        assert len(alone.usual) == len(FACE_MEASURES)
        np.testing.assert_allclose(dense.predict(alone.weights, x.astype(np.float32)), shares, atol=1e-5)
    assert base.for_schema(FACE_AND_OPINION) is base


@pytest.mark.train
def test_five_frames_a_mood_adapt_the_starter_to_a_person(trained: Trained) -> None:
    ran = trained.runs["few"]
    assert ran.code == 0, ran.complained
    more = write(trained.folder / "more", n=40, people=("", "Ben"))  # the same second person, other frames
    ben = [path for path in more.iterdir() if "Ben" in path.name]
    own, stranger = models.load(ran.out), models.load(models.STARTER)
    data = dataset.load(ben)
    scores = [evaluate.summary(evaluate.answers(model, data))["balanced_accuracy"] for model in (own, stranger)]
    assert scores[0] > scores[1]


@pytest.mark.train
def test_one_persons_neutral_face_is_built_in_so_that_calibrating_changes_little(trained: Trained) -> None:
    out = trained.runs["few"].out
    plain, calibrated = (score(out, trained.folder / "few", neutral=neutral) for neutral in (False, True))
    assert plain == pytest.approx(calibrated, abs=0.1)


@pytest.mark.train
def test_a_household_is_split_by_person_and_keeps_the_starters_neutral_face(trained: Trained) -> None:
    ran = trained.runs["household"]
    assert ran.code == 0, ran.complained
    assert "held out by person" in ran.said
    usual = models.load(models.STARTER).manifest.neutral_mean
    assert models.load(ran.out).manifest.neutral_mean == (usual or ())[: len(FACE_MEASURES)]
    assert score(ran.out, trained.folder / "household", neutral=True) > 0.8


@pytest.mark.train
def test_a_gesture_makes_hands_count_and_mirror_images_are_refused_then(trained: Trained) -> None:
    ran = trained.runs["gesture"]
    assert ran.code == 0, ran.complained
    assert "with hands: hands are seen in rock" in ran.said
    model = models.load(ran.out, mirrored=False)
    assert model.manifest.uses_hands
    assert model.schema == FACE_AND_HANDS
    assert score(ran.out, trained.folder / "gesture") > 0.9
    with pytest.raises(BadModel, match="trained on hands in unmirrored pictures, the camera gives mirror images"):
        models.load(ran.out, mirrored=True)


@pytest.mark.train
def test_five_moods_of_twenty_seconds_are_trained_within_a_minute(trained: Trained) -> None:
    ran = trained.runs["twenty seconds a mood"]
    assert ran.code == 0, ran.complained
    assert "1000 samples of one person" in ran.said
    assert "60/60" in ran.said
    # A busy machine stretches the wall clock but not the processors' time, and on an idle one they are about the same.
    assert min(ran.seconds, ran.cpu_seconds) <= 60


@pytest.mark.train
def test_what_cannot_be_trained_is_refused_with_the_reason(trained: Trained) -> None:
    ran = trained.runs["one label"]
    assert ran.code == 2
    assert ran.complained.strip().count("\n") == 0
    assert "at least two labels" in ran.complained
    assert not ran.out.exists()


@pytest.mark.train
def test_random_labels_are_refused_because_guessing_does_as_well(trained: Trained) -> None:
    ran = trained.runs["random labels"]
    assert ran.code == 1, ran.said
    assert "not written" in ran.complained
    assert "guessing would do as well with a probability of" in ran.complained
    assert not ran.out.exists()


@pytest.mark.train
def test_every_figure_is_said_with_its_interval(trained: Trained) -> None:
    said = trained.runs["from nothing"].said
    figures = re.findall(r"([01]\.\d{3})(?: right)? \(([01]\.\d{3}) to ([01]\.\d{3})\)", said)
    assert len(figures) == 3 + len(MOODS)
    assert all(float(low) <= float(value) <= float(high) for value, low, high in figures)


@pytest.mark.train
def test_the_report_lies_beside_and_loads_nothing(trained: Trained) -> None:
    page = (trained.folder / "report" / "report.html").read_text(encoding="utf-8")
    for heading in ("What to record more of", "What is taken for what", "Can its confidence be believed?"):
        assert heading in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.train
def test_the_converted_network_is_float32_and_small(trained: Trained) -> None:
    model = models.load(trained.runs["from nothing"].out)
    assert trained.runs["from nothing"].out.stat().st_size < 100_000
    assert model.probabilities(np.zeros(33, np.float32)).dtype == np.float32


@pytest.mark.train
def test_the_script_goes_on_in_its_own_environment_by_itself(tmp_path: Path) -> None:
    for recordings, out, says in (
        (tmp_path / "none", tmp_path / "m.tflite", "no such file or folder"),
        (write(tmp_path / "ana"), tmp_path / "no" / "m.tflite", "no such folder"),
        (tmp_path / "ana", tmp_path, "--out is a folder"),
    ):
        command: list[str | Path] = [sys.executable, ROOT / "scripts" / "train.py", recordings, "--out", out]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert says in done.stderr
        assert done.stderr.count("\n") == 1, done.stderr


def test_wrong_arguments_are_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    for arguments in (
        ["--epochs", "0"],
        ["--epochs", "many"],
        ["--seed", "-1"],
        ["--base", "mine"],
        ["--hands", "maybe"],
    ):
        done = subprocess.run(
            [sys.executable, ROOT / "scripts" / "train.py", tmp_path, "--out", tmp_path / "m.tflite", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_rare_labels_weigh_more_so_that_every_label_counts_the_same() -> None:
    y = np.array([0] * 6 + [1] * 3 + [3])  # none of label 2
    weight = recipe.class_weight(y, 4)
    assert [weight[y == label].sum() for label in (0, 1, 3)] == pytest.approx([10 / 3] * 3)
    assert weight[y == 3][0] > weight[y == 1][0] > weight[y == 0][0]
    assert weight.mean() == pytest.approx(1)


def test_without_a_base_fifty_epochs_are_usual() -> None:
    assert recipe.settings_for(None, 200, None, 0).epochs == 50
    assert recipe.settings_for(None, 200, 7, 0).epochs == 7
