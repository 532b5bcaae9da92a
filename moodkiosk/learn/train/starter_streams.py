"""Faces that were held out, put together in time: an estimate of what a kiosk sees of people whom nobody filmed.

A stream is one person who shows mood after mood, five looks a second. A photograph is shown for some seconds, with
noise that wanders slowly, as landmarks do. Who is on no photograph of a mood borrows the difference from rest of
somebody who is. So the order of two ways to read can be learnt from it, the height of a figure less.

The temperature is fitted on what is read of these films with the neutral face that calibrates itself: it is of time,
and not of photographs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.evaluate import streams
from moodkiosk.learn.train.starter_faces import LABELS
from moodkiosk.moods.reading import AT_REST, Reading
from moodkiosk.sense.mood.measures import FACE_MEASURES, LEAST_LOG
from moodkiosk.sense.mood.model import tempered
from moodkiosk.sense.mood.selfcalibration import SelfCalibration
from moodkiosk.sense.teach import dense, figures, proof

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from moodkiosk.learn.evaluate.streams import Settle
    from moodkiosk.learn.train.starter_faces import Material
    from moodkiosk.sense.teach.dense import Weights

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

REST = LABELS.index(AT_REST)
MOODS = tuple(number for number in range(len(LABELS)) if number != REST)

PEOPLE = 100
"""Of those with a photograph at rest, in the order of their numbers."""

BINS = 10
"""Of confidence, for the calibration error."""

LOOK_SECONDS = 0.2
PHOTOGRAPH_SECONDS = (3.0, 6.0)
"""So long one is shown."""

STRENGTH = (0.6, 1.1)
"""Of the difference between a mood and rest: people at home show less than at the press."""

NOISE, KEPT = 0.15, 0.9
"""Standard deviation of the noise, of that of the held-out faces, and how much of it is left at the next look."""

Plan = list[tuple[int, float]]
"""Label number, seconds."""


def mixed(rng: Generator) -> Plan:
    """Every mood for 12 seconds, with 12 seconds of rest before it."""
    return [part for mood in rng.permutation(MOODS) for part in ((REST, 12.0), (int(mood), 12.0))]


def calm(rng: Generator) -> Plan:
    """A household that is at rest for minutes."""
    return [
        part
        for mood in rng.permutation(MOODS)
        for part in ((REST, rng.uniform(60, 90)), (int(mood), rng.uniform(12, 25)))
    ]


def smiling(rng: Generator) -> Plan:
    """Somebody who arrives with a smile of half a minute."""
    rest = [part for mood in rng.permutation(MOODS) for part in ((REST, 60.0), (int(mood), 15.0))]
    return [(LABELS.index("happy"), 30.0), *rest]


PLANS: tuple[Callable[[Generator], Plan], ...] = (mixed, calm, smiling)


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """What is seen of one person.

    Attributes:
        person: who.
        plan: name of the plan.
        x: measures by schema "face-2", a look a row, [n, 40].
        truth: label numbers, [n].
    """

    person: str
    plan: str
    x: Floats
    truth: Whole

    @property
    def at(self) -> NDArray[np.float64]:
        """Seconds from the start, [n]."""
        return np.arange(len(self.truth), dtype=np.float64) * LOOK_SECONDS


def films(faces: Material, people: int = PEOPLE) -> list[Film]:
    """A film of each plan with each of these many held-out people; the same faces give the same films."""
    cast = _Cast(faces)
    some = range(min(people, len(cast.people)))
    return [cast.film(number, plan, index) for index, plan in enumerate(PLANS) for number in some]


def read(weights: Weights, usual: Floats, film: Film, start: Floats | None = None) -> Floats:
    """What the network says of each look, with the neutral face that calibrates itself; at temperature 1, [n, 5].

    `start`: as in `neutrals`.
    """
    return dense.predict(weights, film.x + usual - neutrals(weights, usual, film, start))


def neutrals(weights: Weights, usual: Floats, film: Film, start: Floats | None = None) -> Floats:
    """The face at rest that is subtracted at each look, as it calibrates itself, [n, 40].

    `start`: what it is taken for before anything is known of it, [40]; None: the `usual` one, as the kiosk does.
    """
    start = usual if start is None else start
    plain, watching = dense.predict(weights, film.x), SelfCalibration(start)
    own = np.empty_like(film.x)
    for row, moment in enumerate(film.at.tolist()):
        watching.see(streams.TRACK, moment, film.x[row], functools.partial(_by_label, plain[row]))
        neutral = watching.neutral(streams.TRACK)
        own[row] = start if neutral is None else neutral
    return own


def best_temperature(some: list[Film], said: list[Floats]) -> float:
    """The temperature (Guo et al. 2017) with the least cross-entropy over the time of the films by `mixed`.

    There a face is about as often at rest as the belief expects (`debounce.USUAL_AT_REST`). Where it is so for longer,
    a network to which all moods are equally usual seems too modest: that is for the prior to know.
    """
    of_mixed = [number for number, film in enumerate(some) if film.plan == mixed.__name__]
    truth = np.concatenate([some[number].truth for number in of_mixed])
    shares = np.concatenate([said[number] for number in of_mixed])

    def loss(temperature: float) -> float:
        right = tempered(shares, temperature)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(right, 1e-9)).mean())

    return float(min(np.geomspace(0.5, 3.0, 61), key=loss))


def judged(some: list[Film], said: list[Floats], settle: Settle) -> dict[str, proof.Figure]:
    """By plan: how far the probabilities `said` can be believed, and how the moods that settled were."""
    found: dict[str, proof.Figure] = {}
    for plan in dict.fromkeys(film.plan for film in some):
        of_plan = [(film, shares) for film, shares in zip(some, said, strict=True) if film.plan == plan]
        found[f"{plan}.calibration_error"] = _calibration_error(of_plan)
        settled = [_settled(film, shares, settle) for film, shares in of_plan]
        found |= {f"{plan}.{name}": figure for name, figure in streams.summary(settled, LABELS).items()}
    return found


def _calibration_error(of_plan: list[tuple[Film, Floats]]) -> proof.Figure:
    """As `figures.calibration_error`, of sums over each film: to draw people anew from millions of looks takes long."""
    sums = np.zeros((len(of_plan), 2, BINS))
    for index, (film, shares) in enumerate(of_plan):
        for part in figures.reliability(film.truth, shares, BINS):
            number = min(int(part.confidence * BINS), BINS - 1)
            sums[index, :, number] = part.count * (part.confidence - part.accuracy), part.count

    def error(drawn: Whole) -> float:
        apart, count = sums[drawn].sum(0)
        return float(np.abs(apart).sum() / count.sum())

    return proof.with_interval(np.arange(len(of_plan)), np.array([film.person for film, _ in of_plan]), error)


def _settled(film: Film, shares: Floats, settle: Settle) -> streams.Stream:
    """What the kiosk settles on of a film."""
    readings = [
        Reading(moment, 1, streams.TRACK, LABELS[row.argmax()], _by_label(row), float(row.max()), streams.GOOD)
        for moment, row in zip(film.at.tolist(), shares, strict=True)
    ]
    mood, belief = streams.settled(settle(readings), LABELS)
    count = len(film.truth)
    seconds = np.full(count, LOOK_SECONDS)
    return streams.Stream(film.person, film.at, seconds, film.truth, mood, belief, np.ones(count, bool))


def _by_label(shares: Floats) -> dict[str, float]:
    return dict(zip(LABELS, shares.tolist(), strict=True))


class _Cast:
    """The held-out people with a photograph at rest, and the photographs of all who were held out."""

    def __init__(self, faces: Material) -> None:
        held = np.flatnonzero(faces.held)
        self._faces = faces
        self._of_mood = {mood: held[faces.y[held] == mood] for mood in range(len(LABELS))}
        self.people = [str(name) for name in np.unique(faces.person[self._of_mood[REST]])]
        self._own = {
            name: {mood: rows[faces.person[rows] == name] for mood, rows in self._of_mood.items()}
            for name in self.people
        }
        self._spread = faces.x[held].std(0)

    def film(self, number: int, plan: Callable[[Generator], Plan], index: int) -> Film:
        """The person of this number in a plan."""
        name = self.people[number]
        rng = np.random.default_rng((number, index))
        rest = self._faces.x[rng.choice(self._own[name][REST])]
        parts = [(mood, self._shown(name, mood, seconds, rest, rng)) for mood, seconds in plan(rng)]
        truth = np.concatenate([np.full(len(x), mood, np.int64) for mood, x in parts])
        x = np.concatenate([x for _, x in parts])
        x += self._noise(len(x), rng)
        moods = x[:, len(FACE_MEASURES) :]
        np.clip(moods, LEAST_LOG, 0, out=moods)
        return Film(name, plan.__name__, x.astype(np.float32), truth)

    def _shown(self, name: str, mood: int, seconds: float, rest: Floats, rng: Generator) -> Floats:
        """One photograph after the other, [n, 40]."""
        count = round(seconds / LOOK_SECONDS)
        rows: list[Floats] = []
        while len(rows) < count:
            looks = round(rng.uniform(*PHOTOGRAPH_SECONDS) / LOOK_SECONDS)
            rows += [self._photograph(name, mood, rest, rng)] * looks
        return np.stack(rows[:count])

    def _photograph(self, name: str, mood: int, rest: Floats, rng: Generator) -> Floats:
        x, own = self._faces.x, self._own[name]
        if mood == REST:
            return x[rng.choice(own[REST])] if rng.random() < 0.5 else rest
        row = rng.choice(own[mood] if len(own[mood]) else self._of_mood[mood])
        lender = str(self._faces.person[row])
        others = self._own.get(lender)
        theirs = rest if lender == name else x[others[REST][0]] if others else self._faces.usual
        shown: Floats = rest + np.float32(rng.uniform(*STRENGTH)) * (x[row] - theirs)
        return shown

    def _noise(self, count: int, rng: Generator) -> NDArray[np.float64]:
        """Noise that wanders (an autoregressive process of order 1), [n, 40]."""
        steps = np.sqrt(1 - KEPT**2) * NOISE * self._spread * rng.normal(size=(count, len(self._spread)))
        for row in range(1, count):
            steps[row] += KEPT * steps[row - 1]
        wandering: NDArray[np.float64] = steps
        return wandering
