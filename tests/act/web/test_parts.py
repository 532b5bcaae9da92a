"""The page's parts by themselves: today's moods, words, files, sign-ins."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from moodkiosk.act.web import history
from moodkiosk.act.web.access import password
from moodkiosk.act.web.access.sessions import ADDRESSES_LIMIT, ATTEMPTS, ATTEMPTS_SECONDS, Throttle
from moodkiosk.act.web.pages import Pages
from moodkiosk.act.web.snapshot import Snapshot
from moodkiosk.moods.view import View

WEB = Path(history.__file__).parent
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HAPPY = View(mood="happy", present=True, camera_status="on")
NOBODY = View(camera_status="on")


# Today.


def test_a_day_keeps_changes_only() -> None:
    day = history.Day(NOON.date())
    for minute, view in enumerate((NOBODY, NOBODY, HAPPY, HAPPY, NOBODY)):
        day = history.add(day, view, NOON + timedelta(minutes=minute))
    assert [(span.at[11:16], span.seen) for span in day.spans] == [
        ("12:00", "nobody"),
        ("12:02", "mood"),
        ("12:04", "nobody"),
    ]


def test_at_midnight_a_new_day_begins_with_what_goes_on() -> None:
    day = history.add(history.Day(NOON.date()), HAPPY, NOON)
    day = history.add(day, NOBODY, NOON + timedelta(hours=15))
    assert day.day == NOON.date() + timedelta(days=1)
    assert [(span.at[11:16], span.seen, span.mood) for span in day.spans] == [
        ("00:00", "mood", "happy"),
        ("03:00", "nobody", None),
    ]


def test_a_clock_that_is_set_does_not_make_up_a_night() -> None:
    day = history.add(history.Day(NOON.date()), NOBODY, NOON)
    day = history.add(day, HAPPY, NOON + timedelta(days=200))
    assert [(span.at[:13], span.seen) for span in day.spans] == [("2027-06-11T12", "mood")]


def test_a_day_of_flicker_stays_small() -> None:
    day = history.Day(NOON.date())
    for second in range(2 * history.SPANS_LIMIT):
        day = history.add(day, HAPPY if second % 2 else NOBODY, NOON + timedelta(seconds=second))
    assert len(day.spans) == history.SPANS_LIMIT
    assert day.spans[-1].seen == "mood"


def test_a_closed_camera_is_told_from_an_empty_room_and_a_mood_by_hand_is_a_mood() -> None:
    assert history.seen(View(camera_status="off")) == ("blind", None)
    assert history.seen(View(camera_status="lost: unplugged")) == ("blind", None)
    assert history.seen(View(camera_status="off", mood="sad", manual_mood="sad")) == ("mood", "sad")
    assert history.seen(View(camera_status="on", present=True)) == ("unsure", None)
    assert history.seen(View(camera_status="on", present=None, unknown_because="too slow")) == ("blind", None)


def test_moods_are_kept_on_disk_only_where_that_is_wished(tmp_path: Path) -> None:
    day = history.add(history.Day(NOON.date()), HAPPY, NOON)
    history.HistoryFile(tmp_path, keep=False).save(day)
    assert list(tmp_path.iterdir()) == []
    history.HistoryFile(tmp_path, keep=True).save(day)
    assert history.HistoryFile(tmp_path, keep=True).load(lambda: NOON).spans[:-1] == day.spans
    # Switched off again, what was kept goes.
    assert history.HistoryFile(tmp_path, keep=False).load(lambda: NOON).spans == ()
    assert list(tmp_path.iterdir()) == []


def test_while_the_kiosk_was_off_nothing_is_known(tmp_path: Path) -> None:
    """Ended in order, it says from when on; after a power cut nothing is claimed beyond the last change."""
    file, day = history.HistoryFile(tmp_path, keep=True), history.add(history.Day(NOON.date()), HAPPY, NOON)
    evening, later = NOON + timedelta(hours=3), NOON + timedelta(hours=5)
    file.save(history.ended(day, evening))
    assert [(span.seen, span.at) for span in file.load(lambda: later).spans] == [
        ("mood", NOON.isoformat(timespec="seconds")),
        ("blind", evening.isoformat(timespec="seconds")),
    ]
    file.save(day)
    cut = NOON + timedelta(minutes=1)
    os.utime(tmp_path / "moods-today.json", (cut.timestamp(), cut.timestamp()))
    assert file.load(lambda: later).spans[-1] == history.Span(cut.isoformat(timespec="seconds"), "blind")


def test_what_was_kept_of_another_day_is_not_shown(tmp_path: Path) -> None:
    history.HistoryFile(tmp_path, keep=True).save(history.add(history.Day(NOON.date()), HAPPY, NOON))
    tomorrow = NOON + timedelta(days=1)
    assert history.HistoryFile(tmp_path, keep=True).load(lambda: tomorrow) == history.Day(tomorrow.date())


def test_a_damaged_file_or_a_full_disk_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "moods-today.json").write_text("{half")
    file = history.HistoryFile(tmp_path, keep=True)
    assert file.load(lambda: NOON).spans == ()
    gone = history.HistoryFile(tmp_path / "moods-today.json" / "no-folder", keep=True)
    for _ in range(3):
        gone.save(history.add(history.Day(NOON.date()), HAPPY, NOON))
    assert sum("are not kept" in line for line in caplog.messages) == 1
    # Nor does it matter that what is no longer wished cannot be deleted.
    locked = history.HistoryFile(tmp_path / "moods-today.json" / "no-folder", keep=False)
    assert locked.load(lambda: NOON).spans == ()
    assert "cannot be deleted" in caplog.messages[-1]


def test_a_snapshot_begins_with_what_was_kept_and_goes_on() -> None:
    snapshot = Snapshot("kiosk", lambda: NOON, read_only=False)
    snapshot.begin_with(history.add(history.Day(NOON.date()), NOBODY, NOON - timedelta(hours=2)))
    snapshot.show(HAPPY)
    spans = msgspec.json.decode(snapshot.today())["spans"]
    assert [span["seen"] for span in spans] == ["nobody", "mood"]


def test_health_that_has_not_changed_is_no_news() -> None:
    snapshot = Snapshot("kiosk", lambda: NOON, read_only=False)
    told: list[bool] = []
    snapshot.changed = lambda: told.append(True)
    snapshot.health({"broker": "connected"})
    snapshot.health({"broker": "connected", "secret": "not ours"})
    assert len(told) == 1
    assert b"secret" not in snapshot.state


# Words and files.


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        ("auto", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("auto", "tlh;q=0.9, en;q=0.4, de;q=0.6", "de"),
        ("auto", "de;q=0, en", "en"),
        ("auto", "", "en"),
        ("auto", "xx,;q=,q;q=x," + "a" * 5000, "en"),
        ("de", "en", "de"),
        ("tlh", "de", "de"),
    ],
)
def test_the_language_is_the_configured_one_or_what_the_browser_prefers(
    wanted: str, accepted: str, language: str
) -> None:
    assert Pages().language(wanted, accepted) == language


def test_scripts_are_sent_without_indentation_and_comments_and_no_text_of_theirs_goes_over_lines() -> None:
    pages = Pages()
    for file in (WEB / "assets").glob("*.js"):
        written = file.read_text(encoding="utf-8")
        assert all(line.count("`") % 2 == 0 for line in written.splitlines()), f"{file.name}: what is cut may be text"
        sent = pages.file("en", file.name)
        assert sent is not None
        lines = sent.body.decode().splitlines()
        assert not [line for line in lines if line.startswith((" ", "//", "/**"))]
        code = [line.strip() for line in written.splitlines()]
        assert lines == [line for line in code if not re.fullmatch(r"//.*|/\*\*.*\*/", line)]


def test_a_style_sheet_is_sent_without_blanks_that_say_nothing_and_no_text_of_it_has_any() -> None:
    written = (WEB / "assets" / "kiosk.css").read_text(encoding="utf-8")
    bare = re.sub(r"(?s)/\*.*?\*/", "", written)
    assert "'" not in bare
    assert "url(" not in bare
    assert not [text for text in re.findall(r'"([^"\n]*)"', bare) if re.search(r"[{};]", text)], (
        "what is cut may be text"
    )
    sent = Pages().file("en", "kiosk.css")
    assert sent is not None
    assert re.sub(r"\s", "", sent.body.decode()) == re.sub(r"\s", "", bare)
    assert len(sent.body) < 0.92 * len(written)


def test_the_page_and_all_its_files_fit_into_the_budget() -> None:
    """150 KB, uncompressed, in the longest language."""
    pages = Pages()
    names = [file.name for file in (WEB / "assets").iterdir() if file.suffix != ".html"]
    for language in pages.languages:
        sizes = [len(found.body) for name in [*names, "words.js"] if (found := pages.file(language, name))]
        assert sum(sizes) + len(pages.page("kiosk.html", language)) < 150_000


# Passwords and sign-ins.


def test_two_hashes_of_a_password_differ_and_both_match() -> None:
    one, other = password.hashed("Grüße aus Köln"), password.hashed("Grüße aus Köln")
    assert one != other
    assert password.matches("Grüße aus Köln", one)
    assert password.matches("Grüße aus Köln", f"{other}\n")
    assert not password.matches("Grüsse aus Köln", one)


@pytest.mark.parametrize(
    "line", ["", "plain", "scrypt$a$b$c$d$e", "scrypt$16384$8$1$!$!", "scrypt$3$8$1$AAAA$AAAA", "md5$1$1$1$AA$AA"]
)
def test_a_damaged_hash_matches_nothing(line: str) -> None:
    assert not password.matches("", line)
    assert not password.matches("anything", line)


def test_an_address_that_failed_often_waits_and_others_do_not() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for _ in range(ATTEMPTS):
        assert throttle.wait_seconds("192.168.1.9") == 0
        throttle.wrong("192.168.1.9")
    assert throttle.wait_seconds("192.168.1.9") == ATTEMPTS_SECONDS
    assert throttle.wait_seconds("192.168.1.10") == 0
    now[0] = ATTEMPTS_SECONDS + 1
    assert throttle.wait_seconds("192.168.1.9") == 0


def test_all_addresses_of_an_ipv6_network_are_one() -> None:
    throttle = Throttle(lambda: 0.0)
    for number in range(ATTEMPTS):
        throttle.wrong(f"2001:db8::{number}")
    assert throttle.wait_seconds("2001:db8::ffff") > 0
    assert throttle.wait_seconds("2001:db8:0:1::1") == 0


def test_many_addresses_do_not_fill_the_memory_and_the_right_password_clears_ones_own() -> None:
    throttle = Throttle(lambda: 0.0)
    for number in range(ADDRESSES_LIMIT + 50):
        throttle.wrong(f"10.0.{number // 256}.{number % 256}")
    assert len(throttle._wrong) == ADDRESSES_LIMIT
    for _ in range(ATTEMPTS):
        throttle.wrong("192.168.1.9")
    throttle.right("192.168.1.9")
    assert throttle.wait_seconds("192.168.1.9") == 0
