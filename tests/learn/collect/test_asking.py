"""Labels and names are settled before a sitting: spellings, slips, and what cannot be a label."""

from __future__ import annotations

from pathlib import Path

import pytest

from moodkiosk.failure import UsageError
from moodkiosk.learn.collect import asking
from moodkiosk.learn.data import labels
from moodkiosk.sense.records import recording
from tests.support.faces import recording as some_recording


class Answers:
    """Somebody who answers in this order; remembers the questions."""

    def __init__(self, *answers: str) -> None:
        self.questions: list[str] = []
        self._answers = list(answers)

    def __call__(self, question: str, default: str) -> str:
        self.questions.append(question)
        return self._answers.pop(0) or default


def settled(*typed: str, earlier: tuple[str, ...] = (), ask: Answers | None = None) -> tuple[str, ...]:
    return asking.labels(typed, earlier, ask, as_typed=False)


def test_any_text_that_names_a_file_is_a_label() -> None:
    assert settled("happy", "  rock   on ", "grüßen", "喜び") == ("happy", "rock on", "grüßen", "喜び")
    assert labels.clean("u\u0308ber") == "\u00fcber"


@pytest.mark.parametrize("text", ["", "  ", "a/b", "..", ".hidden", "-x", "a\nb\x00", "x" * 61, "Auto", "what?"])
def test_what_cannot_be_a_label_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(UsageError):
        settled(text)


@pytest.mark.parametrize("typed", ["Happy", "HAPPY", "háppy", "hap-py"])
def test_the_same_label_in_another_spelling_is_asked_about(typed: str) -> None:
    ask = Answers("")
    assert settled(typed, ask=ask) == ("happy",)
    assert ask.questions == [f"{typed!r} is spelled 'happy' so far. Record it as 'happy'? [Y/n]"]
    assert settled(typed, ask=Answers("n")) == (labels.clean(typed),)


def test_with_nobody_to_ask_another_spelling_is_refused_unless_it_is_meant() -> None:
    with pytest.raises(UsageError, match="'Rock' is spelled 'rock' so far"):
        settled("Rock", earlier=("rock",))
    assert asking.labels(["Rock"], ("rock",), None, as_typed=True) == ("Rock",)


def test_two_spellings_on_one_command_line_are_asked_about() -> None:
    assert settled("Rock", "rock", ask=Answers("y")) == ("Rock", "Rock")


def test_an_own_spelling_wins_over_the_usual_one() -> None:
    assert settled("Happy", earlier=("Happy",)) == ("Happy",)


def test_a_slip_is_asked_about_and_another_form_is_not() -> None:
    assert settled("suprise", ask=Answers("y")) == ("surprise",)
    assert settled("suprise", ask=Answers("n")) == ("suprise",)
    assert settled("suprise") == ("suprise",)
    assert settled("surprised", "anger", ask=Answers()) == ("surprised", "anger")


def test_one_label_spelled_twice_in_a_set_is_named() -> None:
    (said,) = labels.traps(["Happy", "happy", "suprise", "sad", "happy"])
    assert "'Happy' and 'happy' differ only in spelling" in said


def test_the_name_is_asked_for_only_where_somebody_can_answer() -> None:
    assert asking.person(None, Answers(" Anna  Ö ")) == "Anna Ö"
    assert asking.person(None, None) == ""
    assert asking.person("Ben", Answers()) == "Ben"
    with pytest.raises(UsageError, match="--person"):
        asking.person("x" * 61, None)


def test_earlier_recordings_are_known_by_label_and_person_and_damaged_ones_do_no_harm(tmp_path: Path) -> None:
    recording.save(some_recording("rock", person="Anna"), tmp_path)
    recording.save(some_recording("rock", person="Anna"), tmp_path)
    recording.save(some_recording("sad", person="Ben"), tmp_path)
    (tmp_path / "damaged.npz").write_bytes(b"no")
    earlier = asking.Earlier(tmp_path)
    assert earlier.labels == ("rock", "sad")
    assert {label: len(rows) for label, rows in earlier.summary_of("Anna").items()} == {"rock": 6}
