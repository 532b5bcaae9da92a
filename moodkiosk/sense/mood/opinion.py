"""The second opinion: a small network that looks at the pixels of a face, not at its landmarks.

It says what the face shows, whether it is a person's, and whether the mouth is covered. Pixels are looked at in memory;
nothing of them leaves this module but nine numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.faces.landmarks import enlightened
from moodkiosk.sense.interpreter import Network
from moodkiosk.sense.mood.crop import FLAT_GREY, SIZE_PX, aligned
from moodkiosk.sense.mood.measures import OPINION_MOODS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image
    from moodkiosk.sense.faces.landmarks import Face

    Floats = NDArray[np.float32]

NETWORK = Path(__file__).parent.parent.parent / "models" / "opinion.tflite"
ANSWERS = (*OPINION_MOODS, "animal", "mouth covered")
"""Names of the nine numbers: log-probabilities of the moods, each as usual as the others, then two log-odds."""
ANIMAL, COVERED = len(OPINION_MOODS), len(OPINION_MOODS) + 1

ANIMAL_LOG_ODDS = -1.5
"""From here on, on average over its looks, a face is an animal's: on held-out pictures no person in a thousand, 99 % of
dogs and 90 % of cats (docs in models/opinion.md)."""
COVERED_LOG_ODDS = 3.5
"""From here on a mouth is covered: 2 in a thousand held-out people, 94 % of masks."""
MEMORY_SECONDS = 1.0
"""Time constant of the averages."""


class SecondOpinion:
    """Looks at faces. Not for use by several threads at once."""

    def __init__(self, network: Path = NETWORK) -> None:
        """Loads the network. Raises ValueError and OSError."""
        self._network = Network(network)

    def of(self, rgb: Image, face: Face) -> Floats:
        """The nine numbers of `ANSWERS` for a face in a picture [h, w, 3]; where it is dark, of the brightened one."""
        left, top, part = enlightened(rgb, face.region)
        if part is None:
            return self.of_crop(aligned(rgb, face.points))
        return self.of_crop(aligned(part, face.points - np.array((left, top, 0), np.float32)))

    def of_crop(self, crop: NDArray[np.uint8]) -> Floats:
        """The nine numbers for an aligned grey crop, uint8 [64, 64]."""
        import cv2

        (mean,), (deviation,) = (value[0].tolist() for value in cv2.meanStdDev(crop))
        # `standardised` of one crop, straight into the network.
        shown, scale = self._network.input.reshape(SIZE_PX, SIZE_PX), 1 / (deviation + FLAT_GREY)
        np.multiply(crop, np.float32(scale), out=shown)
        shown -= np.float32(mean * scale)
        del shown  # nothing may hold it while the network runs
        self._network.run()
        return answers(self._network.output(0)[0])


def answers(raw: Floats) -> Floats:
    """What the network's last layer says [..., 9], with the moods' part as log-probabilities."""
    said = np.asarray(raw, np.float32).copy()
    moods = said[..., :ANIMAL]
    highest = moods.max(-1, keepdims=True)
    moods -= highest + np.log(np.exp(moods - highest).sum(-1, keepdims=True))
    return said


@dataclass(slots=True)
class _Impression:
    """Of one track: averages of two log-odds, and when it was looked at last."""

    at: float
    animal: float
    covered: float


class Impressions:
    """What is thought of everybody in view, over some looks: one that slips counts little."""

    def __init__(self) -> None:
        self._of: dict[int, _Impression] = {}

    def see(self, track: int, at: float, said: Floats) -> None:
        """Takes in one look."""
        animal, covered = float(said[ANIMAL]), float(said[COVERED])
        before = self._of.get(track)
        if before is None or at < before.at:
            self._of[track] = _Impression(at, animal, covered)
            return
        share = 1 - math.exp(-(at - before.at) / MEMORY_SECONDS)
        before.animal += share * (animal - before.animal)
        before.covered += share * (covered - before.covered)
        before.at = at

    def keep(self, tracks: Iterable[int]) -> None:
        """Forgets all others."""
        wanted = set(tracks)
        self._of = {track: impression for track, impression in self._of.items() if track in wanted}

    def animal(self, track: int) -> bool:
        """Whether it is no person."""
        return track in self._of and self._of[track].animal >= ANIMAL_LOG_ODDS

    def covered(self, track: int) -> bool:
        """Whether the mouth is covered."""
        return track in self._of and self._of[track].covered >= COVERED_LOG_ODDS
