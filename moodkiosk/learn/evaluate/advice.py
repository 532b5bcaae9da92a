"""What to record more of, from what a training showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.teach import figures

if TYPE_CHECKING:
    from moodkiosk.learn.train.make_model import Examined

GOOD = 0.8
"""A label of which this share is read right needs nothing."""


def advice(found: Examined) -> list[str]:
    """Sentences, the most useful first."""
    answers, data = found.answers, found.data
    counts = {label: int((data.label == label).sum()) for label in answers.labels}
    usual = float(np.median(list(counts.values())))
    matrix = figures.confusion(answers.truth, answers.shares.argmax(1), len(answers.labels))
    lines = []
    recall = figures.recall(answers.truth, answers.shares.argmax(1))
    for index in sorted(recall, key=lambda number: recall[number]):
        label = answers.labels[index]
        if recall[index] >= GOOD:
            continue
        wrong = matrix[index].copy()
        wrong[index] = 0
        other = answers.labels[int(wrong.argmax())]
        share = wrong.max() / matrix[index].sum()
        few = f" There are only {counts[label]} samples of it." if counts[label] < 0.6 * usual else ""
        lines.append(f"{label}: {recall[index]:.0%} is read right, {share:.0%} as {other}.{few} {_how(label, other)}")
    if AT_REST not in answers.labels:
        lines.append(f"{AT_REST}: record it, or a face at rest will always be read as some mood.")
    people = {name for name in data.person.tolist() if name}
    sessions = len(np.unique(data.session))
    if sessions <= 1 and len(people) <= 1:
        lines.append("Another sitting: another day, other light, another distance; one sitting flatters the figures.")
    if len(people) <= 1:
        lines.append("Other people who will use the kiosk: this model knows one.")
    return lines or ["Nothing is missing: every label is read well. Try it on the kiosk."]


def _how(label: str, other: str) -> str:
    if other == AT_REST:
        return f"Record {label} again, also the slight kind, each time from rest into it and held."
    if label == AT_REST:
        return f"Record {AT_REST} again while reading, listening, looking aside: it is not always still."
    return f"Record {label} and {other} in turn, with a pause between, and exaggerate what tells them apart."
