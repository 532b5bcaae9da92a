"""Pipeline on drawn people, with the real MediaPipe: who is seen, when, where, and how well."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import cv2
import numpy as np
import pytest

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor import actor
from moodkiosk.sense.actor.actor import Role, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.faces import hands
from moodkiosk.sense.faces.landmarks import Region
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.measures import FACE_MEASURES
from moodkiosk.sense.mood.neutral import OwnNeutral
from moodkiosk.sense.pipeline import HANDS_SECONDS, Pipeline
from tests.support import scenery

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image, Points
    from moodkiosk.sense.faces.engine import FindHands

VGA, HD = (640, 480), (1280, 720)
LOOK_SECONDS = 0.2


def role(seed: int, x: float, y: float, head_px: float, mood: str = "neutral") -> Role:
    """A drawn person, the point between the pipeline at x, y."""
    return Role(random_looks(seed), EXPRESSIONS[mood], Pose(x, y, head_px))


@pytest.fixture(scope="module")
def starter() -> model.MoodModel:
    return model.load(model.STARTER)


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline(SenseSettings())


def grain(rgb: Image, seed: int, noise: float = 3.0) -> Image:
    """The picture with sensor noise."""
    noisy = rgb + np.random.default_rng(seed).normal(0, noise, rgb.shape)
    found: Image = noisy.clip(0, 255).astype(np.uint8)
    return found


@pytest.mark.parametrize("kind", [*scenery.BACKGROUNDS, "black", "white"])
@pytest.mark.parametrize("size", [VGA, HD])
def test_nobody_is_seen_where_nobody_is(pipeline: Pipeline, kind: str, size: tuple[int, int]) -> None:
    for seed in range(4):
        if kind in ("black", "white"):
            rgb: Image = np.full((size[1], size[0], 3), 0 if kind == "black" else 255, np.uint8)
        else:
            rgb = scenery.background(kind, size, seed)
        reading = pipeline.look(Frame(rgb, 100.0 * seed))
        assert (reading.faces, reading.track, reading.mood, reading.confidence) == (0, None, None, 0.0)
        assert reading.quality.reason == {"black": "too dark", "white": "too bright"}.get(kind, "no face")


@pytest.mark.parametrize(("size", "head_px"), [(VGA, 65.0), (VGA, 430.0), (HD, 75.0), (HD, 300.0)])
def test_whoever_comes_in_is_seen_at_the_next_look(pipeline: Pipeline, size: tuple[int, int], head_px: float) -> None:
    empty = picture([], size)
    for step in range(4):
        assert pipeline.look(Frame(grain(empty, step), step * 0.5)).faces == 0
    there = picture([role(1, size[0] * 0.3, size[1] * 0.5, head_px)], size)
    reading = pipeline.look(Frame(grain(there, 9), 2.0))
    assert (reading.faces, reading.track) == (1, 1)
    assert reading.quality.weight > 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("size", "head_px"), [(VGA, 65.0), (HD, 75.0)])
def test_a_newcomer_is_noticed_within_a_second_while_somebody_is_followed(
    pipeline: Pipeline, size: tuple[int, int], head_px: float
) -> None:
    width, height = size
    came = None
    for step in range(30):
        sway = 6 * np.sin(step / 3)
        roles = [role(1, width * 0.25 + sway, height * 0.45, height * 0.35)]
        if step >= 10:
            roles.append(role(2, width * 0.8 - 2 * (step - 10), height * 0.4, head_px))
        reading = pipeline.look(Frame(grain(picture(roles, size), step), step * LOOK_SECONDS))
        if reading.faces == 2 and came is None:
            came = (step - 10) * LOOK_SECONDS
        assert reading.track == 1
    assert came is not None
    assert came <= 1.0


@pytest.mark.parametrize("came", [10, 13, 16])
def test_a_child_that_comes_to_stand_before_somebody_is_noticed_within_a_second_too(
    pipeline: Pipeline, came: int
) -> None:
    """Where the bodies of those move who are followed, newcomers are looked for less often, but they are."""
    for step in range(came + 6):
        sway = 4 * np.sin(step / 2)
        roles = [role(1, 300 + sway, 130, 130)]
        if step >= came:
            roles.append(role(2, 320 - sway, 330, 140))
        reading = pipeline.look(Frame(grain(picture(roles), step), step * LOOK_SECONDS))
    assert reading.faces == 2


@pytest.mark.slow
@pytest.mark.parametrize("light", ["day", "dark"])
def test_whoever_comes_to_an_empty_room_is_noticed_within_a_second_wherever_that_is(
    pipeline: Pipeline, light: str
) -> None:
    """By what moved: on quiet looks alone, the right tile would often be searched too late."""
    rng = np.random.default_rng(12)

    def seen(roles: list[Role], seed: int) -> Image:
        rgb = picture(roles)
        if light == "dark":
            rgb = (rgb * 0.25).astype(np.uint8)  # to a mean grey level of 42
        return grain(rgb, seed)

    late = []
    for arrival in range(12):
        head_px = rng.uniform(90, 260)
        x, y = rng.uniform(0.5 * head_px, 640 - 0.5 * head_px), rng.uniform(0.6 * head_px, 480 - 0.6 * head_px)
        since = 100.0 * arrival
        for step in range(6):
            assert pipeline.look(Frame(seen([], 20 * arrival + step), since + step * 0.5)).faces == 0
        for step in range(6, 9):
            there = seen([role(arrival, x, y, head_px)], 20 * arrival + step)
            if pipeline.look(Frame(there, since + step * 0.5)).faces == 1:
                break
        else:
            late.append((round(x), round(y), round(head_px)))
    assert late == []


@pytest.mark.slow
@pytest.mark.parametrize("speed", [12, 25, 45])
def test_people_who_walk_past_each_other_keep_their_numbers(pipeline: Pipeline, speed: int) -> None:
    """`speed`: pixels a look, so up to 1.3 m/s at about a metre."""
    numbers: list[set[int]] = [set(), set()]
    for step in range(int(430 / speed)):
        near, far = 100 + speed * step, 540 - speed * step
        pipeline.look(Frame(picture([role(1, near, 240, 170), role(2, far, 200, 110)]), step * LOOK_SECONDS))
        for person in pipeline.people:
            x = float(person.landmarks.face[:, 0].mean())
            if abs(near - far) > 90:
                numbers[abs(x - far) < abs(x - near)].add(person.track)
    assert numbers == [{1}, {2}]


def test_four_people_are_followed_and_the_nearest_counts(pipeline: Pipeline) -> None:
    for step in range(6):
        roles = [role(index, 100 + 145 * index, 240, 120 + 20 * (index == 2)) for index in range(4)]
        reading = pipeline.look(Frame(grain(picture(roles), step), step * LOOK_SECONDS))
    assert reading.faces == 4
    assert sorted(person.track for person in pipeline.people) == [1, 2, 3, 4]
    assert pipeline.front is not None
    assert pipeline.front.width_px == max(person.width_px for person in pipeline.people)
    assert abs(float(pipeline.front.landmarks.face[:, 0].mean()) - 390) < 20


@pytest.mark.parametrize("ignored", [True, False])
def test_a_portrait_on_the_wall_counts_only_where_it_is_wanted(ignored: bool) -> None:
    pipeline = Pipeline(SenseSettings(still_minutes=0.1, ignore_still_faces=ignored))
    wall = picture([role(3, 320, 200, 150)])
    faces = [pipeline.look(Frame(grain(wall, step), step * 0.5)).faces for step in range(16)]
    assert faces[0] == 1
    assert faces[-1] == (0 if ignored else 1)
    assert pipeline.people[0].picture == ignored
    assert (pipeline.front is None) == ignored


@pytest.mark.slow
def test_somebody_before_a_portrait_is_in_front(pipeline: Pipeline) -> None:
    pipeline = Pipeline(SenseSettings(still_minutes=0.1))
    portrait = role(3, 160, 200, 200)
    for step in range(16):
        pipeline.look(Frame(grain(picture([portrait]), step), step * 0.5))
    for step in range(5):
        scene = picture([portrait, role(4, 460 - 5 * step, 240, 120)])
        reading = pipeline.look(Frame(grain(scene, step), 8 + step * LOOK_SECONDS))
    assert (reading.faces, reading.track) == (1, 2)


def frames_of_all_kinds() -> Iterator[Image]:
    """What a broken driver may deliver, as far as the camera lets it through."""
    scene = picture([role(1, 320, 240, 180)])
    yield scene
    yield cv2.resize(scene, (320, 240))
    yield scene[:100]
    yield scene[:, ::-1]
    yield scene[:, :2]
    yield np.zeros((1, 1, 3), np.uint8)
    yield np.zeros((2000, 30, 3), np.uint8)
    yield cv2.cvtColor(cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    yield scene


def test_pictures_of_changing_size_are_taken_as_they_come(pipeline: Pipeline) -> None:
    readings = [pipeline.look(Frame(rgb, index * LOOK_SECONDS)) for index, rgb in enumerate(frames_of_all_kinds())]
    assert [reading.faces for reading in readings][0:2] == [1, 1]
    assert [reading.faces for reading in readings][-2:] == [1, 1]
    assert len({reading.track for reading in readings if reading.track}) > 1


def test_grey_pictures_and_such_with_transparency_are_understood(pipeline: Pipeline) -> None:
    scene = picture([role(1, 320, 240, 180)])
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
    kinds = (grey, grey[..., None], cv2.cvtColor(scene, cv2.COLOR_RGB2RGBA), scene[:, :, ::-1])
    readings = [pipeline.look(Frame(rgb, index * LOOK_SECONDS)) for index, rgb in enumerate(kinds)]
    assert [(reading.faces, reading.track) for reading in readings] == [(1, 1)] * 4


def test_after_a_pause_or_a_jump_back_in_time_everybody_is_new(pipeline: Pipeline) -> None:
    scene = picture([role(1, 320, 240, 180)])
    assert [pipeline.look(Frame(scene, at)).track for at in (0.0, 0.2, 60.0, 60.2, 10.0)] == [1, 1, 2, 2, 3]


def spoiled(rgb: Image, reason: str | None) -> Image:
    """The picture as it is when that is wrong with it."""
    found: Image = rgb
    if reason == "too dark":
        found = grain((rgb * 0.06).astype(np.uint8), 1, 2.0)
    elif reason == "too bright":
        found = np.clip(rgb.astype(np.int16) * 2 + 40, 0, 255).astype(np.uint8)
    elif reason == "too blurred":
        found = cv2.GaussianBlur(rgb, (0, 0), 7)
    return found


@pytest.mark.parametrize("reason", ["too dark", "too bright", "too blurred", None])
def test_a_bad_view_is_said_and_weighs_less_than_half(pipeline: Pipeline, reason: str | None) -> None:
    scene = picture([role(1, 320, 240, 160)])
    pipeline.look(Frame(scene, 0.0))
    reading = pipeline.look(Frame(spoiled(scene, reason), 0.2))
    assert reading.quality.reason == reason
    assert (reading.quality.weight >= 0.5) == (reason is None)


def test_somebody_who_walks_away_is_followed_until_too_far(pipeline: Pipeline) -> None:
    for step in range(40):
        reading = pipeline.look(Frame(picture([role(1, 320, 240, 80 * 0.97**step)]), step * LOOK_SECONDS))
        assert (reading.faces, reading.track) == (1, 1)
        if reading.quality.reason:
            break
    assert reading.quality.reason == "too far"
    assert reading.quality.weight < 0.5


def test_somebody_who_looks_away_weighs_little(pipeline: Pipeline) -> None:
    for yaw in range(0, 70, 5):
        turned = replace(role(1, 320, 240, 200), pose=Pose(320, 240, 200, yaw_degrees=yaw))
        reading = pipeline.look(Frame(picture([turned]), yaw / 25))
        if reading.quality.reason == "turned away":
            break
    assert reading.quality.reason == "turned away"
    assert reading.quality.weight < 0.5


def test_the_own_neutral_face_changes_the_reading_and_is_named(starter: model.MoodModel) -> None:
    pipeline = Pipeline(SenseSettings(), starter)
    scene = picture([role(7, 320, 240, 200, "sad")])
    plain = pipeline.look(Frame(scene, 0.0))
    assert plain.neutral is None
    assert pipeline.measures is not None
    pipeline.own = OwnNeutral("Ada", pipeline.measures[: len(FACE_MEASURES)])
    own = pipeline.look(Frame(scene, 0.2))
    assert own.neutral == "Ada"
    assert own.probabilities["neutral"] > plain.probabilities["neutral"]
    assert sum(own.probabilities.values()) == pytest.approx(1, abs=1e-3)


def test_a_reading_says_where_the_neutral_face_that_was_subtracted_comes_from(starter: model.MoodModel) -> None:
    scene = picture([role(7, 320, 240, 200)])
    for settings, own, sources in (
        (SenseSettings(), False, {"watching"}),
        (SenseSettings(), True, {"both"}),
        (SenseSettings(self_calibrate=False), False, {"nobody"}),
        (SenseSettings(self_calibrate=False), True, {"calibration"}),
    ):
        pipeline = Pipeline(settings, starter)
        if own:
            pipeline.look(Frame(scene, 0.0))
            assert pipeline.measures is not None
            pipeline.own = OwnNeutral("Ada", pipeline.measures[: len(FACE_MEASURES)])
        readings = [pipeline.look(Frame(scene, 1 + look * LOOK_SECONDS)) for look in range(3)]
        assert {reading.neutral_from for reading in readings} == sources


@pytest.mark.slow
def test_a_face_that_looks_sad_at_rest_is_read_as_neutral_when_it_has_been_watched(starter: model.MoodModel) -> None:
    scene = picture([role(7, 320, 240, 200, "sad")])
    shares = {}
    for self_calibrate in (True, False):
        pipeline = Pipeline(SenseSettings(self_calibrate=self_calibrate, ignore_still_faces=False), starter)
        readings = [pipeline.look(Frame(scene, look * LOOK_SECONDS)) for look in range(150)]
        shares[self_calibrate] = [reading.probabilities["neutral"] for reading in readings]
    assert shares[True][0] == pytest.approx(shares[False][0], abs=0.05), "the first look says nothing of what is usual"
    assert shares[True][-1] > shares[False][-1] + 0.1


def test_the_same_frames_give_the_same_readings(starter: model.MoodModel) -> None:
    frames = list(actor.play(actor.Scene(), 5, 6))
    first, second = (
        [pipeline.look(frame) for frame in frames] for pipeline in (_pipeline(starter), _pipeline(starter))
    )
    assert first == second
    assert any(reading.mood for reading in first)


def _pipeline(starter: model.MoodModel) -> Pipeline:
    return Pipeline(SenseSettings(), starter)


def test_hands_are_looked_for_only_where_they_matter(starter: model.MoodModel) -> None:
    """No picture with hands is drawn; that they are found at all is tested on real material."""
    scene = picture([role(1, 320, 240, 160)])
    plain, collecting = Pipeline(SenseSettings(), starter), Pipeline(SenseSettings(), every_look=True)
    for pipeline in (plain, collecting):
        pipeline.look(Frame(scene, 0.0))
        assert pipeline.front is not None
        assert pipeline.front.landmarks.left_hand is None
    assert not plain.looks_for_hands
    assert collecting.looks_for_hands


class CountingHands:
    """Stands in for the hand finder: notes which face it is asked for, and always finds a hand."""

    asked: ClassVar[list[tuple[float, float]]] = []

    def __init__(self, _detect: FindHands) -> None: ...

    def find(self, _rgb: Image, face: Region, _others: Sequence[Region]) -> tuple[Points | None, Points | None]:
        self.asked.append((face.x, face.y))
        return None, np.full((21, 3), len(self.asked), np.float32)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """Where the faces were for which hands were looked for."""
    monkeypatch.setattr(hands, "HandFinder", CountingHands)
    monkeypatch.setattr(CountingHands, "asked", [])
    return CountingHands.asked


def test_a_model_without_hands_never_has_them_looked_for(
    starter: model.MoodModel, asked: list[tuple[float, float]]
) -> None:
    pipeline = Pipeline(SenseSettings(), starter)
    for step in range(6):
        pipeline.look(Frame(picture([role(1, 320, 240, 160)]), step * LOOK_SECONDS))
    assert asked == []


def test_a_model_with_hands_has_those_of_the_one_in_front_looked_for_now_and_then(
    asked: list[tuple[float, float]],
) -> None:
    signing = model.load(model.STARTER)
    signing.manifest = replace(signing.manifest, uses_hands=True)
    pipeline = Pipeline(SenseSettings(), signing)
    pipeline.look(Frame(picture([]), 0.0))
    assert asked == [], "nobody is there"
    seen = []
    for step in range(1, 11):
        roles = [role(1, 160, 240, 110), role(2, 460, 240, 190)]
        pipeline.look(Frame(grain(picture(roles), step), step * 0.125))
        assert pipeline.front is not None
        assert pipeline.front.landmarks.right_hand is not None
        seen.append(float(pipeline.front.landmarks.right_hand[0, 0]))
    assert 3 * 0.125 < HANDS_SECONDS <= 4 * 0.125
    assert seen == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
    assert all(abs(x - 460) < 60 for x, _ in asked)


def test_hands_are_looked_for_around_the_face_and_below_and_inside_of_the_picture() -> None:
    face = Region(320, 100, 40, 0)
    left, top, right, bottom = hands.near(face, 640, 480)
    assert (right - left, bottom - top) == (176, 176)
    assert (left + right) / 2 == 320
    assert (top + bottom) / 2 == 128
    for x, y in ((0, 0), (639, 479), (-50, 700)):
        left, top, right, bottom = hands.near(Region(x, y, 200, 0), 640, 480)
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 480


def test_a_hand_belongs_to_the_face_that_it_hangs_below() -> None:
    mine, theirs = Region(200, 200, 80, 0), Region(420, 200, 80, 0)
    hand = np.full((21, 3), (240, 300, 0), np.float32)
    assert hands.distance(hand, mine) < 1 < hands.distance(hand, theirs)
    at_rest = np.full((21, 3), (200, 200 + hands.DROP * 80, 0), np.float32)
    assert hands.distance(at_rest, mine) == pytest.approx(0)


def test_seeing_somebody_loads_nothing_that_only_teaching_or_act_or_a_mistake_needs(tmp_path: Path) -> None:
    """Nor MediaPipe, TensorFlow, OpenSSL and numpy's masked arrays: all of it is time at the start, and memory."""
    np.save(tmp_path / "somebody.npy", picture([role(1, 320, 200, 180)]))
    program = (
        "import sys, numpy as np\n"
        "import moodkiosk.cli, moodkiosk.sense.main, moodkiosk.sense.composition\n"
        "from moodkiosk.moods.frame import Frame\n"
        "from moodkiosk.sense.pipeline import Pipeline\n"
        "from moodkiosk.sense.mood import model\n"
        "from moodkiosk.config.settings import SenseSettings\n"
        "pipeline = Pipeline(SenseSettings(), model.load(model.STARTER), every_look=True)\n"
        "assert pipeline.look(Frame(np.load(sys.argv[1]), 0.0)).mood\n"
        "heavy = {'mediapipe', 'matplotlib', 'tensorflow', 'jax', 'sounddevice', 'google.protobuf', 'flatbuffers'}\n"
        "heavy |= {'_hashlib', 'ssl', 'statistics', 'numpy.ma', 'random', 'tempfile', 'subprocess', 'difflib'}\n"
        "heavy |= {'moodkiosk.sense.actor', 'moodkiosk.sense.teach.dense', 'moodkiosk.sense.teach.takes'}\n"
        "heavy |= {f'moodkiosk.moods.{name}' for name in ('view', 'decision', 'event', 'report', 'song', 'command')}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "somebody.npy")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]"]
    assert done.stderr == ""
