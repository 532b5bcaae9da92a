"""The pictures of the play as the booth shows them, with the points that are found in the faces if somebody likes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import cv2

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image
    from moodkiosk.sense.actor.cues import Play

SIZE = (480, 360)
"""Width and height in pixels."""
PICTURE_SECONDS = 0.12
LEAST_PAUSE_SECONDS = 0.02
QUALITY_PERCENT = 85
POINT_COLOUR, POINT_PX = (120, 255, 160), 1


def pictures(play: Callable[[], Play], *, points: bool) -> Iterator[bytes]:
    """JPEGs of the play, one after another at the pace at which they are to be shown; `points`: with those found.

    The points come from the same finder that the half that sees has, looking at these pictures here.
    """
    mark = _marker() if points else lambda _rgb, _at: None
    while True:
        at = time.monotonic()
        rgb = play().picture_at(at, SIZE)
        mark(rgb, at)
        _, found = cv2.imencode(
            ".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY_PERCENT]
        )
        yield found.tobytes()
        time.sleep(max(LEAST_PAUSE_SECONDS, at + PICTURE_SECONDS - time.monotonic()))


def _marker() -> Callable[[Image, float], None]:
    """Draws the points of everybody in a picture into it."""
    from moodkiosk.sense.pipeline import Pipeline  # loads the networks: only for those who want to see it

    pipeline = Pipeline(SenseSettings())

    def mark(rgb: Image, at: float) -> None:
        pipeline.look(Frame(rgb, at))
        for person in pipeline.people:
            for x, y, _ in person.landmarks.face:
                cv2.circle(rgb, (round(float(x)), round(float(y))), POINT_PX, POINT_COLOUR, cv2.FILLED)

    return mark
