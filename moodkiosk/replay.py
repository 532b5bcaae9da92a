"""`moodkiosk replay FILE`: everything offline, in the file's own time. Two runs print the same bytes."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from moodkiosk import config
from moodkiosk.act.say import Teller
from moodkiosk.cli import UsageError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""A file has no time of day: its first frame is taken to be at noon, so that quiet hours do not depend on today."""


def main(args: argparse.Namespace) -> int:
    """Prints the readings (with --json), events and decisions that the file leads to."""
    settings = config.load(args.config, secrets=False)
    from moodkiosk.sense import camera, eyes, model

    try:
        mood_model = model.load(args.model or model.resolve(settings))
    except model.BadModel as error:
        raise UsageError(str(error)) from None
    frames = camera.frames_of_file(args.file)
    sight = eyes.Eyes(settings.sense, mood_model)
    readings = (sight.look(frame) for frame in paced(frames, settings.sense.active_rate_hz))
    teller = Teller(lambda: NOON, as_json=args.json, stamp=False)
    total = camera.seconds_of_file(args.file)
    for reading in with_progress(readings, total) if sys.stderr.isatty() else readings:
        pass
    return 0
