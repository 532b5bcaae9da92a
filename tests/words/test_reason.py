"""A reason: English by itself, another language where it is shown, and the same again after a wire."""

from __future__ import annotations

import copy
import json

import msgspec
import pytest

from moodkiosk.failure import Failure
from moodkiosk.words.language import translated
from moodkiosk.words.phrase import form, phrase
from moodkiosk.words.reason import Reason, heard, heard_all, how, plain, said, together

QUIET = Reason("music.not_played", reason=Reason("gate.quiet_hours", until=Reason("time.near", time="07:00")))


def test_it_is_its_english_sentence() -> None:
    assert QUIET == "not played: quiet hours until 07:00"
    assert f"{QUIET}." == "not played: quiet hours until 07:00."


def test_it_is_told_in_another_language_down_to_its_fields() -> None:
    assert translated(QUIET, "de") == "nicht gespielt: Ruhezeit bis 07:00"
    assert translated("another program's words", "de") == "another program's words"


def test_json_has_the_sentence_and_beside_it_key_and_fields() -> None:
    body = json.loads(msgspec.json.encode(said({"reason": QUIET, "other": "plain"}, ("reason", "other"))))
    assert body["reason"] == "not played: quiet hours until 07:00"
    assert body["reason_key"] == "music.not_played"
    until = {"key": "time.near", "fields": {"time": "07:00"}}
    assert body["reason_fields"] == {"reason": {"key": "gate.quiet_hours", "fields": {"until": until}}}
    assert (body["other"], body["other_key"], body["other_fields"]) == ("plain", None, None)
    back = heard(body, "reason")
    assert translated(back or "", "de") == "nicht gespielt: Ruhezeit bis 07:00"


def test_a_list_of_sentences_has_lists_of_keys_and_fields_beside_it() -> None:
    body = json.loads(msgspec.json.encode(said({"all": [QUIET, "plain"], "none": []}, ("all", "none"))))
    assert (body["all"], body["all_key"]) == ([QUIET, "plain"], ["music.not_played", None])
    assert (body["none"], body["none_key"], body["none_fields"]) == ([], [], [])
    assert [translated(text, "de") for text in heard_all(body, "all")] == [
        "nicht gespielt: Ruhezeit bis 07:00",
        "plain",
    ]


@pytest.mark.parametrize("keys", [None, 3, [], [3], ["music.not_played"] * 9])
def test_an_older_or_an_odd_list_is_what_it_says(keys: object) -> None:
    body = {"all": ["one", 2, "three"], "all_key": keys, "all_fields": keys}
    assert heard_all(body, "all") == ["one", "three"]
    assert heard_all({"all": "odd"}, "all") == heard_all({}, "all") == []


def test_who_does_not_know_the_key_shows_the_sentence() -> None:
    assert heard({"reason": "said by a peer"}, "reason") == "said by a peer"
    later = {"reason": "a newer sentence", "reason_key": "from.the_future", "reason_fields": {"text": "x"}}
    assert heard(later, "reason") == "a newer sentence"


@pytest.mark.parametrize(
    "fields", [None, [], "x", {"until": {"key": 3}}, {"a": {"key": "k", "fields": "x"}}, {str(n): 1 for n in range(99)}]
)
def test_damaged_fields_spoil_nothing(fields: object) -> None:
    found = heard({"text": "thank you", "text_key": "answer.thanks", "text_fields": fields}, "text")
    assert isinstance(found, str)
    assert translated(found, "de")


def test_a_field_without_end_is_cut() -> None:
    deep: object = "x"
    for _ in range(100):
        deep = {"key": "music.not_played", "fields": {"reason": deep}}
    found = heard({"text": "t", "text_key": "music.not_played", "text_fields": {"reason": deep}}, "text")
    assert len(translated(found or "", "de")) < 500


def test_it_goes_through_errors_and_copies_unharmed() -> None:
    for same in (Failure(QUIET), ValueError(QUIET)):
        assert str(same).key == "music.not_played"  # type: ignore[attr-defined]
    assert copy.deepcopy([QUIET])[0].fields == QUIET.fields
    assert type(plain(QUIET)) is str


def test_a_mood_that_no_language_knows_is_said_as_it_is() -> None:
    assert (how("surprise"), how("gleeful")) == ("surprised", "gleeful")
    assert translated(how("gleeful"), "de") == "gleeful"


def test_things_said_one_after_the_other() -> None:
    assert together(()) == ""
    assert together(("a", QUIET)) == "a; not played: quiet hours until 07:00"


POLISH = {
    "plural.rule": "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2",
    "plural.forms": "one few many",
    "minutes.one": "{count} minuta",
    "minutes.few": "{count} minuty",
    "minutes.many": "{count} minut",
    "number.point": ",",
    "list.comma": "، ",
}


@pytest.mark.parametrize(("count", "text"), [(1, "1 minuta"), (3, "3 minuty"), (5, "5 minut"), (22, "22 minuty")])
def test_plural_forms_are_those_of_the_language(count: int, text: str) -> None:
    assert phrase(POLISH, "minutes", {"count": count}) == text


def test_numbers_and_lists_are_those_of_the_language() -> None:
    words = POLISH | {"x": "{n}: {all}"}
    assert phrase(words, "x", {"n": 2.5, "all": ["a", "b"]}) == "2,5: a، b"
    assert form(POLISH, None) == "other"


@pytest.mark.parametrize("rule", ["", "n%0", "n-5", "n+9", "import os", "(" * 900, "n" * 5000, "n**9**9", "٣"])
def test_a_rule_that_cannot_be_counted_by_leaves_the_usual_form(rule: str) -> None:
    damaged = POLISH | {"plural.rule": rule, "minutes.other": "{count} min"}
    assert all(phrase(damaged, "minutes", {"count": count}) for count in (0, 1, 3, 22))
    if rule != "n+9":
        assert form(damaged, 3) in ("other", "one")


def test_what_others_have_said_is_one_line_in_a_sentence() -> None:
    text = Reason("mpd.says", text="no such\x1b[2J\nfile" + "x" * 9000)
    assert text.isprintable()
    assert len(text) < 400
    assert translated(text, "de").isprintable()
    inside = Reason("music.not_played", reason=text)
    assert inside.fields["reason"] is text
