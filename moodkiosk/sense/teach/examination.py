"""Examining before use: the last part of each take is held out, and read by the model before and by the one to come."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.bundle import BadModel, unbundle
from moodkiosk.sense.mood.measures import MEASURES
from moodkiosk.sense.teach import dense, recipe
from moodkiosk.sense.teach.fit import fit
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.dense import Base, Weights
    from moodkiosk.sense.teach.recipe import TrainingSettings
    from moodkiosk.sense.teach.samples import Samples
    from moodkiosk.sense.teach.takes import Take

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]
    Rows = NDArray[np.bool_]

HELD_SHARE = 0.3
GAP_SECONDS = 1.0
"""Between what is learnt from and what is held out of one take: neighbouring frames are nearly the same."""

LEAST_HELD = 4
"""Takes of fewer frames are learnt from, but not examined on."""

FEW_HELD = 40
"""Where fewer frames than this are held out, the first part of each take is held out in turn as well."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Frames to learn from, and frames that are held out meanwhile; masks over the samples."""

    train: Rows
    held: Rows


def parts(takes: Sequence[Take]) -> list[Part]:
    """The last part of each take, and where that is little, the first part in turn."""
    last = _part(takes, backwards=False)
    return [last] if last.held.sum() >= FEW_HELD else [last, _part(takes, backwards=True)]


def _part(takes: Sequence[Take], *, backwards: bool) -> Part:
    train, held = [], []
    for take in takes:
        count = len(take) if len(take) < LEAST_HELD else len(take) - max(1, round(HELD_SHARE * len(take)))
        at = take.at[::-1] if backwards else take.at
        out = np.arange(len(take)) >= count
        near = np.zeros(len(take), bool)
        if out.any():
            near = np.abs(at - at[count]) < GAP_SECONDS
            if not (near[:count].any() and (~near[:count]).sum() >= 2):  # no times, or a short take: one frame
                near = (np.arange(len(take)) == count - 1) & (count > 2)
        learnt = ~out & ~near
        train.append(learnt[::-1] if backwards else learnt)
        held.append(out[::-1] if backwards else out)
    return Part(np.concatenate(train), np.concatenate(held))


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """What the new model has to be better than.

    Attributes:
        base: a network as it is.
        seen: the frames that it was trained on [n]. Where there are some, its answers to them flatter; then a network
            taught with nothing else, by the same recipe, stands in for it.
        own: people's faces at rest that were known before, as measures.
    """

    base: Base
    seen: Rows
    own: Mapping[str, Floats]


def rival(before: bytes | None, starter: Base, takes: Sequence[Take], own: Mapping[str, Floats]) -> Rival:
    """The model before; the starter where there is none, or where that cannot be asked.

    Raises BadModel for one that looks at hands: what it knows of gestures would be lost.
    """
    nothing = np.zeros(sum(map(len, takes)), bool)
    if before is None:
        return Rival(starter, nothing, own)
    manifest, _ = unbundle(before)
    if manifest.uses_hands:
        raise BadModel(Reason("taught.hands"))
    files = set(manifest.training_files.values())
    try:
        found = dense.base_of(before)
    except BadModel:
        return Rival(starter, nothing, own)
    known, taken = MEASURES[found.schema], MEASURES[starter.schema]
    if known != taken[: len(known)]:
        return Rival(starter, nothing, own)
    return Rival(found, np.repeat([take.sha256 in files for take in takes], [len(take) for take in takes]), own)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What was said of the held-out frames, [m] each.

    Attributes:
        row: which of the samples.
        truth: numbers of the right labels.
        before: numbers of what the rival said; -1 for a label that the new model does not have.
        shares: probabilities by the new model, [m, labels].
    """

    row: Whole
    truth: Whole
    before: Whole
    shares: Floats

    @property
    def after(self) -> Whole:
        """Numbers of what the new model says, [m]."""
        found: Whole = self.shares.argmax(1)
        return found


def examine(
    samples: Samples, held_out: Sequence[Part], labels: tuple[str, ...], base: Base, other: Rival, how: TrainingSettings
) -> Generator[float, None, Answers]:
    """Trains without each part and has it read; yields after each epoch."""
    rows, before, shares = [], [], []
    for part in held_out:
        new = yield from taught(samples, part.train, labels, base, how)
        seen = samples.select(part.train)
        rests = recipe.own_neutrals(seen.x, seen.label, seen.person)
        old, known, own = _Model(other.base.weights, other.base.usual), other.base.labels, other.own
        if (learnt := part.train & other.seen).any():
            old, known, own = (yield from taught(samples, learnt, labels, base, how)), labels, rests
        places = np.array([labels.index(name) if name in labels else -1 for name in known], np.int64)
        held = samples.select(part.held)
        rows.append(np.flatnonzero(part.held))
        before.append(places[_shares(old, held, own).argmax(1)])
        shares.append(_shares(new, held, rests))
    row = np.concatenate(rows)
    return Answers(row, samples.numbers(labels)[row], np.concatenate(before), np.concatenate(shares))


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    weights: Weights
    usual: Floats


def taught(
    samples: Samples, rows: Rows, labels: tuple[str, ...], base: Base, how: TrainingSettings
) -> Generator[float, None, _Model]:
    """A network taught with these rows; yields the loss after each epoch."""
    plan = recipe.plan(samples.x[rows], samples.label[rows], samples.person[rows], labels, base.schema, base, how.seed)
    assert plan.usual is not None
    weights = yield from fit(plan, how)
    return _Model(weights, plan.usual)


def _shares(model: _Model, held: Samples, own: Mapping[str, Floats]) -> Floats:
    """What a model says of the held-out frames, everybody seen relative to the own face at rest, where it is known."""
    x = held.x[:, : len(model.weights.mean)]
    return dense.predict(model.weights, recipe.with_own_neutrals(x, held.person, own, model.usual))
