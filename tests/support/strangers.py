"""Held-out faces put together in time (`starter_streams`), read by the starter: what settles, by one rule or the other.

    python -m tests.support.strangers face_crops.npz [--people N] [--own-rest]

Both rules on the same looks, with and without the neutral face that calibrates itself. With `--own-rest`, instead: a
kiosk that keeps the median of the faces at rest of everybody whom it has seen, and starts from it with a visitor.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.decide import debounce
from moodkiosk.decide.settings import Settings
from moodkiosk.learn.train import starter_faces, starter_streams
from moodkiosk.learn.train.opinion import material
from moodkiosk.learn.train.starter_streams import LOOK_SECONDS
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.model import tempered
from moodkiosk.sense.teach import dense
from tests.support.shares import by_shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from moodkiosk.learn.evaluate.streams import Settle
    from moodkiosk.learn.train.starter_streams import Film
    from moodkiosk.moods.reading import Reading
    from moodkiosk.sense.teach.proof import Figure

    Floats = NDArray[np.float32]
    Said = list[tuple[str | None, Mapping[str, float]]]

KIOSK_PEOPLE = 15
"""So many people come to one kiosk."""

FIRST_SECONDS = 30.0
"""In which a start matters most."""


def belief(readings: Iterable[Reading]) -> Said:
    """The kiosk's own rule."""
    return debounce.settled(readings, Settings())


def shares(readings: Iterable[Reading]) -> Said:
    """The rule before it."""
    return [(mood, {}) for mood in by_shares(readings)]


RULES: dict[str, Settle] = {"shares": shares, "belief": belief}


class Starter:
    """The shipped starter as numbers, and how it reads a film."""

    def __init__(self) -> None:
        manifest = models.load(models.STARTER).manifest
        self.weights = dense.base_of(models.STARTER.read_bytes()).weights
        self.usual = np.array(manifest.neutral_mean, np.float32)
        self._temperature = manifest.temperature

    def reads(self, film: Film, start: Floats | None = None) -> Floats:
        """With the neutral face that calibrates itself; `start`: as in `starter_streams.neutrals`."""
        return tempered(starter_streams.read(self.weights, self.usual, film, start), self._temperature)

    def reads_plain(self, film: Film) -> Floats:
        """With nothing subtracted."""
        return tempered(dense.predict(self.weights, film.x), self._temperature)

    def rest_of(self, film: Film) -> Floats:
        """What it has learnt of a face at rest by the end of a film, [40]."""
        rest: Floats = starter_streams.neutrals(self.weights, self.usual, film)[-1]
        return rest


def line(found: Mapping[str, Figure], plan: str) -> str:
    """The figures of one plan."""
    right, unsure, wrong, false = (
        found[f"{plan}.{name}"] for name in ("right", "not_sure", "wrong", "false_moods_a_minute")
    )
    of_settled = wrong.value / max(right.value + wrong.value, 1e-9)
    shown = " / ".join(f"{part.value:.3f} ({part.low:.2f}-{part.high:.2f})" for part in (right, unsure, wrong))
    return f"{plan}: {shown}, wrong of settled {of_settled:.3f}, false moods a minute {false.value:.2f}"


def compare_rules(starter: Starter, films: list[Film]) -> None:
    """Prints right / not sure / wrong of each rule on each plan."""
    readings = {"nothing subtracted": starter.reads_plain, "calibrates itself": starter.reads}
    for way, reads in readings.items():
        said = [reads(film) for film in films]
        for rule, settle in RULES.items():
            found = starter_streams.judged(films, said, settle)
            for plan in dict.fromkeys(film.plan for film in films):
                print(f"{way}, {rule}: {line(found, plan)}", flush=True)


def compare_starts(starter: Starter, films: list[Film]) -> None:
    """Prints the same of three ways to start with a visitor, for kiosks of people by chance and of people alike."""
    of_mixed = [film for film in films if film.plan == starter_streams.mixed.__name__]
    rests = np.stack([starter.rest_of(film) for film in of_mixed])
    for name, kiosks in {"by chance": by_chance(len(rests)), "alike": alike(rests)}.items():
        for part in (0.0, 0.5, 1.0):
            said = []
            for number, film in enumerate(of_mixed):
                others = [one for one in next(kiosk for kiosk in kiosks if number in kiosk) if one != number]
                everybody = np.median(rests[others], axis=0).astype(np.float32)
                said.append(starter.reads(film, starter.usual + np.float32(part) * (everybody - starter.usual)))
            found = starter_streams.judged(of_mixed, said, belief)
            print(f"kiosks {name}, start {part:.1f} of its own rest: {line(found, 'mixed')}")
            found = starter_streams.judged(*begun(of_mixed, said), belief)
            print(f"    … first {FIRST_SECONDS:.0f} s: {line(found, 'mixed')}", flush=True)


def begun(films: Sequence[Film], said: Sequence[Floats]) -> tuple[list[Film], list[Floats]]:
    """The beginning of each film, and of what was said of it."""
    looks = round(FIRST_SECONDS / LOOK_SECONDS)
    return [replace(film, x=film.x[:looks], truth=film.truth[:looks]) for film in films], [row[:looks] for row in said]


def by_chance(people: int) -> list[list[int]]:
    """Whom each kiosk sees."""
    order = np.random.default_rng(0).permutation(people).tolist()
    return [order[first : first + KIOSK_PEOPLE] for first in range(0, people, KIOSK_PEOPLE)]


def alike(rests: Floats) -> list[list[int]]:
    """The same, of people in the order in which their faces at rest differ most."""
    apart = (rests - rests.mean(0)) / np.maximum(rests.std(0), 1e-6)
    order = np.argsort(apart @ np.linalg.svd(apart, full_matrices=False)[2][0]).tolist()
    return [order[first : first + KIOSK_PEOPLE] for first in range(0, len(order), KIOSK_PEOPLE)]


def main() -> None:
    """Reads the films and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, metavar="FACE_CROPS", help="face_crops.npz")
    parser.add_argument(
        "--people", type=int, default=starter_streams.PEOPLE, metavar="N", help="how many (default 100)"
    )
    parser.add_argument("--own-rest", action="store_true", help="the camera's own rest as a visitor's start")
    args = parser.parse_args()
    films = starter_streams.films(starter_faces.material(material.load_faces(args.faces)), args.people)
    (compare_starts if args.own_rest else compare_rules)(Starter(), films)


if __name__ == "__main__":
    main()
