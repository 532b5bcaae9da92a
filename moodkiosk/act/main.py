"""`moodkiosk act`: reads the configuration, and only then loads and runs what `composition` puts together."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Callable

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

    act = Act(configuration, as_json=args.json)
    wake_by_signals(act.loop.wake)
    act.run(stop, again)
    return 0


def wake_by_signals(wake: Callable[[], None]) -> None:
    """Has every signal call `wake`, on a thread of its own.

    Python runs its handlers on the main thread, when that does not wait: a signal that comes a moment before it begins
    to wait would be noticed only after. What is written to the wakeup descriptor is not missed.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)

    def listen() -> None:
        while os.read(heard, 64):
            wake()

    threading.Thread(target=listen, name="signals", daemon=True).start()
