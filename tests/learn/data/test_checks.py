"""Checks before training: what cannot work is refused, what will disappoint is said."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.failure import UsageError
from moodkiosk.learn.data import checks, dataset, labels
from moodkiosk.learn.data.checks import check, wants_hands
from moodkiosk.learn.data.dataset import Dataset
from moodkiosk.learn.train import make_model
from moodkiosk.learn.train.command import chosen
from tests.support.moods_in_numbers import write


def findings(folder: Path, *, hands: bool = False) -> dict[str, str]:
    """Texts of the findings, with their weight."""
    return {finding.text: finding.weight for finding in check(dataset.load([folder]), hands)}


def weight_of(found: dict[str, str], words: str) -> str | None:
    return next((weight for text, weight in found.items() if words in text), None)


def test_one_label_cannot_be_trained(tmp_path: Path) -> None:
    assert weight_of(findings(write(tmp_path, ("happy",))), "at least two labels") == "fatal"


@pytest.mark.parametrize("label", ["hap\npy", "  ", " happy", "h" * 61])
def test_what_no_model_can_have_as_a_label_is_refused_before_training(tmp_path: Path, label: str) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "sad"))]).relabelled({"sad": label})
    (fatal,) = [finding.text for finding in check(data, hands=False) if finding.weight == "fatal"]
    assert f"{label!r} cannot be a label" in fatal
    assert "--rename" in fatal


def test_more_labels_than_a_model_can_have_are_refused(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, ("neutral",), n=5 * 65)])
    crowd = replace(data, label=np.repeat([f"{number:03}" for number in range(65)], 5))
    assert "fatal: 65 labels, 64 are the most: choose some with --only" in [
        f"{finding.weight}: {finding.text}" for finding in check(crowd, hands=False)
    ]


def test_fewer_than_five_samples_of_a_label_cannot_be_trained(tmp_path: Path) -> None:
    write(tmp_path, ("neutral", "happy"))
    found = findings(write(tmp_path, ("sad",), n=4))
    assert weight_of(found, "only 4 samples of 'sad'") == "fatal"


def test_five_samples_can_but_more_are_asked_for(tmp_path: Path) -> None:
    found = findings(write(tmp_path, ("neutral", "happy"), n=5))
    assert "fatal" not in found.values()
    assert weight_of(found, "only 5 samples of 'happy'") == "note"


@pytest.mark.parametrize("label", ["lend", "None", "UNKNOWN", "auto", "nobody"])
def test_a_word_that_means_something_else_cannot_be_a_label(tmp_path: Path, label: str) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "sad"))]).relabelled({"sad": label})
    (fatal,) = [finding.text for finding in check(data, hands=False) if finding.weight == "fatal"]
    assert f"{label!r} cannot be a label" in fatal
    assert "--rename" in fatal
    with pytest.raises(UsageError, match="cannot be a label"):
        labels.clean(label)


@pytest.mark.parametrize(("one", "other"), [("happy", "Happy"), ("caf\u00e9", "CAFÉ"), ("ﬁt", "fit")])
def test_labels_that_differ_in_case_or_unicode_form_only_are_refused_whoever_insists(
    tmp_path: Path, one: str, other: str
) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "sad", "happy"))])
    found = check(data.relabelled({"sad": one, "happy": other}), hands=False)
    assert any("differ in nothing but case or Unicode form" in f.text for f in found if f.weight == "fatal")


@pytest.mark.parametrize("twin", ["hâppy", "hapy", "happy "])
def test_one_label_spelled_twice_is_refused_unless_insisted_upon(tmp_path: Path, twin: str) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "happy", "sad"))])
    both = data.relabelled({"sad": twin})
    (doubt,) = [finding for finding in check(both, hands=False) if finding.weight == "doubt"]
    assert "one label spelled twice" in doubt.text
    assert "--rename" in doubt.text


def test_a_label_that_looks_like_a_usual_mood_misspelled_is_pointed_out(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "surprise"))]).relabelled({"surprise": "suprise"})
    texts = [finding.text for finding in check(data, hands=False)]
    assert any("meant 'surprise'" in text and "--rename suprise=surprise" in text for text in texts)


def test_mirrored_and_unmirrored_hands_cannot_be_mixed_faces_can(tmp_path: Path) -> None:
    write(tmp_path / "a", ("neutral", "rock"), hands=True)
    write(tmp_path / "b", ("neutral", "rock"), people=("Ben",), hands=True, mirrored=True)
    assert weight_of(findings(tmp_path, hands=True), "is mirrored") == "fatal"
    assert weight_of(findings(tmp_path), "is mirrored") == "note"


def test_landmarks_of_two_extractors_are_pointed_out_and_of_one_are_not(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path)])
    first, *others = data.sources
    mixed = replace(data, sources=(replace(first, extractor="other 2"), *others))
    notes = [[f.text for f in check(each, hands=False) if "extractors" in f.text] for each in (data, mixed)]
    assert notes == [[], ["landmarks of 2 different extractors (numbers, other 2): they do not measure quite alike"]]


def test_recordings_without_a_face_at_rest_are_pointed_out(tmp_path: Path) -> None:
    assert weight_of(findings(write(tmp_path, ("happy", "sad"))), "no recordings of 'neutral'") == "note"


def test_one_sitting_is_pointed_out_and_two_are_not(tmp_path: Path) -> None:
    assert weight_of(findings(write(tmp_path / "one")), "one sitting") == "note"
    assert weight_of(findings(write(tmp_path / "two", sessions=("mon", "tue"))), "one sitting") is None


def test_a_file_that_is_there_twice_counts_once_and_is_said(tmp_path: Path) -> None:
    write(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "copy.npz").write_bytes((tmp_path / "a" / "happy-Ana.npz").read_bytes())
    assert weight_of(findings(tmp_path), "copies of others and count once") == "note"


def test_frozen_pictures_are_noticed(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, ("neutral", "happy"), n=20)])
    data.face[5:15] = data.face[5]
    assert any("frozen camera" in finding.text for finding in check(data, hands=False))


def test_hands_count_if_they_are_seen_in_some_labels_and_not_in_others(tmp_path: Path) -> None:
    gesture = dataset.load([write(tmp_path / "a", ("neutral", "rock"), hands=True)])
    assert wants_hands(gesture) == (True, "hands are seen in rock")
    face = dataset.load([write(tmp_path / "b", ("neutral", "happy"))])
    assert wants_hands(face) == (False, "no hands were recorded")


def test_asking_for_hands_that_were_not_recorded_is_refused(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path)])
    with pytest.raises(UsageError, match="no hands were recorded"):
        make_model.make(data, make_model.Options(hands="yes"), lambda _what, _epochs: lambda *_: None, lambda _: None)


@pytest.mark.parametrize(("wish", "says"), [("no", "without hands: as asked"), ("yes", "with hands: as asked")])
def test_hands_count_or_not_as_asked(tmp_path: Path, wish: str, says: str) -> None:
    gesture = dataset.load([write(tmp_path, ("neutral", "rock"), n=4, hands=True)])
    said: list[str] = []
    with pytest.raises(UsageError, match="only 4 samples"):  # too few: it ends before TensorFlow is needed
        make_model.make(gesture, make_model.Options(hands=wish), lambda _what, _epochs: lambda *_: None, said.append)
    assert said[0] == says


def test_labels_can_be_renamed_and_left_out(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path)])
    assert chosen(data, ["neutral", "glad"], ["happy=glad"]).labels == ("glad", "neutral")
    for only, rename, says in (
        (["joy"], [], "--only joy"),
        ([], ["joy=happy"], "no samples of 'joy'"),
        ([], ["happy"], "OLD=NEW"),
        ([], ["happy="], "OLD=NEW"),
    ):
        with pytest.raises(UsageError, match=says):
            chosen(data, only, rename)


def test_spelling_is_compared_without_case_and_accents() -> None:
    assert checks.plain("Café 1") == checks.plain("CAFE1")
    assert checks.plain("sad") != checks.plain("mad")


def test_labels_and_people_that_were_mixed_up_are_pointed_out(tmp_path: Path) -> None:
    plain = dataset.load([write(tmp_path, n=20, people=("Ana", "Ben"))])
    swap = {"happy": "surprise", "surprise": "happy"}
    crossed = replace(plain, label=np.array([swap.get(name, name) for name in plain.label.tolist()]))
    joined = replace(plain, person=np.full(len(plain), "Ana"))

    def texts(data: Dataset) -> str:
        return " | ".join(f"{finding.weight}: {finding.text}" for finding in check(data, hands=False))

    assert not re.search("swapped|two people|nothing to do", texts(plain))
    assert "doubt: 'happy' and 'surprise' look swapped" in texts(crossed)
    assert "(Ana, Ben)" in texts(crossed)
    assert "note: samples under one name seem to be of two people (Ana)" in texts(joined)


def test_labels_that_were_dealt_to_the_recordings_at_random_are_doubted(tmp_path: Path) -> None:
    data = dataset.load([write(tmp_path, n=10)])
    turned = {"happy": "surprise", "angry": "happy", "surprise": "angry"}
    data = replace(data, label=np.array([turned.get(name, name) for name in data.label.tolist()]))
    assert "doubt" in [finding.weight for finding in check(data, hands=False)]
