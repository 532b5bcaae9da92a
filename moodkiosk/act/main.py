"""`moodkiosk act`: reads the configuration, and only then loads and runs what `composition` puts together."""

from __future__ import annotations

import argparse
import signal
import threading

from moodkiosk.config import load
from moodkiosk.config.running import Configuration
from moodkiosk.host import crash, systemd


def main(args: argparse.Namespace) -> int:
    """Runs the half that talks until SIGTERM or SIGINT; on SIGHUP it takes the configuration again."""
    configuration = Configuration(load.load(args.config), args.config, load.load)
    systemd.set_up_logging()
    crash.on_any_thread()
    stop, again = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if systemd.takes_hangup():
        signal.signal(signal.SIGHUP, lambda *_: again.set())
    from moodkiosk.act.composition import Act

    Act(configuration, as_json=args.json).run(stop, again)
    return 0
