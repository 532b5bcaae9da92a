"""Sittings of drawn people whose moods are weak: seen by the kiosk's own pipeline, in any light, from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor.actor import MOODS, Role, head_px, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.mood.measures import measure
from moodkiosk.sense.pipeline import Pipeline
from moodkiosk.sense.teach.takes import Take

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image

SIZE = (320, 240)
"""Small: drawing a picture takes longer than looking at it."""

LOOKS_A_SECOND = 5.0
STRENGTH = (0.25, 0.6)
"""Of the expressions; at 1 they are drawn so that the starter reads most of them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where somebody sits, how light it is (1 is bright), and what else is at random."""

    distance_metres: float
    light: float
    seed: int


FIRST, SECOND = Setting(0.5, 1.0, 0), Setting(0.8, 0.6, 1)


def sitting(person: int, where: Setting, frames: int, schema: str, labels: tuple[str, ...] = MOODS) -> list[Take]:
    """A take of each mood of drawn person `person`, measured by a schema."""
    rng = np.random.default_rng((person, where.seed))
    pipeline, at = Pipeline(SenseSettings()), 0.0
    takes = []
    for label in labels:
        rows: list[NDArray[np.float32]] = []
        times = []
        for _ in range(frames + 30):
            at += 1 / LOOKS_A_SECOND
            pipeline.look(Frame(drawn(person, label, where, rng), at))
            if pipeline.front is not None:
                rows.append(measure(pipeline.front.landmarks, schema))
                times.append(at)
            if len(rows) == frames:
                break
        name = f"{label}-{person}-{where.seed}"
        takes.append(Take(label, "", np.stack(rows), np.array(times), f"{name}.npz", name, "drawn"))
    return takes


def drawn(person: int, label: str, where: Setting, rng: np.random.Generator) -> Image:
    """One picture of a drawn person who shows a mood weakly."""
    width, height = SIZE
    expression = EXPRESSIONS["neutral"].blend(EXPRESSIONS[label], rng.uniform(*STRENGTH))
    pose = Pose(
        x_px=width * rng.normal(0.5, 0.01),
        y_px=height * rng.normal(0.45, 0.01),
        head_px=head_px(where.distance_metres * rng.uniform(0.97, 1.03), width),
        roll_degrees=rng.normal(0, 3),
        yaw_degrees=rng.normal(0, 4),
        pitch_degrees=rng.normal(0, 3),
    )
    rgb = picture([Role(random_looks(person), expression, pose)], SIZE, where.light)
    noisy: Image = np.clip(rgb + rng.normal(0, 3, rgb.shape), 0, 255).astype(np.uint8)
    return noisy
