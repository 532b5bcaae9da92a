"""Proving: scripts/evaluate.py says how well a model file reads recordings, in the keys of contract 3."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moodkiosk.failure import UsageError
from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.split import recordings
from moodkiosk.learn.evaluate import certainty, evaluate
from moodkiosk.learn.train.make_model import Examined, objection
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import bundle, unbundle
from moodkiosk.sense.mood.measures import measures
from tests.support.examined import examined
from tests.support.moods_in_numbers import faces, write

ROOT = Path(__file__).resolve().parents[3]
KEYS = {"balanced_accuracy", "recall", "answered", "window_balanced_accuracy", "n", "people"}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "evaluate.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def starter_with(**changes: Any) -> bytes:
    """The starter's network under another manifest."""
    manifest, network = unbundle(models.STARTER.read_bytes())
    return bundle(network, replace(manifest, **changes))


def test_one_object_a_data_set_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    one = write(tmp_path / "one", people=("Ana", "Ben"), n=12)
    two = write(tmp_path / "two", ("neutral", "happy"), n=8, at=False)
    done = run("--model", models.STARTER, one, two, "--json")
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first.keys() >= KEYS
    assert set(first["answered"]) == {"1.0", "0.8", "0.5"}
    assert set(first["recall"]) == {"neutral", "happy", "sad", "angry", "surprise"}
    assert (first["n"], first["people"]) == (120, 2)
    assert isinstance(first["window_balanced_accuracy"], float)
    assert second["window_balanced_accuracy"] is None
    assert set(second["recall"]) == {"neutral", "happy"}


def test_the_figures_are_those_of_the_kiosk_itself(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, n=10)])
    model = models.load(models.STARTER)
    said = evaluate.answers(model, data)
    rows = measures(data.face, None, None, model.schema)
    np.testing.assert_array_equal(said.shares, np.stack([model.probabilities(row) for row in rows]))
    right = said.shares.argmax(1) == said.truth
    summary = evaluate.summary(said)
    assert summary["accuracy"] == pytest.approx(right.mean())
    assert summary["balanced_accuracy"] == pytest.approx(np.mean(list(summary["recall"].values())))
    assert summary["answered"]["1.0"] == pytest.approx(right.mean())


def test_own_neutral_puts_every_persons_rest_right(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, people=("Ana", "Ben", "Cleo"), n=12, noise=0.001)])
    model = models.load(models.STARTER)
    said = evaluate.answers(model, data, neutral=True)
    assert said.own == 3
    assert evaluate.summary(said)["recall"]["neutral"] > 0.9


@pytest.mark.slow
def test_pooled_files_with_a_person_for_each_sample_are_taken(tmp_path: Path) -> None:
    face = np.concatenate([faces(label, 6, person) for label in ("neutral", "happy") for person in (0, 1)])
    np.savez(
        tmp_path / "pooled.npz",
        face=face,
        label=np.repeat(["neutral", "happy"], 12),
        person=np.tile(np.repeat(["Ana", "Ben"], 6), 2),
        width=np.full(24, 640),
        height=np.full(24, 480),
        mirrored=False,
        extractor="numbers",
        version=1,
    )
    done = run("--model", models.STARTER, tmp_path / "pooled.npz", "--neutral", "--json")
    found = json.loads(done.stdout)
    assert (found["n"], found["people"], found["people_with_own_neutral"]) == (18, 2, 2)
    assert found["used_as_neutral"] == 6, "half of those at rest: they are not judged"
    assert found["stream"] is None
    low, high = found["intervals"]["balanced_accuracy"]
    assert low <= found["balanced_accuracy"] <= high


def test_labels_that_the_model_does_not_know_are_left_out_and_counted(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "rock"), n=7)])
    said = evaluate.answers(models.load(models.STARTER), data)
    assert said.left_out == {"rock": 7}
    assert evaluate.summary(said)["n"] == 7


@pytest.mark.slow
def test_samples_that_the_model_was_trained_on_are_pointed_out(tmp_path: Path) -> None:
    folder = write(tmp_path / "data", ("neutral", "happy"), n=5)
    source = dataset.load([folder]).sources[0]
    (tmp_path / "m.tflite").write_bytes(starter_with(training_files={source.path.name: source.sha256}))
    done = run("--model", tmp_path / "m.tflite", folder)
    assert "trained on 5 of these samples" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage", ["missing model", "no model", "missing data", "no known label", "gain", "no neutral"]
)
def test_mistakes_are_one_line_and_exit_code_2(tmp_path: Path, damage: str) -> None:
    good = write(tmp_path / "good", ("neutral", "happy"), n=5)
    (tmp_path / "text.tflite").write_text("hello")
    (tmp_path / "blind.tflite").write_bytes(starter_with(neutral_mean=None))
    done = {
        "missing model": lambda: run("--model", tmp_path / "none.tflite", good),
        "no model": lambda: run("--model", tmp_path / "text.tflite", good),
        "missing data": lambda: run("--model", models.STARTER, tmp_path / "none"),
        "no known label": lambda: run("--model", models.STARTER, write(tmp_path / "rock", ("rock",))),
        "gain": lambda: run("--model", models.STARTER, good, "--gain", "nan"),
        "no neutral": lambda: run("--model", tmp_path / "blind.tflite", good, "--neutral"),
    }[damage]()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("evaluate.py: ") or damage == "gain"


