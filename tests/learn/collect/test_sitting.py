"""The course of a sitting: what keys, time, missing faces and full disks do. No camera, no terminal, no waiting."""

from __future__ import annotations

import errno
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from moodkiosk.learn.collect import drawing
from moodkiosk.learn.collect.lines import Lines
from moodkiosk.learn.collect.screen import Setting, screen
from moodkiosk.learn.collect.sitting import COUNTDOWN_SECONDS, PAUSE_SECONDS, Plan, Sitting
from moodkiosk.learn.collect.take import Sight, Take
from moodkiosk.learn.data.summary import hardly_differ, looks_like, summary_of
from moodkiosk.moods.frame import Landmarks
from moodkiosk.moods.reading import Quality
from tests.support.faces import SIZE, mean_face

GOOD = Quality(1.0, None, 120, 130)
STEP_SECONDS = 0.125


def sight(at: float, shift: float = 0.0, **changes: object) -> Sight:
    """A face that sways; `shift` pulls the corners of its mouth down, in pixels."""
    face = mean_face(x=320 + 20 * np.sin(at), y=200, eyes_px=90 + 8 * np.sin(2 * at), turn=0.15 * np.sin(1.3 * at))
    for corner in (61, 291, 78, 308):
        face[corner, 1] += shift + 2 * np.sin(3 * at)
    given: dict[str, object] = {"people": 1, "landmarks": Landmarks(face, SIZE), "quality": GOOD, **changes}
    return Sight(at=at, size=SIZE, **given)  # type: ignore[arg-type]  # the keys are those of Sight


@dataclass
class Folder:
    """Where takes go: counts them, and can be full."""

    folder: Path
    full: bool = False
    saved: list[str] = field(default_factory=list)

    def save(self, label: str, take: Take) -> Path:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.saved.append(label)
        path = self.folder / f"{label}-{len(self.saved)}.npz"
        path.write_text(str(len(take.samples)))
        return path

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


class Room:
    """A sitting and the time in it."""

    def __init__(self, sitting: Sitting, look: Callable[[float], Sight | None] = sight) -> None:
        self.sitting, self.look, self.at = sitting, look, 100.0

    @property
    def phase(self) -> str:
        return self.sitting.phase

    def press(self, key: str) -> None:
        self.sitting.step(self.look(self.at), self.at, key)

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_SECONDS)):
            self.at += STEP_SECONDS
            self.sitting.step(self.look(self.at), self.at)

    def take(self) -> None:
        """From the countdown to the end of the take."""
        self.wait(COUNTDOWN_SECONDS + self.sitting.plan.seconds)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def room(folder: Folder) -> Room:
    return Room(Sitting(Plan(("happy", "sad"), seconds=5), folder.save))


def test_a_sitting_waits_for_the_first_key_and_then_goes_on_by_itself(room: Room, folder: Folder) -> None:
    room.wait(60)
    assert room.phase == "waiting"
    room.press(" ")
    assert room.phase == "countdown"
    room.take()
    assert (room.phase, room.sitting.label, folder.names()) == ("pause", "sad", ["happy-1.npz"])
    assert room.sitting.news == "'happy': 40 samples kept"
    room.wait(PAUSE_SECONDS)
    room.take()
    assert folder.names() == ["happy-1.npz", "sad-2.npz"]
    room.wait(PAUSE_SECONDS)
    assert room.phase == "over"
    assert room.sitting.missing == []


def test_with_nobody_at_the_keys_it_starts_and_ends_by_itself(folder: Folder) -> None:
    room = Room(Sitting(Plan(("happy", "sad"), seconds=5, by_hand=False), folder.save))
    room.wait(2 * (PAUSE_SECONDS + COUNTDOWN_SECONDS + 5) + 1)
    assert room.phase == "over"
    assert folder.names() == ["happy-1.npz", "sad-2.npz"]


def test_repeating_replaces_the_last_recording_only_once_the_new_one_is_kept(room: Room, folder: Folder) -> None:
    room.press(" ")
    room.take()
    room.press("r")
    assert room.sitting.label == "happy"
    room.wait(COUNTDOWN_SECONDS + 2)
    assert folder.names() == ["happy-1.npz"]
    room.press("q")
    assert folder.names() == ["happy-1.npz"]


def test_a_repeated_recording_replaces_the_old_one(room: Room, folder: Folder) -> None:
    room.press(" ")
    room.take()
    room.press("r")
    room.take()
    assert folder.names() == ["happy-2.npz"]
    assert room.sitting.label == "sad"


def test_dropping_deletes_the_last_recording(room: Room, folder: Folder) -> None:
    room.press(" ")
    room.take()
    room.press("d")
    assert folder.names() == []
    assert room.sitting.missing == ["happy", "sad"]
    assert "deleted" in room.sitting.news


def test_dropping_a_take_under_way_goes_on_with_the_next_label(room: Room, folder: Folder) -> None:
    room.press(" ")
    room.wait(COUNTDOWN_SECONDS + 2)
    room.press("d")
    assert (room.phase, room.sitting.label, folder.names()) == ("pause", "sad", [])


