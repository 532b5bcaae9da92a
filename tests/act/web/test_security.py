"""The attack table: what must not work, and that the kiosk keeps its pace while it is tried."""

from __future__ import annotations

import http.client
import os
import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moodkiosk.act.web.access import password
from moodkiosk.act.web.access.request import session_of
from moodkiosk.act.web.connections import CONNECTIONS_LIMIT
from moodkiosk.act.web.server import Page
from moodkiosk.act.web.stream import STREAMS_LIMIT
from moodkiosk.moods.view import View
from tests.support.wait import until
from tests.support.web import Answer, Household, Stream, Visitor, config, page_only, reading

SECRET = "correct horse battery"
WRONG = "battery horse correct"


@pytest.fixture(scope="module")
def password_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("secret") / "web-password"
    file.write_text(password.hashed(SECRET))
    return file


def sign_in(visitor: Visitor, word: str, **headers: str) -> Answer:
    kind = "application/x-www-form-urlencoded"
    answer = visitor.ask("POST", "/login", f"password={quote(word)}".encode(), Content_Type=kind, **headers)
    if "set-cookie" in answer.headers:
        visitor.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
    return answer


def command(visitor: Visitor, **headers: str) -> Answer:
    """A command that is in order, but for these headers; an empty one is left out."""
    token = visitor.get("/api/token").json["token"]
    given = {"Content_Type": "application/json", "X_CSRF_Token": token} | headers
    return visitor.ask("POST", "/api/command", b'{"command": "pause"}', **given)


# Other sites, other names.


def test_a_command_in_order_is_carried_out(visitor: Visitor) -> None:
    assert command(visitor, Origin=f"http://{visitor.host}").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"X_CSRF_Token": ""},
        {"X_CSRF_Token": "0" * 64},
        {"X_CSRF_Token": "é"},
    ],
)
def test_a_command_of_another_site_or_without_the_token_is_refused(
    home: Household, visitor: Visitor, headers: dict[str, str]
) -> None:
    decided = len(home.decisions)
    assert command(visitor, **headers).status == 403
    assert len(home.decisions) == decided


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[::1", "a b"])
@pytest.mark.parametrize("path", ["/", "/api/state", "/api/events", "/assets/x/en/kiosk.js"])
def test_a_name_that_is_not_ours_is_not_answered(visitor: Visitor, host: str, path: str) -> None:
    assert visitor.get(path, Host=host).status in (400, 403)


def test_our_own_names_and_further_ones_are_answered_whatever_the_port(tmp_path: Path) -> None:
    with page_only(tmp_path, allowed_hosts=("kiosk.lan",)) as (_, address):
        for host in ("localhost", "127.0.0.1:9000", "[::1]:8080", "kiosk.lan", "KIOSK.lan:81"):
            assert Visitor(address).get("/", Host=host).status == 200, host


def test_on_every_address_an_address_literal_is_ours_but_a_foreign_name_is_not(
    tmp_path: Path, password_file: Path
) -> None:
    # 127.0.0.2 stands for an address in the house: a loopback address, but not one of those that need no password.
    with page_only(tmp_path, host="127.0.0.2", password_file=str(password_file)) as (_, address):
        visitor = Visitor(address)
        for host, status in (
            ("192.168.1.5", 200),
            ("[fe80::1]:8080", 200),
            (f"{socket.gethostname()}.local", 200),
            ("evil.example", 403),
        ):
            assert visitor.get("/login", Host=host).status == status, host


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../../../etc/passwd",
        "/assets/x/en/..%2f..%2fserver.py",
        "/assets/x/en/%2e%2e/pages.py",
        "/assets/x/../words/en.json",
        "/assets/x/en/kiosk.html",
        "/assets/x/fr/kiosk.js",
        "/assets/",
        "/assets",
        "/words/en.json",
        "//etc/passwd",
        "/%00",
        "/api/",
        "/display.html",
    ],
)
def test_only_what_is_named_is_there_and_nothing_is_listed(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status in (404, 307)
    assert b"root:" not in answer.body
    assert b"import" not in answer.body


def test_methods_that_are_not_meant_are_refused(visitor: Visitor) -> None:
    token = visitor.get("/api/token").json["token"]
    for method, path in (("DELETE", "/api/state"), ("PUT", "/"), ("POST", "/api/events"), ("TRACE", "/")):
        assert visitor.ask(method, path, b"", X_CSRF_Token=token).status == 405, method
    assert visitor.get("/api/command").status == 405


def test_every_answer_has_the_safety_headers_and_the_page_nothing_inline(visitor: Visitor) -> None:
    for path in ("/", "/api/state", "/nowhere", "/icon.svg"):
        headers = visitor.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    page = visitor.get("/").body.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)|https?://(?!www\.w3\.org)", page)


