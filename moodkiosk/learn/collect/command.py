"""`moodkiosk collect` and `scripts/collect.py`: records labelled landmarks of face and hands, on the kiosk."""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths
from moodkiosk.host.signals import ending_interrupts
from moodkiosk.learn.collect import asking
from moodkiosk.learn.collect.lease import Lease
from moodkiosk.learn.data.outbox import make_writable
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason, together

if TYPE_CHECKING:
    from moodkiosk.config.settings import Config
    from moodkiosk.learn.collect.sitting import Sitting
    from moodkiosk.learn.collect.take import Take


def main(args: argparse.Namespace) -> int:
    """Holds a sitting here, or with `--host` over there. With nobody at the keys, every label must be kept for a 0."""
    if not 1 <= args.seconds <= 600:
        raise UsageError(Reason("collect.seconds"))
    by_hand = not args.quiet and sys.stdin.isatty() and sys.stdout.isatty()
    if args.host is not None:
        from moodkiosk.learn.collect.remote import collect_there

        return collect_there(args, by_hand=by_hand)
    settings = load.load(args.config, secrets=False)
    tag = reader(settings.kiosk.language)
    make_writable(args.out)
    earlier = asking.Earlier(args.out)
    question = asking.Terminal(tag) if by_hand else None
    labels = asking.labels(args.labels, earlier.labels, question, as_typed=args.keep_spelling)
    person = asking.person(args.person, question)
    sitting = _prepare(args, labels, person, earlier, by_hand=by_hand)
    # What the camera has to say is shown during the sitting; lines of a log would go through the picture.
    logging.getLogger("moodkiosk").addHandler(logging.NullHandler())
    try:
        with ending_interrupts():
            _hold(sitting, args, settings, person)
    except KeyboardInterrupt:
        _say_what_is_kept(sitting, args.out, tag, broken_off=True)
        return 130
    except Failure:
        if sitting.kept:
            _say_what_is_kept(sitting, args.out, tag)
        raise
    _say_what_is_kept(sitting, args.out, tag)
    return 1 if sitting.missing and not by_hand else 0


def _prepare(
    args: argparse.Namespace, labels: tuple[str, ...], person: str, earlier: asking.Earlier, *, by_hand: bool
) -> Sitting:
    from moodkiosk.learn.collect.sitting import Plan, Sitting
    from moodkiosk.sense.faces.engine import EXTRACTOR
    from moodkiosk.sense.records import recording

    session = time.strftime("%Y-%m-%d %H:%M:%S")

    def save(label: str, take: Take) -> Path:
        made = recording.Recording(
            label, take.samples, mirrored=False, extractor=EXTRACTOR, person=person, session=session
        )
        return recording.save(made, args.out)

    return Sitting(Plan(labels, args.seconds, by_hand, earlier.summary_of(person)), save)


def _hold(sitting: Sitting, args: argparse.Namespace, settings: Config, person: str) -> None:
    from moodkiosk.learn.collect import studio
    from moodkiosk.learn.collect.lines import Lines
    from moodkiosk.learn.collect.screen import Screen

    source, tag = args.source or settings.camera.source, reader(settings.kiosk.language)
    with contextlib.ExitStack() as stack:
        lease = None
        if source == "rpicam" or source.startswith("/dev/"):
            lease = stack.enter_context(Lease(paths.control_socket(settings.paths)))
        _say(say(tag, "collect.opening"))
        patient = lease is not None and lease.lent
        pictures = stack.enter_context(studio.opened(settings, args.source, patient=patient))
        pipeline = studio.sitters_pipeline(settings)

        def camera() -> str:
            words = [pictures.status.detail, *([lease.state] if lease and lease.lent else [])]
            return translated(Reason("cli.words", words=words), tag)

        view = stack.enter_context(Screen(person, camera, tag)) if sitting.plan.by_hand else Lines(_say, tag)
        studio.run(sitting, pictures, pipeline, view)


def _say(line: str) -> None:
    print(line, flush=True)


def _say_what_is_kept(sitting: Sitting, folder: Path, tag: str, *, broken_off: bool = False) -> None:
    count, samples = len(sitting.kept), sum(kept.samples for kept in sitting.kept)
    with contextlib.suppress(OSError):  # the terminal may have gone
        text = Reason("collect.result", count=count, samples=samples, folder=str(folder))
        _say(translated(Reason("collect.cut_short", text=text) if broken_off else text, tag))
        if sitting.missing:
            _say(say(tag, "collect.missing", labels=sitting.missing))
        for kept in sitting.kept:
            of_it = together([Reason("collect.samples", samples=kept.samples), *kept.warnings])
            _say(f"  {kept.path.name}: {translated(of_it, tag)}")
