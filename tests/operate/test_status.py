"""`moodkiosk status` as people read it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from moodkiosk.moods.view import NowPlaying, Recommendation, View
from moodkiosk.operate.status import clock, readable, reasons, since
from moodkiosk.words.language import translated
from moodkiosk.words.reason import Reason, how
from moodkiosk.words.reason import said as word_said

NOW = datetime(2026, 11, 26, 20, 19, tzinfo=timezone(timedelta(hours=1)))
AROUND: dict[str, Any] = {
    "broker": "connected",
    "sense": "running",
    "player": "ready",
    "memory": "ready",
    "requests_today": 12,
    "login_days_left": 5.5,
    "page": "serving",
}
VIEW = View(
    mood="happy",
    confidence=0.9,
    since="2026-11-26T20:14:00+01:00",
    present=True,
    people=2,
    person="Anna",
    camera_status="on",
    unknown_because=None,
    playing="Sunny side, started by us at 20:14",
    quiet_until="2026-11-27T07:00:00+01:00",
    recommendation=Recommendation("happy", "https://music.youtube.com/search?q=happy"),
    last_decision="play “Sunny side” on Living room: happy",
    labels=("happy", "sad"),
)


def said(view: View, **around: Any) -> str:
    return readable(asdict(view) | AROUND | around, NOW)


def test_it_is_grouped_and_says_times_as_people_do() -> None:
    assert said(VIEW).splitlines() == [
        "See",
        "  mood        happy, 90 % sure, for 5 minutes",
        "  in view     2 people, Anna in front",
        "  camera      watching",
        "Play",
        "  playing     Sunny side, started by us at 20:14",
        "  by itself   on, quiet hours until Fri 07:00",
        "  volume      never louder than 60 %",
        "  taste       any language, any artist",
        "  last        play “Sunny side” on Living room: happy",
        "  to listen   https://music.youtube.com/search?q=happy",
        "Around",
        "  what sees   running",
        "  smart home  connected",
        "  player      ready",
        "  page        serving",
        "  settings    kept",
        "  requests    12 to Spotify today",
        "  sign-in     ends in 5 days: moodkiosk login",
        "  moods       happy, sad",
    ]


@pytest.mark.parametrize(
    ("view", "line"),
    [
        (replace(VIEW, mood=None), "mood        not sure"),
        (replace(VIEW, mood=None, present=False, people=0, person=None), "mood        nobody is here"),
        (replace(VIEW, mood=None, unknown_because="camera off", people=None), "mood        unknown: camera off"),
        (replace(VIEW, manual_mood="happy", confidence=None), "mood        happy, chosen by hand, for 5 minutes"),
        (replace(VIEW, camera_status="lost: unplugged"), "camera      lost: unplugged"),
        (replace(VIEW, playing=None), "playing     nothing of ours"),
        (replace(VIEW, music=False), "by itself   off, quiet hours until Fri 07:00"),
        (replace(VIEW, model="taught"), "model       taught here"),
        (replace(VIEW, model="starter"), "model       the starter: 'moodkiosk teach' teaches it your faces"),
    ],
)
def test_what_is_not_known_or_not_so_is_said(view: View, line: str) -> None:
    assert f"  {line}" in said(view).splitlines()


SONG = NowPlaying("playing", "mood", title="Leuchtturm", artist="Nena", as_of="2026-11-26T20:16:00+01:00")


@pytest.mark.parametrize(
    ("song", "line"),
    [
        (SONG, "Leuchtturm by Nena, as of 20:16"),
        (replace(SONG, live=True), "Leuchtturm by Nena"),
        (replace(SONG, artist=None, live=True), "Leuchtturm"),
        (replace(SONG, state="paused", by="others"), "Leuchtturm by Nena, paused, somebody else’s choice, as of 20:16"),
    ],
)
def test_the_song_is_said_with_how_old_that_is(song: NowPlaying, line: str) -> None:
    assert f"  song        {line}" in said(replace(VIEW, now_playing=song)).splitlines()


def test_a_player_in_trouble_says_what() -> None:
    assert "  player      not signed in: moodkiosk login" in said(VIEW, player="not signed in: moodkiosk login")


@pytest.mark.parametrize(
    ("seconds", "text", "german"),
    [
        (0, "for a moment", "seit eben"),
        (59, "for a moment", "seit eben"),
        (60, "for 1 minute", "seit 1 Minute"),
        (7199, "for 1 hour", "seit 1 Stunde"),
        (90_000, "for 1 day", "seit 1 Tag"),
        (200_000, "for 2 days", "seit 2 Tagen"),
        (-5, "for a moment", "seit eben"),
    ],
)
def test_durations_are_said_in_their_largest_unit(seconds: int, text: str, german: str) -> None:
    found = since(timedelta(seconds=seconds))
    assert (found, translated(found, "de")) == (text, german)


def test_the_reader_s_language_is_spoken() -> None:
    status = asdict(VIEW) | AROUND
    status |= word_said({"last_decision": Reason("music.looks", mood=how("sad"))}, ("last_decision",))
    lines = readable(status, NOW, "de").splitlines()
    assert lines[:4] == [
        "Sehen",
        "  Stimmung       fröhlich, zu 90 % sicher, seit 5 Minuten",
        "  im Bild        2 Personen, Anna vorn",
        "  Kamera         sieht zu",
    ]
    assert "  von selbst     an, Ruhezeit bis Fr 07:00" in lines
    assert "  zuletzt        jemand sieht traurig aus" in lines
    assert "  Smart Home     verbunden" in lines


def test_why_is_told_with_the_times_of_the_reader_s_own_clock() -> None:
    quiet = Reason("gate.quiet_hours", until=Reason("time.far", day=Reason("day.5"), time="07:00"))
    lines = [
        word_said({"at": "19:14", "time": "2026-11-26T19:14:00+00:00", "text": quiet}, ("text",)),
        {"at": "no clock", "time": None, "text": "said by an earlier version"},
    ]
    assert reasons(lines, NOW).splitlines() == [
        "20:14     quiet hours until Fri 07:00",
        "no clock  said by an earlier version",
    ]
    assert reasons(lines, NOW, "de").splitlines()[0] == "20:14     Ruhezeit bis Fr 07:00"
    assert reasons([], NOW, "de") == "noch wurde nichts entschieden"


def test_times_are_those_of_the_clock_on_the_wall() -> None:
    assert clock("2026-11-26T19:14:00+00:00", NOW) == "20:14"
    assert clock("2026-11-26T19:14:00+00:00", NOW.astimezone(UTC)) == "19:14"
