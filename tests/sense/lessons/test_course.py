"""Being taught, by hand: faces made of numbers before the sitting, the real fit, real files; leaving at every step."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import msgspec
import numpy as np
import pytest

from moodkiosk.link.messages import Teaching
from moodkiosk.moods.frame import Landmarks
from moodkiosk.moods.lesson import Lesson
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.sense.lessons.course import ANSWER_SECONDS, CAMERA_CLOSED, Course
from moodkiosk.sense.lessons.kept import Lessons
from moodkiosk.sense.lessons.refusal import NotNow
from moodkiosk.sense.lessons.review import PAUSE_SECONDS
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.measures import measure
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import PEOPLE, Neutrals
from moodkiosk.sense.records import recording
from tests.support.dying import die_at
from tests.support.moods_in_numbers import faces
from tests.support.taught import MOODS, learnt, take

GOOD = Quality(1.0, None, 100, 100)
FRAMES = 14
OPINION = np.full(9, -np.log(7), np.float32)


def looks_of(label: str, number: int = 1) -> list[Landmarks]:
    """Somebody who shows a mood."""
    return [Landmarks(face, (640, 480), opinion=OPINION) for face in faces(label, FRAMES, number, 0.01, 0)]


class Kiosk:
    """A course, and somebody before it who shows what is asked for; five looks a second."""

    def __init__(self, state: Path, number: int = 1, clock: Callable[[], float] = lambda: 0) -> None:
        self.state, self.number, self.at = state, number, 100.0
        self.told: list[Teaching] = []
        self.models = Models(lambda: model.candidates("", state))
        self.neutrals = Neutrals(state)
        self.course = Course(state, self.models, self.neutrals, self.told.append, state / "corrections", clock=clock)
        self.faces = {label: looks_of(label, number) for label in MOODS}
        self._looks = 0

    @property
    def phase(self) -> str:
        """What was told last."""
        return self.told[-1].phase

    def begin(self, labels: Sequence[str] = MOODS, person: str = "Ann") -> None:
        """The order to begin."""
        self.course.begin(msgspec.json.encode(Lesson(person, tuple(labels), 2.0)).decode(), self.at)

    def turn(self) -> None:
        """A look, and what is due."""
        self.at += 0.2
        self._looks += 1
        seen = self.faces[self.told[-1].label or "neutral"][self._looks % FRAMES]
        reading = Reading(self.at, 1, 1, "happy", {"happy": 1.0}, 1.0, GOOD)
        self.course.see(reading, seen, measure(seen, self.models.current.schema))
        self.course.attend(self.at)

    def until(self, *phases: str) -> None:
        """Turns until one of the phases is told."""
        for _ in range(1000):
            if self.phase in phases:
                return
            self.turn()
        raise AssertionError(f"{phases} never came: {self.told[-1]}")

    @property
    def files(self) -> list[str]:
        """What lies on the disk."""
        return sorted(str(path.relative_to(self.state)) for path in self.state.rglob("*") if path.is_file())


def test_a_whole_sitting_is_kept_as_recordings_and_a_better_model_is_used_until_it_is_undone(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.begin()
    kiosk.until("fitting")
    assert kiosk.files == [], "nothing before all of it is complete"
    kiosk.until("shown")
    proof = kiosk.told[-1].proof
    assert proof is not None
    assert proof.better
    assert proof.before < proof.low <= proof.after <= proof.high
    assert set(proof.moods) == set(MOODS)
    taught = [name for name in kiosk.files if name.startswith("taught/")]
    assert len(taught) == len(MOODS)
    assert kiosk.models.current.manifest.made == "teach"
    assert kiosk.neutrals.person == "Ann"
    assert kiosk.course.changed
    kiosk.course.undo(kiosk.at)
    assert kiosk.files == []
    assert (kiosk.models.path, kiosk.neutrals.people, kiosk.phase) == (model.STARTER, (), "over")
    with pytest.raises(NotNow):
        kiosk.course.undo(kiosk.at)


def test_on_a_slow_processor_it_looks_between_any_two_steps_of_learning(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path, clock=count().__next__)  # every step takes a second
    kiosk.begin()
    kiosk.until("fitting")
    began = kiosk.at
    kiosk.until("shown")
    looks = (kiosk.at - began) / 0.2
    assert looks > 30


def taught(state: Path, person: str, number: int) -> Kiosk:
    """Somebody has taught the kiosk that runs on this state folder, and kept it."""
    kiosk = Kiosk(state, number)
    kiosk.begin(person=person)
    kiosk.until("shown")
    kiosk.course.keep(kiosk.at)
    return kiosk


def test_lessons_are_taken_back_one_after_the_other_also_after_restarts(tmp_path: Path) -> None:
    one = taught(tmp_path, "Ann", 1)
    first, files = one.models.current.hash, one.files
    two = taught(tmp_path, "Ben", 2)
    assert two.models.current.hash != first, "two people have taught it"
    again = Kiosk(tmp_path)
    assert again.course.undo(again.at).endswith("the model before is in use")
    assert (again.models.current.hash, again.neutrals.people, again.course.changed) == (first, ("Ann",), True)
    assert again.files == files
    assert again.phase == "over"
    last = Kiosk(tmp_path)
    last.course.undo(last.at)
    assert (last.models.path, last.neutrals.people, last.files) == (model.STARTER, (), [])
    with pytest.raises(NotNow, match="nothing was taught"):
        last.course.undo(last.at)


def test_a_neutral_face_that_was_calibrated_since_stays(tmp_path: Path) -> None:
    kiosk = taught(tmp_path, "Ann", 1)
    kiosk.neutrals.learn("ann", [measure(looks_of("neutral", 3)[0], kiosk.models.current.schema)])
    since = Kiosk(tmp_path)
    since.course.undo(since.at)
    assert (since.neutrals.people, since.files, since.models.path) == (("Ann",), ["neutral.json"], model.STARTER)


def test_an_undo_while_somebody_shows_moods_is_refused_and_one_after_forgetting_brings_nothing_back(
    tmp_path: Path,
) -> None:
    taught(tmp_path, "Ann", 1)
    kiosk = taught(tmp_path, "Ben", 2)
    kiosk.begin(person="Cem")
    with pytest.raises(NotNow, match="already"):
        kiosk.course.undo(kiosk.at)
    kiosk.course.stop(kiosk.at)
    kiosk.course.forget("Ben")
    kiosk.course.unlearn()
    assert "lessons.json" not in kiosk.files, "it may hold a face of who is forgotten"
    with pytest.raises(NotNow):
        kiosk.course.undo(kiosk.at)
    assert kiosk.models.path == model.STARTER


@pytest.mark.parametrize("phase", ["waiting", "countdown", "recording", "fitting"])
def test_who_leaves_at_any_moment_leaves_nothing_behind(tmp_path: Path, phase: str) -> None:
    for number in range(2):
        kiosk = Kiosk(tmp_path)
        kiosk.begin(MOODS[:2])
        kiosk.until(phase)
        if number and phase != "fitting":
            kiosk.course.camera_closed(kiosk.at)
            assert kiosk.told[-1].text == CAMERA_CLOSED
        else:
            kiosk.course.stop(kiosk.at)
        assert (kiosk.phase, kiosk.files) == ("over", [])
        assert not kiosk.course.busy


@pytest.mark.slow
def test_a_power_cut_while_it_is_written_leaves_the_whole_sitting_or_nothing(tmp_path: Path) -> None:
    """The child is killed at each of the system calls that writing consists of."""
    recordings = {f"{label}.npz": label.encode() * 999 for label in MOODS}
    outcomes = set()
    for call in range(1, 40):
        child = os.fork()
        if child == 0:  # pragma: no cover - it is killed
            die_at(call)
            Lessons(tmp_path).keep(recordings, Lessons(tmp_path).new_name())
            os._exit(0)
        os.waitpid(child, 0)
        Lessons(tmp_path)  # the next start
        found = {path.parent: 0 for path in (tmp_path / "taught").rglob("*") if path.is_file()}
        for folder in found:
            assert sorted(path.name for path in folder.iterdir()) == sorted(recordings)
            assert all((folder / name).read_bytes() == data for name, data in recordings.items())
            Lessons(tmp_path).drop(folder.name)
        outcomes.add(len(found))
        assert not list((tmp_path / "taught").glob("*"))
    assert outcomes == {0, 1}


def test_a_disk_that_takes_nothing_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    (tmp_path / "taught").write_bytes(b"in the way")
    kiosk.begin()
    kiosk.until("over")
    assert "cannot write" in kiosk.told[-1].text
    assert kiosk.files == ["taught"]
    assert kiosk.models.path == model.STARTER


def test_two_moods_shown_the_wrong_way_round_are_noticed_and_one_can_be_shown_again(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    faces_of = kiosk.faces
    faces_of["happy"], faces_of["surprise"] = faces_of["surprise"], faces_of["happy"]
    kiosk.begin()
    kiosk.until("shown")
    proof = kiosk.told[-1].proof
    assert proof is not None
    assert {remark.what for remark in proof.remarks} >= {"crosswise"}
    faces_of["happy"] = looks_of("happy")
    kiosk.course.again("happy", kiosk.at)
    assert (kiosk.phase, kiosk.told[-1].label, kiosk.files) == ("waiting", "happy", [])
    kiosk.until("shown")
    kiosk.course.keep(kiosk.at)
    assert len([name for name in kiosk.files if name.startswith("taught/")]) == len(MOODS)


def test_who_does_not_answer_keeps_it_and_only_one_sitting_goes_on_at_a_time(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.begin()
    with pytest.raises(NotNow, match="already"):
        kiosk.begin()
    kiosk.until("shown")
    kiosk.at += ANSWER_SECONDS
    kiosk.turn()
    assert (kiosk.phase, kiosk.told[-1].text) == ("over", "kept; the new model is in use")


def test_who_would_be_one_too_many_is_told_and_nothing_is_kept(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    for number in range(PEOPLE):
        kiosk.neutrals.learn(f"p{number}", [measure(looks_of("neutral")[0], kiosk.models.current.schema)])
    kiosk.begin()
    kiosk.until("over")
    assert "people are known already" in kiosk.told[-1].text
    assert (kiosk.files, kiosk.models.path) == (["neutral.json"], model.STARTER)


def test_a_mood_that_another_model_knows_does_not_get_lost(tmp_path: Path) -> None:
    made = learnt([take("neutral"), take("tired", looks="sad")])
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "current.tflite").write_bytes(made.file)
    kiosk = Kiosk(tmp_path)
    with pytest.raises(NotNow, match="tired"):
        kiosk.begin(["neutral", "happy"])
    kiosk.course.remember()
    for _ in range(2):  # nor by itself, from what was remembered
        kiosk.course.attend(kiosk.at, calm=True)
    assert not kiosk.course.busy
    kiosk.begin(["neutral", "tired"])
    assert kiosk.phase == "waiting"


@pytest.mark.parametrize(
    "text",
    ['{"labels": ["happy", "odd"]}', '{"labels": ["happy", "sad"]}', '{"seconds": 1e9}', "[]", "{", '{"person": 7}'],
)
def test_an_order_that_is_no_lesson_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotNow):
        Kiosk(tmp_path).course.begin(text, 100.0)


def test_whoever_is_forgotten_is_gone_from_the_model_and_the_others_stay(tmp_path: Path) -> None:
    for person, number in (("Ann", 1), ("Ben", 2)):
        kiosk = Kiosk(tmp_path, number)
        kiosk.begin(person=person)
        kiosk.until("shown")
        kiosk.course.keep(kiosk.at)
    both = kiosk.models.current.hash
    assert kiosk.course.forget("ann").recordings == len(MOODS)
    kiosk.course.unlearn()
    assert (kiosk.models.path, kiosk.course.changed) == (model.STARTER, True)
    assert not list(tmp_path.glob("models/*"))
    kiosk.course.attend(kiosk.at)  # at once, not only when it is calm
    kiosk.course.attend(kiosk.at + 1)
    assert kiosk.models.current.manifest.made == "teach"
    assert kiosk.models.current.hash != both
    assert len(kiosk.models.current.manifest.training_files) == len(MOODS)
    kiosk.course.forget("")
    kiosk.course.unlearn()
    kiosk.course.attend(kiosk.at + 2)
    assert (kiosk.files, kiosk.models.path) == (["neutral.json"], model.STARTER)


def test_what_was_remembered_is_learnt_in_a_calm_moment_and_at_most_once_an_hour(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    corrections = tmp_path / "corrections"
    corrections.mkdir()
    for label in MOODS:
        samples = [recording.Sample(at / 5, seen) for at, seen in enumerate(looks_of(label))]
        made = recording.Recording(label, samples, mirrored=False, extractor="numbers", person="Ann")
        recording.save(made, corrections)
    kiosk.course.remember()
    for _ in range(3):
        kiosk.course.attend(kiosk.at)
    assert kiosk.told == [], "somebody is there"
    for _ in range(3):
        kiosk.course.attend(kiosk.at, calm=True)
    assert kiosk.models.current.manifest.made == "teach"
    assert [(said.phase, said.proof is not None) for said in kiosk.told] == [("over", True)]
    kiosk.course.remember()
    for passed in (1.0, PAUSE_SECONDS - 1):
        kiosk.course.attend(kiosk.at + passed, calm=True)
        assert not kiosk.course.busy
    kiosk.course.attend(kiosk.at + PAUSE_SECONDS, calm=True)
    assert kiosk.course.busy
