"""`moodkiosk doctor`: checks everything the kiosk needs, and says what to do about what is missing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from moodkiosk.config import load
from moodkiosk.config.settings import Config


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: what was checked.
        outcome: "ok", "failed" (the kiosk does not work like this), "note" (works, but look at it) or "skipped".
        text: what was found, one line.
        advice: what to do, "" if nothing.
    """

    name: str
    outcome: Literal["ok", "failed", "note", "skipped"]
    text: str
    advice: str = ""


Check = Callable[[Config], Finding]


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
    from moodkiosk.operate.doctor.checks import CHECKS

    for name, check in CHECKS.items():
        if announce:
            print(f"\rchecking {name} … ", end="\x1b[K", file=sys.stderr, flush=True)
        yield check(settings)
    if announce:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def print_table(findings: list[Finding]) -> None:
    """Prints what was found, a line each, and what to do about it."""
    from rich.console import Console
    from rich.table import Table

    marks = {"ok": "[green]✔ ok", "failed": "[red]✘ failed", "note": "[yellow]! note", "skipped": "[dim]– skipped"}
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        text = finding.text + (f"\n[bold]→ {finding.advice}[/bold]" if finding.advice else "")
        table.add_row(marks[finding.outcome], finding.name, text)
    Console().print(table)
