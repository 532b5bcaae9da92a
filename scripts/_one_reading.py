"""Reads the drawn actor's five moods with everything real but the camera; run by scripts/test-arm64 on the target."""

from __future__ import annotations

import platform
import sys

from moodkiosk.config.load import load
from moodkiosk.sense.actor.actor import MOODS, Scene
from moodkiosk.sense.mood.model import STARTER
from moodkiosk.sense.mood.model import load as load_model
from moodkiosk.sense.pipeline import Pipeline


def main() -> int:
    from moodkiosk.moods.frame import Frame

    settings, model, scene = load(None), load_model(STARTER), Scene()
    wrong = 0
    for index, mood in enumerate(MOODS):
        pipeline = Pipeline(settings.sense, model)
        at = scene.empty_seconds + 1.0 + (index + 0.5) * scene.mood_seconds
        reading = pipeline.look(Frame(scene.picture_at(at), at))
        wrong += reading.mood != mood or reading.faces != 1
        print(
            f"{platform.machine()}: shown {mood}, read {reading.mood} ({reading.confidence:.2f}), {reading.faces} face"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
