"""The link's lines: typed, checked, and never fatal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.link import printed, protocol
from moodkiosk.link.messages import Order, Remark, SenseHealth, SenseResult, Teaching
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.words.reason import Reason, how
from tests.support.sense_lines import hello, proof

PROOF = proof(moods={"sad": (0.1, 0.9)}, remarks=(Remark("alike", "sad"),))
READING = Reading(12.5, 1, 3, "happy", {"happy": 0.9, "sad": 0.1}, 0.9, Quality(1.0, None, 120.0, 99.0), "Ann")


def test_a_reading_has_the_keys_of_contract_3_and_comes_back_equal() -> None:
    line = protocol.encode(READING)
    keys = ["type", "at", "faces", "track", "mood", "probabilities", "confidence", "quality", "neutral", "neutral_from"]
    assert list(json.loads(line)) == keys
    assert protocol.decode(line) == READING


def test_events_and_decisions_print_only_the_keys_of_contract_3() -> None:
    event = json.loads(printed.encode(MoodEvent("mood_changed", 1.0, "a-1", "happy", None, "detail")))
    assert list(event) == ["type", "at", "kind", "mood", "previous", "id"]
    decision = json.loads(printed.encode(Decision("play", 1.0, "because", "happy", "Sunny", "Living room")))
    assert list(decision) == [
        "type",
        "at",
        "action",
        "mood",
        "what",
        "speaker",
        "reason",
        "what_key",
        "what_fields",
        "reason_key",
        "reason_fields",
    ]


@pytest.mark.parametrize(
    "message",
    [
        hello("happy", people=("Ann",)),
        SenseHealth(1.0, "lost", "unplugged", counters={"damaged": 2}),
        SenseResult(3, ok=False, text="no face"),
        SenseResult(3, ok=False, text=Reason("bad.mood", known=["happy", how("sad")])),
        Order(3, "camera", "lend"),
        Teaching(1.0, "recording", "happy", 2, 5, 5.0, 2.5, "seen", "show", "Ann"),
        Teaching(1.0, "shown", proof=PROOF),
    ],
)
def test_every_message_comes_back_equal(message: protocol.Line) -> None:
    assert protocol.decode(protocol.encode(message)) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"type": "unknown"}',
        b'{"at": 1}',
        b'{"type": ["reading"]}',
        b'{"type": "reading", "at": "soon", "faces": 1}',
        b'{"type": "reading", "at": 1, "faces": -1}',
        b'{"type": "reading", "at": 1, "faces": 1, "confidence": 7}',
        b'{"type": "reading", "at": 1e999, "faces": 1}',
        b'{"type": "reading", "at": 1, "faces": ' + b"9" * 400 + b"}",
        b'{"type": "reading", "at": 1, "faces": 1, "track": 9007199254740993}',
        b'{"type": "health", "at": 1e999, "camera": "on"}',
        b'{"type": "health", "at": 1, "camera": "on", "counters": {"x": ' + b"9" * 30 + b"}}",
        b'{"type": "result", "id": ' + b"9" * 4000 + b', "ok": true}',
        b'{"type": "result", "id": 1, "ok": true, "text": "J\xf6rg"}',
        b'{"type": "hello", "version": "\\ud800", "labels": [], "model_hash": "", "schema": ""}',
        b'{"type": "order", "id": 1, "what": "explode"}',
        b'{"type": "hello", "version": "1", "labels": [], "model_hash": "", "schema": "", "model_accuracy": 2}',
        b'{"type": "teaching", "at": 1, "phase": "recording", "seconds": 1e9}',
        protocol.encode(Teaching(1.0, "shown", proof=PROOF)).replace(b'"after":0.9', b'"after":7'),
        b'{"type": "reading", "at": 1, "faces": 1' + b" " * protocol.LINE_LIMIT_BYTES,
        b"[" * 60_000,
    ],
)
def test_a_line_that_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises(protocol.BadLine):
        protocol.decode(line)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(junk: bytes) -> None:
    splitter = protocol.LineSplitter()
    good = protocol.encode(READING)
    assert list(splitter.messages(junk + b"\n" + good))[-1] == READING


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_it_does_not_matter_how_the_stream_is_cut(cuts: list[int]) -> None:
    stream = protocol.encode(READING) * 3
    splitter, found, start = protocol.LineSplitter(), [], 0
    for cut in cuts:
        found += list(splitter.messages(stream[start : start + cut]))
        start += cut
    found += list(splitter.messages(stream[start:]))
    assert found == [READING] * 3
    assert (splitter.damaged, splitter.oversized) == (0, 0)


def test_an_oversized_line_is_dropped_and_counted_once_and_the_next_one_taken() -> None:
    splitter = protocol.LineSplitter()
    found = []
    for _ in range(5):
        found += list(splitter.messages(b"x" * 40_000))
    found += list(splitter.messages(b"\n" + protocol.encode(READING)))
    assert found == [READING]
    assert splitter.oversized == 1
    assert list(splitter.messages(b"{}\n")) == []
    assert splitter.damaged == 1
