"""Sittings before a camera, with real MediaPipe: what is recorded is what was shown, and trouble is told in words."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.config.settings import Config
from moodkiosk.failure import Failure
from moodkiosk.learn.collect import studio
from moodkiosk.learn.collect.lines import Lines
from moodkiosk.learn.collect.sitting import Plan, Sitting
from moodkiosk.learn.collect.take import Take
from moodkiosk.learn.data import dataset
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.actor.actor import COME_SECONDS, Scene
from moodkiosk.sense.camera.capture import CameraStatus
from moodkiosk.sense.camera.source import frames_of_file
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.records import recording

ON = CameraStatus("on", "drawn actor")


class Film:
    """Frames of a time of its own, eight a second: nobody waits for it."""

    def __init__(self, picture: Callable[[float], Frame | None]) -> None:
        self.at = 0.0
        self.status = ON
        self._picture = picture

    def latest(self, after: float, timeout: float) -> Frame | None:  # noqa: ARG002 - it never makes anybody wait
        self.at += 0.125
        return self._picture(self.at)


class InAHurry(Lines):
    """Presses the space bar whenever that leads on."""

    def __init__(self, sitting: Sitting) -> None:
        self.said: list[str] = []
        super().__init__(self.said.append)
        self._sitting = sitting

    def pressed(self) -> str:
        return " " if self._sitting.phase in ("waiting", "pause") else ""


def saver(folder: Path, person: str = "") -> Callable[[str, Take], Path]:
    def save(label: str, take: Take) -> Path:
        made = recording.Recording(label, take.samples, mirrored=False, extractor=EXTRACTOR, person=person)
        return recording.save(made, folder)

    return save


@pytest.mark.slow
def test_the_actors_moods_become_a_data_set_that_tells_them_apart(tmp_path: Path) -> None:
    scene = Scene(moods=("happy", "sad"), mood_seconds=6, empty_seconds=0)
    film = Film(lambda at: Frame(scene.picture_at(at + COME_SECONDS), at))
    sitting = Sitting(Plan(("happy", "sad"), seconds=3), saver(tmp_path, "Actor"))
    view = InAHurry(sitting)
    studio.run(sitting, film, studio.sitters_pipeline(Config()), view, lambda: film.at)
    loaded = dataset.load([tmp_path])
    assert loaded.labels == ("happy", "sad")
    assert (loaded.label == "happy").sum() == (loaded.label == "sad").sum() == 24
    assert set(loaded.person.tolist()) == {"Actor"}
    assert loaded.sources[0].extractor.startswith("mediapipe-")
    assert (loaded.width[0], loaded.height[0]) == (640, 480)
    assert not any(kept.warnings for kept in sitting.kept)
    assert view.said[:2] == ["'happy' in 3 s", "'happy' now, for 3 s"]
    assert "'happy': 24 samples kept" in view.said


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_what_was_complete_is_kept(tmp_path: Path) -> None:
    keep = saver(tmp_path)

    def save(label: str, take: Take) -> Path:
        if label == "sad":
            Path("/dev/full").write_bytes(b"sad")
        return keep(label, take)

    film = Film(lambda at: Frame(Scene(moods=("happy",), empty_seconds=0).picture_at(at + COME_SECONDS), at))
    sitting = Sitting(Plan(("happy", "sad"), seconds=2), save)
    with pytest.raises(Failure) as failed:
        studio.run(sitting, film, studio.sitters_pipeline(Config()), InAHurry(sitting), lambda: film.at)
    assert str(failed.value) == "cannot write the recording of 'sad': No space left on device"
    (path,) = tmp_path.iterdir()
    assert dataset.load([path]).labels == ("happy",)


def test_both_hands_of_a_real_person_are_recorded(tmp_path: Path, extra: Path) -> None:
    clip = itertools.cycle(list(frames_of_file(extra / "data" / "clips" / "thanks.mkv"))[::4])
    film = Film(lambda at: Frame(next(clip).rgb, at))
    sitting = Sitting(Plan(("thanks",), seconds=2), saver(tmp_path))
    studio.run(sitting, film, studio.sitters_pipeline(Config()), InAHurry(sitting), lambda: film.at)
    loaded = dataset.load([tmp_path])
    assert loaded.labels == ("thanks",)
    assert loaded.hands_seen.any(axis=0).all()
    assert np.isfinite(loaded.left_hand[loaded.hands_seen[:, 0]]).all()


def test_a_camera_that_stays_away_ends_a_sitting_with_nobody_at_the_keys(tmp_path: Path) -> None:
    film = Film(lambda _at: None)
    film.status = CameraStatus("lost", "unplugged")
    sitting = Sitting(Plan(("happy",), by_hand=False), saver(tmp_path))
    with pytest.raises(Failure, match="the camera is lost: unplugged"):
        studio.run(sitting, film, studio.sitters_pipeline(Config()), Lines(lambda _line: None), lambda: film.at)
    assert film.at < 2 * studio.LOST_SECONDS


def test_a_busy_camera_names_the_service_that_has_it_and_how_to_pause_it(tmp_path: Path) -> None:
    (tmp_path / "812").mkdir()
    group = tmp_path / "812" / "cgroup"
    trouble = "/dev/video0 is in use by motion (process 812)"
    group.write_text("0::/system.slice/motion.service\n")
    assert "'sudo systemctl stop motion.service' pauses it" in studio.how_to_pause(trouble, tmp_path)[0]
    group.write_text("0::/user.slice/user-1000.slice/user@1000.service\n")
    assert studio.how_to_pause(trouble, tmp_path) == []
    assert studio.how_to_pause("no such camera", tmp_path) == []
    assert studio.how_to_pause("in use by x (process 99)", tmp_path) == []


def test_a_camera_that_is_not_there_is_one_line() -> None:
    settings = Config()
    with (
        pytest.raises(Failure, match="no pictures: there is no /dev/video97"),
        studio.opened(settings, "/dev/video97", patient=False),
    ):
        pass
