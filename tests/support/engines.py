"""What the engines find in the same pictures, side by side.

Runs in .venv-mediapipe, where both are installed:

    python -m tests.support.engines compare [MATERIAL]    prints one JSON object of differences
    python -m tests.support.engines golden FILE           writes what MediaPipe finds in drawn pictures
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor.actor import Role, Scene, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.faces import choose
from moodkiosk.sense.faces.detector import DETECTOR_PX, MIN_SCORE, FaceFinder, tiles_of
from moodkiosk.sense.faces.hands import near
from moodkiosk.sense.faces.landmarks import EYES, Region, face_of
from moodkiosk.sense.mood import model
from moodkiosk.sense.pipeline import Pipeline
from tests.support import drawn_hand, scenery

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.engine import Detection, Engine, FindHands, Hand

MOST_HANDS = 4
WRIST, MIDDLE_KNUCKLE = 0, 9
FACE_SCENES = 6
HAND_SCENES = ((400, 400, 1), (640, 360, 2), (300, 420, 1), (900, 300, 4), (320, 240, 0))
"""Width, height and number of hands."""


def poses(seed: int) -> list[Pose]:
    """One to three heads, tilted, of several sizes, side by side at 640 x 480."""
    rng = np.random.default_rng(seed)
    count = 1 + seed % 3
    found = []
    for number in range(count):
        y, head_px, roll_degrees = (float(rng.uniform(*ends)) for ends in ((190, 290), (70, 200), (-25, 25)))
        found.append(Pose((2 * number + 1) / (2 * count) * 640, y, head_px, roll_degrees))
    return found


def people(seed: int) -> Image:
    """Drawn heads, with looks and expressions of all kinds."""
    expressions = list(EXPRESSIONS.values())
    return picture(
        [
            Role(random_looks(10 * seed + number), expressions[(seed + number) % len(expressions)], pose)
            for number, pose in enumerate(poses(seed))
        ]
    )


def heads(seed: int) -> list[Region]:
    """Where the faces of `people` are."""
    return [
        Region(pose.x_px, pose.y_px + 0.1 * pose.head_px, 1.15 * pose.head_px, math.radians(pose.roll_degrees))
        for pose in poses(seed)
    ]


def shrunk(rgb: Image, tile: tuple[int, int, int, int]) -> Image:
    """A tile in the size that the detector is shown; not by the product's way, which may change."""
    left, top, width, height = tile
    scale = DETECTOR_PX / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small: Image = cv2.resize(rgb[top : top + height, left : left + width], size, interpolation=cv2.INTER_AREA)
    return small


