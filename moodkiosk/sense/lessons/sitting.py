"""A sitting in front of the kiosk: one person shows mood after mood, some seconds each, without touching anything.

Pure: fed by looks and by times, in any order and any repetition. Nothing of it is written before all of it is complete.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.calibration import MIN_WEIGHT
from moodkiosk.sense.records.recording import Sample
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Landmarks
    from moodkiosk.moods.reading import Reading

    Floats = NDArray[np.float32]

Phase = Literal["waiting", "countdown", "recording", "complete", "over"]

COUNTDOWN_SECONDS = 3.0
READY_SECONDS = 0.8
"""Somebody has to be seen for so long before the countdown begins; also the time to read what comes next."""
PATIENCE_SECONDS = 60.0
"""With nobody in front, alone and well seen, for so long, the sitting is over."""
TRIES = 4
"""So many times a mood is begun before the sitting is given up."""
MIN_LOOKS = 8
"""A take has at least so many good looks; five a mood already teach."""
LONGEST = 4.0
"""On a processor that looks seldom a take goes on for up to so many times its length."""
FRESH_SECONDS = 2.0
"""Longer ago than this is not now."""
MOST_LOOKS = 400
"""A take holds no more than these, about 2 MB."""
ALONE = 0.8
"""Share of a take's good looks that must be of one person."""

