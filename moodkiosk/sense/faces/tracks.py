"""Follows people from frame to frame by where they are and how large they look. Geometry only: nobody is recognised.

A track is one person while in view. Who is hidden for a moment (somebody walks past) keeps their number if they show
up again about where they were going; after that, or in doubt, they are somebody new: two people must never be mixed
into one, while one person as two costs a few seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from moodkiosk.sense.faces.landmarks import MARGIN, Face, Region
from moodkiosk.sense.faces.still import Stillness

REMEMBER_SECONDS = 2.0
"""A person out of sight is waited for this long."""

SAME_DISTANCE = 0.35
"""Two faces whose middles are closer than this, in widths, are the same face found twice."""

SAME_SIZE = 1.35
"""A face does not grow or shrink by more than this between two looks."""

RETURN_DISTANCE = 1.2
"""How far from where they are expected people may show up again, in face widths, and a little more each second."""

NEARER = 1.15
"""Somebody else comes to the front when their face is larger by this much: equals do not take turns."""

GIVE_WAY_SECONDS = 0.6
"""Who was in front and is hidden stays in front this long, so that one missed look does not change the person."""

ALIKE_SIZE = 1.2
"""Faces whose sizes differ by less cannot be told apart by size."""

ONE_BEHIND_THE_OTHER = 0.8
"""Nor by place, once their middles were closer than this, in widths, and one of them was hidden: they may have passed
each other, or turned back."""

SPEED_MEMORY_SECONDS = 0.4

LEAVING_SPEED = 0.5
"""Face widths a second towards the edge of the picture: who is lost at that edge with so much has left. Whoever comes
in there next may be somebody else."""

PICTURES = 8
"""As many pictures on the wall are remembered while somebody stands before them."""


@dataclass(slots=True)
class Track:
    """One person while in view.

    Attributes:
        number: who it is, for as long as the person stays in view.
        face: when seen last.
        at: when seen last, seconds.
        since: when seen first.
        speed: of the face's middle, pixels a second, x and y.
        stillness: whether it is a picture on the wall.
        animal: it is no person.
    """

    number: int
    face: Face
    at: float
    since: float
    stillness: Stillness
    speed: tuple[float, float] = (0.0, 0.0)
    animal: bool = False

    def expected(self, at: float) -> Region:
        """Where the face should be at a time not long after it was seen."""
        seconds = min(max(at - self.at, 0.0), REMEMBER_SECONDS)
        x, y = (self.speed[0] * seconds, self.speed[1] * seconds)
        region = self.face.region
        return Region(region.x + x, region.y + y, region.side, region.rotation)

    def misfit(self, region: Region, at: float) -> float:
        """How badly a face found at a time fits this person: 0 is as expected, above 1 somebody else."""
        where = self.expected(at)
        reach = (RETURN_DISTANCE + min(max(at - self.at, 0.0), REMEMBER_SECONDS)) * self.face.width_px
        apart = math.hypot(region.x - where.x, region.y - where.y) / reach
        growth = abs(math.log(region.side / where.side)) / math.log(SAME_SIZE)
        return max(apart, growth)

    def take(self, face: Face, at: float) -> None:
        """The person is seen again."""
        before, now, seconds = self.face.region, face.region, at - self.at
        if seconds > 0:
            share = seconds / (seconds + SPEED_MEMORY_SECONDS)
            moved = ((now.x - before.x) / seconds, (now.y - before.y) / seconds)
            self.speed = (
                self.speed[0] + share * (moved[0] - self.speed[0]),
                self.speed[1] + share * (moved[1] - self.speed[1]),
            )
        self.face, self.at = face, at
        self.stillness.see(face.points, face.width_px, at)


class Tracks:
    """The people in view, and those who were a moment ago.

    Attributes:
        seen: those in view at the last look, in the order of their numbers.
        front: the one whose mood counts, or None; may be hidden for a moment.
        last_number: that was given to anybody.
    """

    def __init__(
        self,
        still_seconds: float | None = None,
        most: int = 4,
        after: int = 0,
        size: tuple[float, float] = (math.inf, math.inf),
    ) -> None:
        """Follows nobody yet.

        Args:
            still_seconds: without movement for so long a face is a picture; None: never.
            most: people to follow.
            after: numbers begin after this one.
            size: (width, height) of the pictures.
        """
        self.seen: list[Track] = []
        self.front: Track | None = None
        self._hidden: list[Track] = []
        self._covered: list[Track] = []  # pictures that cannot be seen now
        self._still_seconds = still_seconds
        self._most = most
        self._size = size
        self.last_number = after

    @property
    def full(self) -> bool:
        """Whether nobody more can be followed."""
        return len(self.seen) >= self._most

    @property
    def people(self) -> list[Track]:
        """Those in view who are people, neither pictures nor animals."""
        return [track for track in self.seen if not self._is_picture(track)]

    @property
    def hidden(self) -> list[Track]:
        """Those who were in view a moment ago."""
        return self._hidden

    def look(self, found: list[tuple[Track, Face | None]], at: float) -> None:
        """Takes in what was found in the regions of those `seen`: a face, or None.

        Two of them may have come upon the same face (one walked past the other): it goes to whom it fits best, the
        other is hidden.
        """
        faces = [(track.misfit(face.region, at), track, face) for track, face in found if face is not None]
        faces.sort(key=lambda entry: entry[0])
        self.seen = []
        for misfit, track, face in faces:
            if misfit <= 1 and not self.knows(face.region):
                track.take(face, at)
                self.seen.append(track)
        for track, _ in found:
            if track in self.seen or self._has_left(track):
                continue
            if alike := self._taken_for(track, at):
                self._renumber(alike, at)
            else:
                self._hidden.append(track)
        self._settle(at)

    def knows(self, region: Region) -> bool:
        """Whether the face in a region is followed already."""
        return any(same_face(region, track.face.region) for track in self.seen)

    def meet(self, face: Face, at: float) -> Track | None:
        """Takes in a face that was found by searching: somebody hidden, somebody new, or None (known, or too many)."""
        if self.full or self.knows(face.region):
            return None
        track = self._who(face.region, at)
        if track is None:
            self.last_number += 1
            track = Track(self.last_number, face, at, at, Stillness(face.points, at))
        else:
            track.take(face, at)
        self.seen.append(track)
        self._settle(at)
        return track

    def judge(self, track: Track, at: float, *, animal: bool) -> None:
        """Takes in whether somebody in view is an animal."""
        if animal != track.animal:
            track.animal = animal
            self._settle(at)

    def _who(self, region: Region, at: float) -> Track | None:
        """The hidden one who fits a face that shows up, or the picture that hangs there."""
        picture = next((track for track in self._covered if same_face(region, track.face.region)), None)
        if picture is not None and picture.misfit(region, at) <= 1:
            self._covered.remove(picture)
            return picture
        track = min(self._hidden, key=lambda hidden: hidden.misfit(region, at), default=None)
        if track is None or track.misfit(region, at) > 1:
            return None
        if any(other is not track and confusable(other, track, at) for other in self._hidden):
            return None
        self._hidden.remove(track)
        return track

    def _settle(self, at: float) -> None:
        """Brings the lists up to date, and says who is in front."""
        self.seen.sort(key=lambda track: track.number)
        pictures = [track for track in self._hidden if self._is_picture(track)]
        self._covered = (self._covered + pictures)[-PICTURES:]
        self._hidden = [t for t in self._hidden if t not in pictures and 0 <= at - t.at <= REMEMBER_SECONDS]
        people, front = self.people, self.front
        nearest = max(people, key=lambda track: track.face.width_px, default=None)
        if front is None or nearest is None:
            self.front = nearest
        elif front in people:
            self.front = nearest if nearest.face.width_px > NEARER * front.face.width_px else front
        elif front not in self._hidden or at - front.at > GIVE_WAY_SECONDS:
            self.front = nearest

    def _taken_for(self, lost: Track, at: float) -> list[Track]:
        """Those in view who may be somebody just lost at their face: once both show up again, nobody can tell."""
        return [] if self._is_picture(lost) else [track for track in self.people if confusable(track, lost, at)]

    def _renumber(self, tracks: list[Track], at: float) -> None:
        """Makes them somebody new."""
        for track in tracks:
            self.last_number += 1
            track.number, track.since = self.last_number, at

    def _has_left(self, track: Track) -> bool:
        """Whether somebody who is lost walked out of the picture, and did not only disappear from view."""
        region, least = track.face.region, LEAVING_SPEED * track.face.width_px
        half = region.side / MARGIN / 2
        places = zip((region.x, region.y), track.speed, self._size, strict=True)
        return any(
            (place < half and speed < -least) or (place > length - half and speed > least)
            for place, speed, length in places
        )

    def _is_picture(self, track: Track) -> bool:
        still = self._still_seconds is not None and track.stillness.seconds(track.at) >= self._still_seconds
        return track.animal or still


def confusable(one: Track, other: Track, at: float) -> bool:
    """Whether two could be taken for each other: they should be in one place, and are of one size."""
    here, there = one.expected(at), other.expected(at)
    width = (one.face.width_px + other.face.width_px) / 2
    near = math.hypot(here.x - there.x, here.y - there.y) < ONE_BEHIND_THE_OTHER * width
    return near and max(here.side, there.side) < ALIKE_SIZE * min(here.side, there.side)


def same_face(one: Region, other: Region) -> bool:
    """Whether two regions show the same face."""
    width = (one.side + other.side) / 2 / 1.6  # a region is about 1.6 face widths wide
    return math.hypot(one.x - other.x, one.y - other.y) < SAME_DISTANCE * width
