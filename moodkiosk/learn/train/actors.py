"""Recordings of drawn actors: random people, moods, distances, poses, light, seen by the kiosk's own pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.learn.data.dataset import Dataset, Source
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor.actor import MOODS, Role, head_px, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.pipeline import MISSED_SECONDS, Pipeline
from moodkiosk.sense.records.recording import OPINION_ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image, Landmarks, Points

    Texts = NDArray[np.str_]

SIZE = (640, 480)
DISTANCE_METRES = (0.7, 2.6)
STRENGTH = (0.8, 1.05)
"""Of an expression; 1 is as it is drawn usually."""

LIGHT = (0.45, 1.0)
LOOKS = 12
"""At one picture, before it is given up: small faces are searched for in turns."""

NOISE = 3.0
"""Standard deviation of the camera's noise, in grey levels."""


class Audience:
    """Looks at pictures as the kiosk does, each for a moment, as if somebody new had come."""

    def __init__(self) -> None:
        self._eyes = Pipeline(SenseSettings())
        self._eyes.acted = True  # the second opinion is to be of the look that is kept
        self._at = 0.0

    def look(self, rgb: Image) -> Landmarks | None:
        """Landmarks of the face in the picture, with the second opinion, or None."""
        self._at += 2 * MISSED_SECONDS  # so that everything before is forgotten
        found = False
        for _ in range(LOOKS):
            self._at += 0.2
            self._eyes.look(Frame(rgb, self._at))
            front = self._eyes.front
            if found and front is not None:  # found before, so it was followed now
                return front.landmarks
            found = front is not None
        return None


def drawn(seed: int, mood: str, rng: np.random.Generator, distance_metres: float | None = None) -> Image:
    """A picture of the actor number `seed` in a mood, uint8 RGB; the rest is at random."""
    metres = rng.uniform(*DISTANCE_METRES) if distance_metres is None else distance_metres
    expression = EXPRESSIONS["neutral"].blend(EXPRESSIONS[mood], rng.uniform(*STRENGTH))
    width, height = SIZE
    pose = Pose(
        x_px=width * rng.uniform(0.3, 0.7),
        y_px=height * rng.uniform(0.35, 0.55),
        head_px=head_px(metres, width),
        roll_degrees=rng.normal(0, 5),
        yaw_degrees=rng.normal(0, 6),
        pitch_degrees=rng.normal(0, 4),
    )
    rgb = picture([Role(random_looks(seed), expression, pose)], SIZE, round(rng.uniform(*LIGHT), 1))
    noisy: Image = np.clip(rgb + rng.normal(0, NOISE, rgb.shape), 0, 255).astype(np.uint8)
    return noisy


def recorded(seeds: Iterable[int], each: int, seed: int = 0, moods: Iterable[str] = MOODS) -> Dataset:
    """The landmarks of these actors in `each` pictures a mood; the person is "actor-<seed>". Not found: left out."""
    audience, rng = Audience(), np.random.default_rng(seed)
    rows = []
    for number in seeds:
        for mood in moods:
            for _ in range(each):
                seen = audience.look(drawn(number, mood, rng))
                if seen is not None:
                    rows.append((seen.face, seen.opinion, mood, f"actor-{number}"))
    faces, opinions, labels, names = zip(*rows, strict=True)
    data = as_dataset(np.stack(faces), np.array(labels), np.array(names))
    return replace(data, opinion=np.stack(opinions))


def as_dataset(face: Points, label: Texts, person: Texts) -> Dataset:
    """Faces without hands and times as one data set."""
    n = len(face)
    hands = np.full((n, 21, 3), np.nan, np.float32)
    width, height = SIZE
    return Dataset(
        face=face.astype(np.float32),
        left_hand=hands,
        right_hand=hands.copy(),
        opinion=np.full((n, OPINION_ANSWERS), np.nan, np.float32),
        label=label,
        person=person,
        session=np.full(n, ""),
        at=np.full(n, np.nan),
        width=np.full(n, width),
        height=np.full(n, height),
        mirrored=np.zeros(n, bool),
        file=np.zeros(n, np.int64),
        sources=(Source(Path("actors"), "", n, mirrored=False, extractor=EXTRACTOR),),
    )
