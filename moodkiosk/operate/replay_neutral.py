"""Whose face at rest a replay subtracts: of somebody who calibrated, of a recording, or of the start of a film."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.failure import UsageError
from moodkiosk.host import paths
from moodkiosk.operate.paced import paced
from moodkiosk.words.reason import Reason

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
        known = list(neutrals.people) or Reason("replay.nobody_yet")
        raise UsageError(Reason("replay.unknown_person", name=repr(name), known=known))
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
    from moodkiosk.moods.reading import AT_REST
    from moodkiosk.sense.mood.neutral import OwnNeutral
    from moodkiosk.sense.teach.recipe import own_neutrals

    data = dataset.load([path])
    found = own_neutrals(vectors(data, model.schema), data.label, people(data))
    if not found:
        raise UsageError(Reason("replay.nobodys", path=str(path), label=repr(AT_REST)))
    if len(found) > 1:
        raise UsageError(Reason("replay.whose", path=str(path), label=repr(AT_REST), count=len(found)))
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
        raise UsageError(Reason("replay.no_look", name=path.name, reason=Reason("replay.nobody_in_it")))
    try:
        return OwnNeutral(path.stem, np.median(np.stack(look.measures()), axis=0).astype(np.float32))
    except NotCalibrated as error:
        raise UsageError(Reason("replay.no_look", name=path.name, reason=str(error))) from None
