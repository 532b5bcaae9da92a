"""Mouths that move without a mood, as the whole kiosk sees them."""

from __future__ import annotations

import pytest

from moodkiosk.moods.reading import AT_REST
from tests.support.mouths import FIRST_PERSON, settled


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["speaking", "chewing"])
def test_a_drawn_mouth_that_only_moves_settles_no_mood(kind: str) -> None:
    assert set(settled(FIRST_PERSON, kind)) <= {AT_REST, None}


@pytest.mark.slow
def test_a_drawn_person_who_cries_is_sad_and_never_happy() -> None:
    moods = settled(FIRST_PERSON, "crying")
    assert moods[-1] == "sad"
    assert set(moods) <= {"sad", AT_REST, None}
