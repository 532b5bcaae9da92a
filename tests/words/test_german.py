"""What a household in Germany reads of its kiosk, on the terminal and in Home Assistant, has no English sentence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import msgspec
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from moodkiosk.act.mqtt.conversion import answer_of, event_of, recommendations_of, state_of
from moodkiosk.act.mqtt.requests import Requests
from moodkiosk.act.mqtt.transport.client import refusal_advice
from moodkiosk.act.say import decision_line, event_line
from moodkiosk.config.settings import CameraSettings, MqttSettings
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodMusic, MusicSettings, Settings
from moodkiosk.decide.view import public
from moodkiosk.operate import songs, status
from moodkiosk.sense.actor.stage import Stage
from moodkiosk.sense.mood.labels import complaint
from moodkiosk.sense.records import npy
from moodkiosk.sense.unzip import Damaged
from moodkiosk.words.language import translated
from moodkiosk.words.reason import Reason, plain, said
from tests.operate.test_status import AROUND as RUNNING
from tests.support.english import english_in
from tests.support.household import MONDAY_EVENING, Household

ENTRIES = ("spotify:playlist:beach", "spotify:album:beach", "spotify:artist:beach", "https://radio.example/live")
"""None of them has a name."""
AROUND: dict[str, Any] = RUNNING | {
    "broker": Reason("broker.connected_but", twin=Reason("broker.twin", name="kiosk")),
    "pending": [],
}
OUTCOMES = ("played", "kept", "paused", "skipped", "resumed", "failed", "overridden", "nothing")


def household() -> Household:
    music = MusicSettings(
        moods={"happy": MoodMusic(play=ENTRIES)}, quiet_hours=(), after_seconds=0, speaker="Wohnzimmer"
    )
    home = Household(Settings(music=music))
    home.look("happy", 5)
    return home


def read(home: Household) -> list[str]:
    """All that can be read of it now, in German."""
    body = public(home.view) | said(AROUND, ("broker", "sense", "player", "memory", "page", "pending"))
    sent = json.loads(msgspec.json.encode(body, enc_hook=plain))
    why = json.loads(msgspec.json.encode(home.ask("why").data, enc_hook=plain))
    offered = json.loads(msgspec.json.encode(home.ask("recommendations").data, enc_hook=plain))
    now = home.now.wall
    assert now is not None
    told = state_of(home.view, "de").in_words.values()
    lines = [*(decision_line(each, "de") for each in home.decisions), *(event_line(each, "de") for each in home.events)]
    tables = [status.readable(sent, now, "de"), status.reasons(why, now, "de"), songs.readable(offered, "de")]
    return [*tables, *lines, *filter(None, told)]


@pytest.mark.parametrize("certainty", ["plays", "asked", "dry run"])
def test_status_why_songs_decisions_and_events_have_none(certainty: str) -> None:
    home, texts = household(), []
    for _ in ENTRIES:
        texts += [home.ask("recommend").text]
        for outcome in OUTCOMES:
            home.report(outcome, certainty=certainty)
            texts += read(home)
    for number in range(1, len(ENTRIES) + 1):
        home.ask("choose", str(number))
        home.report("played", certainty=certainty)
        texts += read(home)
    whole = "\n".join(translated(text, "de") for text in texts)
    assert english_in(whole) == []
    for german in ("die Playlist für „fröhlich“", "das Album für „fröhlich“", "das Radio von radio.example"):
        assert german in whole


def test_lines_begin_in_one_column_however_long_the_words_are() -> None:
    home = household()
    home.report("played")
    for tag, words in {"de": ("Stimmung", "Entscheidung"), "en": ("mood", "decision")}.items():
        lines = [decision_line(home.decisions[0], tag), *(event_line(each, tag) for each in home.events)]
        assert {line.split()[0] for line in lines} > set(words)
        assert len({len(line) - len(line.split(maxsplit=1)[1]) for line in lines}) == 1


def test_songs_and_events_in_home_assistant_have_none() -> None:
    home = household()
    home.report("played")
    home.ask("recommendations")
    titles = [
        item["in_words"] for item in recommendations_of(kiosk.recommendations(home.state, home.settings), "de").items
    ]
    details = [event_of(event, MONDAY_EVENING, "de").in_words or "" for event in home.events]
    assert "die Playlist für „fröhlich“" in titles
    assert "die Playlist für „fröhlich“ auf Wohnzimmer" in details
    assert english_in("\n".join([*titles, *details])) == []


def test_the_result_of_a_command_in_home_assistant_has_none() -> None:
    home = household()
    for name, value in (("recommend", None), ("choose", "1"), ("more_like", "1"), ("play", None), ("mood", "sad")):
        answer = answer_of(home.ask(name, value), None, "de")
        assert english_in(answer.in_words) == []


def test_it_goes_on_in_german_after_a_restart() -> None:
    home = household()
    home.report("played")
    remembered = json.loads(msgspec.json.encode(kiosk.remember(home.state), enc_hook=plain))
    again = Household(home.settings, MONDAY_EVENING, remembered, home.at, "again")
    again.look("happy", 5)
    assert "die Playlist für „fröhlich“, von der Box gestartet um 18:00" in "\n".join(read(again))
    assert english_in("\n".join(read(again))) == []


def test_the_search_finds_an_english_sentence_and_leaves_names_alone() -> None:
    assert "songs.the_playlist" in english_in("die Musik: the playlist for “happy”, von der Box gestartet")
    assert "music.not_played" not in english_in("Sunny side of the street, never gonna give you up")
    assert english_in("die Playlist für „fröhlich“ auf Living room") == []


def damaged(data: bytes) -> str:
    with pytest.raises(Damaged) as refused:
        npy.read(io.BytesIO(data))
    return str(refused.value)


def retained() -> str:
    heard: list[str] = []
    requests = Requests(lambda _: Future(), lambda result, _: heard.append(result.error or ""))
    requests.take("play", b"", retained=True)
    requests.take("dance", b"", retained=False)
    return Reason("list.both", first=heard[0], second=heard[1])


def header(shape: str, kind: str = "<f4") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return npy.MAGIC + bytes((1, 0)) + len(text).to_bytes(2, "little") + text


REFUSALS: dict[str, Callable[[], str | None]] = {
    "too many labels": lambda: complaint(["x"] * 65),
    "a label with a control character": lambda: complaint(["a\n"]),
    "a label that means something": lambda: complaint(["off"]),
    "labels that are alike": lambda: complaint(["a", "A"]),
    "no array": lambda: damaged(b"x"),
    "a header that is none": lambda: damaged(npy.MAGIC + bytes((1, 0, 1, 0)) + b"x"),
    "objects": lambda: damaged(header("(1,)", "|O8")),
    "odd numbers": lambda: damaged(header("(1,)", "<f3")),
    "long texts": lambda: damaged(header("(1,)", "<U5000")),
    "an impossible shape": lambda: damaged(header(f"({2**40},)")),
    "too much": lambda: damaged(header("(99999999,)")),
    "cut off": lambda: damaged(header("(9,)")),
    "odd truth": lambda: damaged(header("(1,)", "|b1") + b"\x07"),
    "odd texts": lambda: damaged(header("(1,)", "<U1") + b"\xff\xff\xff\xff"),
    "retained, and unknown": retained,
    "another protocol": lambda: refusal_advice(
        ReasonCode(PacketTypes.CONNACK, "Unsupported protocol version"), MqttSettings()
    ),
    "the drawn actor": lambda: Stage(CameraSettings()).description,
    "who has the camera": lambda: Reason(
        "usb.in_use", name="/dev/video0", by=Reason("usb.holder", name="mpv", number=812)
    ),
    "a film": lambda: Reason("source.film", name="x.mp4"),
}


@pytest.mark.parametrize("told", REFUSALS.values(), ids=REFUSALS)
def test_what_is_refused_or_described_is_said_in_german(told: Callable[[], str | None]) -> None:
    english = told() or ""
    german = translated(english, "de")
    assert (german != english, english_in(german)) == (True, [])
    assert english_in(str(english)) != []
