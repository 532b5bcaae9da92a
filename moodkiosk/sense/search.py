"""Decides where and when searching for faces is worth its cost, which is twice that of following one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.faces import Tile, tiles_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods import Image
    from moodkiosk.sense.landmarks import Region

    Grid = NDArray[np.float32]

CELL_PX = 16
"""Motion is looked for in squares of this size: a face of 40 px fills several, and sensor noise averages out."""

STEP_PX = 4
"""Every fourth pixel of every fourth line is looked at."""

MOTION_GREY = 3.0
"""A square whose mean grey level changed by this much has moved. Noise of 10 grey levels, as in the dark, changes the
mean of its 16 samples by 2.5 once in three hundred; a face before a wall by 10 and more, even in the dark."""

MOTION_CELLS = 2
"""As many squares must have moved."""

REST_SECONDS = 0.8
"""While somebody is there, a tile in which something moves is searched this often."""

QUIET_SECONDS = 1.0
"""However calm it is, this often one tile is searched, in turn."""


class Search:
    """When to search which tile of the pictures of one size."""

    def __init__(self, width: int, height: int) -> None:
        self.tiles: list[Tile] = tiles_of(width, height)
        self._searched_at = [-np.inf] * len(self.tiles)
        self._seen: list[Grid | None] = [None] * len(self.tiles)

    def due(self, rgb: Image, known: Iterable[Region], at: float, *, eager: bool) -> list[Tile]:
        """The tiles to search in this picture; they count as searched.

        Args:
            rgb: the picture.
            known: where the people are who are followed; what moves there is no news.
            at: seconds.
            eager: nobody is there, or somebody was lost: search at once where something moves.
        """
        grid = grid_of(rgb)
        news = ~_covered(grid.shape, known)
        last = max(self._searched_at)
        due: list[int] = []
        for index, tile in enumerate(self.tiles):
            before = self._seen[index]
            rested = at - self._searched_at[index] >= (0.0 if eager else REST_SECONDS)
            if before is None or (rested and _moved(grid, before, news, tile)):
                due.append(index)
        if not due and at - last >= QUIET_SECONDS:
            due.append(self._searched_at.index(min(self._searched_at)))
        for index in due:
            self._searched_at[index], self._seen[index] = at, grid
        return [self.tiles[index] for index in due]


def grid_of(rgb: Image) -> Grid:
    """Mean grey level (of the green channel) of the picture's squares, float32 [rows, columns]."""
    per_cell = CELL_PX // STEP_PX
    green = rgb[::STEP_PX, ::STEP_PX, 1]
    rows, columns = green.shape[0] // per_cell, green.shape[1] // per_cell
    cells = green[: rows * per_cell, : columns * per_cell].reshape(rows, per_cell, columns, per_cell)
    grid: Grid = cells.mean((1, 3), dtype=np.float32)
    return grid


def _covered(shape: tuple[int, ...], known: Iterable[Region]) -> NDArray[np.bool_]:
    """Which squares show the faces of the people who are followed."""
    covered = np.zeros(shape, np.bool_)
    for region in known:
        left, right = region.x - region.side / 2, region.x + region.side / 2
        top, bottom = region.y - region.side / 2, region.y + region.side / 2
        rows = slice(max(0, int(top // CELL_PX)), max(0, int(bottom // CELL_PX) + 1))
        columns = slice(max(0, int(left // CELL_PX)), max(0, int(right // CELL_PX) + 1))
        covered[rows, columns] = True
    return covered


def _moved(grid: Grid, before: Grid, news: NDArray[np.bool_], tile: Tile) -> bool:
    left, top, width, height = (part // CELL_PX for part in tile)
    where = np.s_[top : top + height, left : left + width]
    changed = np.abs(grid[where] - before[where]) > MOTION_GREY
    return int(np.count_nonzero(changed & news[where])) >= MOTION_CELLS
