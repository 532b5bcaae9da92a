"""Decides where and when searching for faces is worth its cost: where something moves, and now and then anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.faces.detector import Tile, tiles_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods import Image
    from moodkiosk.sense.faces.landmarks import Region

    Grid = NDArray[np.float32]

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

BODY_SECONDS = 10.0
"""A tile in which only the bodies of those move who are followed, as they did before, is searched this often."""

USUAL_SECONDS = 20.0
"""What a square has shown in this time, or up to twice as long ago, is nothing new: a body sways to and fro, while a
face that comes to stand before it has other grey levels."""

NEW_CELLS = 3
"""As many squares must show something new for a body not to be its owner's alone any more."""

HEAD, SHOULDERS, CHIN = 1.3, 2.8, 0.3
"""Of a person, in sides of the face's region: width of the head and of the shoulders, and how far below the middle of
the face the body begins."""

QUIET_SECONDS = 1.0
"""However calm it is, this often one tile is searched, in turn; half as often while somebody is followed."""


class Search:
    """When to search which tile of the pictures of one size."""

    def __init__(self, width: int, height: int) -> None:
        self.tiles: list[Tile] = tiles_of(width, height)
        self._searched_at = [-math.inf] * len(self.tiles)
        self._seen: list[Grid | None] = [None] * len(self.tiles)
        self._looked_at = -math.inf
        self._usual: Usual | None = None

    def due(self, rgb: Image, known: Iterable[Region], at: float, *, eager: bool) -> list[Tile]:
        """The tiles to search in this picture; they count as searched.

        Args:
            rgb: the picture.
            known: where the people are who are followed; what moves there is no news.
            at: seconds.
            eager: nobody is there, or somebody was lost: search at once, wherever something moves.
        """
        if at < self._looked_at:  # another time has begun: what was known of the one before says nothing
            self._searched_at, self._looked_at, self._usual = [-math.inf] * len(self.tiles), -math.inf, None
        if at - self._looked_at < GATE_SECONDS:
            return []
        rest_seconds = 0.0 if eager else REST_SECONDS
        rested = {index: at - then for index, then in enumerate(self._searched_at) if at - then >= rest_seconds}
        share = 1.0 if eager else min((at - self._looked_at) / REST_SECONDS, 1.0)
        self._looked_at = at
        known = tuple(known)
        if not rested and not known:
            return []
        grid = grid_of(rgb)
        self._usual = None if not known else self._usual or Usual(grid, at)
        if self._usual is not None:
            self._usual.see(grid, at)
        moved = self._moved(rested, grid, known)
        # Spread over the looks, the one searched longest ago first, and still every tile in time.
        moved = sorted(moved, key=self._searched_at.__getitem__)[: math.ceil(share * len(self.tiles))]
        if not moved and at - max(self._searched_at) >= (QUIET_SECONDS if eager else 2 * QUIET_SECONDS):
            moved = [self._searched_at.index(min(self._searched_at))]
        for index in moved:
            self._searched_at[index], self._seen[index] = at, grid
        return [self.tiles[index] for index in moved]

    def _moved(self, rested: dict[int, float], grid: Grid, known: Iterable[Region]) -> list[int]:
        """The tiles among those (and their seconds of rest) in which something is news since they were searched."""
        found: list[int] = []
        maps: dict[int, NDArray[np.bool_]] = {}  # many tiles were searched in the same picture
        without_faces, without_bodies = news(grid.shape, known)
        for index, seconds in rested.items():
            before = self._seen[index]
            if before is None:
                found.append(index)
                continue
            changed = maps.get(id(before))
            if changed is None:
                changed = maps[id(before)] = changes(grid, before)
            where = without_faces if seconds >= BODY_SECONDS else without_bodies
            left, top, width, height = (part // CELL_PX for part in self.tiles[index])
            tile = np.s_[top : top + height, left : left + width]
            if np.count_nonzero(changed[tile] & where[tile]) >= MOTION_CELLS or (
                self._usual is not None
                and np.count_nonzero(self._usual.new_since(self._searched_at[index], tile) & without_faces[tile])
                >= NEW_CELLS
            ):
                found.append(index)
        return found


class Usual:
    """Which grey levels the squares of a picture have had lately, and where there was something new."""

    def __init__(self, grid: Grid, at: float) -> None:
        self._low, self._high = grid, grid  # since it was turned over
        self._older_low, self._older_high = grid, grid
        self._turned_at = at
        self._last = grid
        self._new_at = np.full(grid.shape, -math.inf)

    def see(self, grid: Grid, at: float) -> None:
        """Takes in the squares at a time."""
        limit = limit_of(np.abs(grid - self._last))
        low, high = np.minimum(self._low, self._older_low), np.maximum(self._high, self._older_high)
        self._new_at[(grid < low - limit) | (grid > high + limit)] = at
        self._low, self._high = np.minimum(self._low, grid), np.maximum(self._high, grid)
        self._last = grid
        if at - self._turned_at >= USUAL_SECONDS:
            self._older_low, self._older_high = self._low, self._high
            self._low, self._high, self._turned_at = grid, grid, at

    def new_since(self, then: float, where: tuple[slice, slice]) -> NDArray[np.bool_]:
        """Which squares of a part have shown something new later than `then`."""
        new: NDArray[np.bool_] = self._new_at[where] > then
        return new


def grid_of(rgb: Image) -> Grid:
    """Mean grey level (of the green channel) of the picture's squares, float32 [rows, columns]."""
    import cv2

    rows, columns = max(1, rgb.shape[0] // CELL_PX), max(1, rgb.shape[1] // CELL_PX)
    green = cv2.extractChannel(np.ascontiguousarray(rgb[::4]), 1)  # every fourth line is enough
    # In two steps: the first rounds to whole grey levels, and noise is less than that.
    quarters = cv2.resize(green, (2 * columns, 2 * rows), interpolation=cv2.INTER_AREA)
    grid: Grid = cv2.resize(quarters.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return grid


def changes(grid: Grid, before: Grid) -> NDArray[np.bool_]:
    """Which squares have changed by more than noise does."""
    change = np.abs(grid - before)
    changed: NDArray[np.bool_] = change > limit_of(change)
    return changed


def limit_of(change: Grid) -> float:
    """By how much a square's grey level must change to be more than noise, seen from what all of them changed by."""
    middle = change.size // 2
    median = float(np.partition(change, middle, axis=None)[middle])
    return min(max(NOISE * median, MOTION_GREY[0]), MOTION_GREY[1])


def news(shape: tuple[int, ...], known: Iterable[Region]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The squares outside of the faces of those who are followed, and those outside of their bodies too."""
    without_faces = np.ones(shape, np.bool_)
    bodies = np.zeros(shape, np.bool_)
    for region in known:
        half = HEAD / 2 * region.side
        without_faces[_squares(region.x - half, region.y - half, region.x + half, region.y + half)] = False
        half = SHOULDERS / 2 * region.side
        bodies[_squares(region.x - half, region.y + CHIN * region.side, region.x + half, math.inf)] = True
    return without_faces, without_faces & ~bodies


def _squares(left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
    """The squares that a part of the picture, in pixels, touches."""

    def between(low: float, high: float) -> slice:
        return slice(max(0, int(low // CELL_PX)), None if high == math.inf else max(0, int(high // CELL_PX) + 1))

    return between(top, bottom), between(left, right)
