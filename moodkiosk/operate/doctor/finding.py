"""What a check found, and how findings are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from moodkiosk.config.settings import Config
from moodkiosk.failure import Failure
from moodkiosk.host import paths
from moodkiosk.link import control

STATUS_SECONDS = 5.0


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


def status_of(settings: Config) -> dict[str, object] | None:
    """What the running kiosk says of itself; None if none is running (or we may not ask)."""
    try:
        found = control.ask(paths.control_socket(settings.paths), "status", timeout=STATUS_SECONDS).data
    except Failure:
        return None
    return found if isinstance(found, dict) else None


def print_table(findings: list[Finding]) -> None:
    """Prints what was found, a line each, and what to do about it."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    marks = {"ok": "[green]✔ ok", "failed": "[red]✘ failed", "note": "[yellow]! note", "skipped": "[dim]– skipped"}
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        text = escape(finding.text) + (f"\n[bold]→ {escape(finding.advice)}[/bold]" if finding.advice else "")
        table.add_row(marks[finding.outcome], escape(finding.name), text)
    Console().print(table)
