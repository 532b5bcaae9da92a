"""Recordings of people who show moods, made of numbers: the mean face with some points moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.sense.mood.frontal import mean_face
from moodkiosk.sense.mood.opinion import COVERED

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Points

# Points of the mesh and how far they move, in distances of the eyes; x of the left one, mirrored on the right.
CORNERS, INNER_BROWS, LOWER_LIP, LIDS = (61, 291), (55, 285), (14, 14), (159, 386)
MOVES: dict[str, tuple[tuple[tuple[int, int], float, float], ...]] = {
    "neutral": (),
    "happy": ((CORNERS, -0.12, -0.08),),
    "sad": ((CORNERS, 0.0, 0.05), (INNER_BROWS, 0.0, -0.06)),
    "angry": ((INNER_BROWS, 0.03, 0.08), (LIDS, 0.0, 0.03)),
    "surprise": ((LOWER_LIP, 0.0, 0.25), (INNER_BROWS, 0.0, -0.08), (LIDS, 0.0, -0.04)),
    "rock": (),
}


def faces(label: str, n: int, person: int = 0, noise: float = 0.01, seed: int = 0) -> Points:
    """Landmarks [n, 468, 3] in pixels of one person showing a mood, more and less, wherever the head is."""
    rng = np.random.default_rng((seed, person, n, *label.encode()))
    of_person = np.random.default_rng(person).normal(0, 0.02, (468, 3))
    shape = np.repeat((mean_face() + of_person)[None], n, axis=0)
    strength = rng.uniform(0.6, 1.1, n)
    for (left, right), x, y in MOVES[label]:
        for point, sign in ((left, 1), (right, -1)):
            shape[:, point, 0] += sign * x * strength
            shape[:, point, 1] += y * strength
    shape += rng.normal(0, noise, shape.shape)
    size, place = rng.uniform(60, 120, (n, 1, 1)), rng.uniform(200, 400, (n, 1, 3))
    points: Points = (shape * size + place).astype(np.float32)
    return points


def horns(n: int, beside: Points, seed: int = 0) -> Points:
    """A hand [n, 21, 3] beside each face with index and little finger stretched, the others bent."""
    rng = np.random.default_rng(seed)
    hand = np.zeros((n, 21, 3))
    for finger, stretched in enumerate((False, True, False, False, True)):
        for joint in range(4):
            reach = 0.35 + (0.15 * joint if stretched else 0.05 * (joint % 2))
            hand[:, 1 + 4 * finger + joint] = (0.12 * finger - 0.24, -reach, 0)
    hand += rng.normal(0, 0.02, hand.shape)
    pipeline = beside[:, [33, 263]]
    unit = np.linalg.norm(pipeline[:, 1, :2] - pipeline[:, 0, :2], axis=1)[:, None, None]
    points: Points = (hand * unit + pipeline.mean(1, keepdims=True) + unit * (1.6, 1.0, 0)).astype(np.float32)
    return points


def write(
    folder: Path,
    labels: tuple[str, ...] = ("neutral", "happy", "sad", "angry", "surprise"),
    n: int = 30,
    people: tuple[str, ...] = ("Ana",),
    sessions: tuple[str, ...] = ("",),
    *,
    hands: bool = False,
    mirrored: bool = False,
    noise: float = 0.01,
    at: bool = True,
    opinion: bool = False,
    masked: bool = False,
) -> Path:
    """A folder of recordings, one a label, person and session, ten samples a second.

    "rock" shows a hand if `hands`; with an `opinion` there is a second one, that all moods are alike, and if `masked`
    that the mouth is covered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, person in enumerate(people):
        for turn, session in enumerate(sessions):
            for label in labels:
                face = faces(label, n, number, noise, turn)
                absent = np.full((n, 21, 3), np.nan, np.float32)
                right = horns(n, face) if hands and label == "rock" else absent
                content: dict[str, Any] = {
                    "face": face,
                    "left_hand": absent,
                    "right_hand": right,
                    "label": label,
                    "person": person,
                    "session": session,
                    "width": 640,
                    "height": 480,
                    "mirrored": mirrored,
                    "extractor": "numbers",
                    "version": 1,
                }
                if opinion:
                    content["opinion"] = np.full((n, 9), np.log(1 / 7), np.float32)
                    content["opinion"][:, COVERED] = 10 if masked else -10
                if at:
                    content["at"] = 100.0 + np.arange(n) / 10
                name = "-".join(part for part in (label, person, session) if part)
                np.savez_compressed(folder / f"{name}.npz", **content)
    return folder
