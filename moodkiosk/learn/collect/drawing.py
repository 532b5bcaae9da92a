"""Landmarks as lines of text: a character is 2 x 4 dots of Unicode's braille block, or a star without Unicode."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.learn.data.contours import CLOSED, FINGERS, OPEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Landmarks, Points

    Dots = NDArray[np.float64]

# Dots of a braille cell to the bits of its character, rows then columns (Unicode, block U+2800).
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
CELL = (2, 4)


class Canvas:
    """Dots that are drawn into and then read as lines of text."""

    def __init__(self, columns: int, rows: int, *, plain: bool = False) -> None:
        """`plain`: no characters beyond ASCII; one dot a cell."""
        self.columns, self.rows, self.plain = columns, rows, plain
        across, down = (1, 1) if plain else CELL
        self.width, self.height = columns * across, rows * down
        # A dot should be about as wide as high: cells are twice as high as wide.
        self.dot_aspect = 2.0 if plain else 1.0
        self._dots = np.zeros((self.height, self.width), np.bool_)

    def line(self, points: Dots, *, closed: bool = False) -> None:
        """Joins points [n, 2] (dots to the right, dots down) by straight lines; what lies outside is cut off."""
        if closed:
            points = np.vstack([points, points[:1]])
        for start, end in itertools.pairwise(points):
            steps = int(min(np.abs(end - start).max(), 4 * self.width)) + 1
            x, y = np.linspace(start, end, steps + 1).round().astype(int).T
            inside = (x >= 0) & (x < self.width) & (y >= 0) & (y < self.height)
            self._dots[y[inside], x[inside]] = True

    def lines(self) -> list[str]:
        """The drawing, one text a row."""
        if self.plain:
            return ["".join("*" if dot else " " for dot in row) for row in self._dots]
        bits = sum(
            self._dots[row::4, column::2].astype(int) * bit
            for row, pair in enumerate(BITS)
            for column, bit in enumerate(pair)
        )
        return ["".join(chr(0x2800 + int(cell)) for cell in row) for row in np.asarray(bits)]


def portrait(seen: Landmarks | None, columns: int, rows: int, *, plain: bool = False) -> list[str]:
    """The face as large as fits, as in a mirror: box, outline, brows, eyes, nose, mouth, and hands near it."""
    canvas = Canvas(columns, rows, plain=plain)
    if seen is None:
        return canvas.lines()
    low, high = seen.face[:, :2].min(0), seen.face[:, :2].max(0)
    span = float((high - low).max()) * 1.12
    scale = min(canvas.width / canvas.dot_aspect, canvas.height) / max(span, 1.0)
    _draw(canvas, seen, (low + high) / 2, scale)
    return canvas.lines()


def overview(seen: Landmarks | None, size: tuple[int, int], columns: int, *, plain: bool = False) -> list[str]:
    """The whole picture, as in a mirror: its frame, the box of the face, and the hands."""
    rows = max(2, round(columns * size[1] / size[0] / 2))
    canvas = Canvas(columns, rows, plain=plain)
    canvas.line(_box(np.zeros(2), np.array([canvas.width - 1, canvas.height - 1])), closed=True)
    if seen is not None:
        middle = np.array(size) / 2
        scale = canvas.height / size[1]
        low, high = seen.face[:, :2].min(0), seen.face[:, :2].max(0)
        canvas.line(_place(canvas, _box(low, high), middle, scale), closed=True)
        _draw_hands(canvas, seen, middle, scale)
    return canvas.lines()


def _draw(canvas: Canvas, seen: Landmarks, middle: Dots, scale: float) -> None:
    low, high = seen.face[:, :2].min(0), seen.face[:, :2].max(0)
    margin = 0.04 * (high - low)
    canvas.line(_place(canvas, _box(low - margin, high + margin), middle, scale), closed=True)
    for indices in CLOSED:
        canvas.line(_place(canvas, seen.face[list(indices), :2], middle, scale), closed=True)
    for indices in OPEN:
        canvas.line(_place(canvas, seen.face[list(indices), :2], middle, scale))
    _draw_hands(canvas, seen, middle, scale)


def _draw_hands(canvas: Canvas, seen: Landmarks, middle: Dots, scale: float) -> None:
    for hand in (seen.left_hand, seen.right_hand):
        if hand is not None:
            _draw_hand(canvas, hand, middle, scale)


def _draw_hand(canvas: Canvas, hand: Points, middle: Dots, scale: float) -> None:
    for finger in FINGERS:
        canvas.line(_place(canvas, hand[list(finger), :2], middle, scale))


def _place(canvas: Canvas, points: Dots | Points, middle: Dots, scale: float) -> Dots:
    """Pixels to dots, mirrored: people expect to see themselves as in a mirror."""
    x = canvas.width / 2 - (points[:, 0] - middle[0]) * scale * canvas.dot_aspect
    y = canvas.height / 2 + (points[:, 1] - middle[1]) * scale
    placed: Dots = np.stack([x, y], axis=1).astype(np.float64)
    return placed


def _box(low: Dots, high: Dots) -> Dots:
    (left, top), (right, bottom) = low, high
    return np.array(((left, top), (right, top), (right, bottom), (left, bottom)), np.float64)
