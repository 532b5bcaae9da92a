"""Landmarks to named numbers: THE contract between collecting, training and the kiosk.

All measures are free of scale, place and tilt: the unit is the distance between the outer corners of the eyes, and the
line through them is level. The turn of the head is undone first, so that looking aside does not look like a mood.
Left and right are averaged, so the face's measures are the same for a mirror image; the hands' are not.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.mood.frontal import OUTER_EYES, Sums, frontalised, levelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Landmarks, Points

    Floats = NDArray[np.float32]

FACE = "face-1"
"""Schema id: the measures of the face alone."""

FACE_AND_HANDS = "face-hands-1"
"""Schema id: the measures of the face, then of the left hand, then of the right hand."""

FACE_AND_OPINION = "face-2"
"""Schema id: the measures of the face, then the second opinion's log-probabilities of the moods."""

OPINION_MOODS = ("angry", "disgusted", "fearful", "happy", "neutral", "sad", "surprised")
"""What the second opinion tells apart, in the order of its answers."""

LEAST_LOG = -8.0
"""Log-probabilities are clipped here: below, they say no more than "certainly not"."""

SAYS_NOTHING = math.log(1 / len(OPINION_MOODS))
"""The second opinion's log-probabilities when all moods are alike to it."""

# Points of MediaPipe's face mesh (canonical_face_model_uv_visualization.png in its repository). The first of a pair is
# on the left of an unmirrored picture, which is the person's right.
PLACES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "outer_eye": ((33,), (263,)),
    "inner_eye": ((133,), (362,)),
    "upper_lid": ((159, 158, 160), (386, 385, 387)),
    "lower_lid": ((145, 153, 144), (374, 380, 373)),
    "inner_brow": ((55, 107), (285, 336)),
    "half_brow": ((65, 66), (295, 296)),
    "middle_brow": ((52, 105), (282, 334)),
    "outer_brow": ((53, 63), (283, 293)),
    "tail_of_brow": ((46, 70), (276, 300)),
    "cheek": ((50, 205), (280, 425)),
    "nose_wing": ((129, 98), (358, 327)),
    "mouth_corner": ((61,), (291,)),
    "inner_mouth_corner": ((78,), (308,)),
    "upper_lip_side": ((39, 40), (269, 270)),
    "inner_upper_side": ((81,), (311,)),
    "inner_lower_side": ((178,), (402,)),
    "jaw": ((149, 176), (378, 400)),
    "upper_lip": ((0,), (0,)),
    "inner_upper_lip": ((13,), (13,)),
    "inner_lower_lip": ((14,), (14,)),
    "lower_lip": ((17,), (17,)),
    "nose_root": ((193,), (417,)),
    "nose_base": ((2,), (2,)),
    "chin": ((152, 175), (152, 175)),
}
"""Name to the points whose mean it is, left and right."""

# name: (kind, from, to). "height": how far `to` lies above `from`, positive up. "width": distance of `to`'s two
# sides, level. "span": distance between `from` and `to`.
_RECIPES: dict[str, tuple[str, str, str]] = {
    "eye_opening": ("height", "lower_lid", "upper_lid"),
    "inner_brow_height": ("height", "inner_eye", "inner_brow"),
    "half_brow_height": ("height", "inner_eye", "half_brow"),
    "middle_brow_height": ("height", "upper_lid", "middle_brow"),
    "outer_brow_height": ("height", "outer_eye", "outer_brow"),
    "tail_of_brow_height": ("height", "outer_eye", "tail_of_brow"),
    "brow_slope": ("height", "tail_of_brow", "inner_brow"),
    "brow_arch": ("height", "inner_brow", "middle_brow"),
    "brow_to_lower_lid": ("height", "lower_lid", "inner_brow"),
    "brow_gap": ("width", "", "inner_brow"),
    "half_brow_gap": ("width", "", "half_brow"),
    "tail_of_brow_width": ("width", "", "tail_of_brow"),
    "eye_gap": ("width", "", "inner_eye"),
    "nose_root_width": ("width", "", "nose_root"),
    "mouth_width": ("width", "", "mouth_corner"),
    "inner_mouth_width": ("width", "", "inner_mouth_corner"),
    "lip_gap": ("height", "inner_lower_lip", "inner_upper_lip"),
    "side_lip_gap": ("height", "inner_lower_side", "inner_upper_side"),
    "upper_lip_thickness": ("height", "inner_upper_lip", "upper_lip"),
    "lower_lip_thickness": ("height", "lower_lip", "inner_lower_lip"),
    "corner_over_upper_lip": ("height", "inner_upper_lip", "mouth_corner"),
    "corner_under_nose": ("height", "mouth_corner", "nose_base"),
    "inner_corner_over_lip_gap": ("height", "inner_lower_lip", "inner_mouth_corner"),
    "upper_lip_side_height": ("height", "upper_lip", "upper_lip_side"),
    "philtrum": ("height", "upper_lip", "nose_base"),
    "chin_under_lip": ("height", "chin", "lower_lip"),
    "chin_under_eyes": ("height", "chin", "inner_eye"),
    "cheek_under_eye": ("height", "cheek", "lower_lid"),
    "nose_wing_under_eye": ("height", "nose_wing", "inner_eye"),
    "nose_width": ("width", "", "nose_wing"),
    "nose_base_under_eye": ("height", "nose_base", "inner_eye"),
    "cheek_width": ("width", "", "cheek"),
    "jaw_width": ("width", "", "jaw"),
}
FACE_MEASURES: tuple[str, ...] = tuple(_RECIPES)
"""Names of the face's measures, in the order of the vector."""