def test_one_more_of_the_same_label_does_not_lose_the_next_one(room: Room, folder: Folder) -> None:
    room.press(" ")
    room.take()
    room.press("a")
    room.take()
    assert folder.names() == ["happy-1.npz", "happy-2.npz"]
    assert room.sitting.label == "sad"


def test_starting_over_a_take_keeps_none_of_its_samples(room: Room) -> None:
    room.press(" ")
    room.wait(COUNTDOWN_SECONDS + 4)
    room.press("r")
    assert room.phase == "countdown"
    room.take()
    assert room.sitting.kept[0].looks == 40


def test_pausing_holds_until_somebody_presses_a_key(room: Room) -> None:
    room.press(" ")
    room.take()
    room.press("p")
    room.wait(60)
    assert room.phase == "waiting"
    room.press(" ")
    assert (room.phase, room.sitting.label) == ("countdown", "sad")


def test_a_take_without_a_face_is_not_kept_and_its_label_stays_due(folder: Folder) -> None:
    nobody = Quality(0.0, "no face", 0, 100)
    room = Room(
        Sitting(Plan(("happy", "sad"), seconds=5), folder.save),
        lambda at: sight(at, people=0, landmarks=None, quality=nobody),
    )
    room.press(" ")
    room.wait(COUNTDOWN_SECONDS + 4)
    assert room.sitting.warnings == ["no face seen: come into the middle of the picture and look at the camera"]
    room.wait(1)
    assert folder.names() == []
    assert room.sitting.news == "'happy': a face in 0 of 40 pictures, 10 are the least: nothing was kept"
    assert (room.phase, room.sitting.label) == ("waiting", "happy")
    room.press("r")
    assert (room.phase, room.sitting.label) == ("countdown", "happy")
    room.take()
    room.press("s")
    assert room.sitting.label == "sad"


KEYS = {
    "en": ("[space] start", "[s] skip", "[p] wait", "[q] end", "[r] repeat", "[d] drop", "[a] more"),
    "de": (
        "[Leertaste] los",
        "[s] überspringen",
        "[p] warten",
        "[q] aufhören",
        "[r] noch einmal",
        "[d] verwerfen",
        "[a] mehr",
    ),
}


@pytest.mark.parametrize("tag", KEYS)
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (60, 20)])
def test_every_key_is_named_on_a_small_terminal(room: Room, columns: int, rows: int, tag: str) -> None:
    room.press(" ")
    room.take()
    assert room.phase == "pause"
    console = Console(width=columns, height=rows, file=io.StringIO(), record=True)
    setting = Setting("Anna", "drawn actor, 640x480", tag=tag)
    drawn = screen(room.sitting, sight(room.at), room.at, setting, columns, rows)
    console.print(drawn)
    shown = console.export_text().splitlines()
    assert len(shown) <= rows
    for key in KEYS[tag]:
        assert any(key in line for line in shown[-2:]), key


@pytest.mark.parametrize("how", ["no face", "no camera"])
def test_a_repetition_that_failed_can_be_recorded_although_the_old_one_is_dropped_meanwhile(
    room: Room, folder: Folder, how: str
) -> None:
    room.press(" ")
    room.take()
    room.press("r")
    if how == "no face":
        room.look = lambda at: sight(at, people=0, landmarks=None)
        room.take()
        room.look = sight
    else:
        room.sitting.lost("unplugged", room.at)
    room.press("d")
    assert folder.names() == []
    room.press(" ")
    room.take()
    assert folder.names() == ["happy-2.npz"]
    assert (room.phase, room.sitting.label) == ("pause", "sad")


def test_a_lost_camera_breaks_the_take_off_and_keeps_the_others(room: Room, folder: Folder) -> None:
    room.press(" ")
    room.take()
    room.press(" ")
    room.wait(COUNTDOWN_SECONDS + 2)
    room.sitting.lost("unplugged", room.at)
    assert (room.phase, room.sitting.label) == ("waiting", "sad")
    assert room.sitting.news == "'sad' was broken off: unplugged"
    assert folder.names() == ["happy-1.npz"]


def test_a_full_disk_is_told_and_what_was_kept_stays(room: Room, folder: Folder) -> None:
    room.press(" ")
    room.take()
    folder.full = True
    room.press(" ")
    with pytest.raises(OSError, match="No space left"):
        room.take()
    assert folder.names() == ["happy-1.npz"]
    assert [kept.label for kept in room.sitting.kept] == ["happy"]


@pytest.mark.parametrize("reason", ["too dark", "too far", "turned away"])
def test_what_is_wrong_with_the_view_is_counted_and_said(room: Room, reason: str) -> None:
    room.look = lambda at: sight(at, quality=Quality(0.3, reason, 20, 12))
    room.press(" ")
    room.wait(COUNTDOWN_SECONDS + 2)
    assert room.sitting.take is not None
    assert room.sitting.take.troubles[reason] == room.sitting.take.looks
    assert any(warning.startswith(reason) for warning in room.sitting.warnings)


