"""How far, in what light and how surely faces are found: heads at random places in scenes, counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.pipeline import Pipeline
from tests.support import scenery


@dataclass(frozen=True)
class Case:
    """What is tried.

    Attributes:
        size: of the picture.
        width_px: of the face.
        grey, noise: mean grey level of the face and sensor noise; None: daylight.
        roll_degrees: heads are tilted by up to this.
        edges: every second head lies at an edge of the picture.
        required: the share of faces that must be found, or None (for the record).
    """

    size: tuple[int, int]
    width_px: float
    grey: float | None = None
    noise: float = 0.0
    roll_degrees: float = 30.0
    edges: bool = True
    required: float | None = None

    @property
    def name(self) -> str:
        light = "" if self.grey is None else f" grey {self.grey:g} noise {self.noise:g}"
        return f"{self.size[0]}x{self.size[1]} {self.width_px:g} px{light}"


HD, VGA = (1280, 720), (640, 480)
CASES = (
    Case(HD, 36),
    Case(HD, 48, required=0.95),
    Case(HD, 60, required=0.99),
    Case(HD, 120, required=0.99),
    Case(HD, 320, required=0.99),
    Case(VGA, 30),
    Case(VGA, 40, required=0.95),
    Case(VGA, 60, required=0.99),
    Case(VGA, 120, required=0.99),
    Case(VGA, 280, required=0.99),
    Case(VGA, 100, grey=30, noise=4, roll_degrees=15, required=0.95),
    Case(VGA, 100, grey=30, noise=8, roll_degrees=15, required=0.95),
    Case(VGA, 100, grey=30, noise=12, roll_degrees=15),
    Case(VGA, 100, grey=20, noise=6, roll_degrees=15),
)


@dataclass(frozen=True)
class Found:
    """What came of it: the share found at the first look and at a later one, false faces, and scenes."""

    first: float
    share: float
    false: int
    count: int


def measure(case: Case, heads: Sequence[scenery.Head], seeds: Iterable[int]) -> Found:
    """Puts a head into a scene for each seed, background and (if wanted) edge, and looks three times."""
    pipeline, at = Pipeline(SenseSettings()), 0.0
    results = []
    for seed in seeds:
        for kind in scenery.BACKGROUNDS:
            for edge in (False, True) if case.edges else (False,):
                rng = np.random.default_rng(seed)
                place = scenery.somewhere(case.size, case.width_px, rng, edge=edge)
                rgb = scenery.background(kind, case.size, seed)
                roll = rng.uniform(-case.roll_degrees, case.roll_degrees)
                scenery.paste(rgb, heads[seed % len(heads)], place, roll)
                at += 100.0
                hits = []
                for look in range(3):
                    shown = rgb
                    if case.grey is not None:
                        shown = scenery.darkened(rgb, case.grey, case.noise, 10 * seed + look, place)
                    pipeline.look(Frame(shown, at + 1.01 * look))
                    hits.append([_matches(person.landmarks.face, person.width_px, place) for person in pipeline.people])
                results.append((any(hits[0]), any(hits[-1]), sum(not hit for hit in hits[-1])))
    table = np.array(results)
    return Found(float(table[:, 0].mean()), float(table[:, 1].mean()), int(table[:, 2].sum()), len(table))


def _matches(face: np.ndarray[tuple[int, ...], np.dtype[np.float32]], width_px: float, place: scenery.Place) -> bool:
    x, y = ((face[:, :2].min(0) + face[:, :2].max(0)) / 2).tolist()
    return place.matches(x, y, width_px)
