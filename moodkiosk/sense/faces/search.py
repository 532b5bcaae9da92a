"""Decides where and when searching for faces is worth its cost: where something moves, and now and then anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.faces.detector import SMALLEST_SHARE, Tile, tiles_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image
    from moodkiosk.sense.faces.landmarks import Region

    Grid = NDArray[np.float32]
    Indices = NDArray[np.intp]

CELL_PX = 16
"""Motion is looked for in squares of this size: a face of 40 px fills several, and sensor noise averages out."""

MOTION_GREY = (2.5, 8.0)
"""A square whose mean grey level changed by more than this has moved; where in this range depends on the noise."""

NOISE = 7.0
"""Of the middle change of all squares, which is what noise makes: five standard deviations of a normal distribution."""

NOISE_SAMPLE = 250
"""About so many squares, evenly spread, tell the middle change as well as all do."""

MOTION_CELLS = 2
"""As many squares must have moved."""

GATE_SECONDS, FOLLOWED_GATE_SECONDS = 0.09, 0.35
"""Looking for motion more often than about ten times a second finds nobody any sooner; while somebody is followed,
three times a second lets whoever joins them be noticed within a second."""

REST_SECONDS = 0.8
"""While somebody is there, a tile in which something moves is searched this often."""

BODY_SECONDS = 20.0
"""A tile in which only the bodies of those move who are followed, as they did before, is searched this often."""

USUAL_SECONDS = 20.0
"""What a square has shown in this time, or up to twice as long ago, is nothing new: a body sways to and fro, while a
face that comes to stand before it has other grey levels."""

NEW_CELLS = 3
"""As many squares must show something new for a body not to be its owner's alone any more."""

MOTION_SHARE, NEW_SHARE = 1 / 3, 1 / 2
"""While somebody is followed, so much of the smallest face that a tile finds must have moved, or be new, in one place:
the seams of a body that sways are no face of the size that a large tile is searched for."""

HEAD, SHOULDERS, CHIN = 1.3, 2.8, 0.3
"""Of a person, in sides of the face's region: width of the head and of the shoulders, and how far below the middle of
the face the body begins."""

QUIET_SECONDS = 1.0
"""However calm it is, this often one tile is searched, in turn; half as often while somebody is followed."""