def test_a_second_person_is_pointed_out(room: Room) -> None:
    room.look = lambda at: sight(at, people=2)
    room.press(" ")
    room.wait(COUNTDOWN_SECONDS + 4)
    assert "more than one person in view: only the nearest is recorded" in room.sitting.warnings


def test_samples_that_hardly_differ_are_pointed_out_and_lively_ones_are_not(room: Room) -> None:
    room.press(" ")
    room.take()
    assert room.sitting.kept[0].warnings == ()
    room.look = frozen
    room.press(" ")
    room.take()
    assert any("hardly differ" in warning for warning in room.sitting.kept[1].warnings)


def test_samples_of_a_face_that_stands_still_are_counted_and_of_a_lively_one_are_not(room: Room) -> None:
    counted = []
    for look in (sight, frozen):
        room.look = look
        room.press(" ")
        room.wait(COUNTDOWN_SECONDS + 4)
        assert room.sitting.take is not None
        counted.append(room.sitting.take.still)
        room.wait(1)
    assert counted[0] == 0
    assert counted[1] > 0


def test_variety_is_asked_for_step_by_step(room: Room) -> None:
    said: list[str] = []
    view = Lines(said.append)
    room.press(" ")
    while room.phase != "pause":
        room.wait(STEP_SECONDS)
        view.show(room.sitting, sight(room.at), room.at)
    asked = ("Look at the camera", "Lean back", "Turn your head", "Look up a little", "weaker, then stronger")
    assert [next(word for word in asked if word in line) for line in said if line.startswith("  ")] == list(asked)


@pytest.mark.parametrize("plain", [False, True])
def test_the_portrait_follows_the_mouth(plain: bool) -> None:
    shut, open_ = mean_face(), mean_face()
    open_[[17, 84, 314, 181, 405, 14, 87, 317], 1] += 14  # the lower lip
    drawn = [drawing.portrait(Landmarks(face, SIZE), 40, 24, plain=plain) for face in (shut, shut, open_)]
    assert drawn[0] == drawn[1]
    changed = [row for row, lines in enumerate(zip(drawn[0], drawn[2], strict=True)) if lines[0] != lines[1]]
    assert changed
    assert min(changed) > 12, "above the mouth nothing moves"


def test_what_is_counted_is_shown_by_name_during_a_take(room: Room) -> None:
    views = itertools.cycle([GOOD, Quality(0.3, "too dark", 120, 12), Quality(0.3, "too far", 20, 130), GOOD])
    room.look = lambda at: frozen(at, next(views))
    room.press(" ")
    room.wait(COUNTDOWN_SECONDS + 4)
    take = room.sitting.take
    assert take is not None
    console = Console(width=80, height=24, file=io.StringIO(), record=True)
    console.print(screen(room.sitting, sight(room.at), room.at, Setting("Anna", "drawn actor"), 80, 24))
    shown = re.sub(r" +", " ", console.export_text())
    assert take.looks == 32
    for line in ("frames 32", "face found 32 (100 %)", "too dark 8", "too far 8", f"too still {take.still}"):
        assert line in shown, shown
    assert take.still > 0


def frozen(at: float, quality: Quality = GOOD) -> Sight:
    """The very same face again and again."""
    still = sight(5.0, quality=quality)
    return Sight(at, still.people, still.landmarks, still.quality, still.size)


def test_a_label_that_looks_like_another_so_far_is_pointed_out(room: Room) -> None:
    room.press(" ")
    room.take()
    room.press(" ")
    room.take()
    assert room.sitting.kept[1].warnings == ("looks like 'happy' so far: show it more clearly",)


def test_a_label_that_is_shown_clearly_is_not_pointed_out(room: Room) -> None:
    room.press(" ")
    room.take()
    room.look = lambda at: sight(at, shift=14)
    room.press(" ")
    room.take()
    assert room.sitting.kept[1].warnings == ()


def test_a_gesture_is_told_from_the_same_face_by_the_hand() -> None:
    seen = [sight(at / 8).landmarks for at in range(40)]
    faces = [each for each in seen if each is not None]
    hand = np.random.default_rng(0).uniform(100, 200, (21, 3)).astype(np.float32)
    rock = summary_of([Landmarks(face.face, SIZE, right_hand=hand) for face in faces])
    plain = summary_of(faces)
    assert looks_like(plain, {"neutral": plain}) == "neutral"
    assert looks_like(rock, {"neutral": plain}) is None


def test_earlier_recordings_count_when_labels_are_compared(folder: Folder) -> None:
    seen = [sight(at / 8).landmarks for at in range(40)]
    known = {"neutral": summary_of([each for each in seen if each is not None])}
    room = Room(Sitting(Plan(("sad",), 5, known=known), folder.save))
    room.press(" ")
    room.take()
    assert room.sitting.kept[0].warnings == ("looks like 'neutral' so far: show it more clearly",)


def test_one_sample_never_counts_as_moving() -> None:
    still = sight(1.0).landmarks
    assert still is not None
    assert hardly_differ(summary_of([still]))
