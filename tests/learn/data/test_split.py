"""What is held out: whole people, else whole sessions, else the end of each recording after a gap."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.dataset import Dataset
from moodkiosk.learn.data.split import FEW_HELD, GAP_SECONDS, folds, recordings, split, turns
from tests.support.moods_in_numbers import write

MOODS = ("neutral", "happy", "sad")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("crowd")
    return dataset.load([write(folder, MOODS, n=8, people=tuple("abcdefgh"))])


def test_with_several_people_whole_people_are_held_out(crowd: Dataset) -> None:
    parts = split(crowd)
    assert parts.way == "person"
    assert not set(crowd.person[parts.train]) & set(crowd.person[parts.held])
    assert (parts.train | parts.held).all()
    assert 0.1 < parts.held.mean() < 0.5
    assert "by person: 2 of 8 people" in parts.reason


def test_two_people_are_split_by_person_too(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, MOODS, n=6, people=("Ana", "Ben"))])
    assert split(data).way == "person"


def test_a_label_of_one_person_only_prevents_a_split_by_person(tmp_path: Path) -> None:
    write(tmp_path, MOODS, n=40, people=("Ana", "Ben"))
    data = dataset.load([write(tmp_path, ("rock",), n=40, people=("Ana",))])
    parts = split(data)
    assert parts.way == "time"
    assert "some label is of one person only" in parts.reason


def test_one_person_in_several_sessions_is_split_by_session(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, MOODS, n=10, sessions=("mon", "tue", "wed"))])
    parts = split(data)
    assert parts.way == "session"
    assert not set(data.session[parts.train]) & set(data.session[parts.held])


def test_one_session_is_split_by_time_with_a_gap(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, MOODS, n=100)])
    parts = split(data)
    assert parts.way == "time"
    assert "by time" in parts.reason
    for number in np.unique(recordings(data)):
        rows = recordings(data) == number
        assert parts.held[rows].sum() == 25
        assert data.at[rows & parts.held].min() - data.at[rows & parts.train].max() >= GAP_SECONDS


def test_without_times_the_order_in_the_file_counts(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, MOODS, n=100, at=False)])
    parts = split(data)
    first = np.flatnonzero(recordings(data) == 0)
    assert parts.held[first[-25:]].all()
    assert parts.train[first[:70]].all()
    assert not parts.train[first[70:]].any()


def test_a_burst_with_a_straggler_leaves_something_to_learn_from(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, MOODS, n=12)])
    burst = np.tile([*np.arange(11) / 10, 20.0], len(data) // 12)
    parts = split(replace(data, at=burst))
    for label in MOODS:
        assert (parts.train & (data.label == label)).sum() >= 3
        assert (parts.held & (data.label == label)).sum() == 3
    assert not (parts.train & parts.held).any()


def test_five_frames_a_label_can_be_split(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, MOODS, n=5)])
    parts = split(data)
    for label in MOODS:
        assert (parts.train & (data.label == label)).sum() >= 3
        assert (parts.held & (data.label == label)).sum() >= 1


@pytest.mark.slow
@given(st.integers(0, 1000), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 3)), min_size=24))
@settings(max_examples=60, deadline=None)
def test_whatever_the_data_parts_are_apart_and_no_person_or_session_is_in_both(
    seed: int, rows: list[tuple[int, int, int]]
) -> None:
    n = len(rows)
    people, labels, sessions = (np.array([f"{row[i]}" for row in rows]) for i in range(3))
    data = replace(blank(n), person=people, label=labels, session=sessions)
    parts = split(data, seed)
    assert not (parts.train & parts.held).any()
    assert parts.held.any()
    if parts.way == "person":
        assert not set(people[parts.train]) & set(people[parts.held])
    if parts.way != "time":
        assert set(labels[parts.train]) == set(labels[parts.held]) == set(labels)


@given(st.integers(2, 6), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_folds_keep_people_together_and_are_of_similar_size(count: int, seed: int) -> None:
    people = np.repeat([f"p{number}" for number in range(30)], 3)
    fold = folds(people, count, seed)
    for name in np.unique(people):
        assert len(np.unique(fold[people == name])) == 1
    sizes = np.bincount(fold, minlength=count)
    assert sizes.max() - sizes.min() <= 3


def blank(n: int) -> Dataset:
    """Samples that say nothing yet."""
    texts, nothing = np.full(n, ""), np.full((n, 21, 3), np.nan, np.float32)
    whole = np.zeros(n, np.int64)
    return Dataset(
        face=np.zeros((n, 468, 3), np.float32),
        left_hand=nothing,
        right_hand=nothing,
        opinion=np.full((n, 9), np.nan, np.float32),
        label=texts,
        person=texts,
        session=texts,
        at=np.full(n, np.nan),
        width=whole + 640,
        height=whole + 480,
        mirrored=np.zeros(n, bool),
        file=whole,
        sources=(),
    )


def test_of_few_samples_each_part_is_held_out_in_turn(tmp_path: Path) -> None:
    for frames in (5, 24):
        data = dataset.load([write(tmp_path / str(frames), MOODS, n=frames)])
        parts = turns(data, split(data))
        assert (np.sum([part.held for part in parts], axis=0) == 1).all()
        for part in parts:
            assert not (part.train & part.held).any()
            assert set(data.label[part.train]) == set(MOODS)
            beside = [np.abs(data.at[part.train & (data.label == data.label[row])] - data.at[row]).min()
                      for row in np.flatnonzero(part.held)]  # fmt: skip
            assert (min(beside) > 0.15) == (frames > 8)  # ten a second: the neighbours are left out


def test_of_many_samples_or_people_one_part_is_enough(tmp_path: Path, crowd: Dataset) -> None:
    many = dataset.load([write(tmp_path, MOODS, n=60)])
    assert split(many).held.sum() >= FEW_HELD
    assert len(turns(many, split(many))) == len(turns(crowd, split(crowd))) == 1
