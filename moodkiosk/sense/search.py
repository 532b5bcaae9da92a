"""Decides where and when searching for faces is worth its cost: where something moves, and now and then anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.faces import Tile, tiles_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods import Image
    from moodkiosk.sense.landmarks import Region

    Grid = NDArray[np.int16]

CELL_PX = 16
"""Motion is looked for in squares of this size: a face of 40 px fills several, and sensor noise averages out."""

MOTION_GREY = (2.5, 8.0)
"""A square whose mean grey level changed by more than this has moved; where in this range depends on the noise."""

NOISE = 7.0
"""Of the middle change of all squares, which is what noise makes: five standard deviations of a normal distribution."""

MOTION_CELLS = 2
"""As many squares must have moved."""

GATE_SECONDS = 0.09
"""Looking for motion more often than about ten times a second finds nobody any sooner."""

REST_SECONDS = 0.8
"""While somebody is there, a tile in which something moves is searched this often."""

QUIET_SECONDS = 1.0
"""However calm it is, this often one tile is searched, in turn."""


class Search:
    """When to search which tile of the pictures of one size."""

    def __init__(self, width: int, height: int) -> None:
        self.tiles: list[Tile] = tiles_of(width, height)
        self._searched_at = [-math.inf] * len(self.tiles)
        self._seen: list[Grid | None] = [None] * len(self.tiles)
        self._looked_at = -math.inf

    def due(self, rgb: Image, known: Iterable[Region], at: float, *, eager: bool) -> list[Tile]:
        """The tiles to search in this picture; they count as searched.

        Args:
            rgb: the picture.
            known: where the people are who are followed; what moves there is no news.
            at: seconds.
            eager: nobody is there, or somebody was lost: search at once, wherever something moves.
        """
        if at - self._looked_at < GATE_SECONDS:
            return []
        rest_seconds = 0.0 if eager else REST_SECONDS
        rested = [index for index, searched_at in enumerate(self._searched_at) if at - searched_at >= rest_seconds]
        share = 1.0 if eager else min((at - self._looked_at) / REST_SECONDS, 1.0)
        self._looked_at = at
        if not rested:
            return []
        grid = grid_of(rgb)
        moved = self._moved(rested, grid, ~_covered(grid.shape, known))
        # Spread over the looks, the one searched longest ago first, and still every tile in time.
        moved = sorted(moved, key=self._searched_at.__getitem__)[: math.ceil(share * len(self.tiles))]
        if not moved and at - max(self._searched_at) >= QUIET_SECONDS:
            moved = [self._searched_at.index(min(self._searched_at))]
        for index in moved:
            self._searched_at[index], self._seen[index] = at, grid
        return [self.tiles[index] for index in moved]

    def _moved(self, rested: list[int], grid: Grid, news: NDArray[np.bool_]) -> list[int]:
        """The tiles among those in which something has changed, outside of what is known, since they were searched."""
        found: list[int] = []
        maps: dict[int, NDArray[np.bool_]] = {}  # many tiles were searched in the same picture
        for index in rested:
            before = self._seen[index]
            if before is None:
                found.append(index)
                continue
            changed = maps.get(id(before))
            if changed is None:
                changed = maps[id(before)] = changes(grid, before) & news
            left, top, width, height = (part // CELL_PX for part in self.tiles[index])
            if np.count_nonzero(changed[top : top + height, left : left + width]) >= MOTION_CELLS:
                found.append(index)
        return found


def grid_of(rgb: Image) -> Grid:
    """Mean grey level (of the green channel) of the picture's squares, int16 [rows, columns]."""
    import cv2

    rows, columns = max(1, rgb.shape[0] // CELL_PX), max(1, rgb.shape[1] // CELL_PX)
    green = cv2.extractChannel(np.ascontiguousarray(rgb[::4]), 1)  # every fourth line is enough
    grid: Grid = cv2.resize(green, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.int16)
    return grid


def changes(grid: Grid, before: Grid) -> NDArray[np.bool_]:
    """Which squares have changed by more than noise does."""
    change = np.abs(grid - before)
    middle = change.size // 2
    median = float(np.partition(change, middle, axis=None)[middle])
    limit = min(max(NOISE * median, MOTION_GREY[0]), MOTION_GREY[1])
    changed: NDArray[np.bool_] = change > limit
    return changed


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
