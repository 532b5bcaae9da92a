"""The rule that settled moods before the belief: shares of a window of seconds; to compare the two on the same looks.

    python -m tests.support.shares [--people N] [FILM ...]

Drawn people of weak moods, at rest in between; and films, of which it is said what settled for how long.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter, defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.decide import debounce
from moodkiosk.decide.settings import Settings
from moodkiosk.learn.evaluate import streams
from moodkiosk.moods.frame import Frame
from moodkiosk.moods.reading import AT_REST, Reading
from moodkiosk.sense.actor.actor import MOODS
from moodkiosk.sense.camera import source
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.pipeline import Pipeline
from tests.support.drawn_people import LOOKS_A_SECOND, Setting, drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WINDOW_SECONDS, ENTER_SHARE, EXIT_SHARE = 4.0, 0.6, 0.4
LEAST_CONFIDENCE, REFRACTORY_SECONDS = 0.45, 8.0
"""As they were by default."""

FIRST_PERSON = 4000
"""Nobody drawn here was trained on."""

ROOM = Setting(0.6, 0.8, 2)
REST_SECONDS, MOOD_SECONDS = 8.0, 10.0
FILM_LOOKS = 150

Said = list[str | None]


def by_shares(readings: Iterable[Reading]) -> Said:
    """What had settled after each of the readings of one person."""
    window: deque[tuple[float, float, str | None, float]] = deque()
    mood: str | None = None
    weak_since: float | None = None
    before: float | None = None
    changed_at, said = -REFRACTORY_SECONDS, Said()
    for reading in readings:
        seconds = 0.0 if before is None else min(reading.at - before, WINDOW_SECONDS / 2)
        before = reading.at
        label = reading.mood if reading.confidence >= LEAST_CONFIDENCE else None
        window.append((reading.at, seconds, label, reading.confidence * reading.quality.weight))
        while window[0][0] <= reading.at - WINDOW_SECONDS:
            window.popleft()
        votes: defaultdict[str | None, float] = defaultdict(float)
        for _, spoken, voted, weight in window:
            votes[voted] += spoken * weight
        total, seen = sum(votes.values()), sum(spoken for _, spoken, _, _ in window)
        shares = {voted: weight / total for voted, weight in votes.items()} if total else {}
        weak = mood is not None and shares.get(mood, 0.0) < EXIT_SHARE
        weak_since = (weak_since if weak_since is not None else reading.at) if weak else None
        leader = max(shares, key=shares.__getitem__, default=None)
        led = leader is not None and shares[leader] >= ENTER_SHARE and seen >= WINDOW_SECONDS / 2 - 1e-6
        if reading.at - changed_at >= REFRACTORY_SECONDS:
            if led and leader != mood:
                mood, changed_at = leader, reading.at
            elif weak_since is not None and reading.at - weak_since >= WINDOW_SECONDS / 2:
                mood, changed_at = None, reading.at
        said.append(mood)
    return said


def by_belief(readings: Iterable[Reading]) -> Said:
    """The same by the kiosk's own rule."""
    return [mood for mood, _ in debounce.settled(readings, Settings())]


RULES = {"shares": by_shares, "belief": by_belief}


def looks_at(person: int) -> tuple[list[Reading], list[str]]:
    """What the kiosk sees of a drawn person who shows mood after mood, with rest between; and what was shown."""
    rng = np.random.default_rng(person)
    pipeline = Pipeline(SenseSettings(), models.load(models.STARTER))
    readings: list[Reading] = []
    truth: list[str] = []
    for label in rng.permutation([mood for mood in MOODS if mood != AT_REST]).tolist():
        for shown, seconds in ((AT_REST, REST_SECONDS), (label, MOOD_SECONDS)):
            for _ in range(round(seconds * LOOKS_A_SECOND)):
                at = len(truth) / LOOKS_A_SECOND
                readings.append(pipeline.look(Frame(drawn(person, shown, ROOM, rng), at)))
                truth.append(shown)
    return readings, truth


def stream_of(person: int, readings: Sequence[Reading], truth: Sequence[str], said: Said) -> streams.Stream:
    """As `evaluate.py` judges it."""
    count = len(truth)
    number = {label: index for index, label in enumerate(MOODS)}
    return streams.Stream(
        str(person),
        np.array([reading.at for reading in readings]),
        np.full(count, 1 / LOOKS_A_SECOND),
        np.array([number[label] for label in truth]),
        np.array([-1 if mood is None else number[mood] for mood in said]),
        np.zeros((count, len(MOODS)), np.float32),
        np.ones(count, bool),
    )


def figures_of(found: list[streams.Stream]) -> list[str]:
    """As `evaluate.py` gives them; and how much of what is wrong is a mood that is not rest."""
    rest = MOODS.index(AT_REST)
    bold = [float(((one.settled >= 0) & (one.settled != one.truth) & (one.settled != rest)).mean()) for one in found]
    figures = streams.summary(found, MOODS)
    return [*(f"{name} {figure}" for name, figure in figures.items()), f"wrong, and not rest {np.mean(bold):.3f}"]


def looks_at_film(film: Path) -> list[Reading]:
    """What the kiosk sees of a film, five looks a second, shown forth and back for half a minute."""
    frames = list(source.frames_of_file(film, mirrored=False, rotate=0))
    every = max(1, round(1 / (LOOKS_A_SECOND * (frames[-1].at - frames[0].at) / max(len(frames) - 1, 1))))
    some = [frame.rgb for frame in frames[::every]]
    there_and_back = itertools.cycle(some + some[-2:0:-1])
    pipeline = Pipeline(SenseSettings(), models.load(models.STARTER))
    looks = [pipeline.look(Frame(next(there_and_back), n / LOOKS_A_SECOND)) for n in range(FILM_LOOKS)]
    return [look for look in looks if look.track is not None]


def main() -> None:
    """Prints a line for each rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=6, metavar="N", help="how many are drawn (default 6)")
    parser.add_argument("films", nargs="*", type=Path, metavar="FILM")
    args = parser.parse_args()
    seen = [(person, *looks_at(person)) for person in range(FIRST_PERSON, FIRST_PERSON + args.people)]
    for name, rule in RULES.items() if seen else ():
        found = [stream_of(person, readings, truth, rule(readings)) for person, readings, truth in seen]
        print(f"{args.people} drawn people, {name}: " + "; ".join(figures_of(found)))
    for film in args.films:
        readings = looks_at_film(film)
        for name, rule in RULES.items():
            moods = Counter(mood or "not sure" for mood in rule(readings))
            spent = ", ".join(f"{mood} {count / LOOKS_A_SECOND:.1f} s" for mood, count in moods.most_common())
            print(f"{film.name}, {name}: {spent or 'nobody'}")


if __name__ == "__main__":
    main()
