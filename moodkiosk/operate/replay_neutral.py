"""Whose face at rest a replay subtracts: of somebody who calibrated, of a recording, or of the start of a film."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.failure import UsageError
from moodkiosk.host import paths
from moodkiosk.operate.paced import paced

if TYPE_CHECKING:
    from moodkiosk.config.settings import Config
    from moodkiosk.sense.mood.model import MoodModel
    from moodkiosk.sense.mood.neutral import OwnNeutral

AUTO = "auto"
"""Instead of a file: the film that is replayed begins with the neutral look."""


def of_person(name: str, settings: Config) -> OwnNeutral:
    """The neutral face of somebody who has calibrated. Raises UsageError."""
    from moodkiosk.sense.mood.neutral import Neutrals

    neutrals = Neutrals(paths.state_dir(settings.paths, "sense"))
    own = neutrals.of(name)
    if own is None:
        known = ", ".join(neutrals.people) or "nobody yet"
        raise UsageError(f"no neutral face of {name!r} is known; known: {known} (see 'moodkiosk calibrate')")
    return own


def given(what: str, film: Path, model: MoodModel, settings: Config, rotate: int) -> OwnNeutral:
    """The neutral face that `--neutral` names.

    Args:
        what: "auto", a recording (.npz) or a film.
        film: what is replayed.
        model: what reads it.
        settings: of the kiosk.
        rotate: degrees clockwise by which films are turned.

    Raises:
        UsageError: there is none in it, in one line.
    """
    if what == AUTO:
        return _of_film(film, model, settings, rotate)
    path = Path(what)
    return (
        _of_recording(path, model)
        if path.suffix == ".npz" or path.is_dir()
        else _of_film(path, model, settings, rotate)
    )


def _of_recording(path: Path, model: MoodModel) -> OwnNeutral:
    """The median of somebody's samples at rest."""
    from moodkiosk.learn.data import dataset
    from moodkiosk.learn.data.samples import people, vectors
    from moodkiosk.moods import AT_REST
    from moodkiosk.sense.mood.neutral import OwnNeutral
    from moodkiosk.sense.teach.recipe import own_neutrals

    data = dataset.load([path])
    found = own_neutrals(vectors(data, model.schema), data.label, people(data))
    if len(found) != 1:
        whose = f"of {len(found)} people" if found else "of nobody"
        raise UsageError(f"--neutral {path}: it has samples labelled {AT_REST!r} {whose}, one person's are wanted")
    person, measures = next(iter(found.items()))
    return OwnNeutral(person.partition("\0")[0] or path.stem, measures)


def _of_film(path: Path, model: MoodModel, settings: Config, rotate: int) -> OwnNeutral:
    """The median of the first seconds in which somebody is in front, as `moodkiosk calibrate` takes it."""
    from moodkiosk.sense.camera import source
    from moodkiosk.sense.mood.calibration import RATE_HZ, Calibration, NotCalibrated
    from moodkiosk.sense.mood.neutral import OwnNeutral
    from moodkiosk.sense.pipeline import Pipeline

    pipeline = Pipeline(settings.sense, model)
    look: Calibration | None = None
    for frame in paced(source.frames_of_file(path, mirrored=settings.camera.mirrored, rotate=rotate), RATE_HZ):
        reading = pipeline.look(frame)
        if look is None:
            if reading.track is None:
                continue
            look = Calibration(0, path.stem, frame.at)
        look.see(reading, pipeline.measures)
        if look.done(frame.at):
            break
    if look is None:
        raise UsageError(f"--neutral: {path.name} gives no neutral look: nobody is to be seen in it")
    try:
        return OwnNeutral(path.stem, np.median(np.stack(look.measures()), axis=0).astype(np.float32))
    except NotCalibrated as error:
        raise UsageError(f"--neutral: {path.name} gives no neutral look: {error}") from None