SEEN, NOBODY, TWO, NO_PICTURE = "seen", "nobody", "two people", "no picture"
"""What is said of the view, beside the reasons of `moods.reading.Quality`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be shown.

    Attributes:
        labels: in this order; the face at rest first.
        person: who it is, or "".
        seconds: how long a mood is looked at.
    """

    labels: tuple[str, ...]
    person: str = ""
    seconds: float = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The good looks at one mood.

    Attributes:
        samples: at least MIN_LOOKS, of one person and one picture size.
        measures: of each, float32 [k], by the schema of the model in use.
    """

    label: str
    samples: tuple[Sample, ...]
    measures: tuple[Floats, ...]


class Sitting:
    """The course of a sitting.

    Attributes:
        phase: "waiting" (for somebody to be seen well), "countdown", "recording", "complete" or "over" (left, with
            nothing to keep).
        view: what is seen now: SEEN, NOBODY, TWO, NO_PICTURE, or a reason of `moods.reading.Quality`.
        news: what happened last, in one line for people, or "".
        takes: what is complete, by label.
    """

    def __init__(self, plan: Plan, at: float) -> None:
        self.plan = plan
        self.phase: Phase = "waiting"
        self.view = NO_PICTURE
        self.news = ""
        self.takes: dict[str, Shown] = {}
        self._began_at = self._missing_since = at
        self._viewed_at = -math.inf
        self._ready_since: float | None = None
        self._tried: Counter[str] = Counter()
        self._looks: list[tuple[int, Sample, Floats]] = []

    @property
    def label(self) -> str | None:
        """The mood under way, or else the next one; None after the last."""
        return next((label for label in self.plan.labels if label not in self.takes), None)

    @property
    def watching(self) -> bool:
        """Whether somebody is looked at."""
        return self.phase in ("waiting", "countdown", "recording")

    @property
    def number(self) -> int:
        """Which mood it is, from 1."""
        return self.plan.labels.index(self.label) + 1 if self.label else len(self.plan.labels)

    @property
    def seconds(self) -> float:
        """How long the phase lasts; 0 where that is not known."""
        return {"countdown": COUNTDOWN_SECONDS, "recording": self.plan.seconds}.get(self.phase, 0.0)

    def seconds_left(self, at: float) -> float:
        """Until the phase ends by itself; 0 where that is not known."""
        return max(0.0, min(self.seconds, self._began_at + self.seconds - at))

    def hint(self, at: float) -> str:
        """What to do now, "show", "move", "vary", "relax" or "": variety is what makes a model work elsewhere."""
        if self.phase != "recording":
            return ""
        done = 1 - self.seconds_left(at) / self.plan.seconds
        if self.label == AT_REST:
            return "relax" if done < 0.4 or done >= 0.8 else "move"
        return "show" if done < 0.3 else "move" if done < 0.65 else "vary"

    def see(self, reading: Reading, landmarks: Landmarks | None, measures: Floats | None) -> None:
        """Takes in one look at whoever is in front."""
        self.view, self._viewed_at = view_of(reading), reading.at
        if self.view != SEEN or landmarks is None or measures is None or reading.track is None:
            return
        if self.phase == "recording" and len(self._looks) < MOST_LOOKS:
            self._looks.append((reading.track, Sample(reading.at, landmarks), measures))

    def step(self, at: float) -> None:
        """Goes on to what is due at this time."""
        if abs(at - self._viewed_at) > FRESH_SECONDS:
            self.view = NO_PICTURE
        if self.phase == "waiting":
            self._wait(at)
        elif self.phase == "countdown" and passed(self._began_at, at, COUNTDOWN_SECONDS):
            self._looks = []
            self._enter("recording", at)
        elif self.phase == "recording" and passed(self._began_at, at, self.plan.seconds):
            self._end_take(at)

    def again(self, label: str, at: float) -> None:
        """Drops the take of a mood of a complete sitting, to be shown once more. Raises ValueError."""
        if self.phase != "complete" or label not in self.takes:
            raise ValueError(f"{label!r} has not been shown yet")
        del self.takes[label]
        self._tried.clear()
        self.news = ""
        self._rest(at)

    def stop(self, reason: str) -> None:
        """Ends the sitting; everything seen is forgotten."""
        self.phase, self.news = "over", reason
        self.takes, self._looks = {}, []

    def _wait(self, at: float) -> None:
        if self.view != SEEN:
            self._ready_since = None
            self._missing_since = min(self._missing_since, at)
            if at - self._missing_since >= PATIENCE_SECONDS:
                self.stop(self._given_up())
        elif self._ready_since is None:
            self._ready_since = at
        elif passed(self._ready_since, at, READY_SECONDS):
            self._enter("countdown", at)

    def _given_up(self) -> Reason:
        view = Reason(f"view.{self.view.replace(' ', '_')}", text=self.view)
        unseen = Reason("taught.unseen", seconds=round(PATIENCE_SECONDS), view=view)
        return Reason("taught.nothing_kept", why=unseen)

    def _end_take(self, at: float) -> None:
        label = self.label
        assert label is not None
        late = passed(self._began_at, at, LONGEST * self.plan.seconds)
        if self.view == SEEN and len(self._looks) < MIN_LOOKS and not late:
            return  # a slow processor: some more
        wrong = self._wrong()
        if wrong is None:
            self.takes[label] = self._take(label)
            self.news = ""
        else:
            self._tried[label] += 1
            self.news = wrong
        self._looks = []
        if self._tried[label] >= TRIES:
            self.stop(Reason("taught.nothing_kept", why=wrong or ""))
        elif self.label is None:
            self._enter("complete", at)
        else:
            self._rest(at)

    def _wrong(self) -> str | None:
        """Why the looks of a take are not enough, or None."""
        alone = self._of_one()
        if len(self._looks) > len(alone) / ALONE:
            return Reason("taught.turns")
        if len(alone) < MIN_LOOKS:
            return Reason("taught.few_looks", count=len(alone), needed=MIN_LOOKS)
        return None

    def _of_one(self) -> list[tuple[int, Sample, Floats]]:
        """The looks at whoever was in front most, in the picture size that was had most."""
        kinds = Counter((track, sample.landmarks.size, len(measures)) for track, sample, measures in self._looks)
        if not kinds:
            return []
        most = max(kinds, key=kinds.__getitem__)
        return [
            (track, sample, measures)
            for track, sample, measures in self._looks
            if (track, sample.landmarks.size, len(measures)) == most
        ]

    def _take(self, label: str) -> Shown:
        alone = self._of_one()
        return Shown(label, tuple(sample for _, sample, _ in alone), tuple(measures for _, _, measures in alone))

    def _rest(self, at: float) -> None:
        """Before a mood: somebody has to be seen, and has time to hear which it is."""
        self._ready_since = None
        self._missing_since = at
        self._enter("waiting", at)

    def _enter(self, phase: Phase, at: float) -> None:
        self.phase, self._began_at = phase, at


def passed(since: float, at: float, seconds: float) -> bool:
    """Whether so many seconds are over; also after a time that lies before the first."""
    return not 0 <= at - since < seconds


def view_of(reading: Reading) -> str:
    """What a reading says of the view, for the person in front."""
    if reading.faces > 1:
        return TWO
    if reading.track is None or not reading.faces:
        return NOBODY if reading.quality.reason in (None, "no face") else reading.quality.reason
    if reading.quality.weight < MIN_WEIGHT:
        return reading.quality.reason or NOBODY
    return SEEN
