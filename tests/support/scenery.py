"""Pictures with faces at known places: real or drawn heads before walls, clutter and noise, near, far, tilted, dark."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor import actor
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.pipeline import Pipeline

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image

BACKGROUNDS = ("noise", "gradient", "clutter", "room")


@dataclass(frozen=True, eq=False)
class Head:
    """A head cut out of a picture: uint8 [h, w, 3], with the middle of the face and its width in pixels."""

    rgb: Image
    x: float
    y: float
    width_px: float


@dataclass(frozen=True)
class Place:
    """Where a face is in a picture: the middle of the face and its width in pixels."""

    x: float
    y: float
    width_px: float

    def matches(self, x: float, y: float, width: float) -> bool:
        """Whether a face that was found is this one."""
        near = math.hypot(x - self.x, y - self.y) < 0.4 * self.width_px
        return near and 0.7 < width / self.width_px < 1.4


def background(kind: str, size: tuple[int, int], seed: int) -> Image:
    """An empty scene, uint8 RGB [height, width, 3]."""
    width, height = size
    rng = np.random.default_rng(seed)
    if kind == "room":
        return actor.picture([], size)
    if kind == "noise":
        return rng.integers(0, 256, (height, width, 3), np.uint8)
    corners = rng.uniform(40, 220, (2, 2, 3)).astype(np.float32)
    rgb: Image = cv2.resize(corners, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    if kind == "gradient":
        return rgb
    for _ in range(60):  # furniture, books, frames, cables
        colour = rng.integers(0, 256, 3).tolist()
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = (int(v) for v in rng.integers(8, 220, 2))
        shape = rng.integers(3)
        if shape == 0:
            cv2.rectangle(rgb, (x, y), (x + w, y + h), colour, -1)
        elif shape == 1:
            cv2.ellipse(rgb, (x, y), (w // 2, h // 2), float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            cv2.line(rgb, (x, y), (x + w, y - h), colour, int(rng.integers(1, 12)), cv2.LINE_AA)
    return rgb


def frames_of_clip(path: Path) -> Iterator[Image]:
    """The pictures of a video, uint8 RGB."""
    capture = cv2.VideoCapture(str(path))
    while True:
        ok, bgr = capture.read()
        if not ok:
            capture.release()
            return
        yield cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


@functools.cache
def real_heads(folder: Path, count: int = 24) -> tuple[Head, ...]:
    """Heads of real people, from the clips in a folder."""
    clips = sorted(folder.glob("*.mkv"))
    pictures: list[Image] = []
    for clip in clips:
        frames = list(frames_of_clip(clip))
        pictures += frames[:: max(1, len(frames) * len(clips) // count)]
    return tuple(_heads(pictures))


@functools.cache
def drawn_heads(count: int = 24) -> tuple[Head, ...]:
    """Heads of drawn people."""
    expressions = list(EXPRESSIONS.values())
    roles = [
        actor.Role(random_looks(1000 + seed), expressions[seed % len(expressions)], Pose(320, 220, 260))
        for seed in range(count)
    ]
    return tuple(_heads([actor.picture([role]) for role in roles]))


def _heads(pictures: list[Image]) -> Iterator[Head]:
    pipeline = Pipeline(SenseSettings())
    for index, rgb in enumerate(pictures):
        pipeline.look(Frame(rgb, 100.0 * index))  # far apart: every picture is looked at afresh
        assert pipeline.front is not None, index
        face = pipeline.front.landmarks.face
        x, y = ((face[:, :2].min(0) + face[:, :2].max(0)) / 2).tolist()
        yield _cut(rgb, x, y, pipeline.front.width_px)


def _cut(rgb: Image, x: float, y: float, width: float) -> Head:
    half = 1.3 * width
    left, top = max(0, int(x - half)), max(0, int(y - half))
    part = rgb[top : int(y + half), left : int(x + half)].copy()
    return Head(part, x - left, y - top, width)


def paste(rgb: Image, head: Head, place: Place, roll_degrees: float = 0.0) -> None:
    """Puts a head into a picture, in place, with a soft edge around it."""
    height, width = rgb.shape[:2]
    scale = place.width_px / head.width_px
    source = head.rgb
    if scale < 0.5:  # as a camera would: every pixel is the mean of what falls on it
        source = cv2.resize(source, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    shrunk = source.shape[1] / head.rgb.shape[1]
    turn = cv2.getRotationMatrix2D((head.x * shrunk, head.y * shrunk), -roll_degrees, scale / shrunk)
    turn[:, 2] += (place.x - head.x * shrunk, place.y - head.y * shrunk)
    moved = cv2.warpAffine(source, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((height, width), np.float32)
    middle = (round(place.x), round(place.y + 0.05 * place.width_px))
    axes = (round(0.8 * place.width_px), round(1.0 * place.width_px))
    cv2.ellipse(mask, middle, axes, roll_degrees, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), max(1.0, 0.06 * place.width_px))[..., None]
    rgb[:] = (rgb * (1 - mask) + moved * mask).astype(np.uint8)


def darkened(rgb: Image, grey: float, noise: float, seed: int, place: Place | None = None) -> Image:
    """The picture with a mean grey level, and sensor noise of a standard deviation; the mean is that of the place."""
    part = rgb
    if place is not None:
        half = place.width_px / 2
        part = rgb[int(place.y - half) : int(place.y + half), int(place.x - half) : int(place.x + half)]
    dark = rgb.astype(np.float32) * (grey / max(float(part.mean()), 1.0))
    dark += np.random.default_rng(seed).normal(0, noise, rgb.shape).astype(np.float32)
    found: Image = dark.clip(0, 255).astype(np.uint8)
    return found


def somewhere(size: tuple[int, int], width_px: float, rng: np.random.Generator, *, edge: bool = False) -> Place:
    """A random place at which a face of this width is whole in the picture; with `edge`, right at one of its edges."""
    width, height = size
    across, down = 0.62 * width_px, 0.75 * width_px
    x, y = rng.uniform(across, width - across), rng.uniform(down, height - down)
    if edge:
        x, y = ((across, y), (width - across, y), (x, down), (x, height - down))[rng.integers(4)]
    return Place(float(x), float(y), width_px)
