"""`moodkiosk sense`: runs the half that sees."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from moodkiosk.config import load
from moodkiosk.host import crash, systemd
from moodkiosk.link import protocol

if TYPE_CHECKING:
    from moodkiosk.moods import Reading


def main(args: argparse.Namespace) -> int:
    """Runs the half that sees until SIGTERM or SIGINT."""
    settings = load.load(args.config, secrets=False)
    from moodkiosk.sense.camera import source

    source.check(settings.camera, args.source)
    # A copy of stderr: while MediaPipe's greetings are kept off the original, nothing of ours must get lost.
    systemd.set_up_logging(stream=os.fdopen(os.dup(sys.stderr.fileno()), "w", buffering=1))
    crash.on_any_thread()
    from moodkiosk.sense.composition import run

    return run(settings, source=args.source, show=print_reading if args.json else None)


def print_reading(reading: Reading) -> None:
    """Prints a reading as one JSON line (contract 3)."""
    sys.stdout.buffer.write(protocol.encode(reading))
    sys.stdout.buffer.flush()
