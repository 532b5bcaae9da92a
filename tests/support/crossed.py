"""Recordings of a drawn person by one engine, and what a model reads with one; so that the other reads what one made.

Runs in .venv-mediapipe too, where the tests' own tools may not be:

    python -m tests.support.crossed record ENGINE FOLDER        a recording for each mood
    python -m tests.support.crossed read ENGINE MODEL …         prints, per model, the moods it reads in other pictures
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor.actor import Role, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.mood import model
from moodkiosk.sense.pipeline import Pipeline
from moodkiosk.sense.records import recording

if TYPE_CHECKING:
    from moodkiosk.sense.faces.engine import EngineName

MOODS = ("neutral", "happy", "sad", "angry", "surprise")
FRAMES = 16
"""Of each mood."""
LOOKS = random_looks(3)


def frames(mood: str, seed: int) -> Iterator[Frame]:
    """Somebody who shows a mood and is never quite still, five pictures a second."""
    rng = np.random.default_rng((MOODS.index(mood), seed))
    for number in range(FRAMES):
        x, y, px, roll = (float(rng.normal(*each)) for each in ((320, 4), (240, 4), (190, 3), (0, 2)))
        yield Frame(picture([Role(LOOKS, EXPRESSIONS[mood], Pose(x, y, px, roll))]), 100.0 * seed + number / 5)


def record(engine: EngineName, folder: Path) -> None:
    """As collecting does: hands are looked for, and the second opinion asked, in every frame."""
    folder.mkdir(parents=True)
    for mood in MOODS:
        pipeline = Pipeline(SenseSettings(engine=engine), every_look=True)
        samples = []
        for frame in frames(mood, seed=1):
            pipeline.look(frame)
            if pipeline.front is not None:
                samples.append(recording.Sample(frame.at, pipeline.front.landmarks))
        recording.save(recording.Recording(mood, samples, mirrored=False, extractor=EXTRACTOR), folder)


def read(engine: EngineName, file: Path) -> list[str | None]:
    """What a model makes of other pictures of the same person, mood after mood."""
    loaded, found = model.load(file), []
    for mood in MOODS:
        pipeline = Pipeline(SenseSettings(engine=engine), loaded)
        found += [pipeline.look(frame).mood for frame in frames(mood, seed=2)]
    return found


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(sys.argv[2], Path(sys.argv[3]))  # type: ignore[arg-type] # the name of one
    else:
        print(json.dumps([read(sys.argv[2], Path(file)) for file in sys.argv[3:]]))  # type: ignore[arg-type] # as above
