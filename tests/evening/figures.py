"""What was heard, in figures, and what they must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from tests.evening.speaker import Heard


@dataclass
class Figures:
    """Of one household.

    Attributes:
        seed, hours: which, and how long.
        present_seconds: somebody was in front of the kiosk.
        happened: how often somebody did something with the music, or something happened to it.
        starts, asked, cuts: of music; see `Heard`.
        requests: to the Web API, renewals of the sign-in included.
        loudest_over, over_seconds: by how many percent at most, and for how long, our music was over the cap.
        silent_seconds: a mood with music held, no gate was shut, and nothing played.
        against, surprises: see `Heard`.
    """

    seed: int
    hours: float
    present_seconds: float = 0.0
    happened: int = 0
    starts: int = 0
    asked: int = 0
    cuts: int = 0
    requests: int = 0
    loudest_over: int = 0
    over_seconds: float = 0.0
    silent_seconds: float = 0.0
    against: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    def take(self, heard: Heard, requests: int) -> None:
        """The end."""
        self.starts, self.asked, self.cuts, self.requests = heard.starts, heard.asked, heard.cuts, requests
        self.against, self.surprises = heard.against, heard.surprises

    @property
    def days(self) -> float:
        """How many days they were."""
        return self.hours / 24


COLUMNS = (
    "seed", "in front, h", "happened", "starts", "asked",
    "cuts", "requests", "over cap, s", "silent, s", "against", "surprises",
)  # fmt: skip


def row(one: Figures) -> list[str]:
    """A household as a line of the table."""
    return [
        str(one.seed), f"{one.present_seconds / 3600:.1f}", str(one.happened), str(one.starts), str(one.asked),
        str(one.cuts), str(one.requests), f"{one.over_seconds:.0f}", f"{one.silent_seconds:.0f}",
        str(len(one.against)), str(len(one.surprises)),
    ]  # fmt: skip


def bars(all_of_them: Sequence[Figures]) -> list[tuple[str, float, float]]:
    """What is promised: in words, what was measured, and the most that it may be."""
    hours = sum(one.present_seconds for one in all_of_them) / 3600
    return [
        ("cuts of our own music an hour of presence", sum(one.cuts for one in all_of_them) / max(hours, 1e-9), 1.0),
        ("percent over the cap at the loudest moment", float(max(one.loudest_over for one in all_of_them)), 0.0),
        ("starts against what somebody chose", float(sum(len(one.against) for one in all_of_them)), 0.0),
        ("requests a day", fmean(one.requests / one.days for one in all_of_them), 100.0),
        (
            "minutes a day of silence that nobody wanted",
            fmean(one.silent_seconds / 60 / one.days for one in all_of_them),
            1.0,
        ),
    ]