def tiles(rgb: Image, seed: int) -> list[tuple[int, int, int, int]]:
    """Those of a search, and some of all shapes."""
    height, width = rgb.shape[:2]
    rng = np.random.default_rng(seed)
    odd = []
    for _ in range(4):
        across, down = int(rng.integers(60, width // 2)), int(rng.integers(60, height // 2))
        odd.append((int(rng.integers(0, width - across)), int(rng.integers(0, height - down)), across, down))
    return [*tiles_of(width, height), *odd]


def regions(rgb: Image, finder: FaceFinder, seed: int) -> Iterator[Region]:
    """Where faces are, and beside: the mesh is shown what it follows too."""
    rng = np.random.default_rng(seed)
    height, width = rgb.shape[:2]
    for tile in tiles_of(width, height):
        for sighting in finder.find(rgb, tile):
            found = sighting.region
            yield found
            for _ in range(2):
                x, y = (rng.normal(0, 0.08, 2) * found.side + (found.x, found.y)).tolist()
                side, rotation = found.side * rng.uniform(0.8, 1.3), found.rotation + rng.normal(0, 0.4)
                yield Region(x, y, float(side), float(rotation))


class Differences:
    """Collects what two engines differ by."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = defaultdict(int)
        self.worst: dict[str, float] = defaultdict(float)
        self._sums: dict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))

    def add(self, name: str, values: Any) -> None:
        """The distances of one thing's points."""
        total, count = self._sums[name]
        values = np.abs(np.atleast_1d(values))
        self._sums[name] = (total + float(values.sum()), count + values.size)
        self.worst[name] = max(self.worst[name], float(values.max(initial=0.0)))

    def detections(self, one: list[Detection], other: list[Detection]) -> None:
        """What two detectors found in the same tile."""
        self.counts["tiles"] += 1
        self.counts["tiles that differ"] += len(one) != len(other)
        for a, b in zip(one, other, strict=False):
            self.counts["detections"] += 1
            self.add("score", a.score - b.score)
            first, second = ((d.left, d.top, d.width, d.height, *d.right_eye, *d.left_eye) for d in (a, b))
            self.add("box", np.subtract(first, second))

    def meshes(self, one: Points | None, other: Points | None) -> None:
        """What two meshes found in the same region, in distances of the eyes."""
        self.counts["regions"] += 1
        self.counts["presences that differ"] += (one is None) != (other is None)
        if one is not None and other is not None:
            self.counts["meshes"] += 1
            eyes = np.linalg.norm(one[EYES[0], :2] - one[EYES[1], :2])
            self.add("mesh", np.linalg.norm(one - other, axis=1) / eyes)

    def hands(self, one: list[Hand], other: list[Hand]) -> None:
        """What two hand detectors found in the same picture, in heights of the palm."""
        self.counts["pictures of hands"] += 1
        self.counts["pictures with other hands"] += [hand.side for hand in one] != [hand.side for hand in other]
        for a, b in zip(one, other, strict=False):
            self.counts["hands"] += 1
            palm = np.linalg.norm(a.points[WRIST] - a.points[MIDDLE_KNUCKLE])
            self.add("hand", np.linalg.norm(a.points - b.points, axis=1) / palm)
            self.add("side", a.score - b.score)

    def told(self) -> dict[str, float]:
        """Counts, and of each distance the mean and the largest."""
        means = {f"{name} mean": total / count for name, (total, count) in self._sums.items() if count}
        return {**self.counts, **means, **{f"{name} max": value for name, value in self.worst.items()}}


def compare(material: Path | None) -> dict[str, float]:
    """Everything both engines find in the same pictures."""
    ours, theirs = choose.make("litert"), choose.make("mediapipe")
    found = Differences()
    scenes = [people(seed) for seed in range(FACE_SCENES)]
    clips = sorted((material / "data" / "clips").glob("*.mkv")) if material else []
    for clip in clips:
        scenes += list(scenery.frames_of_clip(clip))[::7]
    detect, detect_theirs = ours.face_detector(MIN_SCORE), theirs.face_detector(MIN_SCORE)
    mesh, mesh_theirs = ours.face_mesh(), theirs.face_mesh()
    hands, hands_theirs = ours.hand_detector(MOST_HANDS), theirs.hand_detector(MOST_HANDS)
    finder = FaceFinder(detect_theirs)
    for seed, rgb in enumerate(scenes):
        for tile in tiles(rgb, seed):
            small = shrunk(rgb, tile)
            found.detections(detect_theirs(small), detect(small))
        for region in regions(rgb, finder, seed):
            points = mesh_theirs(rgb, region)
            found.meshes(points, mesh(rgb, region))
        if points is not None and seed >= FACE_SCENES:
            left, top, right, bottom = near(face_of(points).region, rgb.shape[1], rgb.shape[0])
            part = np.ascontiguousarray(rgb[top:bottom, left:right])
            found.hands(hands_theirs(part), hands(part))
    for seed, (width, height, count) in enumerate(HAND_SCENES):
        part = drawn_hand.picture((width, height), count, seed)
        found.hands(hands_theirs(part), hands(part))
    return {**found.told(), **pipelines(clips)}


def pipelines(clips: list[Path]) -> dict[str, float]:
    """The whole way from frames to readings, each engine following its own landmarks."""
    frames = [
        Frame(rgb, 100.0 * number + index / 30)
        for number, clip in enumerate(clips)
        for index, rgb in enumerate(scenery.frames_of_clip(clip))
    ]
    scene = Scene()
    frames += [Frame(scene.picture_at(at), 1000.0 + at) for at in np.arange(0, scene.cycle_seconds, 0.2).tolist()]
    sights = [Pipeline(SenseSettings(engine=name), model.load(model.STARTER)) for name in ("litert", "mediapipe")]
    counts: dict[str, float] = {"frames": len(frames), "same people": 0, "same mood": 0}
    found = Differences()
    for frame in frames:
        one, other = (each.look(frame) for each in sights)
        counts["same people"] += (one.faces, one.track) == (other.faces, other.track)
        counts["same mood"] += one.mood == other.mood
        fronts = [None if each.front is None else each.front.landmarks.face for each in sights]
        found.meshes(*fronts)
    return {**counts, **{f"pipeline {name}": value for name, value in found.told().items() if "mesh" in name}}


def golden(found: Engine) -> dict[str, Any]:
    """What an engine finds in drawn pictures, as arrays by name."""
    detect, mesh = found.face_detector(MIN_SCORE), found.face_mesh()
    arrays: dict[str, Any] = {}
    for seed in range(FACE_SCENES):
        rgb = people(seed)
        rows = [
            (index, d.score, d.left, d.top, d.width, d.height, *d.right_eye, *d.left_eye)
            for index, tile in enumerate(tiles(rgb, seed))
            for d in detect(shrunk(rgb, tile))
        ]
        arrays[f"detections_{seed}"] = np.array(rows, np.float64).reshape(-1, 10)
        points = [mesh(rgb, region) for region in heads(seed)]
        arrays[f"faces_{seed}"] = np.array([face for face in points if face is not None]).reshape(-1, 468, 3)
    arrays.update(_golden_hands(found.hand_detector(MOST_HANDS)))
    return arrays


def _golden_hands(detect: FindHands) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for seed, (width, height, count) in enumerate(HAND_SCENES):
        hands = detect(drawn_hand.picture((width, height), count, seed))
        arrays[f"hands_{seed}"] = np.array([hand.points for hand in hands], np.float32).reshape(-1, 21, 3)
        arrays[f"left_{seed}"] = np.array([hand.side == "Left" for hand in hands], np.bool_)
    return arrays


if __name__ == "__main__":
    if sys.argv[1] == "golden":
        np.savez_compressed(sys.argv[2], **golden(choose.make("mediapipe")))
    else:
        print(json.dumps(compare(Path(sys.argv[2]) if len(sys.argv) > 2 else None)))
