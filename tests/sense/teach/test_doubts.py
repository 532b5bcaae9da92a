"""What is odd about takes is noticed before a model learns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from moodkiosk.sense.teach import dense, doubts
from moodkiosk.sense.teach.samples import stacked
from moodkiosk.sense.teach.takes import Take
from tests.support.taught import MOODS, STARTER, learnt, sitting, take

PEOPLE = range(1, 7)


def noticed(takes: Sequence[Take]) -> set[tuple[str | int, ...]]:
    found = doubts.found(stacked(takes), dense.base_of(STARTER))
    return {(doubt.key, *doubt.fields.values()) for doubt in found}


@pytest.mark.parametrize("number", PEOPLE)
def test_careful_takes_of_one_person_raise_no_doubt(number: int) -> None:
    assert noticed(sitting(number=number)) == set()


@pytest.mark.parametrize("number", PEOPLE)
def test_two_labels_that_were_swapped_are_noticed(number: int) -> None:
    swapped = {"happy": "surprise", "surprise": "happy"}
    takes = [take(mood, number=number, person="Ana", looks=swapped.get(mood, mood)) for mood in MOODS]
    assert noticed(takes) == {("crosswise", "happy", "surprise", "Ana")}


@pytest.mark.parametrize("number", PEOPLE)
def test_a_take_that_hardly_differs_from_the_face_at_rest_is_noticed(number: int) -> None:
    careless = [take(mood, number=number) for mood in MOODS if mood != "sad"]
    careless.append(take("sad", number=number, seed=3, looks="neutral"))
    assert noticed(careless) == {("alike", "sad", "neutral", "")}


def test_equal_takes_are_noticed() -> None:
    one = take("happy")
    assert ("alike", "happy", "silly", "") in noticed([take("neutral"), one, replace(one, label="silly")])


@pytest.mark.parametrize("number", PEOPLE)
def test_two_people_under_one_name_are_noticed(number: int) -> None:
    mixed = [take(mood, number=number + (mood in MOODS[3:]), person="Ana") for mood in MOODS]
    assert ("two people", "Ana") in noticed(mixed)
    named = [replace(one, person="Ben") if one.label in MOODS[3:] else one for one in mixed]
    assert not {found for found in noticed(named) if found[0] == "two people"}


def test_a_camera_that_hangs_is_noticed() -> None:
    one = take("happy")
    assert ("frozen", "happy", "") in noticed([take("neutral"), replace(one, x=np.repeat(one.x[:1], 20, axis=0))])


def test_doubts_come_with_what_was_learnt() -> None:
    swapped = {"happy": "surprise", "surprise": "happy"}
    found = learnt([take(mood, looks=swapped.get(mood, mood)) for mood in MOODS])
    assert [doubt.key for doubt in found.doubts] == ["crosswise"]