FINGERS: dict[str, tuple[int, int]] = {
    "thumb": (2, 4),
    "index": (5, 8),
    "middle": (9, 12),
    "ring": (13, 16),
    "little": (17, 20),
}
"""Finger to its knuckle and its tip, points of MediaPipe's hand landmarks."""

HAND_MEASURES: tuple[str, ...] = (
    "present",  # 1 or 0; without the hand, all its other measures are 0 too
    "wrist_x",  # from the middle between the eyes, level, to the right of the picture
    "wrist_y",  # likewise, up
    "palm_x",  # direction from the wrist to the knuckle of the middle finger, length 1
    "palm_y",
    "palm_facing",  # positive or negative: which side of the hand is seen; 0 edge on
    *(f"{finger}_reach" for finger in FINGERS),  # from the wrist to the tip; unit: the palm
    *(f"{finger}_stretch" for finger in FINGERS),  # from the knuckle to the tip; unit: the palm
    *(f"{first}_{second}_gap" for first, second in zip(list(FINGERS), list(FINGERS)[1:], strict=False)),  # between tips
)
"""Names of one hand's measures, in the order of the vector."""

MEASURES: dict[str, tuple[str, ...]] = {
    FACE: FACE_MEASURES,
    FACE_AND_OPINION: (*FACE_MEASURES, *(f"opinion_{mood}" for mood in OPINION_MOODS)),
    FACE_AND_HANDS: (*FACE_MEASURES, *(f"{side}_{name}" for side in ("left", "right") for name in HAND_MEASURES)),
}
"""Schema id to the names of its measures."""

HAND_LIMIT = 12.0
"""No hand is farther from the eyes, or longer in palms: beyond it, the landmarks are wrong."""


LARGEST = 1e6
"""Measures are distances in eye distances, and ratios of such: a few at most. False for what is no number, too."""


def measure(landmarks: Landmarks, schema: str = FACE) -> Floats:
    """The measures of one person in one frame, float32 [k], named by `MEASURES[schema]`."""
    if schema != FACE_AND_HANDS:
        found = np.full(len(MEASURES[schema]), np.nan, np.float32)
        found[: len(FACE_MEASURES)] = _sums().of(landmarks.face)
        if schema == FACE_AND_OPINION and landmarks.opinion is not None:
            found[len(FACE_MEASURES) :] = clipped(landmarks.opinion)
        return found
    hands = (landmarks.left_hand, landmarks.right_hand)
    left, right = (np.full((21, 3), np.nan, np.float32) if hand is None else hand for hand in hands)
    row: Floats = measures(landmarks.face[None], left[None], right[None], schema)[0]
    return row


def measures(
    face: Points, left_hand: Points | None, right_hand: Points | None, schema: str = FACE, opinion: Points | None = None
) -> Floats:
    """The measures of n samples, float32 [n, k], named by `MEASURES[schema]`.

    Args:
        face: landmarks in pixels, [n, 468, 3]; z is not used.
        left_hand: landmarks in pixels, [n, 21, 3], NaN where absent; None: absent throughout. Ignored by `FACE`.
        right_hand: likewise.
        schema: a key of `MEASURES`.
        opinion: answers of the second opinion, [n, 9], for `FACE_AND_OPINION` only; where it was not asked (None, or
            NaN) its measures are NaN (see `without_gaps`).
    """
    of_face = _face(np.asarray(face, np.float64))
    if schema == FACE:
        return of_face.astype(np.float32)
    if schema == FACE_AND_OPINION:
        said = np.full((len(of_face), len(OPINION_MOODS)), np.nan) if opinion is None else clipped(opinion)
        of_both: Floats = np.concatenate([of_face, said], axis=1).astype(np.float32)
        return of_both
    eyes = np.asarray(face, np.float64)[:, list(OUTER_EYES), :2]
    absent = np.zeros((len(of_face), len(HAND_MEASURES)))
    of_hands = [
        absent if hand is None else _hand(np.asarray(hand, np.float64), eyes) for hand in (left_hand, right_hand)
    ]
    together: Floats = np.concatenate([of_face, *of_hands], axis=1).astype(np.float32)
    return together


