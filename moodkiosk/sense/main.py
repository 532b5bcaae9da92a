"""`moodkiosk sense`: runs the half that sees."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from moodkiosk.config import load
from moodkiosk.host import crash, garbage, streams, systemd
from moodkiosk.link import protocol

if TYPE_CHECKING:
    from moodkiosk.moods.reading import Reading


def main(args: argparse.Namespace) -> int:
    """Runs the half that sees until SIGTERM or SIGINT; see `composition.run`."""
    settings = load.load(args.config, secrets=False)
    from moodkiosk.sense.camera import source

    source.check(settings.camera, args.source)
    # A copy of stderr: while MediaPipe's greetings are kept off the original, nothing of ours must get lost.
    systemd.set_up_logging(stream=streams.copy_of_stderr())
    crash.on_any_thread()
    with garbage.kept():
        from moodkiosk.sense.composition import run

    show = _printed() if args.json else None
    return run(settings, source=args.source, show=show, read=lambda: load.load(args.config, secrets=False))


def _printed() -> Callable[[Reading], None]:
    """Prints each reading as one JSON line (contract 3); raises BrokenPipeError once whoever reads has gone."""
    printer = streams.LinePrinter()

    def show(reading: Reading) -> None:
        printer.say(protocol.encode(reading).decode().rstrip())
        if printer.gone:  # `moodkiosk sense --json | head`: nobody is left to whom it could be of use
            raise BrokenPipeError

    return show
