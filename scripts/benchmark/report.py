"""The figures of the benchmark for people: a table, and a plot."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

AT_LEAST = ("classic_ratio",)


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
    """Draws each figure as a share of its limit: a box for the rounds, left of the line is good."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    names = list(figures)[::-1]
    shares = [
        [limits[name] / value if name in AT_LEAST else value / limits[name] for value in figures[name]]
        for name in names
    ]
    figure, axes = pyplot.subplots(figsize=(8, 0.5 * len(names) + 1.2), layout="constrained")
    axes.boxplot(shares, orientation="horizontal", tick_labels=names, whis=(0, 100))
    axes.axvline(1.0, linestyle="--")
    axes.set_xlim(left=min(0.0, *(min(entry) for entry in shares)))
    axes.set_xlabel("share of the limit: left of the line is within it")
    figure.savefig(path)


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
