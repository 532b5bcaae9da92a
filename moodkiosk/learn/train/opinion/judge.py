"""Figures of the second opinion on faces that were held out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.train.opinion.batches import DARK_GREY
from moodkiosk.learn.train.opinion.material import (
    CATS_AMONG_HELD_PETS,
    LABELS_OF_SOURCE,
    PEOPLE_AMONG_HELD_PETS,
    Faces,
)
from moodkiosk.sense.mood.opinion import ANIMAL, COVERED
from moodkiosk.sense.teach.figures import balanced_accuracy
from moodkiosk.sense.teach.proof import Figure, with_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]

FIVE = ("angry", "happy", "neutral", "sad", "surprise")
"""The labels that are judged, as the sources call them."""

FALSE_ALARMS = 0.01
"""This share of people may be taken for animals, or for covered, when those are counted."""


def judge(faces: Faces, answers: Callable[[NDArray[np.uint8]], Floats]) -> dict[str, Figure]:
    """All figures, by name. `answers`: crops uint8 [n, 64, 64] to [n, 9]."""
    judged = _Judged(faces, answers)
    of_source = np.char.startswith(faces.source, "mux") & np.isin(faces.label, FIVE)
    found = {"five moods, balanced": judged.balanced(faces.held & of_source)}
    found |= {label: judged.right(faces.held & of_source & (faces.label == label)) for label in FIVE}
    london = faces.source == "london"
    dark = faces.crop[:, 20:50, 16:48].mean((1, 2)) < DARK_GREY + 26  # evenly lit portraits: the darkest seventh
    found["London at rest"] = judged.right(london & (faces.label == "neutral"))
    found["London at rest, darkest faces"] = judged.right(london & (faces.label == "neutral") & dark)
    found["London smiling"] = judged.right(london & (faces.label == "happy"))
    pets = faces.pets(held=True)
    people_too, cats = np.zeros(len(pets), bool), np.zeros(len(pets), bool)
    people_too[list(PEOPLE_AMONG_HELD_PETS)] = cats[list(CATS_AMONG_HELD_PETS)] = True
    squares = np.flatnonzero(faces.held & (faces.source == "petsrand"))
    masked = np.flatnonzero(faces.held & (faces.kind == "masked"))
    found["dogs taken for animals"] = judged.beyond(ANIMAL, pets[~people_too & ~cats])
    found["cats taken for animals"] = judged.beyond(ANIMAL, pets[cats])
    found["squares of pets' pictures taken for animals"] = judged.beyond(ANIMAL, squares)
    found["covered mouths found"] = judged.beyond(COVERED, masked)
    return found


class _Judged:
    """The answers on all rows that judge."""

    def __init__(self, faces: Faces, answers: Callable[[NDArray[np.uint8]], Floats]) -> None:
        rows = np.flatnonzero(faces.held | (faces.source == "london"))
        self._said = np.full((len(faces.label), 9), np.nan, np.float32)
        self._said[rows] = answers(faces.crop[rows])
        numbers = [list(LABELS_OF_SOURCE).index(label) for label in FIVE]
        self._guess = self._said[:, numbers].argmax(1)
        self._truth = np.array([FIVE.index(label) if label in FIVE else -1 for label in faces.label.tolist()])
        self._person = faces.person
        self._people = np.flatnonzero(
            faces.held & (faces.kind == "human") & faces.confident & ~np.isin(faces.source, ("london", "3dsk"))
        )

    def balanced(self, rows: Flags) -> Figure:
        """Mean recall of the labels."""
        at = np.flatnonzero(rows)
        return self._interval(at, lambda drawn: balanced_accuracy(self._truth[drawn], self._guess[drawn]))

    def right(self, rows: Flags) -> Figure:
        """Share of these rows that are read as labelled."""
        at = np.flatnonzero(rows)
        return self._interval(at, lambda drawn: float((self._truth[drawn] == self._guess[drawn]).mean()))

    def beyond(self, answer: int, rows: Whole) -> Figure:
        """Share of these rows with a higher answer than all but `FALSE_ALARMS` of the people."""
        threshold = np.quantile(self._said[self._people, answer], 1 - FALSE_ALARMS)
        return self._interval(rows, lambda drawn: float((self._said[drawn, answer] > threshold).mean()))

    def _interval(self, rows: Whole, figure: Callable[[Whole], float]) -> Figure:
        return with_interval(rows, self._person[rows], figure)
