"""What a check found, and how findings are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from moodkiosk.config.settings import Config
from moodkiosk.failure import Failure
from moodkiosk.host import paths
from moodkiosk.link import control
from moodkiosk.words.language import FALLBACK, say, translated
from moodkiosk.words.reason import Reason, said

STATUS_SECONDS = 5.0
SUDO = Reason("doctor.sudo")
COLUMNS_LEAST = 60
"""A narrower terminal has no room for columns beside each other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: what was checked.
        outcome: "ok", "failed" (the kiosk does not work like this), "note" (works, but look at it) or "skipped".
        text: what was found, one line.
        advice: what to do, "" if nothing.
        advised: whether the text itself says what to do, after its colon.
    """

    name: str
    outcome: Literal["ok", "failed", "note", "skipped"]
    text: str
    advice: str = ""
    advised: bool = False

    def in_words(self, tag: str = FALLBACK) -> tuple[str, str]:
        """Text and advice in a language."""
        text = translated(self.text, tag)
        if not self.advised:
            return text, translated(self.advice, tag)
        problem, _, advice = text.partition(": ")
        return problem, advice

    def body(self) -> dict[str, Any]:
        """As JSON has it: in English, which is stable, with the sentences' keys and fields beside it."""
        kept = said({"text": self.text, "advice": self.advice}, ("text", "advice"))
        text, advice = self.in_words()
        return {"name": self.name, "outcome": self.outcome, **kept, "text": text, "advice": advice}


Check = Callable[[Config], Finding]


def status_of(settings: Config) -> dict[str, object] | None:
    """What the running kiosk says of itself; None if none is running (or we may not ask)."""
    try:
        found = control.ask(paths.control_socket(settings.paths), "status", timeout=STATUS_SECONDS).data
    except (Failure, paths.NotPrivateError):
        return None
    return found if isinstance(found, dict) else None


def checked(name: str) -> Reason:
    """The name of what was checked, as a reason."""
    return Reason(f"checked.{name.lower().replace(': ', '_').replace(' ', '_')}", text=name)


def print_objects(findings: list[Finding]) -> None:
    """Prints a JSON object a line."""
    for finding in findings:
        print(json.dumps(finding.body(), ensure_ascii=False))


def print_table(findings: list[Finding], tag: str = FALLBACK) -> None:
    """Prints what was found, a line each, and what to do about it; on a narrow terminal one below the other."""
    from rich.console import Console
    from rich.markup import escape
    from rich.padding import Padding
    from rich.table import Table

    console = Console()
    marks = {"ok": "[green]✔", "failed": "[red]✘", "note": "[yellow]!", "skipped": "[dim]–"}
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        text, advice = map(escape, finding.in_words(tag))
        mark = f"{marks[finding.outcome]} {say(tag, f'outcome.{finding.outcome}')}"
        name = escape(translated(checked(finding.name), tag))
        body = text + (f"\n[bold]→ {advice}[/bold]" if advice else "")
        if console.width >= COLUMNS_LEAST:
            table.add_row(mark, name, body)
        else:
            console.print(f"{mark}[/]  {name}")
            console.print(Padding(body, (0, 0, 0, 2)))
    if table.row_count:
        console.print(table)