def test_mirrored_hands_are_refused_where_hands_count(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "rock"), hands=True, mirrored=True, n=5)])
    model = models.load(models.STARTER)
    model.manifest = replace(model.manifest, uses_hands=True)
    with pytest.raises(UsageError, match="mirrored otherwise"):
        evaluate.answers(model, data)


# What may take the place of what.


def rated(found: Examined, score: float, **changes: Any) -> Examined:
    metrics = {**found.manifest.metrics, "balanced_accuracy": score}
    return replace(found, manifest=replace(found.manifest, metrics=metrics, **changes))


@pytest.mark.slow
def test_a_model_that_only_guesses_is_objected_to(tmp_path: Path) -> None:
    found = examined(tmp_path / "data", right=0.2)
    assert "guessing would do as well" in (objection(found, tmp_path / "new.tflite") or "")
    assert objection(examined(tmp_path / "more"), tmp_path / "new.tflite") is None


def test_answers_that_are_slightly_better_by_luck_are_no_proof(tmp_path: Path) -> None:
    """Half of all guesses are above the average of guesses."""
    found = examined(tmp_path / "data", right=0.22)
    assert (found.manifest.metrics["balanced_accuracy"] or 0) > 0.2
    assert objection(found, tmp_path / "new.tflite") is not None


def test_whole_takes_that_were_guessed_are_no_proof_however_many_frames_they_have(tmp_path: Path) -> None:
    """Two takes of ten read right from the first frame to the last: nothing that dealing the labels would not give."""
    found = examined(tmp_path / "data")
    answers = found.answers
    shares = np.full((len(answers.truth), 5), 0.05, np.float32)
    rows = recordings(answers.data)
    shares[np.arange(len(rows)), np.where(answers.truth < 2, answers.truth, (answers.truth + 2) % 5)] = 0.8
    lucky = replace(found, answers=replace(answers, shares=shares), split=replace(found.split, way="person"))
    assert "takes as a whole" in (objection(lucky, tmp_path / "new.tflite") or "")
    assert objection(replace(lucky, split=replace(found.split, way="time")), tmp_path / "new.tflite") is None


@pytest.mark.slow
def test_every_figure_comes_with_its_interval(tmp_path: Path) -> None:
    one = write(tmp_path / "one", people=("Ana", "Ben"), n=12)
    (line,) = run("--model", models.STARTER, one, "--json").stdout.splitlines()
    found = json.loads(line)
    for name, (low, high) in found["intervals"].items():
        kind, _, rest = name.partition(".")
        assert low <= (found[kind][rest] if rest else found[kind]) <= high, name
    assert len(found["intervals"]) == 3 + 3 + 5


@pytest.mark.slow
def test_two_people_make_wider_intervals_than_as_many_frames_of_strangers(tmp_path: Path) -> None:
    said = examined(tmp_path / "data").answers
    is_ben = np.arange(len(said.truth)) % 2
    shares = np.eye(5, dtype=np.float32)[(said.truth + is_ben) % 5]  # one is read right, the other is not
    widths = []
    for names in (is_ben.astype(np.str_), np.arange(len(is_ben)).astype(np.str_)):
        low, high = certainty.intervals(replace(said, shares=shares, data=replace(said.data, person=names)))["accuracy"]
        widths.append(high - low)
    assert widths[0] > 3 * widths[1]


@pytest.mark.slow
def test_a_model_worse_than_the_one_it_would_replace_is_objected_to(tmp_path: Path) -> None:
    found = examined(tmp_path / "data")
    there = tmp_path / "mood.tflite"
    there.write_bytes(models.STARTER.read_bytes())
    theirs = evaluate.answers(models.load(there), found.answers.data)
    score = evaluate.summary(theirs)["balanced_accuracy"]
    assert "the one it would replace" in (objection(rated(found, score - 0.02), there) or "")
    assert objection(rated(found, score + 0.02), there) is None


@pytest.mark.slow
def test_after_training_on_the_same_files_the_figures_of_then_are_compared(tmp_path: Path) -> None:
    """The old model has seen every sample in the end; asking it again would be unfair."""
    found = examined(tmp_path / "data")
    there = tmp_path / "mood.tflite"
    there.write_bytes(starter_with(training_files=found.manifest.training_files, metrics={"balanced_accuracy": 0.9}))
    assert "that of the one it would replace 0.900" in (objection(rated(found, 0.85), there) or "")
    assert objection(rated(found, 0.9), there) is None


@pytest.mark.slow
def test_a_model_of_other_labels_cannot_be_compared(tmp_path: Path) -> None:
    found = examined(tmp_path / "data", names={"happy": "glad"})
    there = tmp_path / "mood.tflite"
    there.write_bytes(models.STARTER.read_bytes())
    assert objection(rated(found, 0.3), there) is None


@pytest.mark.slow
def test_a_foreign_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert "not a model of moodkiosk" in (objection(rated(examined(tmp_path / "d"), 0.9), tmp_path / "notes.txt") or "")
