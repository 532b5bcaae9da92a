"""The figures of the benchmark for people: a table, and a plot."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

AT_LEAST = ("classic_ratio",)

WIDTH, NAMES, MARGIN, ROW = 720, 170, 20, 30
"""Of the plot, in units: its width, room for names and at the right, the height of a row."""
SHARES = 1.25
"""The plot ends at this share of a limit."""


def kept(name: str, value: float, limit: float) -> bool:
    """Whether a figure keeps its limit."""
    return value >= limit if name in AT_LEAST else value <= limit


def table(
    figures: Mapping[str, Sequence[float]],
    limits: Mapping[str, float],
    notes: Mapping[str, float | str | None],
    machine: str,
) -> None:
    """Prints median, spread and limit of each figure, then the notes."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    shown = Table(title=f"What seeing costs ({machine})")
    for heading in ("figure", "median", "least", "most", "limit", ""):
        shown.add_column(heading, justify="left" if heading == "figure" else "right")
    for name, rounds in figures.items():
        median, limit = statistics.median(rounds), limits[name]
        sign = "≥" if name in AT_LEAST else "≤"
        values = (f"{value:.2f}" for value in (median, min(rounds), max(rounds)))
        shown.add_row(name, *values, f"{sign} {limit:g}", "✓" if kept(name, median, limit) else "✗")
    console.print(shown)
    for name, value in notes.items():
        console.print(f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}", highlight=False)


def plot(figures: Mapping[str, Sequence[float]], limits: Mapping[str, float], path: Path) -> None:
    """Draws each figure as a share of its limit: a bar from least to most, a mark at the median."""
    across = (WIDTH - NAMES - MARGIN) / SHARES
    bottom = ROW * len(figures)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 46}" font-family="sans-serif">']
    lines.append(f'<rect width="{WIDTH}" height="{bottom + 46}" fill="white"/>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, colour = NAMES + share * across, "#b03030" if share == 1 else "#dddddd"
        lines.append(f'<path d="M{x:g} 0V{bottom}" stroke="{colour}"/>')
        lines.append(f'<text x="{x:g}" y="{bottom + 16}" font-size="11" text-anchor="middle">{share:g}</text>')
    for row, (name, rounds) in enumerate(figures.items()):
        y = ROW * (row + 0.5)
        shares = [limits[name] / value if name in AT_LEAST else value / limits[name] for value in rounds]
        least, middle, most = (
            NAMES + across * min(max(share, 0.0), SHARES)
            for share in (min(shares), statistics.median(shares), max(shares))
        )
        lines.append(f'<text x="{NAMES - 8}" y="{y + 4:g}" font-size="12" text-anchor="end">{name}</text>')
        lines.append(f'<path d="M{least:g} {y:g}H{most:g}" stroke="#8ab" stroke-width="9"/>')
        lines.append(f'<path d="M{middle:g} {y - 8:g}v16" stroke="#124" stroke-width="2.5"/>')
    words = "share of the limit: left of the red line is within it"
    lines.append(f'<text x="{NAMES}" y="{bottom + 36}" font-size="12">{words}</text></svg>')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def machine() -> str:
    """Processor, cores and system, for the record."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("model name", "Model")):
                name = line.partition(":")[2].strip()
                break
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
