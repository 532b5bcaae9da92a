"""A sitting before the kiosk, by hand: looks and times go in, whole takes come out, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.sense.lessons.sitting import (
    COUNTDOWN_SECONDS,
    LONGEST,
    MIN_LOOKS,
    NO_PICTURE,
    NOBODY,
    PATIENCE_SECONDS,
    SEEN,
    TRIES,
    TWO,
    Plan,
    Sitting,
)
from tests.support.faces import landmarks
from tests.support.times import ANY_TIME

GOOD = Quality(1.0, None, 100, 100)
DARK = Quality(0.1, "too dark", 100, 9)
FACE, MEASURES = landmarks(), np.zeros(31, np.float32)
PLAN = Plan(("neutral", "happy", "sad", "angry", "surprise"))


class Kiosk:
    """A sitting, looked at `hz` times a second."""

    def __init__(self, plan: Plan = PLAN, hz: float = 10.0) -> None:
        self.at, self.step_seconds = 100.0, 1 / hz
        self.sitting = Sitting(plan, self.at)
        self.phases: list[str] = []

    def look(self, *, faces: int = 1, track: int | None = 1, quality: Quality = GOOD) -> None:
        """One look."""
        self.at += self.step_seconds
        self.sitting.see(Reading(self.at, faces, track, quality=quality), FACE, MEASURES)
        self.sitting.step(self.at)
        self.phases.append(self.sitting.phase)

    def until(self, phase: str, most_seconds: float = 300.0, **seen: object) -> None:
        """Looks until the phase is there."""
        ends = self.at + most_seconds
        while self.sitting.phase != phase:
            assert self.at < ends, f"{phase} never came: {self.sitting.phase}, {self.sitting.news}"
            self.look(**seen)  # type: ignore[arg-type]


def test_five_moods_take_less_than_a_minute_and_every_take_is_full_of_good_looks() -> None:
    kiosk = Kiosk()
    kiosk.until("complete", 60 - 1)
    takes = kiosk.sitting.takes
    assert list(takes) == list(PLAN.labels)
    assert all(45 <= len(take.samples) == len(take.measures) <= 55 for take in takes.values())


def test_the_countdown_waits_for_somebody_who_is_alone_and_well_seen() -> None:
    kiosk = Kiosk()
    for seen, said in (
        ({"faces": 0, "track": None, "quality": Quality()}, NOBODY),
        ({"faces": 2}, TWO),
        ({"quality": DARK}, "too dark"),
        ({"quality": Quality(0.3, "turned away", 100, 90)}, "turned away"),
    ):
        for _ in range(20):
            kiosk.look(**seen)
        assert (kiosk.sitting.phase, kiosk.sitting.view) == ("waiting", said)
    kiosk.until("countdown", 2)
    began = kiosk.at
    kiosk.until("recording", 5)
    assert kiosk.at - began == pytest.approx(COUNTDOWN_SECONDS, abs=0.11)


def test_somebody_who_walks_in_spoils_the_take_and_it_is_shown_again() -> None:
    kiosk = Kiosk()
    kiosk.until("recording")
    kiosk.until("waiting", faces=2)
    assert "good look" in kiosk.sitting.news
    assert (kiosk.sitting.label, kiosk.sitting.takes) == ("neutral", {})
    kiosk.until("recording")
    for _ in range(25):
        kiosk.look(track=1)
    kiosk.until("waiting", track=2)  # another takes the place
    assert kiosk.sitting.news == "several people took turns in front"
    kiosk.until("complete")
    assert all(len({id(sample) for sample in take.samples}) >= MIN_LOOKS for take in kiosk.sitting.takes.values())


def test_who_cannot_be_seen_again_and_again_or_has_gone_ends_it_with_nothing_kept() -> None:
    kiosk = Kiosk()
    for _ in range(TRIES):
        kiosk.until("recording")
        while kiosk.sitting.phase == "recording":
            kiosk.look(quality=DARK)
    assert (kiosk.sitting.phase, kiosk.sitting.takes) == ("over", {})
    gone = Kiosk()
    gone.until("over", PATIENCE_SECONDS + 1, faces=0, track=None, quality=Quality())
    assert NOBODY in gone.sitting.news


def test_a_slow_processor_is_waited_for_but_not_for_ever() -> None:
    slow = Kiosk(Plan(("neutral", "happy")), hz=1)
    slow.until("complete", 60)
    assert all(len(take.samples) >= MIN_LOOKS for take in slow.sitting.takes.values())
    stuck = Kiosk(hz=0.45)
    stuck.until("recording", most_seconds=60)
    began = stuck.at
    while stuck.sitting.phase == "recording":
        stuck.look()
    assert stuck.at - began <= (LONGEST + 1) * PLAN.seconds


def test_one_mood_of_a_complete_sitting_can_be_shown_again() -> None:
    kiosk = Kiosk(Plan(("neutral", "happy")))
    with pytest.raises(ValueError, match="not been shown"):
        kiosk.sitting.again("happy", kiosk.at)
    kiosk.until("complete")
    first = kiosk.sitting.takes["happy"]
    kiosk.sitting.again("happy", kiosk.at)
    assert (kiosk.sitting.phase, kiosk.sitting.label) == ("waiting", "happy")
    kiosk.until("complete")
    assert kiosk.sitting.takes["happy"] is not first


def test_every_mood_is_asked_for_in_several_ways() -> None:
    kiosk, hints = Kiosk(Plan(("neutral", "happy"))), {"neutral": [], "happy": []}  # type: ignore[var-annotated]
    while kiosk.sitting.phase != "complete":
        kiosk.look()
        if (hint := kiosk.sitting.hint(kiosk.at)) and kiosk.sitting.label and hint not in hints[kiosk.sitting.label]:
            hints[kiosk.sitting.label].append(hint)
    assert hints == {"neutral": ["relax", "move"], "happy": ["show", "move", "vary"]}


@given(st.lists(st.tuples(ANY_TIME, st.integers(0, 2), st.booleans()), max_size=40), ANY_TIME)
def test_any_order_of_times_ends_nothing_and_blinds_nothing_for_good(
    looks: list[tuple[float, int, bool]], later: float
) -> None:
    kiosk = Kiosk(Plan(("neutral", "happy")))
    for at, faces, good in looks:
        kiosk.sitting.see(Reading(at, faces, 1 if faces else None, quality=GOOD if good else DARK), FACE, MEASURES)
        kiosk.sitting.step(at)
        assert kiosk.sitting.view in (SEEN, NOBODY, TWO, NO_PICTURE, "too dark")
        assert 0 <= kiosk.sitting.seconds_left(at) <= kiosk.sitting.seconds
    if kiosk.sitting.phase == "over":
        return
    kiosk.at = later if abs(later) < 1e6 else 0.0
    kiosk.until("complete")