def test_only_the_sites_that_are_named_may_show_the_page_in_a_frame(tmp_path: Path) -> None:
    with page_only(tmp_path, framed_by=("http://homeassistant.local:8123",)) as (_, address):
        answer = Visitor(address).get("/")
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors http://homeassistant.local:8123;" in policy
        assert policy.count("frame-ancestors") == 1
        assert "x-frame-options" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


ODD = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40)
NAMES = [
    "Cookie",
    "Origin",
    "Host",
    "Accept-Language",
    "Content-Type",
    "X-CSRF-Token",
    "Content-Length",
    "Expect",
    "Range",
]


@pytest.mark.slow
@hypothesis_settings(max_examples=150)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"]),
    path=st.sampled_from(["/", "/login", "/logout", "/display?key=", "/api/state?", "/assets/", "/qr.svg", "/?lang="]),
    rest=ODD.map(lambda text: quote(text, safe="/?&=%.~", encoding="latin-1")),
    headers=st.dictionaries(st.sampled_from(NAMES), ODD.map(str.strip), max_size=3),
    body=st.binary(max_size=60) | st.just(b"&".join([b"password=x"] * 50)),
)
def test_whatever_comes_the_answer_is_no_failure_of_ours(
    locked: Visitor, method: str, path: str, rest: str, headers: dict[str, str], body: bytes
) -> None:
    try:
        answer = locked.ask(method, path + rest, body if method == "POST" else None, **headers)
    except (http.client.HTTPException, OSError):
        return  # cut off: a body that was announced and did not come, say
    assert answer.status < 500


@pytest.mark.parametrize("path", ["/", "/login"])
@pytest.mark.parametrize(
    "cookie", ['moodkiosk="' + "\\" * 60_000 + '"', "a=b; " * 12_000, "=;" * 30_000, 'moodkiosk="\\']
)
def test_no_cookie_keeps_the_page_busy(locked: Visitor, path: str, cookie: str) -> None:
    """Python's own reader needs 15 seconds of a fast processor for the first: the page is in this process here."""
    before = time.process_time()
    assert locked.get(path, Cookie=cookie).status < 500
    assert session_of(cookie) == (cookie.partition("=")[2] if cookie.startswith("moodkiosk") else "")
    assert time.process_time() - before < 3


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, password_file: Path) -> Iterator[Visitor]:
    with page_only(tmp_path_factory.mktemp("locked"), password_file=str(password_file)) as (_, address):
        yield Visitor(address)


def test_what_the_kiosk_says_cannot_become_markup(tmp_path: Path) -> None:
    with page_only(tmp_path) as (page, address):
        page.show(View(artist='"><script>alert(1)</script>'))
        body = Visitor(address).get("/").body.decode()
    assert "<script>alert" not in body
    assert "&quot;&gt;&lt;script&gt;" in body or "&lt;script&gt;" in body


# Too much, too slow, too many; and the kiosk keeps its pace.


