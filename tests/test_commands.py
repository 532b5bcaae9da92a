"""The one table of commands: what is valid becomes a command, everything else one clear line."""

from __future__ import annotations

import contextlib
import json
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.link import commands
from moodkiosk.moods.choice import Taste
from moodkiosk.moods.command import Command
from moodkiosk.moods.lesson import Lesson
from moodkiosk.words import mood_words

LABELS = ("happy", "sad")

GOOD = [
    ("camera", b"OFF", "off"),
    ("camera", b'{"value": false}', "off"),
    ("camera", b"lend", "lend"),
    ("music", b"on", "on"),
    ("mood", b"auto", "auto"),
    ("mood", b"happy", "happy"),
    ("mood", b"Happy", "happy"),
    ("mood", b"AUTO", "auto"),
    ("mood", "fröhlich".encode(), "happy"),
    ("mood", "FRO\u0308HLICH".encode(), "happy"),  # with the dots as a letter of their own
    ("mood", b'{"value": "Traurig"}', "sad"),
    ("correct", b"TRAURIG", "sad"),
    ("teach", '{"value": {"labels": ["Traurig", "fröhlich"]}}'.encode(), Lesson("", ("sad", "happy"))),
    ("language", "Türkçe".encode(), "Türkçe"),
    ("artist", b"", ""),
    ("volume_cap", b"40", 40),
    ("volume_cap", b'{"value": 39.6}', 40),
    ("recommend", b"PRESS", None),
    ("recommend", b'{"value": {"artist": "Nena", "genre": " pop "}}', Taste("", "Nena", "pop")),
    ("recommend", b'{"value": {"artist": ""}}', None),
    ("play", b"PRESS", None),
    ("correct", b'"sad"', "sad"),
    ("calibrate", b"", ""),
    ("person", b'{"value": null}', ""),
    ("teach", b"PRESS", Lesson()),
    (
        "teach",
        b'{"value": {"person": " Ann ", "labels": ["sad", "happy"], "seconds": 3}}',
        Lesson("Ann", ("sad", "happy"), 3.0),
    ),
    ("teach_invite", b'""', None),
    ("remember", b"on", "on"),
    ("person", b"Nobody in particular", ""),
]


@pytest.mark.parametrize(("name", "payload", "value"), GOOD)
def test_a_valid_request_becomes_a_command(name: str, payload: bytes, value: object) -> None:
    assert commands.parse_payload(name, payload, LABELS) == Command(name, value, None, "mqtt")  # type: ignore[arg-type]


MANY = mood_words.labels()


@pytest.mark.parametrize("tag", mood_words.tags())
@pytest.mark.parametrize("label", MANY)
def test_every_word_that_is_shown_for_a_mood_is_taken_for_it(label: str, tag: str) -> None:
    for word in mood_words.shown(label, tag):
        for spelt in (word, word.upper(), f" {word.lower()} ", unicodedata.normalize("NFD", word)):
            for name in ("mood", "correct"):
                assert commands.parse(name, spelt, MANY).value == label


def test_a_label_comes_before_a_word_for_another_and_what_may_be_two_moods_is_refused() -> None:
    assert commands.parse("mood", "surprised", ("surprise", "surprised")).value == "surprised"
    assert commands.parse("mood", "Happy", ("happy", "Happy")).value == "Happy"
    assert commands.parse("mood", "überrascht", ("surprising", "sad")).value == "surprising"  # as the page shows it
    assert commands.parse("mood", "Auto", ("Auto", "sad")).value == "Auto"
    for word, labels in (("HAPPY", ("happy", "Happy")), ("überrascht", ("surprising", "surprises"))):
        with pytest.raises(commands.BadCommand, match="no such mood"):
            commands.parse("mood", word, labels)


