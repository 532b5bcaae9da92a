"""Teaching at the kiosk: from takes to a model that has proved itself, in small steps, with numpy alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from moodkiosk.sense.mood.bundle import BadModel, bundle, unbundle
from moodkiosk.sense.mood.measures import FACE_AND_HANDS, FACE_AND_OPINION, FACE_MEASURES, OPINION_MOODS
from moodkiosk.sense.mood.model import MoodModel
from moodkiosk.sense.teach import dense, flatbuffer, learning
from moodkiosk.sense.teach.doubts import NotTaught
from moodkiosk.sense.teach.learning import Outcome, Progress
from moodkiosk.sense.teach.takes import Take
from tests.support.taught import MOODS, STARTER, learnt, shown, sitting, take


@pytest.fixture(scope="module")
def taught() -> Outcome:
    """What is learnt from one person's five takes."""
    return learnt(sitting())


def test_what_was_taught_is_read_on_frames_that_were_not_shown(taught: Outcome) -> None:
    model = MoodModel(*unbundle(taught.file), "")
    for mood in MOODS:
        said = [model.read(row) for row in shown(mood, 20, 1, seed=5)]
        assert np.mean([max(shares, key=shares.__getitem__) == mood for shares in said]) > 0.8, mood


def test_it_is_better_beyond_chance_and_says_by_how_much(taught: Outcome) -> None:
    assert taught.better
    assert taught.before.value < taught.after.low < taught.after.value <= taught.after.high
    assert set(taught.recalls) == set(MOODS)
    assert taught.people == {"": (taught.before, taught.after)}


def test_the_file_is_an_ordinary_model_that_says_it_was_taught(taught: Outcome) -> None:
    manifest, network = unbundle(taught.file)
    assert manifest == taught.manifest
    assert manifest.made == "teach"
    assert set(manifest.training_files.values()) == {one.sha256 for one in sitting()}
    model, weights = MoodModel(manifest, network, ""), dense.base_of(taught.file).weights
    x = np.concatenate([shown(mood, 20, 3) for mood in MOODS])
    assert np.abs(np.stack([model.raw(row) for row in x]) - dense.predict(weights, x)).max() < 1e-5


def test_the_same_takes_and_seed_make_the_same_file(taught: Outcome) -> None:
    assert learnt(sitting()).file == taught.file
    assert learnt(sitting(), seed=1).file != taught.file


def test_progress_is_told_to_the_end_in_many_small_steps() -> None:
    *steps, _ = learning.learn(sitting(frames=5), STARTER)
    assert all(isinstance(step, Progress) for step in steps)
    done = [step.done for step in steps if isinstance(step, Progress)]
    assert done == list(range(1, len(steps) + 1))
    assert len(steps) > 100
    assert {step.total for step in steps if isinstance(step, Progress)} == {len(steps)}


def test_labels_of_ones_own_come_after_those_of_the_starter() -> None:
    own = [take("neutral"), take("tired", looks="sad"), take("silly", looks="surprise")]
    found = learnt(own)
    assert found.manifest.labels == (*dense.base_of(STARTER).labels, "silly", "tired")
    assert found.after.value > 0.9


@pytest.mark.parametrize(
    ("takes", "key"),
    [
        ([], "no neutral"),
        (sitting(["happy", "sad"]), "no neutral"),
        (sitting(["neutral"]), "one label"),
        ([take("neutral"), take("happy", 1)], "few frames"),
    ],
)
def test_what_nothing_can_be_learnt_from_is_refused_with_the_reason(takes: list[Take], key: str) -> None:
    with pytest.raises(NotTaught) as refused:
        next(learning.learn(takes, STARTER))
    assert refused.value.doubt.key == key


def test_frames_with_random_labels_are_never_better() -> None:
    everything = np.concatenate([one.x for one in sitting()])
    for seed in range(6):
        mixed = np.random.default_rng(seed).permutation(everything)
        takes = [replace(one, x=x) for one, x in zip(sitting(), np.split(mixed, len(MOODS)), strict=True)]
        assert not learnt(takes, seed).better, seed


def test_who_was_taught_already_is_compared_with_what_was_learnt_then(taught: Outcome) -> None:
    """Otherwise the model before would be praised for frames that it knows by heart."""
    again = learnt(sitting(), before=taught.file)
    assert again.before.value == pytest.approx(again.after.value)
    assert not again.better


def test_whose_face_at_rest_was_known_before_is_compared_with_being_read_by_that(taught: Outcome) -> None:
    """Otherwise a calibration of long ago would be praised as what was taught today."""
    own = {"": np.median(take("neutral").x, axis=0)}
    *_, known = learning.learn(sitting(), STARTER, neutrals=own)
    assert isinstance(known, Outcome)
    assert known.file == taught.file
    assert known.before.value > taught.before.value


def test_a_model_that_looks_at_hands_is_not_replaced_by_one_that_does_not() -> None:
    manifest, network = unbundle(STARTER)
    usual = (0.0,) * len(FACE_MEASURES)
    with_hands = replace(manifest, uses_hands=True, schema=FACE_AND_HANDS, neutral_mean=usual)
    with pytest.raises(BadModel, match="looks at hands"):
        learnt(sitting(), before=bundle(network, with_hands))


def test_several_people_go_into_one_model_and_have_their_own_figures() -> None:
    found = learnt([*sitting(number=1, person="Ana"), *sitting(number=2, person="Ben")])
    assert set(found.people) == {"Ana", "Ben"}
    assert found.better
    assert found.manifest.neutral_mean == unbundle(STARTER)[0].neutral_mean


def test_a_starter_that_asks_the_second_opinion_as_well_is_taught_alike() -> None:
    rng = np.random.default_rng(0)

    def seen(mood: str, number: int) -> Take:
        one = take(mood, number=number)
        face, nothing = one.x[:, : len(FACE_MEASURES)], len(OPINION_MOODS)
        opinion = rng.normal(-2, 0.3, (len(face), nothing)).astype(np.float32)
        opinion[:, MOODS.index(mood)] += 2  # it leans to one answer for each mood
        return replace(one, x=np.concatenate([face, opinion], axis=1))

    everybody = np.concatenate([seen(mood, number).x for mood in MOODS for number in (3, 4)])
    network = flatbuffer.to_tflite(weights := dense.fresh(everybody, len(MOODS), 0))
    manifest, _ = unbundle(STARTER)
    manifest = replace(
        manifest,
        labels=MOODS,
        schema=FACE_AND_OPINION,
        neutral_mean=tuple(everybody[:20].mean(0).astype(float).tolist()),
        network_sha256=hashlib.sha256(network).hexdigest(),
    )
    starter = bundle(network, manifest, {dense.FILE: dense.packed(weights)})
    assert dense.schema_of(starter) == FACE_AND_OPINION
    *_, found = learning.learn([seen(mood, 1) for mood in MOODS], starter)
    assert isinstance(found, Outcome)
    assert found.better
    model = MoodModel(*unbundle(found.file), "")
    assert (model.schema, model.labels) == (FACE_AND_OPINION, MOODS)
