"""A neutral that calibrates itself: what the face of the person in front is like most of the time, while in view.

The median of the last minutes, without looks that are clearly happy, moves in slowly and is subtracted like an own
neutral face. Who looks happy from the first moment on, and still when a smile would be over, looks so at rest: that is
believed until other looks are there. Kept in memory, a track at a time, and gone with the track: nobody is recognised.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.median import median

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

KEEP_SECONDS = 300.0
"""The median is of the looks of this long."""
SAMPLE_SECONDS = 0.4
"""Looks that follow each other more closely show the same face again."""
SPEAKS_SECONDS = 1.0
"""No look speaks for longer than this."""
RENEW_SECONDS = 2.0
"""So often the median is taken anew."""
HALF_SECONDS = 12.0
"""After so much of a face its median counts half, the usual face at rest the other half."""
HALF_CALIBRATED_SECONDS = 120.0
"""Likewise against a neutral look that was given on purpose."""
CLEARLY = 0.5
"""From this probability on a look is no rest, and put aside, …"""
ASIDE = ("happy",)
"""… if it is one of these. A face at rest is often taken for sad, angry or surprised: just that is to be learnt. Nobody
is surprised for so long that the median could become that."""
SMILE_SECONDS = 40.0
"""A smile lasts no longer. Of whom no other looks are known by then, those put aside are the rest after all, …"""
REST_SECONDS = 8.0
"""… until there are so many seconds of others: whoever came in smiling is at rest now."""
FORGET_SECONDS = 60.0
"""Who was not in front for so long is forgotten."""


@dataclass(slots=True)
class _Watched:
    """One track: looks as (seconds, how long each speaks, measures), and the median when taken last.

    `aside` are the looks that are clearly happy; `moved` is a neutral look that was given, and where this median moves
    it, while both hold.
    """

    looks: deque[tuple[float, float, Floats]] = field(default_factory=deque)
    aside: deque[tuple[float, float, Floats]] = field(default_factory=deque)
    sampled_at: float | None = None
    seen_at: float = 0.0
    median: Floats | None = None
    median_at: float = 0.0
    moved: tuple[Floats | None, Floats] | None = None
    seconds: float = 0.0

    def renew(self, at: float) -> None:
        """Takes the median anew, of the looks that are believed to be of a face at rest."""
        seconds, smiling = (sum(each for _, each, _ in looks) for looks in (self.looks, self.aside))
        rest = [look for _, _, look in self.looks]
        if seconds < REST_SECONDS and smiling >= SMILE_SECONDS:
            rest += [look for _, _, look in self.aside]
            seconds += smiling - SMILE_SECONDS
        if not rest:
            return
        self.median_at, self.seconds, self.moved = at, seconds, None
        self.median = median(np.stack(rest))


class SelfCalibration:
    """Watches whoever is in front, for one model."""

    def __init__(self, usual: Floats) -> None:
        """`usual`: the model's mean measures of faces at rest, [k]; as many measures are watched."""
        self._usual = usual
        self._people: dict[int, _Watched] = {}

    def see(self, track: int, at: float, measures: Floats, plain: Callable[[], Mapping[str, float]]) -> None:
        """Takes in a good view of somebody; `plain` says what the model makes of it with nothing subtracted."""
        self._people = {n: who for n, who in self._people.items() if 0 <= at - who.seen_at <= FORGET_SECONDS}
        who = self._people.setdefault(track, _Watched(seen_at=at))
        passed = SAMPLE_SECONDS if who.sampled_at is None else at - who.sampled_at
        who.seen_at = at
        if passed < SAMPLE_SECONDS:
            return
        who.sampled_at = at
        shares = plain()
        clearly = any(shares.get(label, 0.0) >= CLEARLY for label in ASIDE)
        kind = who.aside if clearly else who.looks
        kind.append((at, min(passed, SPEAKS_SECONDS), measures[: len(self._usual)]))
        for looks in (who.looks, who.aside):
            while looks and looks[0][0] < at - KEEP_SECONDS:
                looks.popleft()
        if who.median is None or at - who.median_at >= RENEW_SECONDS:
            who.renew(at)

    def neutral(self, track: int, calibrated: Floats | None = None) -> Floats | None:
        """The face at rest to subtract for somebody, [k]; None: nothing is known yet.

        Args:
            track: who.
            calibrated: their neutral look, given on purpose; what is seen afterwards moves it only slowly.
        """
        who = self._people.get(track)
        if who is None or who.median is None:
            return calibrated
        if who.moved is not None and who.moved[0] is calibrated:
            return who.moved[1]
        start = self._usual.copy()
        if calibrated is not None:  # perhaps taken without the second opinion
            start[: len(calibrated)] = calibrated[: len(start)]
        half_seconds = HALF_SECONDS if calibrated is None else HALF_CALIBRATED_SECONDS
        share = np.float32(who.seconds / (who.seconds + half_seconds))
        moved: Floats = start + share * (who.median - start)
        who.moved = calibrated, moved
        return moved