class Search:
    """When to search which tile of the pictures of one size."""

    def __init__(self, width: int, height: int) -> None:
        self.tiles: list[Tile] = tiles_of(width, height)
        shape = shape_of(width, height)
        self._inside = np.zeros((len(self.tiles), *shape), np.bool_)  # which squares are in which tile
        for inside, tile in zip(self._inside, self.tiles, strict=True):
            left, top, across, down = (part // CELL_PX for part in tile)
            inside[top : top + down, left : left + across] = True
        self._searched_at = np.full(len(self.tiles), -math.inf)
        self._every = np.arange(len(self.tiles))
        self._seen: Grid = np.zeros((len(self.tiles), *shape), np.float32)  # each tile's squares, when it was searched
        self._bounds: tuple[Grid, Grid] | None = None  # the least and the most that any tile's squares were then
        self._looked_at = -math.inf
        self._usual: Usual | None = None
        # Of the smallest face that is found in each tile: its side, in squares.
        self._face_cells = [max(across, down) * SMALLEST_SHARE / CELL_PX for _, _, across, down in self.tiles]

    def due(self, rgb: Image, known: Iterable[Region], at: float, *, eager: bool) -> list[Tile]:
        """The tiles to search in this picture; they count as searched.

        Args:
            rgb: the picture.
            known: where the people are who are followed; what moves there is no news.
            at: seconds.
            eager: nobody is there, or somebody was lost: search at once, wherever something moves.
        """
        if at < self._looked_at:  # another time has begun: what was known of the one before says nothing
            self._searched_at[:], self._looked_at, self._usual, self._bounds = -math.inf, -math.inf, None, None
        if at - self._looked_at < (GATE_SECONDS if eager else FOLLOWED_GATE_SECONDS):
            return []
        rested = self._every if eager else np.flatnonzero(at - self._searched_at >= REST_SECONDS)
        share = 1.0 if eager else min((at - self._looked_at) / REST_SECONDS, 1.0)
        self._looked_at = at
        known = tuple(known)
        if not rested.size and not known:
            return []
        grid = grid_of(rgb)
        self._usual = None if not known else self._usual or Usual(grid, at)
        if self._usual is not None:
            self._usual.see(grid, at)
        if not rested.size or (not known and self._calm(grid)):
            moved = rested[:0]
        else:
            moved = rested[self._moved(rested, grid, known, at, eager=eager)]
        if moved.size:
            # Spread over the looks, the one searched longest ago first, and still every tile in time.
            order = np.argsort(self._searched_at[moved], kind="stable")
            moved = moved[order][: math.ceil(share * len(self.tiles))]
        elif at - self._searched_at.max() >= (QUIET_SECONDS if eager else 2 * QUIET_SECONDS):
            moved = np.array([self._searched_at.argmin()])
        else:
            return []
        self._searched_at[moved], self._seen[moved], self._bounds = at, grid, None
        return [self.tiles[index] for index in moved.tolist()]

    def _calm(self, grid: Grid) -> bool:
        """Whether no square differs from what it was for any tile by as much as motion must at least.

        That is what `_moved` would find, in a quarter of its time; False where it might find something.
        """
        if self._bounds is None:
            if np.isneginf(self._searched_at).any():
                return False
            self._bounds = self._seen.min(0), self._seen.max(0)
        low, high = self._bounds
        least = MOTION_GREY[0]
        return bool((grid - low).max() <= least and (high - grid).max() <= least)

    def _moved(
        self, rested: Indices, grid: Grid, known: Iterable[Region], at: float, *, eager: bool
    ) -> NDArray[np.bool_]:
        """In which of these tiles something is news since they were searched; all at once, which costs least."""
        then = self._searched_at[rested]
        every = rested.size == len(self.tiles)  # as mostly: nothing large need be copied
        seen, inside = (self._seen, self._inside) if every else (self._seen[rested], self._inside[rested])
        changed = changes(grid, seen)
        changed &= inside
        found: NDArray[np.bool_] = np.isneginf(then)
        if self._usual is None:  # nobody is followed: everything that moves is news
            for index in _any(changed):
                found[index] |= np.count_nonzero(changed[index]) >= MOTION_CELLS
            return found
        without_faces, without_bodies = news(grid.shape, known)
        long_ago = at - then >= BODY_SECONDS
        changed &= (
            np.where(long_ago[:, None, None], without_faces, without_bodies) if long_ago.any() else without_bodies
        )
        new = self._usual.new_since(then[:, None, None])
        new &= inside
        new &= without_faces
        for index in _any(changed | new):
            side = 0.0 if eager else self._face_cells[rested[index]]
            found[index] |= gathered(changed[index], MOTION_CELLS, MOTION_SHARE, side)
            found[index] |= gathered(new[index], NEW_CELLS, NEW_SHARE, side)
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

    def new_since(self, then: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which squares have shown something new later than each of `then` [n, 1, 1]; [n, rows, columns]."""
        new: NDArray[np.bool_] = self._new_at > then
        return new


def shape_of(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of squares in pictures of a size."""
    return max(1, height // CELL_PX), max(1, width // CELL_PX)


def grid_of(rgb: Image) -> Grid:
    """Mean grey level (of the green channel) of the picture's squares, float32 [rows, columns]."""
    import cv2

    rows, columns = shape_of(rgb.shape[1], rgb.shape[0])
    green = cv2.extractChannel(rgb[::4], 1)  # every fourth line is enough
    # In two steps: the first rounds to whole grey levels, and noise is less than that.
    quarters = cv2.resize(green, (2 * columns, 2 * rows), interpolation=cv2.INTER_AREA)
    grid: Grid = cv2.resize(quarters.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return grid


def changes(grid: Grid, before: Grid) -> NDArray[np.bool_]:
    """Which squares have changed by more than noise does, since each `before` [..., rows, columns]."""
    change = np.abs(grid - before)
    changed: NDArray[np.bool_] = change > limit_of(change)[..., None, None]
    return changed


def limit_of(change: Grid) -> Grid:
    """By how much a square's grey level must change to be more than noise, seen from every other that changed [...]."""
    squares = change.reshape(*change.shape[:-2], -1)
    sample = squares[..., :: max(1, squares.shape[-1] // NOISE_SAMPLE)]
    middle = sample.shape[-1] // 2
    limit: Grid = np.minimum(
        np.maximum(NOISE * np.partition(sample, middle)[..., middle], MOTION_GREY[0]), MOTION_GREY[1]
    )
    return limit  # np.clip takes three times as long as both


def gathered(squares: NDArray[np.bool_], least: int, share: float, side: float) -> bool:
    """Whether at least so many of these `squares` [rows, columns] are set, and as many as a face needs in one place.

    That is a `share` of what a face of so many squares by so many fills, in a window of its size; `side` 0: anywhere.
    """
    count = np.count_nonzero(squares)
    needed = max(least, share * side**2)
    if not side or count < needed:
        return count >= needed
    import cv2

    window = (math.ceil(side), math.ceil(side))
    shown = squares.view(np.uint8)
    counts = cv2.boxFilter(shown, cv2.CV_32S, window, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return bool(counts.max() >= needed)


def _any(squares: NDArray[np.bool_]) -> list[int]:
    """Of which tiles any of the squares [n, rows, columns] is set."""
    if not squares.any():
        return []
    rows: list[int] = np.flatnonzero(squares.reshape(len(squares), -1).any(1)).tolist()
    return rows


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
