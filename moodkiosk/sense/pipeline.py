"""Frames to readings: finds people, follows them, measures the one in front, asks the model.

Deterministic in the frames and their times: the same frames give the same readings, live and in a replay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moodkiosk.moods.frame import Landmarks
from moodkiosk.moods.reading import Reading
from moodkiosk.sense.camera.pixels import normal
from moodkiosk.sense.faces import choose, quality
from moodkiosk.sense.faces.detector import MIN_SCORE, SURE_SCORE, FaceFinder
from moodkiosk.sense.faces.landmarks import Face, FaceMesh, Region, askew
from moodkiosk.sense.faces.search import Search
from moodkiosk.sense.faces.tracks import Tracks
from moodkiosk.sense.faces.upright import Lying, Turn
from moodkiosk.sense.mood.calibration import MIN_WEIGHT as CALIBRATION_WEIGHT
from moodkiosk.sense.mood.measures import FACE, measure
from moodkiosk.sense.mood.opinion import Impressions, SecondOpinion
from moodkiosk.sense.mood.selfcalibration import SelfCalibration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.config.settings import SenseSettings
    from moodkiosk.moods.frame import Frame, Image, Points
    from moodkiosk.moods.reading import NeutralFrom, Quality
    from moodkiosk.sense.faces.hands import HandFinder
    from moodkiosk.sense.mood.model import MoodModel
    from moodkiosk.sense.mood.neutral import OwnNeutral

    Floats = NDArray[np.float32]

HANDS_SECONDS = 0.4
"""How often hands are looked for in the running kiosk; in between, those seen last are taken to be where they were."""

OPINION_SECONDS = 0.35
"""The second opinion on somebody is asked for this often at most; in between, what it said last holds."""

MISSED_SECONDS, MISSED_LOOKS = 5.0, 2.5
"""After a pause this long between two frames, everything seen before is forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody in view at the last look.

    Attributes:
        track: the number of the person.
        landmarks: of the face, and of the hands if they were looked for.
        width_px: of the face.
        picture: it is a picture on the wall or an animal, not a person.
    """

    track: int
    landmarks: Landmarks
    width_px: float
    picture: bool


class Pipeline:
    """Looks at frames. One thread at a time.

    Attributes:
        model: reads the mood; None: people are followed, but no mood is read (collecting needs none).
        own: whose neutral face is subtracted, or None.
        people: everybody in view at the last look, pictures on the wall included.
        front: the one whose mood counts, or None.
        lying: how the face of the one in front lies in the picture, 0 is upright; None without one.
        measures: of the one in front, by the model's schema; None without one.
        animals: how many were taken for one since the start.
        acted: whoever is in front shows moods on purpose, so nothing is learnt of their face at rest.
    """

    def __init__(
        self,
        settings: SenseSettings,
        model: MoodModel | None = None,
        *,
        own: OwnNeutral | None = None,
        every_look: bool = False,
    ) -> None:
        """`every_look`: look for hands, whatever the model uses, and ask for opinions in every frame (collecting)."""
        import cv2

        cv2.setNumThreads(1)  # what is left for OpenCV is small; handing it to other threads costs more
        self.model, self.own = model, own
        self.people: list[Person] = []
        self.front: Person | None = None
        self.measures: Floats | None = None
        self.lying: Turn | None = None
        self._settings = settings
        self._missed_seconds = max(MISSED_SECONDS, MISSED_LOOKS / settings.least_hz)
        self._every_look = every_look
        self._engine = choose.make(settings.engine)
        self._finder = FaceFinder(self._engine.face_detector(MIN_SCORE))
        self._lying = Lying(self._finder)
        self._mesh = FaceMesh(self._engine.face_mesh())
        self._hand_finder: HandFinder | None = None
        self._opinion, self._impressions = SecondOpinion(), Impressions()
        self._said: dict[int, tuple[float, Floats]] = {}  # of each track: when it was asked, and the answer
        self.animals, self.acted = 0, False
        self._at = 0.0
        self._tracks = Tracks()
        self._watching: tuple[MoodModel, SelfCalibration] | None = None
        self._forget((0, 0), self._at)

    @property
    def looks_for_hands(self) -> bool:
        """Whether the model uses hands, or somebody collects them."""
        return self._every_look or (self.model is not None and self.model.manifest.uses_hands)

    def look(self, frame: Frame) -> Reading:
        """What there is to see in a frame. Raises CameraError for what is no picture."""
        rgb, at = normal(frame.rgb, "rgb"), frame.at
        size = (rgb.shape[1], rgb.shape[0])
        if size != self._size or not 0 <= at - self._at <= self._missed_seconds:
            self._forget(size, at)
        self._at = at
        self._follow(rgb, at)
        self._meet(rgb, at)
        self._ask(rgb, at)
        return self._read(rgb, at)

    def begin_anew(self) -> None:
        """What was seen before is forgotten with the next frame."""
        self._size = (0, 0)

    def _forget(self, size: tuple[int, int], at: float) -> None:
        """Begins anew with pictures of a size."""
        still_seconds = self._settings.still_minutes * 60 if self._settings.ignore_still_faces else None
        # Numbers go on: whoever comes next must not be taken for one who was here before.
        self._tracks = Tracks(still_seconds, self._settings.max_people, after=self._tracks.last_number, size=size)
        self._search = Search(*size)
        self._hands: tuple[float, int, Points | None, Points | None] | None = None
        self._size, self._at = size, at
        self._said = {}

    def _follow(self, rgb: Image, at: float) -> None:
        """Looks again at those who were in view."""
        found = [(track, self._again(rgb, track.expected(at))) for track in self._tracks.seen]
        self._tracks.look(found, at)

    def _again(self, rgb: Image, region: Region) -> Face | None:
        """The face of somebody who should be in a region.

        After a quick move the mesh sees nothing there, or a face that it draws towards the middle of the region: then
        the detector says where the face is.
        """
        face = self._mesh.find(rgb, region)
        if face is not None and not askew(region, face.region):
            return face
        closer = self._finder.closer(rgb, region)
        return face if closer is None else self._mesh.find(rgb, closer.region)

    def _meet(self, rgb: Image, at: float) -> None:
        """Searches for newcomers where and when that is worth it."""
        tracks = self._tracks
        if tracks.full:
            return
        eager = not tracks.people or bool(tracks.hidden)
        for tile in self._search.due(rgb, [track.face.region for track in tracks.seen], at, eager=eager):
            # Who is met first is in front until somebody is clearly nearer: the nearest, not the surest.
            for sighting in sorted(self._finder.find(rgb, tile), key=lambda found: found.region.side, reverse=True):
                if not tracks.knows(sighting.region):
                    face = self._confirmed(rgb, sighting.region)
                    if face is not None:
                        tracks.meet(face, at)

    def _confirmed(self, rgb: Image, region: Region) -> Face | None:
        """The face of a newcomer, if this is one: a print on a shirt may be taken for a face once, not thrice."""
        closer = self._finder.closer(rgb, region)
        if closer is None or closer.score < SURE_SCORE:
            return None
        face = self._mesh.find(rgb, closer.region)
        return None if face is None else self._mesh.find(rgb, face.region)

    def _ask(self, rgb: Image, at: float) -> None:
        """Asks for the second opinion on everybody in view."""
        tracks, impressions, before = self._tracks, self._impressions, self._said
        every = 0.0 if self._every_look or self.acted else OPINION_SECONDS  # what is kept and taught: of its own look
        self._said = {}
        for track in list(tracks.seen):
            if track.number in before and at - before[track.number][0] < every:
                self._said[track.number] = before[track.number]
                continue
            said = self._opinion.of(rgb, track.face)
            self._said[track.number] = at, said
            impressions.see(track.number, at, said)
            animal = impressions.animal(track.number)
            self.animals += animal and not track.animal
            tracks.judge(track, at, animal=animal)
        impressions.keep(track.number for track in (*tracks.seen, *tracks.hidden))

    def _read(self, rgb: Image, at: float) -> Reading:
        tracks, model = self._tracks, self.model
        people, front = tracks.people, tracks.front
        hands = self._hands_of(rgb, at) if front in people else (None, None)
        self.people = [
            Person(
                track.number,
                Landmarks(
                    track.face.points,
                    self._size,
                    *(hands if track is front else (None, None)),
                    self._said[track.number][1],
                ),
                track.face.width_px,
                track not in people,
            )
            for track in tracks.seen
        ]
        self.front = next((person for person in self.people if front and person.track == front.number), None)
        self.measures = self.lying = None
        if self.front is None or front is None:
            return Reading(at, len(people), front.number if front else None, quality=quality.nobody(rgb))
        view = quality.judge(rgb, front.face)
        self.lying = self._lying.see(rgb, front.number, front.face.points, front.face.region, at)
        if self._impressions.covered(front.number) and not (model and model.manifest.covered_mouths):
            view = replace(view, weight=0.0, reason="mouth covered")
        if self.lying == 180:
            view = replace(view, weight=0.0, reason="upside down")
        self.measures = measure(self.front.landmarks, model.schema if model else FACE)
        if model is None:
            return Reading(at, len(people), self.front.track, quality=view)
        return self._reading(at, len(people), view, model, self.measures, self.front.track)

    def _reading(self, at: float, faces: int, view: Quality, model: MoodModel, measures: Floats, track: int) -> Reading:
        own = self.own if model.manifest.neutral_mean is not None else None
        neutral, source = self._neutral(at, view, model, measures, track, own)
        probabilities = model.read(measures, neutral, self._settings.neutral_gain)
        mood = max(probabilities, key=probabilities.__getitem__)
        return Reading(
            at,
            faces,
            track,
            mood if view.weight > 0 else None,
            probabilities,
            min(probabilities[mood], 1.0),
            view,
            own.person if own else None,
            source,
        )

    def _neutral(
        self, at: float, view: Quality, model: MoodModel, measures: Floats, track: int, own: OwnNeutral | None
    ) -> tuple[Floats | None, NeutralFrom]:
        """The face at rest to subtract, and where it comes from."""
        given = own.measures if own else None
        if not self._settings.self_calibrate or model.usual is None:
            return given, "calibration" if own else "nobody"
        if self._watching is None or self._watching[0] is not model:
            self._watching = (model, SelfCalibration(model.usual))
        watching = self._watching[1]
        if view.weight >= CALIBRATION_WEIGHT and not self.acted:
            watching.see(track, at, measures, lambda: model.read(measures))
        neutral = watching.neutral(track, given)
        if neutral is given:
            return given, "calibration" if own else "nobody"
        return neutral, "both" if own else "watching"

    def _hands_of(self, rgb: Image, at: float) -> tuple[Points | None, Points | None]:
        """The hands of the one in front, looked for now and then."""
        front = self._tracks.front
        if front is None or not self.looks_for_hands:
            return None, None
        seen = self._hands
        every = 0.0 if self._every_look else HANDS_SECONDS
        if seen is None or seen[1] != front.number or at - seen[0] >= every:
            if self._hand_finder is None:
                from moodkiosk.sense.faces.hands import MOST_HANDS, HandFinder

                self._hand_finder = HandFinder(self._engine.hand_detector(MOST_HANDS))
            others = [track.face.region for track in self._tracks.people if track is not front]
            seen = self._hands = (at, front.number, *self._hand_finder.find(rgb, front.face.region, others))
        return seen[2], seen[3]
