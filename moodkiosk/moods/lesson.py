"""What is to be taught in a sitting, and what the kiosk has learnt."""

from __future__ import annotations

from dataclasses import dataclass

TEACH_SECONDS = (2.0, 20.0)
"""The shortest and the longest that a mood is looked at to be taught."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be taught in a sitting.

    Attributes:
        person: who is in front, or "".
        labels: the moods to show; empty: those of the model.
        seconds: how long each is looked at.
    """

    person: str = ""
    labels: tuple[str, ...] = ()
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Taught:
    """What the kiosk has learnt of its people, measured on looks that were not learnt from.

    Attributes:
        better: the new model is surely better than the one before, and in use.
        before, after: share of looks read right, evenly over the moods, 0 to 1.
        low, high: the bounds of `after` (95 %).
        looks: how many were held out.
        people: how many people have taught.
        moods: label to (before, after).
    """

    better: bool
    before: float
    after: float
    low: float
    high: float
    looks: int
    people: int
    moods: dict[str, tuple[float, float]]
