"""One take: the samples of one recording while it is made, counted, and what there is to say about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.data.summary import ENOUGH, hardly_differ, looks_like, summary_of
from moodkiosk.moods.frame import Landmarks
from moodkiosk.moods.reading import Quality
from moodkiosk.sense.records.recording import Sample
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.learn.data.summary import Floats

MIN_SAMPLES = 10
"""A take with fewer samples is not kept."""

MANY = 0.3
"""Share of the looks from which something is worth a warning."""

STILL_SECONDS = 1.0
"""A sample is still if it hardly differs from the one so long before."""

ADVICE = {
    "no face": Reason("collect.no_face"),
    "too dark": Reason("collect.too_dark"),
    "too bright": Reason("collect.too_bright"),
    "too far": Reason("collect.too_far"),
    "too blurred": Reason("collect.too_blurred"),
    "mouth covered": Reason("collect.mouth_covered"),
    "upside down": Reason("collect.upside_down"),
    "turned away": Reason("collect.turned_away"),
}
"""What quality may find wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at the person in front.

    Attributes:
        at: monotonic seconds of the frame.
        people: how many are in view.
        landmarks: of the one in front, with hands; None without a face.
        quality: how good the view is.
        size: (width, height) of the frame in pixels.
    """

    at: float
    people: int
    landmarks: Landmarks | None
    quality: Quality
    size: tuple[int, int]


class Take:
    """The samples of one recording.

    Attributes:
        samples: those with a face.
        looks: how many frames were looked at.
        troubles: what was wrong with the view, counted by name.
        crowded: frames with more than one person.
        hands: samples with at least one hand.
        still: samples that hardly differ from the one a second before.
    """

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.looks = self.crowded = self.hands = self.still = 0
        self.troubles = dict.fromkeys(ADVICE, 0)
        self._traits: list[Floats] = []

    def add(self, sight: Sight) -> None:
        """Takes a look into account."""
        self.looks += 1
        self.crowded += sight.people > 1
        if sight.quality.reason in self.troubles:
            self.troubles[sight.quality.reason] += 1
        if sight.landmarks is None or (self.samples and sight.size != self.samples[0].landmarks.size):
            return
        self.hands += sight.landmarks.left_hand is not None or sight.landmarks.right_hand is not None
        self.samples.append(Sample(sight.at, sight.landmarks))
        self._traits.append(summary_of([sight.landmarks])[0])
        self.still += self._stood_still(sight.at)

    @property
    def summary(self) -> Floats:
        """What the samples look like; see `summary.summary_of`."""
        return np.stack(self._traits) if self._traits else summary_of([])

    @property
    def enough(self) -> bool:
        """Whether there is anything worth keeping."""
        return len(self.samples) >= MIN_SAMPLES

    def warnings(self, others: Mapping[str, Floats]) -> list[str]:
        """What is wrong so far and what to do about it; `others`: summary of what was recorded before, by label."""
        many = MANY * max(self.looks, MIN_SAMPLES)
        said: list[str] = [ADVICE[name] for name, count in self.troubles.items() if count > many]
        if self.crowded > many:
            said.append(Reason("collect.crowded"))
        if len(self.samples) >= ENOUGH:
            if hardly_differ(self.summary):
                said.append(Reason("collect.alike"))
            if label := looks_like(self.summary, others):
                said.append(Reason("collect.looks_like", label=label))
        return said

    def _stood_still(self, at: float) -> bool:
        index = len(self.samples) - 1
        while index >= 0 and at - self.samples[index].at < STILL_SECONDS:
            index -= 1
        return index >= 0 and hardly_differ(np.stack([self._traits[index], self._traits[-1]]))
