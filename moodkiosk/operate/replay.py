"""`moodkiosk replay FILE`: everything offline, in the file's own time. Two runs print the same bytes."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from moodkiosk.act.say import Teller
from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.config.settings import Config
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import Settings
from moodkiosk.failure import UsageError
from moodkiosk.host import paths
from moodkiosk.moods.frame import Frame
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.report import PlayerReport
from moodkiosk.operate import replay_neutral
from moodkiosk.operate.paced import paced
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.sense.faces.upright import Upright
    from moodkiosk.sense.mood.model import MoodModel
    from moodkiosk.sense.mood.neutral import OwnNeutral

MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
NOON = MIDNIGHT.replace(hour=12)
"""A file has no time of day: its first frame is taken to be at noon, so that quiet hours do not depend on today."""


def main(args: argparse.Namespace) -> int:
    """Prints the readings (with --json), events and decisions that the file leads to."""
    settings = load.load(args.config, secrets=False)
    decide = settings.for_decide()
    # A film is short: it shows what would be decided, not how patient the kiosk is with it.
    decide = replace(decide, music=replace(decide.music, after_seconds=0.0))
    from moodkiosk.sense.camera import source
    from moodkiosk.sense.faces import upright

    mood_model = _model(args, settings)
    if args.no_self_calibrate:
        settings = msgspec.structs.replace(
            settings, sense=msgspec.structs.replace(settings.sense, self_calibrate=False)
        )
    own = None
    if args.person is not None:
        own = replay_neutral.of_person(args.person, settings)
    elif args.neutral is not None:
        own = replay_neutral.given(args.neutral, args.file, mood_model, settings, args.rotate)
    frames = source.frames_of_file(args.file, mirrored=settings.camera.mirrored, rotate=args.rotate)
    seconds = source.seconds_of_file(args.file)
    moment = NOON
    tag = reader(settings.kiosk.language)
    teller = Teller(lambda: moment - NOON + MIDNIGHT, as_json=args.json, stamp=True, tag=tag)
    state_now = kiosk.start(decide, None, session="replay")
    tally, hung = Tally(), upright.Upright(msgspec.structs.replace(settings.camera, rotate=args.rotate))
    with _progress(seconds, say(tag, "film.replaying")) as advance:
        for at, given in _inputs(frames, mood_model, settings, own, hung):
            advance(at)
            moment = NOON + timedelta(seconds=at)
            if isinstance(given, Reading):
                teller.reading(given)
                tally.take(given)
            state_now = _carry_on(state_now, given, kiosk.Now(at, moment), decide, teller)
    if hung.lying:
        turn = upright.to_set(hung.camera, hung.lying)
        _say(tag, "film.upside_down" if hung.lying == 180 else "film.on_side", rotate=turn)
    if not args.json:
        print(translated(tally.text, tag))
    return 0


def _model(args: argparse.Namespace, settings: Config) -> MoodModel:
    """The one that is asked for, or the one that the kiosk would take. Raises UsageError."""
    from moodkiosk.sense.mood import model
    from moodkiosk.sense.mood.bundle import BadModel

    try:
        if args.model is not None:
            return model.load(args.model, settings.camera.mirrored)
        places = model.candidates(settings.model.file, paths.state_dir(settings.paths, "sense"))
        found, _, complaints = model.load_first(places, settings.camera.mirrored)
    except BadModel as error:
        raise UsageError(str(error)) from None
    for complaint in complaints:
        _say(reader(settings.kiosk.language), "film.another_model", complaint=complaint)
    return found


def _say(tag: str, key: str, **fields: object) -> None:
    """Something beside the readings, for people."""
    print(f"moodkiosk: {say(tag, key, **fields)}", file=sys.stderr)


class Tally:
    """What a file showed, in one line: without it, a film of nobody would print nothing at all."""

    def __init__(self) -> None:
        self._looks = self._with_a_face = 0
        self._until = 0.0
        self._complaints: Counter[str] = Counter()

    def take(self, reading: Reading) -> None:
        """Takes in one reading."""
        self._looks += 1
        self._until = reading.at
        self._with_a_face += reading.faces > 0
        if reading.quality.reason is not None and (reading.faces or reading.quality.reason != "no face"):
            self._complaints[reading.quality.reason] += 1

    @property
    def text(self) -> Reason:
        """In words."""
        looks, seconds = self._looks, round(self._until, 1)
        seen = Reason("film.seen", count=self._with_a_face, looks=looks) if self._with_a_face else Reason("film.nobody")
        bad = [
            Reason("film.bad", reason=Reason(f"view.{reason.replace(' ', '_')}", text=reason), count=count)
            for reason, count in self._complaints.most_common()
        ]
        return Reason("film.tally_but" if bad else "film.tally", seconds=seconds, seen=seen, bad=bad)


def _inputs(
    frames: Iterable[Frame], model: MoodModel, settings: Config, own: OwnNeutral | None, hung: Upright
) -> Iterator[tuple[float, kiosk.Input]]:
    """What decide would be told, and when; at the end the file's camera is simply off."""
    from moodkiosk.sense.camera.frozen import COMPLAINT, FROZEN_SECONDS, StillPicture
    from moodkiosk.sense.pipeline import Pipeline

    yield 0.0, kiosk.Labels(model.labels)
    yield 0.0, kiosk.CameraStatus("on")
    pipeline, still, lost = Pipeline(settings.sense, model, own=own), StillPicture(), False
    for frame in paced(frames, settings.sense.most_hz):
        frozen = still.seconds(frame) >= FROZEN_SECONDS
        if frozen != lost:  # what the kiosk would take for a fault of its camera
            lost = frozen
            yield frame.at, kiosk.CameraStatus("lost", COMPLAINT) if lost else kiosk.CameraStatus("on")
        if not lost:
            reading = pipeline.look(frame)
            if pipeline.lying is not None:
                hung.see(pipeline.lying)
            yield frame.at, reading


def _carry_on(
    state: kiosk.State, given: kiosk.Input, now: kiosk.Now, settings: Settings, teller: Teller
) -> kiosk.State:
    """One step; what is decided is played at once, by a speaker that always works."""
    step = kiosk.step(state, given, now, settings)
    for event in step.events:
        teller.event(event)
    for decision in step.decisions:
        teller.decision(decision)
        if decision.action == "play":
            report = PlayerReport("played", now.at, "ready", decision.mood, decision.what, asked=decision.asked)
            step = kiosk.Step(_carry_on(step.state, report, now, settings, teller))
    return step.state


@contextlib.contextmanager
def _progress(seconds: float | None, what: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _at: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=seconds)
        yield lambda at: bar.update(task, completed=at)
