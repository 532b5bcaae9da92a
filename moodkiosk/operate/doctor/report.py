"""`moodkiosk doctor`: checks everything the kiosk needs, and says what to do about what is missing."""

from __future__ import annotations

import argparse
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial

from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.config.settings import Config
from moodkiosk.host.guard import line_of
from moodkiosk.operate.doctor.checks import CHECKS
from moodkiosk.operate.doctor.finding import Finding, checked, print_objects, print_table
from moodkiosk.words.language import FALLBACK, say
from moodkiosk.words.reason import Reason

LIMIT_SECONDS = 60.0
"""For one check. The camera's first pictures may take ten seconds, a speaker twenty; what takes longer, hangs."""


def main(args: argparse.Namespace) -> int:
    """Prints a table (or JSON lines) and returns 0 only if everything needed works."""
    settings = load.load(args.config)
    tag = reader(settings.kiosk.language)
    if args.privacy:
        from moodkiosk.operate.doctor import privacy

        return privacy.main(args)
    findings = list(examine(settings, announce=sys.stderr.isatty() and not args.json, tag=tag))
    if args.json:
        print_objects(findings)
    else:
        print_table(findings, tag)
    return 1 if any(finding.outcome == "failed" for finding in findings) else 0


def within(seconds: float, name: str, check: Callable[[], Finding]) -> Finding:
    """What a check finds; one that takes too long is left behind, one that fails by itself is a finding too.

    It runs on a thread of its own: what hangs, hangs in a library or a driver, where nothing but time can be told.
    """
    found: queue.SimpleQueue[Finding] = queue.SimpleQueue()

    def run() -> None:
        try:
            found.put(check())
        except Exception as error:  # noqa: BLE001 - the checks after it are wanted as well
            found.put(
                Finding(name, "failed", Reason("doctor.uncheckable", reason=line_of(error)), Reason("doctor.report"))
            )

    threading.Thread(target=run, name=f"check {name}", daemon=True).start()
    try:
        return found.get(timeout=seconds)
    except queue.Empty:
        return Finding(name, "failed", Reason("doctor.hangs", seconds=round(seconds)), Reason("doctor.hangs_do"))


def examine(settings: Config, *, announce: bool = False, tag: str = FALLBACK) -> Iterator[Finding]:
    """Runs every check in turn."""
    for name, check in CHECKS.items():
        if announce:
            print(f"\r{say(tag, 'doctor.checking', name=checked(name))}", end="\x1b[K", file=sys.stderr, flush=True)
        yield within(LIMIT_SECONDS, name, partial(check, settings))
    if announce:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