def in_pieces(host: str, head: bytes, rest: bytes, pieces: int) -> bytes:
    """Sends a request in pieces until the other side has had enough; what it said."""
    name, _, port = host.rpartition(":")
    with socket.create_connection((name, int(port)), timeout=60) as line:
        said = b""
        try:
            line.sendall(head)
            for _ in range(pieces):
                line.sendall(rest)
            while found := line.recv(4096):
                said += found
        except (ConnectionResetError, BrokenPipeError):
            pass
        return said


def test_a_body_of_a_megabyte_is_refused_unread(visitor: Visitor) -> None:
    token = visitor.get("/api/token").json["token"]
    head = f"POST /api/command HTTP/1.1\r\nHost: {visitor.host}\r\nX-CSRF-Token: {token}\r\n"
    announced = in_pieces(visitor.host, f"{head}Content-Length: 1048576\r\n\r\n".encode(), b"x" * 65536, 16)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    unannounced = in_pieces(visitor.host, f"{head}Transfer-Encoding: chunked\r\n\r\n".encode(), chunk, 16)
    # Whoever goes on sending may find the line cut before having read why.
    assert announced[9:12] in (b"413", b"")
    assert unannounced[9:12] in (b"413", b"")
    assert b"413" in in_pieces(visitor.host, f"{head}Content-Length: 1048576\r\n\r\n".encode(), b"", 0)


def test_a_head_without_end_is_refused(visitor: Visitor) -> None:
    said = in_pieces(visitor.host, b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-More: " + b"y" * 8192 + b"\r\n", 40)
    assert said[9:12] in (b"400", b"")


def test_of_more_than_twenty_streams_the_rest_get_503_until_one_ends(tmp_path: Path) -> None:
    with page_only(tmp_path) as (_, address), ExitStack() as stack:
        host = Visitor(address).host
        streams = [Stream(host) for _ in range(STREAMS_LIMIT)]
        for stream in streams:
            stack.callback(stream.close)
        assert {stream.status for stream in streams} == {200}
        refused = Stream(host)
        stack.callback(refused.close)
        assert refused.status == 503
        assert Visitor(address).get("/api/state").status == 200
        streams[0].close()

        def one_more() -> bool:
            stream = Stream(host)
            stack.callback(stream.close)
            return stream.status == 200

        until(one_more, what="a place")


@pytest.mark.slow
def test_those_who_begin_a_request_and_do_not_end_it_are_sent_away_and_keep_nobody_out(home: Household) -> None:
    """Slow loris: more half-open requests than the page takes connections."""
    visitor = Visitor(home.address)
    name, _, port = visitor.host.rpartition(":")
    with ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection((name, int(port)), timeout=60))
            for _ in range(CONNECTIONS_LIMIT + 16)
        ]
        for line in lines:
            with suppress(ConnectionError):  # on a slow machine the first are sent away before the last have begun
                line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert visitor.get("/api/state").status == 200
        turns = home.loop.counters.turns
        assert command(visitor).status == 200
        for line in lines:  # all are cut off, without an answer
            try:
                assert line.recv(4096) == b""
            except ConnectionResetError:
                continue
        # The kiosk turned at its usual pace while they waited: at least every half second.
        assert home.loop.counters.turns - turns >= 5


@pytest.mark.slow
def test_a_body_that_does_not_come_is_not_waited_for(visitor: Visitor) -> None:
    token = visitor.get("/api/token").json["token"]
    head = (
        f"POST /api/command HTTP/1.1\r\nHost: {visitor.host}\r\nX-CSRF-Token: {token}\r\nContent-Length: 99\r\n\r\n{{"
    )
    assert in_pieces(visitor.host, head.encode(), b"", 0)[9:12] == b"408"


