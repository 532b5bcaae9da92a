"""What a hand has the actors do: the demo's visitors play with it.

A play is a value: whoever has it, and the monotonic clock of the machine, draws the same picture at the same moment. So
the half that sees and the demo's own page show the same actor, and no picture goes from one to the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from moodkiosk.host.files import NOT_JSON, write_atomic
from moodkiosk.sense.actor.actor import COME_SECONDS, MOODS, Role, Scene, beside, expression, picture, pose
from moodkiosk.sense.actor.drawn.looks import Looks, random_looks
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image

Cue = Literal["neutral", "happy", "sad", "angry", "surprise", "leave", "friend", "alone", "by_themselves"]
"""Five moods; everybody leaves; a friend comes, or goes; the actors play their scene by themselves."""

LONG_AGO = -1e6
FRIEND = 7
"""Number of the looks of the friend (`random_looks`)."""
DISTANCE_METRES, FRIENDS_METRES = 0.8, 1.05
APART = 0.17
"""How far from the middle the two stand, as a share of the width."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one actor does.

    Attributes:
        here: in the room, or gone.
        turned_at: when that began to be so, monotonic seconds.
        mood, before: what the face shows, and what it showed before.
        changed_at: when it began to change.
    """

    here: bool = False
    turned_at: float = LONG_AGO
    mood: str = "neutral"
    before: str = "neutral"
    changed_at: float = LONG_AGO


@dataclass(frozen=True, slots=True)
class Play:
    """What is played.

    Attributes:
        scene_at: when the actors began their scene by themselves, monotonic seconds; None: a hand directs them.
        who: number of the first actor's looks; 0 is the usual one.
        first, friend: what the two do while a hand directs them.
        slower: so many times as long the scene takes, for machines on which a look takes seconds.
    """

    scene_at: float | None = None
    who: int = 0
    first: Part = Part()
    friend: Part = Part()
    slower: float = 1.0

    def take(self, cue: Cue, at: float) -> Play:
        """The play after a cue at a time in monotonic seconds."""
        if cue == "by_themselves":
            return Play(scene_at=at, slower=self.slower)
        play = self._directed(at)
        match cue:
            case "leave":
                return replace(play, first=_turn(play.first, at, here=False), friend=_turn(play.friend, at, here=False))
            case "friend":
                return replace(play, first=_turn(play.first, at, here=True), friend=_turn(play.friend, at, here=True))
            case "alone":
                return replace(play, friend=_turn(play.friend, at, here=False))
        part = _turn(play.first, at, here=True)
        if part.mood != cue:
            part = replace(part, mood=cue, before=part.mood, changed_at=at)
        return replace(play, first=part)

    def roles_at(self, at: float, size: tuple[int, int]) -> list[Role]:
        """Who is to be seen at a time in monotonic seconds."""
        if self.scene_at is not None:
            role = Scene(size=size).role_at(max(0.0, at - self.scene_at) / self.slower)
            return [role] if role else []
        aside = APART * (1 - beside(self.friend.here, at - self.friend.turned_at))
        parts = (
            (self.first, _looks(self.who), DISTANCE_METRES, 0.5 - aside, 0.0),
            (self.friend, random_looks(FRIEND), FRIENDS_METRES, 0.5 + APART, 40.0),
        )
        return [
            Role(
                looks,
                expression(part.before, part.mood, at - part.changed_at, at + shift),
                pose(size, metres, beside(part.here, at - part.turned_at), at + shift, middle=middle),
            )
            for part, looks, metres, middle, shift in parts
            if part.here or at - part.turned_at < COME_SECONDS
        ]

    def picture_at(self, at: float, size: tuple[int, int]) -> Image:
        """The picture at a time in monotonic seconds, uint8 RGB [height, width, 3]."""
        return picture(self.roles_at(at, size), size)

    def _directed(self, at: float) -> Play:
        """The play at the moment in which a hand takes over: who is there stays."""
        if self.scene_at is None:
            return self
        scene, into = Scene(), max(0.0, at - self.scene_at) / self.slower
        first = Part(here=scene.role_at(into) is not None, mood=scene.mood_at(into) or MOODS[0])
        who = int(into // scene.cycle_seconds)
        return Play(who=who, first=replace(first, before=first.mood), slower=self.slower)


def write(play: Play, file: Path) -> None:
    """Keeps a play where `PlayFile` finds it."""
    write_atomic(file, msgspec.json.encode(play))


class PlayFile:
    """A play that somebody else may write anew at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: int | None = None
        self._play = Play()

    def read(self) -> Play:
        """The play as it was written last. Raises OSError if there is none, ValueError if it is none."""
        stamp = self._file.stat().st_mtime_ns
        if stamp != self._stamp:
            try:
                self._play, self._stamp = msgspec.json.decode(self._file.read_bytes(), type=Play), stamp
            except NOT_JSON as error:
                raise ValueError(Reason("list.of", what=str(self._file), reason=str(error))) from None
        return self._play


def _turn(part: Part, at: float, *, here: bool) -> Part:
    return part if part.here is here else replace(part, here=here, turned_at=at)


def _looks(who: int) -> Looks:
    return Looks() if who == 0 else random_looks(who)
