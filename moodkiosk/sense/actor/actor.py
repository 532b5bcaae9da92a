"""The actor: a scripted scene with a drawn person, as camera for the demo and for tests.

Somebody comes in, goes through five moods like a living person (blending, blinking, never quite still) and leaves; then
the room is empty for a while, and somebody else comes. Pictures depend on the time alone, so a scene can be replayed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, Expression, Looks, random_looks
from moodkiosk.sense.actor.drawn.portrait import paint
from moodkiosk.sense.actor.drawn.room import room

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image

LENS_DEGREES = 62.0
"""Horizontal angle of view of the usual camera (Raspberry Pi Camera Module 2)."""

HEAD_METRES = 0.23
"""Height of a head from crown to chin."""

COME_SECONDS = 1.0
"""How long the person takes to come in or to leave."""

BLEND_SECONDS = 0.4
"""How long a face takes to change."""

MOODS = ("neutral", "happy", "sad", "angry", "surprise")


def head_px(distance_metres: float, width_px: int) -> float:
    """Height of a head at a distance, in a picture of this width."""
    focal_px = width_px / 2 / math.tan(math.radians(LENS_DEGREES / 2))
    return HEAD_METRES * focal_px / distance_metres


@dataclass(frozen=True, slots=True)
class Role:
    """One actor in a picture that is drawn once."""

    looks: Looks
    expression: Expression
    pose: Pose


def picture(roles: Sequence[Role], size: tuple[int, int] = (640, 480), light: float = 1.0) -> Image:
    """The room with these people in it, uint8 RGB [height, width, 3]; the nearest is drawn last."""
    rgb = room(size, light)
    for role in sorted(roles, key=lambda role: role.pose.head_px):
        paint(rgb, role.looks, role.expression, role.pose, light)
    return rgb


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens, over and over.

    Attributes:
        size: (width, height) of the picture in pixels.
        moods: the moods the person goes through, in this order.
        empty_seconds: how long the room is empty before the person comes.
        mood_seconds: how long a mood lasts, the change to it included.
        away_seconds: how long the room is empty after the person left.
        distance_metres: how far from the camera the person stands.
        seed: who plays: 0 is the usual person, others are random; the next cycle shows the next one.
        light: 1 is day, 0 the dark.
    """

    size: tuple[int, int] = (640, 480)
    moods: tuple[str, ...] = MOODS
    empty_seconds: float = 1.0
    mood_seconds: float = 5.0
    away_seconds: float = 8.0
    distance_metres: float = 0.8
    seed: int = 0
    light: float = 1.0

    @property
    def cycle_seconds(self) -> float:
        """From one arrival to the next."""
        return self.empty_seconds + 2 * COME_SECONDS + len(self.moods) * self.mood_seconds + self.away_seconds

    def mood_at(self, seconds: float) -> str | None:
        """What the person shows (a change counts from its middle); None while nobody is fully there."""
        into = seconds % self.cycle_seconds - self.empty_seconds - COME_SECONDS
        if not 0 <= into < len(self.moods) * self.mood_seconds:
            return None
        index = int(into // self.mood_seconds)
        if index and into % self.mood_seconds < BLEND_SECONDS / 2:
            index -= 1
        return self.moods[index]

    def role_at(self, seconds: float) -> Role | None:
        """The person at a time, or None for an empty room."""
        cycle, into = divmod(seconds, self.cycle_seconds)
        into -= self.empty_seconds
        stay = len(self.moods) * self.mood_seconds + 2 * COME_SECONDS
        if not 0 <= into < stay:
            return None
        beside = 1 - _ease(into / COME_SECONDS) + _ease((into - stay + COME_SECONDS) / COME_SECONDS)
        who = self.seed + int(cycle)
        return Role(
            Looks() if who == 0 else random_looks(who),
            self._expression(into - COME_SECONDS, seconds),
            self._pose(beside, seconds),
        )

    def picture_at(self, seconds: float) -> Image:
        """The picture at a time in seconds from the start of the scene, uint8 RGB [height, width, 3]."""
        role = self.role_at(seconds)
        return picture([role] if role else [], self.size, self.light)

    def _expression(self, into: float, seconds: float) -> Expression:
        index = min(max(int(into // self.mood_seconds), 0), len(self.moods) - 1)
        since = into - index * self.mood_seconds
        return expression(self.moods[max(index - 1, 0)], self.moods[index], since, seconds)

    def _pose(self, beside: float, seconds: float) -> Pose:
        return pose(self.size, self.distance_metres, beside, seconds)


def expression(before: str, mood: str, since: float, seconds: float) -> Expression:
    """A living face: `since` seconds ago it began to change from one mood to another. `seconds`: the time, to blink."""
    shown = EXPRESSIONS[before].blend(EXPRESSIONS[mood], _ease(since / BLEND_SECONDS))
    lively = 0.9 + 0.1 * math.sin(1.3 * seconds)  # nobody holds a face quite still
    shown = EXPRESSIONS["neutral"].blend(shown, lively)
    blink = max(0.0, 1 - abs(seconds % 3.1 - 1.5) / 0.12)
    return shown.blend(Expression(**{**_parts(shown), "eyes": -1.0}), blink)


def pose(size: tuple[int, int], distance_metres: float, beside: float, seconds: float, *, middle: float = 0.5) -> Pose:
    """A person who sways a little.

    Args:
        size: (width, height) of the picture in pixels.
        distance_metres: how far from the camera.
        beside: 0 stands in place, 1 is out of the picture.
        seconds: the time, to sway.
        middle: where the person stands, as a share of the width.
    """
    width, height = size
    head = head_px(distance_metres, width)
    sway = math.sin(0.9 * seconds), math.sin(1.7 * seconds + 1), math.sin(0.6 * seconds + 2)
    return Pose(
        x_px=width * middle + head * 0.05 * sway[0] + beside * (width * (1 - middle) + 1.2 * head),
        y_px=height * 0.42 + head * 0.02 * sway[1],
        head_px=head * (1 + 0.02 * sway[2]),
        roll_degrees=3 * sway[1],
        yaw_degrees=5 * sway[0] + 10 * beside,
        pitch_degrees=2 * sway[2],
    )


def beside(here: bool, since: float) -> float:
    """How far out of the picture somebody is who began to come (`here`) or to leave so many seconds ago: 0 to 1."""
    share = _ease(since / COME_SECONDS)
    return 1 - share if here else share


def play(scene: Scene, frames_per_second: float, seconds: float | None = None) -> Iterator[Frame]:
    """The frames of a scene in its own time, which starts at 0; endless unless `seconds` is given. Does not wait."""
    index = 0
    while seconds is None or index < seconds * frames_per_second:
        at = index / frames_per_second
        yield Frame(scene.picture_at(at), at)
        index += 1


def _parts(expression: Expression) -> dict[str, float]:
    return {name: getattr(expression, name) for name in Expression.__dataclass_fields__}


def _ease(share: float) -> float:
    """0 below 0, 1 above 1, a soft step between."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