def test_while_the_page_is_flooded_every_reading_gets_its_turn_in_time(home: Household) -> None:
    """Counted, not timed: each reading is taken before it is stale, and none finds the loop too busy."""
    attacks: list[Callable[[], Answer]] = [
        lambda: Visitor(home.address).get("/"),
        lambda: Visitor(home.address).get("/", Host="evil.example"),
        lambda: command(Visitor(home.address), Origin="http://evil.example"),
        lambda: Visitor(home.address).ask("POST", "/api/command", b"x" * 20000),
    ]
    before = replace(home.loop.counters)
    with ThreadPoolExecutor(8) as pool:
        floods = [pool.submit(attacks[number % len(attacks)]) for number in range(160)]
        taken = 0
        while not all(flood.done() for flood in floods) or taken < 100:
            assert home.loop.put(reading(None, 0))
            until(home.loop.inbox.empty, 20, "its turn")
            taken += 1
    assert {flood.result().status for flood in floods} == {200, 403}
    until(lambda: home.loop.counters.turns - before.turns >= taken, what="as many turns as readings")
    assert home.loop.counters.stale_readings == before.stale_readings
    assert home.loop.counters.inbox_full == before.inbox_full


# The password.


def test_without_the_password_there_is_nothing_but_the_sign_in(tmp_path: Path, password_file: Path) -> None:
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        visitor = Visitor(address)
        assert (visitor.get("/").status, visitor.get("/").headers["location"]) == (303, "login")
        for path in ("/api/state", "/api/events", "/api/history", "/api/why", "/api/token"):
            assert visitor.get(path).status == 401, path
        assert visitor.get("/qr.svg").status == 303
        assert visitor.ask("POST", "/api/command", b"{}").status == 401
        assert visitor.get("/login").status == 200
        assert b"happy" not in visitor.get("/login").body


def test_the_password_opens_a_session_that_outlives_a_restart_and_ends_at_the_sign_out(
    tmp_path: Path, password_file: Path
) -> None:
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        visitor = Visitor(address)
        assert sign_in(visitor, WRONG).status == 403
        answer = sign_in(visitor, SECRET)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert visitor.get("/api/state").status == 200
        kept = tmp_path / "web-sessions.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert visitor.headers["Cookie"].partition("=")[2] not in kept.read_text()
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        again = Visitor(address)
        again.headers = visitor.headers
        assert again.get("/").status == 200
        token = again.get("/api/token").json["token"]
        assert again.ask("POST", "/logout", b"").status == 403
        assert again.ask("POST", "/logout", b"", X_CSRF_Token=token).status == 303
        assert again.get("/api/state").status == 401


def test_a_token_belongs_to_one_session(tmp_path: Path, password_file: Path) -> None:
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        one, other = Visitor(address), Visitor(address)
        sign_in(one, SECRET)
        sign_in(other, SECRET)
        stolen = one.get("/api/token").json["token"]
        assert other.get("/api/token").json["token"] != stolen
        assert command(other, X_CSRF_Token=stolen).status == 403


