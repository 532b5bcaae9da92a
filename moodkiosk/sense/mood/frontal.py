"""Undoes what is not expression: the turn of the head, its tilt, its distance and its place in the picture."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Points

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

# Points of MediaPipe's face mesh (canonical_face_model_uv_visualization.png in its repository).
OUTER_EYES = (33, 263)
"""The outer corners of the eyes; the first is on the left of an unmirrored picture, the person's right."""

RIGID = (10, 151, 9, 8, 168, 6, 197, 195, 33, 133, 362, 263, 127, 356, 234, 454, 54, 284, 21, 251, 103, 332, 67, 297,
         109, 338, 122, 351)  # fmt: skip
"""Points that no expression moves: forehead, bridge of the nose, corners of the eyes, temples."""
_RIGID_AT = np.array(RIGID)


@functools.cache
def mean_face() -> Array:
    """The mean face at rest, [468, 3]: the middle between the outer corners of the eyes at 0, their distance 1.

    The mean of MediaPipe's landmarks of 202 neutral portraits of the Face Research Lab London Set and 3DSK (DeBruine &
    Jones, CC BY 4.0), made by `moodkiosk.learn.train.mean_face`. x to the right of the picture, y down, z as MediaPipe
    has it.
    """
    shape: Array = np.load(Path(__file__).with_name("mean_face.npy")).astype(np.float64)
    return shape


def frontalised(xy: Array, points: Sequence[int]) -> Array:
    """The given points of faces frontalised: straight ahead, upright, with the eyes 1 apart and 0 between them.

    Args:
        xy: landmarks in pixels, [..., 468, 2].
        points: which landmarks are wanted.

    Returns:
        [..., len(points), 2].
    """
    at, lent, eyes = _lent(tuple(points))
    rows, scale, middle = _fit(xy)
    facing = _cross(rows[..., 0, :], rows[..., 1, :])
    seen = (xy[..., at, :] - middle) / scale[..., None, None]
    # The picture has no depth, so the mean face lends its own; MediaPipe's z was measured and adds nothing.
    depth = lent @ facing[..., None]
    straight = seen @ rows[..., :, :2] + depth * facing[..., None, :2]
    return levelled(straight, straight[..., eyes, :])


class Sums:
    """Sums over the points of one frontalised face, for given weights: what is linear in it, in a third of the time.

    Everything that is asked of the landmarks (how the head is turned, how the eyes lie, the sums) is a sum over them
    too, so all of it is one product, and the rest are plain numbers: a call of numpy costs more than a handful of
    those (docs/performance.md). What sums to 0, as all of these must, need not be moved to the middle first.
    """

    def __init__(self, points: Sequence[int], across: Array, up: Array) -> None:
        """`across` and `up`, [len(points), k]: weights of x and of y, each column of which sums to 0."""
        at = sorted({*points, *RIGID, *OUTER_EYES})
        row = {point: index for index, point in enumerate(at)}
        weights = np.zeros((len(at), 3 + 1 + 2 * across.shape[1]))
        weights[[row[point] for point in RIGID], :3] = _rigid()[0].T
        weights[[row[point] for point in OUTER_EYES], 3] = (-1, 1)
        weights[[row[point] for point in points], 4:] = np.concatenate((across, up), 1)
        self._at, self._weights = np.array(at), weights
        lent = mean_face()[at].T @ weights[:, 3:]
        self._eyes_lent: list[float] = lent[:, 0].tolist()
        self._lent = lent[:, 1:].reshape(6, -1)

    def of(self, face: Points) -> Array:
        """The sums [k] of a face's landmarks in pixels, [468, 2] or [468, 3]; float64. See `frontalised`."""
        seen = face[self._at, :2].T.astype(np.float64) @ self._weights
        (*x, eyes_x), (*y, eyes_y) = seen[:, :4].tolist()
        # See `_fit`.
        a, b, c = _dot(x, x), _dot(x, y), _dot(y, y)
        root = math.sqrt(max(a * c - b * b, 1e-18))
        sizes = math.sqrt(a + c + 2 * root)
        u = [((c + root) * p - b * q) / (sizes * root) for p, q in zip(x, y, strict=True)]
        v = [((a + root) * q - b * p) / (sizes * root) for p, q in zip(x, y, strict=True)]
        facing = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
        scale, depth = max(sizes / 2, 1e-9), _dot(self._eyes_lent, facing)
        along = (u[0] * eyes_x + v[0] * eyes_y) / scale + facing[0] * depth
        down = (u[1] * eyes_x + v[1] * eyes_y) / scale + facing[1] * depth
        # See `levelled`: x and y of the level face, from x, y and depth of the picture's.
        square = max(along * along + down * down, 1e-12)
        level = ((along / square, down / square), (-down / square, along / square))
        of_x, of_y = (
            [(r * u[0] + s * u[1]) / scale for r, s in level],
            [(r * v[0] + s * v[1]) / scale for r, s in level],
        )
        of_depth = [r * facing[0] + s * facing[1] for r, s in level]
        found: Array = np.array((*of_x, *of_y)) @ seen[:, 4:].reshape(4, -1)
        found += np.array([length * share for length in facing for share in of_depth]) @ self._lent
        return found


