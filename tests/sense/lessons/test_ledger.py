"""What a lesson leaves on the disk can be taken back, whatever moment the power went off."""

from __future__ import annotations

import itertools
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.sense.lessons.kept import Lessons
from moodkiosk.sense.lessons.ledger import Ledger
from moodkiosk.sense.lessons.sitting import Plan, Shown, Sitting
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.measures import FACE, MEASURES
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Neutrals
from moodkiosk.sense.teach.store import ModelStore
from tests.support.dying import die_at, full_at
from tests.support.taught import learnt, take

SITTING = Sitting(Plan(("neutral", "sad"), "Ann"), 0.0)
SITTING.takes["neutral"] = Shown("neutral", (), (np.ones(len(MEASURES[FACE]), np.float32),))
RECORDINGS = {"neutral.npz": b"one" * 99, "sad.npz": b"two" * 99}


class Start:
    """What is there when the half that sees is started."""

    def __init__(self, state: Path) -> None:
        self.models = Models(lambda: model.candidates("", state))
        self.neutrals = Neutrals(state)
        self.lessons = Lessons(state)
        store = ModelStore(state / model.DEPLOYED)
        self.ledger = Ledger(state, self.lessons, store, self.models, self.neutrals)


@pytest.fixture(scope="module")
def file() -> bytes:
    """A taught model."""
    return learnt([take("neutral"), take("sad")]).file


def test_a_power_cut_at_any_step_leaves_a_whole_lesson_or_none_and_it_can_be_undone(
    tmp_path: Path, file: bytes
) -> None:
    """The child is killed at each of the system calls that keeping a lesson consists of; then comes the next start."""
    outcomes, finished, calls = set(), False, 0
    while not finished:
        calls += 1
        child = os.fork()
        if child == 0:  # pragma: no cover - it is killed
            die_at(calls)
            Start(tmp_path).ledger.sat(SITTING, RECORDINGS, file)
            os._exit(0)
        finished = os.WIFEXITED(os.waitpid(child, 0)[1])
        found = Start(tmp_path)
        shown = {path.name: path.read_bytes() for path in (tmp_path / "taught").glob("*/*")}
        assert shown in ({}, RECORDINGS)
        used = found.models.path != model.STARTER
        assert not used or shown, "no model without what it was made from"
        outcomes.add((bool(shown), used))
        if shown:
            assert found.ledger.take_back() == (used, True)
        assert (found.models.path, found.neutrals.people) == (model.STARTER, ())
        assert not found.lessons.people
    assert outcomes == {(False, False), (True, False), (True, True)}
    assert calls > 20


def test_a_disk_that_is_full_at_any_step_is_said_and_everything_is_as_before(tmp_path: Path, file: bytes) -> None:
    earlier = learnt([take("neutral"), take("sad", number=2)]).file
    Start(tmp_path).ledger.sat(SITTING, RECORDINGS, earlier)
    before = _files(tmp_path)
    for call in itertools.count(1):
        start = Start(tmp_path)
        with full_at(call) as left, suppress(OSError):
            start.ledger.sat(SITTING, RECORDINGS, file)
        found = Start(tmp_path)
        if found.models.path.read_bytes() == file:  # the call could do without
            assert found.ledger.take_back() == (True, True)
        assert found.models.path.read_bytes() == earlier, call
        assert found.neutrals.people == ("Ann",)
        assert _files(tmp_path) == before
        if left[0] > 0:
            break
    assert call > 15


def _files(folder: Path) -> set[str]:
    """All but what may be left over, and is passed over: a lesson that never was, a twin of the model in use."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if not name.startswith(("lessons.json", "models/before-"))}


DAMAGED = (
    b"",
    b"{",
    b"[1]",
    b"null",
    b"\xff\xfe",
    b"[" * 5000,
    b'[{"sitting": "../models"}]',
    b'[{"sitting": "..", "model": ""}]',
    b'[{"sitting": "x\\u0000"}]',
    b'[{"face": {"name": "Ann", "learnt": {}, "before": {"odd": 1e999}, "said": null}}]',
    b" " * 99999,
)


@pytest.mark.parametrize("damage", DAMAGED, ids=lambda data: repr(data[:24]))
def test_a_ledger_that_cannot_be_read_still_lets_the_model_be_taken_back(
    tmp_path: Path, file: bytes, damage: bytes
) -> None:
    Start(tmp_path).ledger.sat(SITTING, RECORDINGS, file)
    (tmp_path / "lessons.json").write_bytes(damage)
    found = Start(tmp_path)
    assert found.ledger.take_back() == (True, False)
    assert (found.models.path, found.neutrals.people) == (model.STARTER, ("Ann",)), "nothing else is touched"
    assert len(list((tmp_path / "taught").glob("*/*"))) == len(RECORDINGS)
    with pytest.raises(LookupError):
        found.ledger.take_back()


def test_what_was_learnt_again_by_itself_is_taken_back_before_the_lesson(tmp_path: Path, file: bytes) -> None:
    again = learnt([take("neutral"), take("sad", number=2)]).file
    start = Start(tmp_path)
    start.ledger.sat(SITTING, RECORDINGS, file)
    start.ledger.reviewed(again)
    start = Start(tmp_path)
    assert start.ledger.take_back() == (True, False)
    assert start.models.path.read_bytes() == file
    assert start.ledger.take_back() == (True, True)
    assert (start.models.path, start.lessons.people) == (model.STARTER, False)


def test_the_last_three_are_kept_and_each_goes_back_to_the_model_before_it(tmp_path: Path, file: bytes) -> None:
    made = [file, *(learnt([take("neutral"), take("sad", number=number)]).file for number in range(2, 6))]
    start = Start(tmp_path)
    for data in made:
        start.ledger.reviewed(data)
    start = Start(tmp_path)
    for before in (made[3], made[2], made[1]):
        assert start.ledger.take_back() == (True, False)
        assert start.models.path.read_bytes() == before
