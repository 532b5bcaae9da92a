"""Drawings for the report: inline SVG that scales with the page and takes its colours from it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.data.contours import CLOSED, FINGERS, OPEN
from moodkiosk.sense.mood.frontal import OUTER_EYES, levelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.figures import Bin

    Points = NDArray[np.float32]

WIDTH = 320
"""Units across a drawing: about the pixels of a phone, so that letters stay readable there."""

PERCENT_ROOM = 34.0
"""Width of a cell that holds "100%" in bold."""


def figure(height: float, body: str, title: str, width: float = WIDTH) -> str:
    """An SVG drawing; `title` says in words what it shows."""
    text = html.escape(title)
    return f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{text}"><title>{text}</title>{body}</svg>'


def confusion(counts: NDArray[np.int64], labels: Sequence[str]) -> str:
    """The confusion matrix: a row is what was shown, a column what was read; shares of the row."""
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    left, top = 84.0, 78.0
    cell = (WIDTH - left - 26) / len(labels)  # the last column's name leans over the edge
    sign = "%" if cell >= PERCENT_ROOM else ""
    head = "read as" if sign else "read as, in %"
    parts = [f'<text x="0" y="{top - 6}" class="small">shown</text><text x="{left}" y="14" class="small">{head}</text>']
    for column, label in enumerate(labels):
        x = left + (column + 0.5) * cell
        parts.append(f'<text transform="translate({x:.1f} {top - 6}) rotate(-45)" class="small">{_short(label)}</text>')
    for row, label in enumerate(labels):
        y = top + row * 36
        parts.append(f'<text x="{left - 6}" y="{y + 22}" text-anchor="end">{_short(label)}</text>')
        for column in range(len(labels)):
            share, x = shares[row, column], left + column * cell
            text = _percent(share, sign)
            kind = "right" if row == column else "wrong"
            ink = "on-dark" if share > 0.5 else ""
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{y + 1}" width="{cell - 2:.1f}" height="34" rx="3" class="cell"/>'
                f'<rect x="{x + 1:.1f}" y="{y + 1}" width="{cell - 2:.1f}" height="34" rx="3" class="{kind}" '
                f'fill-opacity="{share:.2f}"/>'
                f'<text x="{x + cell / 2:.1f}" y="{y + 22}" text-anchor="middle" class="{ink}">{text}</text>'
            )
    right = float(np.diag(counts).sum() / max(1, counts.sum()))
    return figure(
        top + 36 * len(labels) + 2, "".join(parts), f"Confusion matrix; {right:.0%} of all samples read right"
    )


def bars(rows: Sequence[tuple[str, float, str]], title: str, most: float = 1.0, mark: float | None = None) -> str:
    """Horizontal bars: name, length from 0 to `most`, and a text beside it; `mark` draws a line at a value."""
    parts, left, room = [], 132.0, WIDTH - 132.0 - 92.0
    for index, (name, value, text) in enumerate(rows):
        y = index * 26
        length = room * min(max(value, 0.0), most) / most
        parts.append(
            f'<text x="{left - 6}" y="{y + 17}" text-anchor="end">{_short(name, 18)}</text>'
            f'<rect x="{left}" y="{y + 4}" width="{room}" height="17" rx="3" class="cell"/>'
            f'<rect x="{left}" y="{y + 4}" width="{length:.1f}" height="17" rx="3" class="bar"/>'
            f'<text x="{left + room + 6}" y="{y + 17}" class="small">{html.escape(text)}</text>'
        )
    if mark is not None:
        x = left + room * mark / most
        parts.append(f'<line x1="{x:.1f}" y1="2" x2="{x:.1f}" y2="{len(rows) * 26}" class="mark"/>')
    return figure(len(rows) * 26 + 2, "".join(parts), title)


def reliability(bins: Sequence[Bin]) -> str:
    """Confidence against how often it was right; the larger the dot, the more samples."""
    total = sum(b.count for b in bins)
    dots = "".join(
        f'<circle cx="{_x(b.confidence):.1f}" cy="{_y(b.accuracy):.1f}" r="{3 + 12 * (b.count / total) ** 0.5:.1f}" '
        'class="dot"/>'
        for b in bins
    )
    ideal = f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" class="mark"/>'
    body = _axes("confidence", "right") + ideal + dots
    return figure(248, body, "Reliability: how often the model is right at each confidence; the line is the ideal")


def answered(points: Sequence[tuple[float, float]]) -> str:
    """Accuracy against the share of samples that is answered, surest first."""
    path = " ".join(f"{_x(share):.1f},{_y(accuracy):.1f}" for share, accuracy in points)
    body = _axes("share answered, surest first", "right") + f'<polyline points="{path}" class="curve"/>'
    return figure(248, body, "Accuracy against the share of samples that is answered")


def timeline(
    at: NDArray[np.float64], truth: NDArray[np.int64], settled: NDArray[np.int64], belief: Points, labels: Sequence[str]
) -> str:
    """What was shown, what was believed of it, and what had settled, over time; a row a label.

    Args:
        at: seconds from the start, [n].
        truth: numbers of the labels shown, [n].
        settled: numbers of the settled labels, -1: not sure; [n].
        belief: in each label, [n, labels].
        labels: their names.
    """
    left, row = 84.0, 34.0
    end = float(at[-1] - at[0]) or 1.0
    x = left + (at - at[0]) / end * (WIDTH - left - 8)
    edges = np.append(x, WIDTH - 8)
    parts = []
    for index, label in enumerate(labels):
        top, low = index * row + 4, index * row + 28
        spans = "".join(_span(edges, truth == index, top, 24, "cell"))
        line = " ".join(f"{a:.1f},{low - 24 * b:.1f}" for a, b in zip(x, belief[:, index], strict=True))
        held = "".join(_span(edges, (settled == index) & (truth == index), low, 4, "right"))
        wrong = "".join(_span(edges, (settled == index) & (truth != index), low, 4, "wrong"))
        parts.append(
            f'<text x="{left - 6}" y="{top + 17}" text-anchor="end">{_short(label)}</text>{spans}{held}{wrong}'
            f'<line x1="{left}" y1="{low}" x2="{WIDTH - 8}" y2="{low}" class="grid"/>'
            f'<polyline points="{line}" class="belief"/>'
        )
    bottom = len(labels) * row + 16
    for seconds, side in zip(np.linspace(0, end, 4), ("middle", "middle", "middle", "end"), strict=True):
        tick = left + seconds / end * (WIDTH - left - 8)
        parts.append(
            f'<text x="{tick:.1f}" y="{bottom}" text-anchor="{side}" class="small">{seconds:.0f}&#8239;s</text>'
        )
    return figure(bottom + 6, "".join(parts), "What was shown, the belief in it, and what had settled, over time")


def _span(edges: NDArray[np.float64], rows: NDArray[np.bool_], y: float, height: float, kind: str) -> list[str]:
    """A rectangle for each stretch of rows, from its first edge to the one after its last."""
    starts = np.flatnonzero(rows & ~np.concatenate([[False], rows[:-1]]))
    ends = np.flatnonzero(rows & ~np.concatenate([rows[1:], [False]])) + 1
    spans = [(edges[a], max(edges[b] - edges[a], 0.5)) for a, b in zip(starts, ends, strict=True)]
    return [f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" class="{kind}"/>' for x, width in spans]


def face(points: Points, left: Points | None, right: Points | None, title: str) -> str:
    """Landmarks of a face [468, 3], and of the hands that were seen, as lines; upright and of one size."""
    eyes = points[list(OUTER_EYES), :2].astype(np.float64)
    hands = [hand for hand in (left, right) if hand is not None and np.isfinite(hand).all()]
    shapes = [levelled(raw[:, :2].astype(np.float64), eyes) for raw in (points, *hands)]
    low, high = np.concatenate(shapes).min(0), np.concatenate(shapes).max(0)
    scale = float(np.min(np.array((154.0, 174.0)) / np.maximum(high - low, 1e-6)))
    flat, *flat_hands = ((shape - (low + high) / 2) * scale + np.array((85.0, 95.0)) for shape in shapes)
    parts = [f'<polygon points="{_path(flat[list(line)])}" class="line"/>' for line in CLOSED]
    parts += [f'<polyline points="{_path(flat[list(line)])}" class="line"/>' for line in OPEN]
    for hand in flat_hands:
        parts += [f'<polyline points="{_path(hand[list(finger)])}" class="line hand"/>' for finger in FINGERS]
    return figure(190, "".join(parts), title, width=170)


def _path(points: NDArray[np.float64]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _x(share: float) -> float:
    return 44 + share * (WIDTH - 60)


def _y(share: float) -> float:
    return 212 - share * 184  # above it is room for large dots, and for what the axis means


def _axes(across: str, up: str) -> str:
    parts = [
        f'<line x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}" class="grid"/>'
        f'<text x="{_x(0) - 5}" y="{_y(tick) + 4}" text-anchor="end" class="small">{tick:.0%}</text>'
        f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle" class="small">{tick:.0%}</text>'
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    parts.append(f'<text x="{(_x(0) + _x(1)) / 2}" y="244" text-anchor="middle" class="small">{across}</text>')
    parts.append(f'<text x="0" y="11" class="small">{up}</text>')
    return "".join(parts)


def _percent(share: float, sign: str) -> str:
    return f"{100 * share:.0f}{sign}" if share >= 0.005 else "·"


def _short(text: str, most: int = 11) -> str:
    return html.escape(text if len(text) <= most else text[: most - 1] + "…")
