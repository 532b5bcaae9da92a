"""Training the second opinion: what is shown, what is left out, what the answer should be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.learn.train.opinion import augment, judge, material, views
from moodkiosk.learn.train.opinion.batches import ANIMALS, BATCH, MASKED, Batches
from moodkiosk.learn.train.opinion.material import LABELS_OF_SOURCE, LEFT_OUT, PEOPLE_AMONG_PETS, Judged
from moodkiosk.sense.interpreter import Network
from moodkiosk.sense.mood.opinion import ANSWERS, NETWORK, SecondOpinion
from tests.support import needs
from tests.support.opinion_faces import faces, judged


def test_what_judges_and_what_only_education_may_use_is_not_trained_on_nor_people_among_pets() -> None:
    some = faces()
    learnt = some.learnt
    assert not learnt[some.held].any()
    assert not learnt[np.isin(some.source, LEFT_OUT)].any()
    assert not learnt[some.pets(held=False)[list(PEOPLE_AMONG_PETS)]].any()
    kept = judged().of(learnt)
    assert learnt[kept.first].all()
    assert learnt[kept.second[kept.share < 1]].all()


def test_the_same_seed_and_number_give_the_same_batch_and_another_number_another() -> None:
    one, same = (Batches(faces(), judged(), 3) for _ in range(2))
    first, again, other = one.batch(7, 1.5), same.batch(7, 1.5), one.batch(8, 1.5)
    np.testing.assert_array_equal(first.crop, again.crop)
    np.testing.assert_array_equal(first.target, again.target)
    assert (first.crop != other.crop).any()


def test_a_batch_has_people_masks_and_animals_and_says_what_counts() -> None:
    batch = Batches(faces(), judged(), 0).batch(0, 1.25)
    assert batch.crop.shape == (BATCH, 64, 64)
    assert batch.animal.sum() == ANIMALS
    assert batch.covered.sum() >= MASKED
    assert (batch.covered_weight == 1 - batch.animal).all()
    assert batch.weight.sum() == BATCH - ANIMALS - MASKED
    np.testing.assert_allclose(batch.target.sum(1), 1, atol=1e-6)


@pytest.mark.slow
def test_the_prior_is_the_mean_of_what_is_asked_for() -> None:
    batches = Batches(faces(), judged(), 0)
    asked = [batch.target[batch.weight > 0] for batch in (batches.batch(step, 1.5) for step in range(300))]
    np.testing.assert_allclose(np.concatenate(asked).mean(0), batches.prior(1.5), atol=0.02)
    assert len(batches.prior(1.5)) == len(LABELS_OF_SOURCE)


def test_an_untouched_view_is_the_crop_itself_and_a_mirrored_one_its_mirror_image() -> None:
    crops, plain = faces().crop, judged(1)
    for mirror in (0, 1):
        params = plain.params.copy()
        params[0, 0] = mirror
        alone = Judged(plain.first, plain.second, np.ones(1, np.float32), plain.teacher, params)
        crop = crops[plain.first[0]]
        np.testing.assert_array_equal(views.rebuilt(crops, alone)[0], crop[:, ::-1] if mirror else crop)


def test_a_drawn_cover_hides_the_mouth_and_leaves_the_eyes() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        face = rng.integers(0, 255, (64, 64)).astype(np.float32)
        covered = augment.covered(face, rng)
        assert (covered[:28] == face[:28]).all()
        assert (covered[44:54, 26:38] != face[44:54, 26:38]).mean() > 0.9


def test_the_network_that_comes_with_moodkiosk_is_small_and_takes_one_crop() -> None:
    assert NETWORK.stat().st_size <= 400_000
    network = Network(NETWORK)
    assert network.input_shapes == [(1, 64, 64, 1)]
    assert network.output_shapes == [(1, len(ANSWERS))]


@pytest.mark.slow
@pytest.mark.train
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tmp_path: Path) -> None:
    hashes = []
    for number, seed in enumerate("001"):
        (folder := tmp_path / str(number)).mkdir()
        command = [str(needs.TRAIN_PYTHON), "-m", "tests.support.opinion_weights", seed, str(folder)]
        hashes.append(subprocess.run(command, cwd=needs.ROOT, capture_output=True, text=True, check=True).stdout)
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_jitter_keeps_grey_levels_in_their_range(share: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        crop = augment.jittered(np.full((64, 64), 255 * share, np.float32), rng, 2.0)
        assert crop.shape == (64, 64)
        assert 0 <= crop.min() <= crop.max() <= 255


@pytest.mark.slow
def test_the_network_that_is_shipped_reads_held_out_faces_as_its_card_says(extra: Path) -> None:
    """Moods alone, dark faces at rest; animals and covered mouths at one person in a hundred."""
    opinion = SecondOpinion()
    found = judge.judge(
        material.load_faces(extra / "data" / "face_crops.npz"),
        lambda crops: np.stack([opinion.of_crop(crop) for crop in crops]),
    )
    least = {
        "five moods, balanced": 0.70, "angry": 0.7, "happy": 0.85, "neutral": 0.55, "sad": 0.6, "surprise": 0.7,
        "London at rest": 0.95, "London at rest, darkest faces": 0.9, "dogs taken for animals": 0.88,
        "cats taken for animals": 0.70, "squares of pets' pictures taken for animals": 0.88,
        "covered mouths found": 0.97,
    }  # fmt: skip
    assert {name: found[name].value for name, share in least.items() if found[name].value < share} == {}