def clipped(opinion: Points) -> Points:
    """The moods' part of the second opinion's answers [..., >= 7], as measures: [..., 7]."""
    logs: Points = np.maximum(opinion[..., : len(OPINION_MOODS)], np.float32(LEAST_LOG))
    return logs


def without_gaps(vectors: Floats, count: int) -> Floats:
    """Measures as a network takes them, [..., count]: a second opinion that was not asked says nothing.

    Args:
        vectors: measures, [..., k]; NaN, or missing at the end (k < count), where the second opinion was not asked.
        count: how many the network takes.
    """
    asked: Floats = np.full((*vectors.shape[:-1], count), SAYS_NOTHING, np.float32)
    np.copyto(asked[..., : vectors.shape[-1]], vectors, where=~np.isnan(vectors))
    return asked


def resting(schema: str) -> int:
    """How many of the measures, counted from the first, have a value at rest: all but those of hands."""
    return len(FACE_MEASURES) if schema == FACE_AND_HANDS else len(MEASURES[schema])


def possible(measure: float) -> bool:
    """Whether a number in a file can be a measure: finite, and of the size that distances in a face have."""
    return abs(measure) <= LARGEST


def with_own_neutral(vectors: Floats, own: Floats, usual: Floats, gain: float = 1.0) -> Floats:
    """The measures as they would be if the person's face at rest were the usual one.

    Args:
        vectors: measures, [..., k].
        own: measures of the face at rest of this person; where there are fewer than of `usual`, or gaps (a neutral look
            that was taken without the second opinion), the others stay as they are.
        usual: mean measures of faces at rest in the training set (`neutral_mean`), [r].
        gain: 1 subtracts; above 1 exaggerates what differs from the face at rest.

    Returns:
        measures' = usual + gain * (measures - own), [..., k]; hands have no rest and stay as they are.
    """
    count = min(len(usual), len(own), vectors.shape[-1])
    moved: Floats = vectors.copy()
    relative = usual[:count] + np.float32(gain) * (vectors[..., :count] - own[:count])
    np.copyto(moved[..., :count], relative, where=~np.isnan(own[:count]))
    return moved


def _face(face: NDArray[np.float64]) -> NDArray[np.float64]:
    points, across, up = _plan()
    flat = frontalised(face[..., :2], points)
    of_face: NDArray[np.float64] = flat[..., 0] @ across + flat[..., 1] @ up
    return of_face


@functools.cache
def _sums() -> Sums:
    return Sums(*_plan())


@functools.cache
def _plan() -> tuple[tuple[int, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Every measure is linear in the frontal face: the points that are needed, and the weights of their x and y."""
    points = tuple(sorted({i for sides in PLACES.values() for side in sides for i in side} | set(OUTER_EYES)))
    column = {point: index for index, point in enumerate(points)}
    across, up = np.zeros((2, len(points), len(_RECIPES)))
    for index, (kind, start, end) in enumerate(_RECIPES.values()):
        if kind == "width":
            for side, sign in zip(PLACES[end], (-1, 1), strict=True):
                across[[column[i] for i in side], index] += sign / len(side)
        else:
            for place, sign in ((start, 1), (end, -1)):  # y points down
                for side in PLACES[place]:
                    up[[column[i] for i in side], index] += sign / len(side) / 2
    return points, across, up


def _hand(hand: NDArray[np.float64], eyes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measures of one hand, [n, len(HAND_MEASURES)], from [n, 21, 3] pixels and the outer corners of the eyes."""
    present: NDArray[np.bool_] = np.all(np.isfinite(hand[..., :2]), axis=(1, 2))
    xy = levelled(np.where(present[:, None, None], hand[..., :2], 0.0), eyes)
    wrist = xy[:, 0]
    # The longest of three, since a hand that points at the camera is foreshortened.
    sides = [np.linalg.norm(xy[:, a] - xy[:, b], axis=1) for a, b in ((0, 5), (0, 17), (5, 17))]
    palm = np.maximum(np.max(sides, axis=0), 1e-6)
    along = xy[:, 9] - wrist
    along = along / np.maximum(np.linalg.norm(along, axis=1), 1e-6)[:, None]
    first, last = (xy[:, 5] - wrist) / palm[:, None], (xy[:, 17] - wrist) / palm[:, None]
    facing = first[:, 0] * last[:, 1] - first[:, 1] * last[:, 0]
    knuckles, tips = (xy[:, list(points)] for points in zip(*FINGERS.values(), strict=True))
    reach = np.linalg.norm(tips - wrist[:, None], axis=2) / palm[:, None]
    stretch = np.linalg.norm(tips - knuckles, axis=2) / palm[:, None]
    gaps = np.linalg.norm(np.diff(tips, axis=1), axis=2) / palm[:, None]
    where = np.stack([present, wrist[:, 0], -wrist[:, 1], along[:, 0], -along[:, 1], facing], 1)
    found = np.concatenate([where, reach, stretch, gaps], 1)
    return np.clip(np.where(present[:, None], found, 0.0), -HAND_LIMIT, HAND_LIMIT)
