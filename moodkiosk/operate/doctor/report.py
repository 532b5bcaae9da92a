"""`moodkiosk doctor`: checks everything the kiosk needs, and says what to do about what is missing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from moodkiosk.config import load
from moodkiosk.config.settings import Config
from moodkiosk.operate.doctor.checks import CHECKS
from moodkiosk.operate.doctor.finding import Finding, print_table


def main(args: argparse.Namespace) -> int:
    """Prints a table (or JSON lines) and returns 0 only if everything needed works."""
    settings = load.load(args.config)
    if args.privacy:
        from moodkiosk.operate.doctor import privacy

        return privacy.main(args)
    findings = list(examine(settings, announce=sys.stderr.isatty() and not args.json))
    if args.json:
        for finding in findings:
            print(json.dumps(asdict(finding), ensure_ascii=False))
    else:
        print_table(findings)
    return 1 if any(finding.outcome == "failed" for finding in findings) else 0


def examine(settings: Config, *, announce: bool = False) -> Iterator[Finding]:
    """Runs every check in turn."""
    for name, check in CHECKS.items():
        if announce:
            print(f"\rchecking {name} … ", end="\x1b[K", file=sys.stderr, flush=True)
        yield check(settings)
    if announce:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