def levelled(xy: Array, eyes: Array) -> Array:
    """Points [..., k, 2] tilted and scaled so that the `eyes` [..., 2, 2] lie level, 1 apart, 0 between them."""
    across = eyes[..., 1, :] - eyes[..., 0, :]
    square = np.maximum((across**2).sum(-1), 1e-12)[..., None]
    xy = xy - eyes.mean(-2, keepdims=True)
    x = (xy * across[..., None, :]).sum(-1) / square
    y = (xy[..., 1] * across[..., None, 0] - xy[..., 0] * across[..., None, 1]) / square
    return np.stack([x, y], -1)


def turn_degrees(face: Points) -> tuple[float, float, float]:
    """How one head [468, 3] is held: yaw (towards the picture's right), pitch (bowed down), roll (clockwise)."""
    rows, _, _ = _fit(np.asarray(face, np.float64)[:, :2])
    facing = _cross(rows[0], rows[1])
    # The third row and the second column of roll · pitch · yaw.
    yaw = math.atan2(float(facing[0]), float(facing[2]))
    pitch = math.asin(float(np.clip(facing[1], -1, 1)))
    roll = math.atan2(-float(rows[0, 1]), float(rows[1, 1]))
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(p * q for p, q in zip(one, other, strict=True))


def _cross(a: Array, b: Array) -> Array:
    """What np.cross gives, in a fifth of its time."""
    found = a[..., [1, 2, 0]] * b[..., [2, 0, 1]]
    found -= a[..., [2, 0, 1]] * b[..., [1, 2, 0]]
    return found


@functools.cache
def _lent(points: tuple[int, ...]) -> tuple[Indices, Array, list[int]]:
    """The points as an index, their places on the centred mean face [k, 3], and where among them the outer eyes are."""
    at = np.array(points)
    return at, mean_face()[at] - _rigid()[1], [points.index(point) for point in OUTER_EYES]


@functools.cache
def _rigid() -> tuple[Array, Array]:
    """Pseudo-inverse of the centred rigid points of the mean face, [3, n], and their mean."""
    rigid = mean_face()[list(RIGID)]
    centre = rigid.mean(0)
    return np.linalg.pinv(rigid - centre), centre


def _fit(xy: Array) -> tuple[Array, Array, Array]:
    """Scaled orthographic fit of the mean face: two rows of a rotation [..., 2, 3], scale [...], middle [..., 1, 2]."""
    rigid = xy[..., _RIGID_AT, :]
    middle = rigid.sum(-2, keepdims=True) / len(RIGID)
    fit = np.swapaxes(rigid - middle, -1, -2) @ _rigid()[0].T
    # Its nearest rotation is (fit fitᵀ)^-½ fit, and the square root of a 2 x 2 matrix G of trace t and determinant d²
    # is (G + d) / √(t + 2d). What a singular value decomposition gives, in a third of its time.
    square = fit @ np.swapaxes(fit, -1, -2)
    a, b, c = square[..., 0, 0], square[..., 0, 1], square[..., 1, 1]
    root = np.sqrt(np.maximum(a * c - b * b, 1e-18))
    sizes = np.sqrt(a + c + 2 * root)  # the sum of the two singular values
    undo = np.empty_like(square)
    undo[..., 0, 0], undo[..., 1, 1] = c + root, a + root
    undo[..., 0, 1] = undo[..., 1, 0] = -b
    rows = (undo / (sizes * root)[..., None, None]) @ fit
    return rows, np.maximum(sizes / 2, 1e-9), middle
