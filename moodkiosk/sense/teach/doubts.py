"""What is odd about takes, so that it can be asked about: in keys and fields, the words are the page's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.measures import FACE_MEASURES, with_own_neutral, without_gaps
from moodkiosk.sense.mood.median import median
from moodkiosk.sense.teach import dense, proof

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.dense import Base
    from moodkiosk.sense.teach.samples import Samples

    Floats = NDArray[np.float32]
    Rows = NDArray[np.bool_]

CROSSED_SHARE = 0.8
"""Of the frames of each of two labels, that look more like the other."""

MAKES_SENSE, LEAST_LOG = 0.3, -4.0
"""A swap with the face at rest makes sense where the mean log-probability of the right label, none counted below
`LEAST_LOG`, rises by this. Of ten drawn people with weak moods it rises by at least 0.34 if a mood was swapped with the
face at rest, and falls by as much if none was."""

ALIKE = 0.2
"""Two looks whose measures differ by no more than this, in spreads of each measure, are the same look."""

NOISY = 0.6
"""Where noise alone would move two looks apart by this, nobody can tell whether they are the same."""

UNLIKE, LEAST_LABELS = 0.2, 4
"""Labels fit by chance where dealing them to the takes anew fits as well with this probability; with fewer labels there
are too few ways to deal them. Of ten drawn people with weak moods: 0.01 each; dealt at random, a fifth go unnoticed."""

BONES = {
    "eye_gap": 0.0079,
    "nose_root_width": 0.0035,
    "nose_base_under_eye": 0.0337,
    "nose_wing_under_eye": 0.0273,
    "jaw_width": 0.0372,
}
"""Measures that moods hardly move, and their spread among 1,202 strangers at rest."""

APART, APART_TIMES = 0.8, 1.6
"""Takes fall into those of two people where they are so far apart on average, in spreads, and so many times as far as
those of one. Photographs of 102 people in a studio, two or three each, never fell apart; of mixtures, half do."""


LEAST_FRAMES = 5
"""Of a label or a take of which fewer are there, nothing is said."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that was noticed.

    Attributes:
        key: "few frames" (label, frames, least), "no neutral" or "one label" (label): then nothing is learnt at all.
            "crosswise" (label, other: what is shown for the one looks like the other, and the other way round), "alike"
            (label, other: the two looks hardly differ; other may be neutral), "unlike" (the labels have nothing to do
            with what the starter sees), "two people" (some takes of that name seem to be of somebody else), "frozen"
            (label: the frames are copies of each other); each has "person".
        fields: by name; text or a number.
    """

    key: str
    fields: dict[str, str | int] = field(default_factory=dict)


class NotTaught(Exception):
    """Why nothing can be learnt from these takes."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(doubt.key)
        self.doubt = doubt


def found(samples: Samples, base: Base) -> tuple[Doubt, ...]:
    """Everything that is odd about these samples, person by person; `base`: the starter."""
    doubts: list[Doubt] = []
    for person in np.unique(samples.person).tolist():
        theirs = samples.select(samples.person == person)
        odd = [*_frozen(theirs), *_two_people(theirs)]
        enough = theirs.select(np.isin(theirs.label, _often(theirs.label)))
        if len(enough.x):
            crossed = [*_crosswise(enough, base)]
            odd += [*crossed, *_alike(enough, base), *([] if crossed else _unlike(enough, base))]
        doubts += [Doubt(key, {**fields, "person": person}) for key, fields in odd]
    return tuple(doubts)


def _often(values: NDArray[Any]) -> NDArray[Any]:
    """The values that occur often enough to say something of them."""
    kinds, counts = np.unique(values, return_counts=True)
    often: NDArray[Any] = kinds[counts >= LEAST_FRAMES]
    return often


Found = Iterator[tuple[str, dict[str, str | int]]]


def _frozen(samples: Samples) -> Found:
    """A camera that hangs gives the same frame again and again."""
    for take in _often(samples.take):
        rows = samples.take == take
        if len(np.unique(without_gaps(samples.x[rows], samples.x.shape[1]), axis=0)) < max(2, rows.sum() / 2):
            yield "frozen", {"label": str(samples.label[rows][0])}


