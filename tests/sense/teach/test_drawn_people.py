"""Ten drawn people whose moods are weak are taught, and read in a second sitting: in other light, from farther away."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from moodkiosk.sense.teach import dense, doubts, fit, recipe
from moodkiosk.sense.teach.figures import balanced_accuracy
from moodkiosk.sense.teach.learning import Outcome
from moodkiosk.sense.teach.recipe import Plan, TrainingSettings
from moodkiosk.sense.teach.samples import Samples, stacked
from moodkiosk.sense.teach.takes import Take
from tests.support import needs
from tests.support.drawn_people import FIRST, SECOND, sitting
from tests.support.taught import SCHEMA, STARTER, learnt

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = range(5000, 5010)
FRAMES, LATER_FRAMES = 5, 10
BASE = dense.base_of(STARTER)


@dataclass(frozen=True)
class Person:
    """Two sittings, and what is learnt from the first."""

    first: list[Take]
    second: list[Take]
    outcome: Outcome

    def read_right(self, file: bytes) -> float:
        """Balanced accuracy of a model in the second sitting, without a neutral look."""
        base, later = dense.base_of(file), stacked(self.second)
        return balanced_accuracy(later.numbers(base.labels), dense.predict(base.weights, later.x).argmax(1))


@pytest.fixture(scope="module")
def people() -> list[Person]:
    found = []
    for number in PEOPLE:
        first = sitting(number, FIRST, FRAMES, SCHEMA)
        found.append(Person(first, sitting(number, SECOND, LATER_FRAMES, SCHEMA), learnt(first)))
    return found


def test_five_frames_a_mood_make_the_next_sitting_much_better_and_nobodys_worse(people: list[Person]) -> None:
    gains = [person.read_right(person.outcome.file) - person.read_right(STARTER) for person in people]
    assert np.mean(gains) >= 0.12, gains
    assert min(gains) >= -0.02, gains


def test_what_is_used_at_once_because_it_is_better_beyond_chance_is_much_better_too(people: list[Person]) -> None:
    used = [person.outcome.file if person.outcome.better else STARTER for person in people]
    gains = [person.read_right(file) - person.read_right(STARTER) for person, file in zip(people, used, strict=True)]
    assert np.mean(gains) >= 0.12, gains
    assert min(gains) >= -0.02, gains


def test_takes_of_weak_moods_are_not_taken_for_mistakes(people: list[Person]) -> None:
    keys = [doubt.key for person in people for doubt in person.outcome.doubts]
    assert set(keys) <= {"alike"}  # a weak sad face of five frames may hardly differ from one at rest
    assert len(keys) <= 5


def test_swapped_labels_are_noticed_in_nearly_everybody(people: list[Person]) -> None:
    noticed = []
    for one, other in combinations(BASE.labels, 2):
        swap = {one: other, other: one}
        for person in people:
            takes = [replace(take, label=swap.get(take.label, take.label)) for take in person.first]
            found = doubts.found(stacked(takes), BASE)
            noticed.append({one, other} in [{doubt.fields.get("label"), doubt.fields.get("other")} for doubt in found])
    assert np.mean(noticed) >= 0.9


def test_moods_that_were_all_mixed_up_are_noticed_in_everybody(people: list[Person]) -> None:
    turned = {"happy": "sad", "sad": "angry", "angry": "surprise", "surprise": "happy"}
    for person in people:
        takes = [replace(take, label=turned.get(take.label, take.label)) for take in person.first]
        assert {doubt.key for doubt in doubts.found(stacked(takes), BASE)} & {"crosswise", "unlike"}


@pytest.mark.train
def test_keras_and_numpy_learn_the_same(people: list[Person], tmp_path: Path) -> None:
    ours, later = [], [stacked(person.second) for person in people]
    for index, person in enumerate(people):
        first = stacked(person.first)
        plan = recipe.plan(first.x, first.label, first.person, BASE.labels, SCHEMA, BASE, 0)
        ours.append(dense.predict(trained(plan, recipe.settings_for(BASE, len(first.x), None, 0)), later[index].x))
        arrays = {"x": plan.x, "y": plan.y, "later": later[index].x, **plan.start.arrays()}
        np.savez(tmp_path / f"{index}.npz", **arrays)  # type: ignore[arg-type]
    program = ROOT / "tests" / "support" / "keras_fit.py"
    done = subprocess.run(
        [needs.TRAIN_PYTHON, program, tmp_path], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    theirs = [np.array(rows) for rows in json.loads(done.stdout.splitlines()[-1])]
    mine, keras = (np.mean([score(*pair) for pair in zip(said, later, strict=True)]) for said in (ours, theirs))
    assert abs(mine - keras) <= 0.02, (mine, keras)


def trained(plan: Plan, settings: TrainingSettings) -> dense.Weights:
    work = fit.fit(plan, settings)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: dense.Weights = end.value
            return found


def score(shares: NDArray[np.float32], samples: Samples) -> float:
    return balanced_accuracy(samples.numbers(BASE.labels), shares.argmax(1))
