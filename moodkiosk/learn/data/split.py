"""Which samples are held out: whole people if it can be, else whole sessions, else the end of each recording.

A random split would put neighbouring frames of one recording on both sides and show what is not true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset

    Mask = NDArray[np.bool_]
    Whole = NDArray[np.int64]

HELD_SHARE = 0.25
GAP_SECONDS = 1.0
"""Between what is trained on and what is held out of one recording."""

FEW_HELD, PARTS = 40, 4
"""Where fewer samples than this are held out, each of so many parts of the recordings is, in turn."""

LONG = 8
"""In recordings of more samples, the neighbours of what is held out are left out."""

Way = Literal["person", "session", "time"]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A split. Samples that are in neither part lie in the gap.

    Attributes:
        train, held: masks over the samples.
        way: how it was split.
        reason: the same as a sentence for people.
    """

    train: Mask
    held: Mask
    way: Way
    reason: str


def recordings(data: Dataset) -> Whole:
    """A number for each sample: the same for the samples of one label of one person and session in one file."""
    keys = [
        f"{f}\0{p}\0{s}\0{label}"
        for f, p, s, label in zip(data.file, data.person, data.session, data.label, strict=True)
    ]
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def split(data: Dataset, seed: int = 0) -> Split:
    """Holds out about a quarter. Every label is in both parts, so that each can be learnt and examined."""
    people = np.unique(data.person)
    reasons = []
    if len(people) > 1:
        if (held := _whole_groups(data.person, data.label, seed)) is not None:
            names = ", ".join(name or "(no name)" for name in np.unique(data.person[held])[:5].tolist())
            count = len(np.unique(data.person[held]))
            return Split(
                ~held,
                held,
                "person",
                f"held out by person: {count} of {len(people)} people ({names}{', …' * (count > 5)})",
            )
        reasons.append("some label is of one person only")
    else:
        reasons.append("there is one person")
    sessions = np.array([f"{p}\0{s}" for p, s in zip(data.person, data.session, strict=True)])
    count = len(np.unique(sessions))
    if count > 1 and (data.session != "").any():
        if (held := _whole_groups(sessions, data.label, seed)) is not None:
            reason = f"held out by session: {len(np.unique(sessions[held]))} of {count} sessions, since {reasons[0]}"
            return Split(~held, held, "session", reason)
        reasons.append("some label is in one session only")
    else:
        reasons.append("in one session")
    train, held = _ends(data)
    reason = f"held out by time: the last quarter of each recording, after a gap, since {' '.join(reasons)}"
    return Split(train, held, "time", reason)


def turns(data: Dataset, first: Split) -> list[Split]:
    """What a model is examined by: `first`, or, where that holds out few of one sitting, each part in turn."""
    if first.way != "time" or first.held.sum() >= FEW_HELD:
        return [first]
    part, place, length = (np.zeros(len(data), np.int64) for _ in range(3))
    number = recordings(data)
    for recording in np.unique(number):
        rows = np.flatnonzero(number == recording)
        rows = rows[np.argsort(data.at[rows], kind="stable")]
        place[rows], length[rows] = np.arange(len(rows)), len(rows)
        part[rows] = (np.arange(len(rows)) * PARTS // len(rows) + recording) % PARTS
    reason = f"held out by time: each quarter of each recording in turn, since {len(data)} samples are few"
    found = []
    for turn in range(PARTS):
        held = part == turn
        beside = np.zeros(len(data), bool)
        for recording in np.unique(number[held]):
            rows = number == recording
            edge = place[rows & held]
            beside |= rows & ((place == edge.min() - 1) | (place == edge.max() + 1))
        found.append(Split(~held & ~(beside & (length > LONG)), held, "time", reason))
    return found


def folds(group: NDArray[np.str_], count: int, seed: int) -> Whole:
    """A fold number for each sample; the samples of one group share it."""
    names, number = np.unique(group, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return (order[number] % count).astype(np.int64)


def _whole_groups(group: NDArray[np.str_], label: NDArray[np.str_], seed: int) -> Mask | None:
    """Groups that together have about a quarter of the samples and every label, and leave every label; or None."""
    names, number = np.unique(group, return_inverse=True)
    labels = set(np.unique(label).tolist())
    best: tuple[float, Mask] | None = None
    for attempt in range(32):
        order = np.random.default_rng((seed, attempt)).permutation(len(names))
        held = np.zeros(len(group), bool)
        for name in order[:-1]:
            held = held | (number == name)
            if set(np.unique(label[held]).tolist()) == labels and held.mean() >= HELD_SHARE * 0.8:
                break
        both = all(set(np.unique(label[part]).tolist()) == labels for part in (held, ~held))
        if both and (best is None or abs(held.mean() - HELD_SHARE) < best[0]):
            best = abs(held.mean() - HELD_SHARE), held
    return None if best is None else best[1]


def _ends(data: Dataset) -> tuple[Mask, Mask]:
    train, held = np.zeros((2, len(data)), bool)
    number = recordings(data)
    for recording in np.unique(number):
        rows = np.flatnonzero(number == recording)
        at = data.at[rows]
        timed = bool(np.isfinite(at).all())
        if timed:
            rows = rows[np.argsort(at, kind="stable")]
        end = max(1, round(HELD_SHARE * len(rows)))
        last, before = rows[-end:], rows[:-end]
        held[last] = True
        early = before[data.at[before] <= data.at[last[0]] - GAP_SECONDS]
        if timed and np.ptp(at) > 4 * GAP_SECONDS and len(early):
            before = early
        elif len(before) > 2:  # no times, or all but a few samples at one moment: leave out one, or one of twenty
            before = before[: -max(1, len(rows) // 20)]
        train[before] = True
    return train, held
