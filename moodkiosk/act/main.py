"""`moodkiosk act`: reads the configuration, and only then loads and runs what `composition` puts together."""

from __future__ import annotations

import argparse
import signal
import threading

from moodkiosk.config import load
from moodkiosk.host import crash, systemd


def main(args: argparse.Namespace) -> int:
    """Runs the half that talks until SIGTERM or SIGINT."""
    settings = load.load(args.config)
    systemd.set_up_logging()
    crash.on_any_thread()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    from moodkiosk.act.composition import Act

    Act(settings, as_json=args.json).run(stop)
    return 0