def _crosswise(samples: Samples, base: Base) -> Found:
    """Labels that the starter takes for each other, in nearly all frames of both: swapped by mistake?"""
    present = np.unique(samples.label).tolist()
    moods = [label for label in present if label in base.labels and label != AT_REST]
    seen = _logs(samples, base, AT_REST)
    none = True
    for label, other in itertools.combinations(moods, 2):
        crossed = seen[:, base.labels.index(other)] > seen[:, base.labels.index(label)]
        shares = crossed[samples.label == label].mean(), (~crossed[samples.label == other]).mean()
        if min(shares) >= CROSSED_SHARE:
            none = False
            yield "crosswise", {"label": label, "other": other}
    if none and moods and AT_REST in present:
        gain, label = max((_gain(samples, base, label, moods, seen), label) for label in moods)
        if gain >= MAKES_SENSE:
            yield "crosswise", {"label": label, "other": AT_REST}


def _gain(samples: Samples, base: Base, label: str, moods: Sequence[str], seen: Floats) -> float:
    """How much more sense everything makes if the frames of `label` are the face at rest, and those of that `label`.

    `seen`: log-probabilities as the labels are. The mean rise of that of the right label.
    """
    swapped, mood, rest = _logs(samples, base, label), base.labels.index(label), base.labels.index(AT_REST)
    pairs = [(samples.label == AT_REST, mood, rest), (samples.label == label, rest, mood)]
    pairs += [(samples.label == other, *[base.labels.index(other)] * 2) for other in moods if other != label]
    return float(np.mean([_mean(swapped[rows, then]) - _mean(seen[rows, now]) for rows, then, now in pairs]))


def _logs(samples: Samples, base: Base, rest: str) -> Floats:
    """What the starter says of all frames, those labelled `rest` being the face at rest: log-probabilities."""
    x, resting = samples.x, samples.x[samples.label == rest]
    if len(resting):
        x = with_own_neutral(x, median(resting), base.usual)
    logs: Floats = np.log(np.maximum(dense.predict(base.weights, x), 1e-12))
    return logs


def _mean(logs: Floats) -> float:
    return float(np.maximum(logs, LEAST_LOG).mean())


def _unlike(samples: Samples, base: Base) -> Found:
    """Labels that have nothing to do with what the starter sees: dealt at random they would fit as well."""
    known = samples.select(np.isin(samples.label, base.labels))
    if len(np.unique(known.label)) < LEAST_LABELS:
        return
    fits, _ = proof.guessed_takes(known.numbers(base.labels), _logs(known, base, AT_REST).argmax(1), known.take)
    if fits > UNLIKE:
        yield "unlike", {}


def _alike(samples: Samples, base: Base) -> Found:
    """Two labels that look the same; the face at rest is named as the other one."""
    z = dense.normalised(samples.x, base.weights)
    labels = sorted(np.unique(samples.label).tolist(), key=lambda name: (name == AT_REST, name))
    apart, noise = _distances([z[samples.label == label] for label in labels])
    for one, two in itertools.combinations(range(len(labels)), 2):
        if apart[one, two] <= ALIKE and noise[one, two] <= NOISY:
            yield "alike", {"label": labels[one], "other": labels[two]}


def _two_people(samples: Samples) -> Found:
    """Takes under one name whose bones fall into two groups."""
    columns = [FACE_MEASURES.index(name) for name in BONES]
    bones = samples.x[:, columns] / np.array(list(BONES.values()), np.float32)
    takes = _often(samples.take)
    if len(takes) < 3:
        return
    apart, noise = _distances([bones[samples.take == take] for take in takes])
    first, second = np.unravel_index(apart.argmax(), apart.shape)
    one = apart[first] < apart[second]
    if one.all() or not one.any():
        return
    same = (one[:, None] == one[None]) & ~np.eye(len(one), dtype=bool)
    between = float(apart[one][:, ~one].mean())
    if between >= max(APART, 2 * float(noise.max())) and between >= APART_TIMES * float(apart[same].mean()):
        yield "two people", {}


def _distances(groups: Sequence[Floats]) -> tuple[Floats, Floats]:
    """How far the medians of groups of frames are apart, [g, g], and how much of that would be noise, [g, g]."""
    middles = np.stack([median(frames) for frames in groups])
    noise = np.stack([np.pi / 2 * frames.var(0) / max(len(frames) - 1, 1) for frames in groups])  # of a median
    noises = (noise[:, None] + noise[None]).mean(2)
    squares = ((middles[:, None] - middles[None]) ** 2).mean(2)
    return np.sqrt(np.maximum(squares - noises, 0)), np.sqrt(noises)
