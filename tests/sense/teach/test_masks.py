"""A model reads covered mouths only where it was taught so, in every mood, and it was no guessing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moodkiosk.sense.mood.measures import FACE_AND_OPINION
from moodkiosk.sense.mood.opinion import COVERED, COVERED_LOG_ODDS
from moodkiosk.sense.teach import masks
from moodkiosk.sense.teach.takes import Take, takes_of
from tests.sense.teach.test_takes import changed
from tests.support.taught import MOODS, learnt, sitting

FRAMES = 20


def masked(takes: list[Take], labels: tuple[str, ...] = MOODS) -> list[Take]:
    """The same takes, with a mask on while these labels were shown."""
    return [replace(take, covered=np.full(len(take), take.label in labels)) for take in takes]


@pytest.mark.slow
def test_who_taught_every_mood_with_a_mask_on_is_read_with_one() -> None:
    assert learnt(masked(sitting(frames=FRAMES))).manifest.covered_mouths
    both = sitting(frames=FRAMES) + masked(sitting(frames=FRAMES, number=2, person="Ben"))
    assert learnt(both).manifest.covered_mouths


def test_without_a_mask_in_every_mood_nobody_is() -> None:
    assert not learnt(sitting(frames=FRAMES)).manifest.covered_mouths
    assert not learnt(masked(sitting(frames=FRAMES), MOODS[1:])).manifest.covered_mouths


def test_a_hand_before_the_mouth_now_and_then_is_no_mask() -> None:
    now_and_then = np.arange(FRAMES) % 4 == 0
    takes = [replace(take, covered=now_and_then) for take in sitting(frames=FRAMES)]
    assert not learnt(takes).manifest.covered_mouths


def test_masks_that_were_read_by_guessing_do_not_count() -> None:
    label, hidden = np.repeat(MOODS, FRAMES), np.ones(5 * FRAMES, bool)
    truth = np.repeat(np.arange(5), 8)
    for guess, taught in ((truth, True), (np.random.default_rng(0).permutation(truth), False)):
        assert masks.taught(MOODS, label, hidden, truth, guess, np.ones(40, bool)) is taught
    assert not masks.taught(MOODS, label, hidden, truth, truth, np.zeros(40, bool)), "none was held out"


def test_a_recording_says_in_which_frames_the_mouth_was_covered() -> None:
    opinion = np.full((6, 9), np.log(1 / 7), np.float32)
    opinion[2:, COVERED] = COVERED_LOG_ODDS
    (take,) = takes_of(changed(opinion=opinion, at=np.arange(6)[::-1] / 5.0), "masked.npz", FACE_AND_OPINION)
    assert take.covered is not None
    assert take.covered.tolist() == [True] * 4 + [False] * 2, "in the order of time"
    assert not masks.covered(np.full((3, 9), np.nan, np.float32)).any()