def test_a_new_password_ends_all_sessions(tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_text(password.hashed(SECRET))
    with page_only(tmp_path, password_file=str(file)) as (_, address):
        visitor = Visitor(address)
        sign_in(visitor, SECRET)
        assert visitor.get("/api/state").status == 200
        file.write_text(password.hashed(WRONG))
        assert visitor.get("/api/state").status == 401
        assert sign_in(visitor, SECRET).status == 403
        assert sign_in(visitor, WRONG).status == 303


def test_after_five_wrong_passwords_not_even_the_right_one_is_looked_at(tmp_path: Path, password_file: Path) -> None:
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        visitor = Visitor(address)
        assert [sign_in(visitor, WRONG).status for _ in range(6)] == [403] * 5 + [429]
        assert sign_in(visitor, SECRET).status == 429


def test_a_form_that_is_not_ours_is_a_wrong_password(tmp_path: Path, password_file: Path) -> None:
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        for body in (b"", b"\xff=\xff", b"&".join([b"password=x"] * 50)):
            assert Visitor(address).ask("POST", "/login", body).status == 403


def test_another_site_cannot_sign_a_browser_in(tmp_path: Path, password_file: Path) -> None:
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        assert sign_in(Visitor(address), SECRET, Origin="http://evil.example").status == 403


def test_the_screen_on_the_kiosk_gets_in_by_a_file_that_only_its_group_can_read(
    tmp_path: Path, password_file: Path
) -> None:
    with page_only(tmp_path, password_file=str(password_file)) as (_, address):
        file = tmp_path / "display.html"
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        found = re.search(r"url=http://[^/]+(/display\?key=[\w-]+)", file.read_text())
        assert found is not None
        visitor = Visitor(address)
        assert visitor.get("/display?key=guess").headers["location"] == "login"
        answer = visitor.get(found[1])
        assert answer.headers["location"] == "./?screen=blank"
        visitor.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        assert visitor.get("/?screen=blank").status == 200


def run_web_password(file: Path, word: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "moodkiosk", "web-password", "--config", str(file)]
    return subprocess.run(command, input=f"{word}\n", capture_output=True, text=True, timeout=60, check=False)


def test_the_command_keeps_a_hash_that_only_its_owner_can_read(tmp_path: Path) -> None:
    file, settings = tmp_path / "web-password", tmp_path / "config.yaml"
    settings.write_text(yaml.safe_dump({"web": {"host": "0.0.0.0", "password_file": str(file)}}))
    done = run_web_password(settings, SECRET)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in file.read_text()
    assert password.matches(SECRET, file.read_text())
    assert not password.matches(WRONG, file.read_text())
    short = run_web_password(settings, "short")
    assert (short.returncode, short.stderr.count("\n")) == (2, 1)
    assert password.matches(SECRET, file.read_text())


@pytest.mark.skipif(os.geteuid() != 0, reason="only an administrator makes files for others")
def test_a_hash_that_an_administrator_makes_belongs_to_the_kiosk_s_user(tmp_path: Path) -> None:
    file, settings, state = tmp_path / "web-password", tmp_path / "config.yaml", tmp_path / "state" / "act"
    state.mkdir(parents=True)
    os.chown(state, 4711, 4712)
    web = {"password_file": str(file)}
    settings.write_text(yaml.safe_dump({"web": web, "paths": {"state": str(state.parent)}}))
    assert run_web_password(settings, SECRET).returncode == 0
    assert (file.stat().st_uid, file.stat().st_gid, stat.S_IMODE(file.stat().st_mode)) == (4711, 4712, 0o600)


def test_where_the_hash_cannot_be_kept_the_command_says_so_in_one_line(tmp_path: Path) -> None:
    settings = tmp_path / "config.yaml"
    settings.write_text(yaml.safe_dump({"web": {"password_file": str(tmp_path / "config.yaml" / "x")}}))
    done = run_web_password(settings, SECRET)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr


# Coming and going.


@pytest.mark.slow
def test_a_port_in_use_is_said_and_taken_when_it_is_free(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        page = Page(config(tmp_path, port=port), lambda _: pytest.fail("nobody asked"), tmp_path)
        assert page.start() == f"http://127.0.0.1:{port}/"
        until(lambda: "trying again" in page.status)
        assert str(port) in page.status
        other.close()
        until(lambda: page.status == "serving", 20)
    assert Visitor(f"http://127.0.0.1:{port}").get("/api/state").status == 200
    page.stop()


def test_a_page_that_stops_ends_its_streams_and_its_thread(tmp_path: Path) -> None:
    with page_only(tmp_path) as (page, address), ExitStack() as stack:
        streams = [Stream(Visitor(address).host) for _ in range(5)]
        for stream in streams:
            stack.callback(stream.close)
        until(lambda: all(stream.all("state") for stream in streams))
        page.stop()
        assert page.status == "stopped"
        assert all(stream.ended.wait(5) for stream in streams)
        with pytest.raises(ConnectionRefusedError):
            Visitor(address).get("/")


def test_a_page_may_be_stopped_before_and_while_it_starts(tmp_path: Path) -> None:
    never_started = Page(config(tmp_path), lambda _: pytest.fail("nobody asked"), tmp_path)
    never_started.stop()
    starting = Page(config(tmp_path), lambda _: pytest.fail("nobody asked"), tmp_path)
    starting.start()
    starting.stop()
