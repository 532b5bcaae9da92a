"""Takes some seconds of a neutral look: collects measures until there are enough, or says why there are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.moods.reading import Reading

    Floats = NDArray[np.float32]

LOOK_SECONDS = 5.0
RATE_HZ = 10.0
"""Looks a second meanwhile: a median of some more is steadier."""

MIN_LOOKS = 10
MIN_WEIGHT = 0.5
"""Only good views count (`moods.reading.Quality`)."""


def view(reason: str) -> Reason:
    """What is wrong with a view, for people: `Quality.reason`."""
    return Reason(f"view.{reason.replace(' ', '_')}", text=reason)


class NotCalibrated(Exception):
    """Why a calibration came to nothing, in one line for people."""


class Calibration:
    """One person's neutral look, from now on for LOOK_SECONDS.

    Attributes:
        order: the number of the order that asked for it.
        person: the name given, may be "".
    """

    def __init__(self, order: int, person: str, at: float) -> None:
        self.order, self.person = order, person
        self._until = at + LOOK_SECONDS
        self._looks: dict[int, list[Floats]] = {}
        self._reasons: list[str] = []

    def see(self, reading: Reading, measures: Floats | None) -> None:
        """Takes note of one look."""
        if reading.track is None or measures is None:
            return
        if reading.quality.weight < MIN_WEIGHT:
            self._reasons.append(reading.quality.reason or "")
            return
        self._looks.setdefault(reading.track, []).append(measures)

    def done(self, at: float) -> bool:
        """Whether the time is over."""
        return at >= self._until

    def measures(self) -> list[Floats]:
        """The measures of the good views. Raises NotCalibrated."""
        looks = max(self._looks.values(), key=len, default=[])
        if sum(map(len, self._looks.values())) > 1.25 * len(looks):
            raise NotCalibrated(Reason("calibrated.turns"))
        if len(looks) >= MIN_LOOKS:
            return looks
        if self._reasons:
            worst = max(set(self._reasons), key=self._reasons.count)
            raise NotCalibrated(Reason("calibrated.poor_view", reason=view(worst)))
        if looks:
            raise NotCalibrated(Reason("calibrated.few_looks", count=len(looks), needed=MIN_LOOKS))
        raise NotCalibrated(Reason("calibrated.nobody"))
