"""Drawn people who speak, chew or cry, seen by the kiosk's own pipeline: which moods settle, and for how long.

    python -m tests.support.mouths [--people N]

At rest first, so that the neutral face that calibrates itself has begun. Drawings are not people: a drawn jaw has no
cheeks. What it shows is that a mouth that moves alone is no mood.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.decide import debounce
from moodkiosk.decide.settings import Settings
from moodkiosk.moods.frame import Frame
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.actor.actor import Role, head_px, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, Expression, random_looks
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.pipeline import Pipeline
from tests.support.drawn_people import LOOKS_A_SECOND, SIZE

if TYPE_CHECKING:
    from moodkiosk.moods.reading import Reading

REST, SAD = EXPRESSIONS[AT_REST], EXPRESSIONS["sad"]
REST_SECONDS, SECONDS = 8.0, 15.0
FIRST_PERSON = 5000
"""Nobody drawn here was trained on."""


def speaking(at: float, rng: np.random.Generator) -> Expression:
    """Four to five syllables a second, with a pause of half a second every three; lips that spread and round."""
    if at % 3 > 2.5:
        return REST
    opened = 0.06 * rng.uniform(0.3, 1) * abs(np.sin(2 * np.pi * 2.25 * at))
    return replace(REST, mouth_open=REST.mouth_open + opened, mouth_width=rng.uniform(-0.15, 0.15))


def chewing(at: float, rng: np.random.Generator) -> Expression:
    """A little more than once a second, with lips that are closed or nearly so."""
    turn = np.sin(2 * np.pi * 1.3 * at)
    wide = 0.08 * turn + rng.normal(0, 0.02)
    return replace(REST, mouth_open=REST.mouth_open + 0.012 * max(0.0, turn), mouth_width=wide, lips=-0.1 * turn)


def crying(at: float, rng: np.random.Generator) -> Expression:
    """A sad face with eyes squeezed to slits and the mouth drawn wide, open by sobs."""
    sob = abs(np.sin(2 * np.pi * 0.8 * at))
    drawn = 0.2 + rng.normal(0, 0.03)
    return replace(SAD, eyes=-0.7, mouth_width=drawn, mouth_open=0.05 * sob)


KINDS: dict[str, Callable[[float, np.random.Generator], Expression]] = {
    "speaking": speaking,
    "chewing": chewing,
    "crying": crying,
}


def settled(person: int, kind: str) -> list[str | None]:
    """The mood that had settled at each look, five a second, from when the mouth began to move."""
    rng = np.random.default_rng((person, list(KINDS).index(kind)))
    pipeline = Pipeline(SenseSettings(), models.load(models.STARTER))
    readings: list[Reading] = []
    for number in range(round((REST_SECONDS + SECONDS) * LOOKS_A_SECOND)):
        at = number / LOOKS_A_SECOND
        shown = REST if at < REST_SECONDS else KINDS[kind](at, rng)
        pose = Pose(
            x_px=SIZE[0] * rng.normal(0.5, 0.01),
            y_px=SIZE[1] * rng.normal(0.45, 0.01),
            head_px=head_px(0.6, SIZE[0]),
            roll_degrees=rng.normal(0, 2),
            yaw_degrees=rng.normal(0, 3),
            pitch_degrees=rng.normal(0, 2),
        )
        rgb = picture([Role(random_looks(person), shown, pose)], SIZE, 0.8)
        noisy = np.clip(rgb + rng.normal(0, 3, rgb.shape), 0, 255).astype(np.uint8)
        readings.append(pipeline.look(Frame(noisy, at)))
    moods = [mood for mood, _ in debounce.settled(readings, Settings())]
    return moods[round(REST_SECONDS * LOOKS_A_SECOND) :]


def main() -> None:
    """Prints a line for each kind: the share of time of each mood that settled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=6, metavar="N", help="how many are drawn (default 6)")
    people = range(FIRST_PERSON, FIRST_PERSON + parser.parse_args().people)
    for kind in KINDS:
        of_person = [Counter(mood or "not sure" for mood in settled(person, kind)) for person in people]
        moods = sum(of_person, Counter[str]())
        shares = ", ".join(f"{mood} {count / moods.total():.2f}" for mood, count in moods.most_common())
        print(f"{len(of_person)} drawn people, {kind}: {shares}", flush=True)


if __name__ == "__main__":
    main()