BAD = [
    ("explode", b"", "unknown command"),
    ("teach", b'{"value": {"labels": ["happy", "hungry"]}}', "no such mood"),
    ("teach", b'{"value": {"labels": ["happy", "happy"]}}', "each mood once"),
    ("teach", b'{"value": {"labels": "happy"}}', "expected a list of moods"),
    ("teach", b'{"value": {"seconds": 60}}', "a number from 2 to 20"),
    ("teach", b'{"value": {"pictures": true}}', "unknown key 'pictures'"),
    ("camera", b"maybe", "expected on or off or lend"),
    ("music", b"lend", "expected on or off"),
    ("mood", b"hungry", "no such mood; known: happy, sad"),
    ("correct", b"auto", "no such mood"),
    ("volume_cap", b"101", "a number from 0 to 100"),
    ("volume_cap", b"nan", "a number from 0 to 100"),
    ("volume_cap", b"9" * 400, "a number from 0 to 100"),
    ("volume_cap", b'{"value": ' + b"9" * 400 + b"}", "a number from 0 to 100"),
    ("volume_cap", b'{"value": -' + b"9" * 4000 + b"}", "a number from 0 to 100"),
    ("volume_cap", b'{"value": 1e300}', "a number from 0 to 100"),
    ("volume_cap", b'{"value": 1e999}', "not valid JSON"),
    ("artist", b'{"value": "J\xf6rg"}', "not UTF-8"),
    ("artist", b'{"value": "\\ud800"}', "not valid JSON"),
    ("artist", b'{"value": "x", "transaction": ' + b"9" * 400 + b"}", "transaction"),
    ("volume_cap", b'{"value": true}', "a number from 0 to 100"),
    ("volume_cap", b'{"value": [1]}', "a number from 0 to 100"),
    ("language", b"x" * 101, "too long; at most 100 letters"),
    ("language", b"a\x00b", "control characters"),
    ("artist", b"\xff", "not UTF-8"),
    ("artist", b'{"value": 3}', "expected a text"),
    ("artist", b"{", "not valid JSON"),
    ("artist", b"[" * 4000, "not valid JSON"),
    ("artist", b'{"value": "x", "values": 1}', "unknown key 'values'"),
    ("artist", b'{"value": "x", "transaction": [1]}', "transaction"),
    ("artist", b"x" * 5000, "longer than 4096 bytes"),
    ("recommend", b'{"value": {"singer": "Nena"}}', "unknown key 'singer'; expected some of language, artist, genre"),
    ("recommend", b'{"value": {"artist": 99}}', "expected a text"),
]


@pytest.mark.parametrize(("name", "payload", "reason"), BAD)
def test_anything_else_is_refused_with_the_reason(name: str, payload: bytes, reason: str) -> None:
    with pytest.raises(commands.BadCommand, match=reason):
        commands.parse_payload(name, payload, LABELS)


WILD = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers() | st.integers(-(10**5000), 10**5000),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(st.sampled_from(sorted(commands.TABLE)) | st.text(), WILD, WILD)
def test_no_value_crashes_the_table_and_what_passes_is_within_bounds(name: str, value: object, mark: object) -> None:
    with contextlib.suppress(commands.BadCommand):
        command = commands.parse(name, value, LABELS, mark)
        assert len(command.transaction or "") <= 65
        assert len(str(command.value)) <= 150
        msgspec.json.encode([command.value, command.transaction])


@pytest.mark.parametrize("name", ["nobody", "Nobody", "nobody in particular"])
def test_nobody_is_nobodys_name(name: str) -> None:
    """Home Assistant's select of people has it for none of them."""
    for command, said, meant in (("person", name, ""), ("calibrate", name, ""), ("teach", {"person": name}, Lesson())):
        assert commands.parse(command, said, LABELS).value == meant


def test_the_transaction_is_kept() -> None:
    assert commands.parse_payload("camera", b'{"value": "on", "transaction": 7}', LABELS).transaction == "7"


@given(st.sampled_from(sorted(commands.TABLE)), st.binary(max_size=200) | st.text().map(json.dumps).map(str.encode))
def test_no_payload_crashes_the_table(name: str, payload: bytes) -> None:
    with contextlib.suppress(commands.BadCommand):
        assert commands.parse_payload(name, payload, LABELS).name == name
