"""From a data set to a network, by the recipe that the kiosk uses too; Keras does the work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.data.augment import Variety, varied
from moodkiosk.learn.data.samples import people, vectors
from moodkiosk.learn.train import network
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.teach import dense, recipe
from moodkiosk.sense.teach.fit import fit
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset
    from moodkiosk.learn.train.network import EpochDone
    from moodkiosk.sense.teach.dense import Base, Weights
    from moodkiosk.sense.teach.recipe import TrainingSettings

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A trained network.

    Attributes:
        weights: they take plain measures.
        usual: the `neutral_mean` for its manifest.
    """

    weights: Weights
    usual: Floats | None


def base_of(path: Path) -> Base:
    """A model file as a base. Raises BadModel."""
    try:
        return dense.base_of(path.read_bytes())
    except (OSError, BadModel) as error:
        raise BadModel(Reason("list.of", what=str(path), reason=str(error))) from None


def fit_weights(
    data: Dataset,
    labels: tuple[str, ...],
    schema: str,
    settings: TrainingSettings,
    base: Base | None = None,
    variety: Variety | None = None,
    held: Dataset | None = None,
    told: EpochDone | None = None,
    *,
    in_numpy: bool = False,
) -> Fitted:
    """Trains on `data`, as `recipe.plan` says; `held` is only looked at after each epoch.

    `in_numpy`: as the kiosk does, without Keras: for few samples much quicker, and nobody looks at `held`.
    """
    copies = [] if variety is None else [_varied(data, schema, variety, settings.seed)]
    plan = recipe.plan(vectors(data, schema), data.label, people(data), labels, schema, base, settings.seed, copies)
    if in_numpy:
        return Fitted(_fitted(plan, settings, told), plan.usual)
    eyes = None if held is None else (vectors(held, schema), numbers(held, labels))
    found = network.fit(plan.x, plan.y, plan.start, settings, anchor=plan.anchor, held=eyes, told=told)
    return Fitted(found, plan.usual)


def _fitted(plan: recipe.Plan, settings: TrainingSettings, told: EpochDone | None) -> Weights:
    work, epoch = fit(plan, settings), 0
    while True:
        try:
            loss = next(work)
        except StopIteration as end:
            found: Weights = end.value
            return found
        epoch += 1
        if told is not None:
            told(epoch, loss, None)


def numbers(data: Dataset, labels: tuple[str, ...]) -> NDArray[np.int64]:
    """The label number of each sample, [n]."""
    return np.array([labels.index(label) for label in data.label.tolist()], np.int64)


def _varied(data: Dataset, schema: str, variety: Variety, seed: int) -> Floats:
    face, left, right = varied(data.face, data.left_hand, data.right_hand, variety, np.random.default_rng(seed))
    return vectors(replace(data, face=face, left_hand=left, right_hand=right), schema)
