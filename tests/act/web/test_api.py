"""The page's API: what a program is told, and what becomes of its commands, on the real loop and real decisions."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moodkiosk.act.web import tables
from moodkiosk.act.web.snapshot import HEALTH, HEALTH_SENTENCES
from moodkiosk.decide.music.songs import song
from moodkiosk.link import commands
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.view import SENTENCES, View
from tests.support.wait import until
from tests.support.web import LABELS, Household, Stream, Visitor, household, page_only

DOCS = Path(__file__).parents[3] / "docs" / "api.md"


def spoken(names: tuple[str, ...]) -> set[str]:
    """The keys that stand beside sentences."""
    return {f"{name}_{part}" for name in names for part in ("key", "fields")}


def test_the_state_has_the_keys_of_the_view_and_of_the_paper(visitor: Visitor) -> None:
    state = visitor.get("/api/state").json
    assert set(state) == set(View.__dataclass_fields__) | set(tables.STATE_MORE) | spoken(SENTENCES)
    assert (
        set(state["health"]) == set(tables.HEALTH) | spoken(HEALTH_SENTENCES) == set(HEALTH) | spoken(HEALTH_SENTENCES)
    )
    assert tuple(state["labels"]) == LABELS


def test_the_paper_has_the_tables_of_the_code() -> None:
    """If not: python -m moodkiosk.act.web.tables docs/api.md."""
    text = DOCS.read_text(encoding="utf-8")
    assert tables.filled(text) == text
    assert set(re.findall(r"<!-- table: (\w+) -->", text)) == set(tables.TABLES)


def test_the_paper_s_example_with_curl_works(home: Household) -> None:
    found = re.search(r"With curl, on the kiosk:\n\n```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    script = found[1].replace("http://127.0.0.1:8080", home.address.rstrip("/"))
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert json.loads(done.stdout)["ok"], done
    assert home.view.manual_mood == "happy"


def test_a_command_changes_the_state_and_its_result_comes_back(home: Household, visitor: Visitor) -> None:
    answer = visitor.command("volume_cap", 35, transaction="slider-7")
    assert answer.status == 200
    assert answer.json["ok"]
    assert answer.json["transaction"] == "slider-7"
    until(lambda: visitor.get("/api/state").json["volume_cap"] == 35)
    assert home.view.volume_cap == 35


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("volume_cap", 101, "0 to 100"),
        ("mood", "blissful", "no such mood"),
        ("camera", "maybe", "on or off"),
        ("artist", "a\x00b", "control characters"),
        ("explode", None, "unknown command"),
    ],
)
def test_a_command_that_is_refused_says_why(visitor: Visitor, name: str, value: object, says: str) -> None:
    answer = visitor.command(name, value)
    assert answer.status == 422
    assert not answer.json["ok"]
    assert says in answer.json["error"]


def test_why_tells_the_last_decisions(home: Household, visitor: Visitor) -> None:
    home.see("happy")
    visitor.command("recommend")
    lines = visitor.get("/api/why").json["data"]
    assert "Sunny side" in lines[-1]["text"]
    assert set(lines[-1]) == {"at", "time", "text", "gates"} | spoken(("at", "text"))


def test_who_opens_the_page_or_asks_why_has_the_player_look_and_what_is_open_or_polled_does_not(tmp_path: Path) -> None:
    with household(tmp_path) as home:
        visitor = Visitor(home.address)
        stream = Stream(visitor.host)
        until(lambda: stream.all("state"), what="the first state")
        for _ in range(5):
            for path in ("/api/state", "/api/history", "/api/token", "/?screen", "/?screen=blank", "/icon.svg"):
                assert visitor.get(path).status == 200
            visitor.command("status")
        assert visitor.ask("HEAD", "/").status == 200
        assert visitor.get("/", Sec_Purpose="prefetch").status == 200
        assert visitor.get("/", Sec_Fetch_Dest="image").status == 200
        assert home.looks == 0
        assert visitor.get("/").status == 200
        until(lambda: home.looks == 1, what="a look for who opened the page")
        visitor.get("/api/why")
        until(lambda: home.looks == 2, what="a look for who asked why")
        assert visitor.command("look").json["text"] == "nothing of ours plays; ready"
        assert home.looks == 3
        stream.close()


def test_a_recommendation_has_a_qr_code_and_before_there_is_none(tmp_path: Path) -> None:
    with household(tmp_path) as home:
        visitor = Visitor(home.address)
        assert visitor.get("/qr.svg").status == 404
        visitor.command("mood", "happy")
        visitor.command("recommend")
        until(lambda: visitor.get("/api/state").json["recommendation"] is not None)
        drawn = visitor.get("/qr.svg")
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert b"<svg" in drawn.body


def test_songs_to_choose_from_have_links_codes_and_covers_from_this_page_alone(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(50)
    album = replace(song("album", "Sun", Choice("uri", "spotify:album:sun"), by="Nena"), cover="c0ffee")
    with household(tmp_path) as home:
        long = song("track", "ह" * 300, Choice("uri", "spotify:track:long"), by="😀" * 300)
        far = replace(song("track", "Far", Choice("uri", "spotify:track:far")), youtube_url="https://x/" + "a" * 3000)
        home.songs, home.covers = (album, long, far), {"c0ffee": picture, "bad": b"<svg onload=alert(1)>"}
        visitor = Visitor(home.address)
        assert visitor.get("/api/recommendations").status == 422, "nobody was seen yet"
        visitor.command("mood", "happy")
        listed = visitor.get("/api/recommendations").json["data"]
        assert [one["title"] for one in listed[:2]] == ["Sunny side", "Sun"]
        assert listed[1]["spotify_uri"] == "spotify:album:sun"
        assert visitor.get(f"/qr.svg?song={album.id}").status == 200
        assert visitor.get(f"/qr.svg?song={long.id}").status == 200
        assert visitor.get(f"/qr.svg?song={far.id}").status == 404, "more than any code can say"
        assert visitor.get("/qr.svg?song=https://evil.example").status == 404
        cover = visitor.get("/cover/c0ffee")
        assert (cover.status, cover.body, cover.headers["content-type"]) == (200, picture, "image/png")
        assert cover.headers["x-content-type-options"] == "nosniff"
        for name in ("bad", "unknown", "..%2f..%2fetc%2fpasswd"):
            assert visitor.get(f"/cover/{name}").status in (204, 404)
        assert visitor.command("choose", album.id).json["ok"]
        assert home.decisions[-1].choices == (album.choice,)


def test_today_is_told_span_by_span(tmp_path: Path) -> None:
    with page_only(tmp_path) as (page, address):
        for view in (
            View(camera_status="on"),
            View(camera_status="on", present=True),
            View(camera_status="on", present=True, mood="happy"),
            View(camera_status="on", present=True, mood="happy", confidence=0.8),
            View(camera_status="off", camera=False),
        ):
            page.show(view)
        day = Visitor(address).get("/api/history").json
    assert [(span["seen"], span["mood"]) for span in day["spans"]] == [
        ("nobody", None),
        ("unsure", None),
        ("mood", "happy"),
        ("blind", None),
    ]
    assert day["now"].startswith(day["day"])


def test_a_stream_tells_the_state_at_once_and_every_change(home: Household, visitor: Visitor) -> None:
    stream = Stream(visitor.host)
    try:
        until(lambda: stream.all("state"), what="the first state")
        hello = stream.all("hello")[0]
        assert hello["token"] == visitor.get("/api/token").json["token"]
        visitor.command("artist", "Nena")
        until(lambda: any(state["artist"] == "Nena" for state in stream.all("state")), what="the change")
        home.see("sad")
        until(lambda: any(event["kind"] == "mood_changed" for event in stream.all("happened")), what="the event")
        until(lambda: stream.all("history"), what="the hint that today's moods have changed")
    finally:
        stream.close()


@pytest.mark.slow
def test_a_stream_with_no_news_says_so_within_seconds(tmp_path: Path) -> None:
    with page_only(tmp_path) as (_, address):
        stream = Stream(Visitor(address).host)
        until(lambda: stream.all("beat"), 15, "a beat")
        stream.close()


def test_a_stream_starts_with_what_is_and_repeats_no_event(home: Household, visitor: Visitor) -> None:
    earlier = Stream(visitor.host)
    home.see("happy")
    until(lambda: any(event["kind"] == "played" for event in earlier.all("happened")), what="all that happens then")
    earlier.close()
    stream = Stream(visitor.host)
    until(lambda: stream.all("state"), what="the first state")
    visitor.command("language", "Deutsch")
    until(lambda: any(state["language"] == "Deutsch" for state in stream.all("state")), what="the change")
    assert stream.all("happened") == []
    stream.close()


def test_where_guests_only_look_they_may_ask_why_and_nothing_else(tmp_path: Path) -> None:
    with household(tmp_path, read_only=True) as home:
        visitor = Visitor(home.address)
        for name in commands.TABLE:
            answer = visitor.command(name, "happy" if name in ("mood", "correct") else None)
            assert (answer.status == 200) == commands.TABLE[name].guests, name
        assert visitor.get("/api/state").json["read_only"] is True


def test_a_request_for_another_type_or_shape_is_refused(visitor: Visitor) -> None:
    token = visitor.get("/api/token").json["token"]
    for body, kind, status in (
        (b'{"command": "pause"}', "text/plain", 415),
        (b'{"command": "pause", "sudo": true}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 5000, "application/json", 400),
    ):
        answer = visitor.ask("POST", "/api/command", body, Content_Type=kind, X_CSRF_Token=token)
        assert answer.status == status, body[:20]
        assert answer.json["error"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=120),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)


@hypothesis_settings(max_examples=120)
@given(
    name=st.sampled_from([*commands.TABLE]) | st.text(max_size=60),
    value=st.sampled_from([*LABELS, "on", "off", "auto", "", 50]) | JSON,
    transaction=JSON,
)
def test_whatever_a_command_carries_the_answer_is_a_result_and_no_failure_of_ours(
    home: Household, name: str, value: object, transaction: object
) -> None:
    answer = Visitor(home.address).command(name, value, transaction=transaction)
    assert answer.status in (200, 400, 413, 422)
    assert answer.json["ok"] == (answer.status == 200)
    assert answer.json["ok"] or answer.json["error"]


@hypothesis_settings(max_examples=60)
@given(body=st.binary(max_size=300))
def test_whatever_bytes_come_as_a_command_the_answer_is_a_refusal(home: Household, body: bytes) -> None:
    visitor = Visitor(home.address)
    token = visitor.get("/api/token").json["token"]
    answer = visitor.ask("POST", "/api/command", body, Content_Type="application/json", X_CSRF_Token=token)
    assert answer.status in (400, 422)
