"""Under which names and paths the page is reached, and what it says to those that are not its own."""

from __future__ import annotations

import html
import http.client
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from moodkiosk.act.web.access import password
from moodkiosk.moods.view import View
from tests.act.web.test_layout import SCREENS
from tests.support.browser import SCREENSHOTS, opened
from tests.support.web import LABELS, Visitor, page_only

HAPPY = View(
    mood="happy", confidence=0.9, present=True, people=1, camera_status="on", unknown_because=None, labels=LABELS
)
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Accept_Language": "de-DE,de;q=0.9"}


# Another name.


def test_another_name_gets_a_page_in_the_readers_language_that_says_what_to_set(tmp_path: Path) -> None:
    with page_only(tmp_path) as (_, address):
        visitor = Visitor(address)
        answer = visitor.get("/", Host="box.example", **BROWSER)
        text = html.unescape(answer.body.decode())
        assert answer.status == 403
        assert "Diese Box heißt anders" in text
        assert "allowed_hosts: [box.example]" in text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "Living room" not in text, "nothing of the household is told to strangers"
        assert visitor.get("/", Host="box.example", Accept="text/html").body.startswith(b"<!doctype html>")
        # Programs hear it in a line, and a name that is markup is no markup.
        assert b"web.allowed_hosts" in visitor.get("/", Host="box.example").body
        assert b"web.allowed_hosts" in visitor.get("/api/state", Host="box.example", **BROWSER).body
        assert b"<script" not in visitor.get("/", Host="<script>alert(1)</script>", **BROWSER).body


LONG_NAME = "wohnzimmer-im-erdgeschoss-bei-der-grossmutter-am-fenster-links"
UNDER_OTHER_NAMES = ("box.localhost", f"{LONG_NAME}.localhost")
"""Browsers take every name below localhost to this machine (RFC 6761, 6.3); the kiosk knows only that itself."""


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_page_for_another_name_looks_like_the_house_fits_every_screen_and_is_clean_for_axe(
    browser: Browser, tmp_path: Path, locale: str
) -> None:
    with page_only(tmp_path) as (_, address):
        port = address.rstrip("/").rpartition(":")[2]
        for scheme in ("light", "dark"):
            for name in UNDER_OTHER_NAMES:
                there = f"http://{name}:{port}/"
                with opened(browser, there, locale=locale, color_scheme=scheme) as seen:
                    page = seen.page
                    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
                    # The hash lets the style in; nothing else is asked for but the icon that browsers always try.
                    assert page.evaluate("getComputedStyle(document.querySelector('main')).display") == "grid"
                    assert {url.removeprefix(there) for url in seen.requests} <= {"", "favicon.ico"}
                    assert not [text for text in seen.complaints if "403" not in text]
                    for width, height in SCREENS:
                        page.set_viewport_size({"width": width, "height": height})
                        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), (name, width)
                    page.set_viewport_size({"width": 800, "height": 480})
                    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=SCREENSHOTS / f"other-name-{locale}-{scheme}-{len(name)}.png", full_page=True)
            # The policy forbids what axe puts into the page.
            there = f"http://{UNDER_OTHER_NAMES[0]}:{port}/"
            with opened(browser, there, locale=locale, color_scheme=scheme, bypass_csp=True) as seen:
                assert Axe().run(seen.page).response["violations"] == []


@pytest.mark.parametrize("root_path", ["", "/kiosk"])
def test_an_address_that_has_nothing_leads_back_to_the_page_in_the_readers_language(
    tmp_path: Path, root_path: str
) -> None:
    with page_only(tmp_path, root_path=root_path) as (_, address):
        visitor = Visitor(address)
        answer = visitor.get(f"{root_path}/photos/today", **BROWSER)
        assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "Hier ist nichts" in answer.body.decode()
        assert 'href="../"' in answer.body.decode()
        for program in (
            visitor.get(f"{root_path}/photos"),
            visitor.get(f"{root_path}/api/photos", Accept="text/html"),
        ):
            assert (program.status, program.body) == (404, b"not found")


# A proxy, under a path.


@contextmanager
def proxy(port: int, *, strips: str = "") -> Iterator[str]:
    """A reverse proxy that passes the Host it was called by, and takes `strips` away from the paths."""

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            path = self.path.removeprefix(strips) or "/"
            line.request(self.command, path, body or None, dict(self.headers.items()) | {"Connection": "close"})
            answer = line.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            while data := answer.read1(65536):
                self.wfile.write(data)
                self.wfile.flush()
            line.close()

        do_GET = pass_on  # noqa: N815 - http.server names them
        do_POST = pass_on  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # the browser has gone
                super().handle()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("strips", [True, False], ids=["proxy strips the path", "proxy leaves the path"])
def test_behind_a_proxy_under_a_path_everything_works_with_a_password_too(
    browser: Browser, tmp_path: Path, *, strips: bool
) -> None:
    file = tmp_path / "word"
    file.write_text(password.hashed("correct horse battery"))
    root_path = "" if strips else "/home/kiosk"
    with page_only(tmp_path, password_file=str(file), root_path=root_path) as (kiosk, address):
        kiosk.show(HAPPY)
        port = int(address.rstrip("/").rpartition(":")[2])
        with (
            proxy(port, strips="/home/kiosk" if strips else "") as outside,
            opened(browser, f"{outside}/home/kiosk/") as watched,
        ):
            page = watched.page
            page.get_by_label("Password").fill("correct horse battery")
            page.get_by_role("button", name="Sign in").click()
            expect(page.locator("#word")).to_have_text("Happy")
            assert page.url == f"{outside}/home/kiosk/"
            kiosk.show(View(camera_status="on", unknown_because=None, present=False, people=0, labels=LABELS))
            expect(page.locator("#word")).to_have_text("Nobody here")
            page.locator("#skip").click()
            expect(page.locator("#toasts")).to_contain_text("there is no kiosk here")
            page.locator("#more").click()
            page.get_by_role("button", name="Sign out").click()
            expect(page.get_by_label("Password")).to_be_visible()
            assert watched.requests
            assert {url for url in watched.requests if not url.startswith(f"{outside}/home/kiosk/")} == set()


def test_without_its_last_slash_the_path_is_led_to_the_page(tmp_path: Path) -> None:
    with page_only(tmp_path, root_path="/kiosk") as (_, address):
        visitor = Visitor(address)
        answer = visitor.get("/kiosk")
        assert (answer.status, answer.headers["location"]) == (308, "/kiosk/")
        assert visitor.get("/kiosk/api/state").status == visitor.get("/api/state").status == 200
        assert visitor.get("/kiosks/api/state").status == 404


# On a phone's home screen.


def test_the_manifest_and_its_icons_are_what_a_home_screen_needs(tmp_path: Path) -> None:
    with page_only(tmp_path) as (_, address):
        visitor = Visitor(address)
        manifest = visitor.get("/manifest.webmanifest").json
        assert (manifest["start_url"], manifest["display"]) == ("./", "standalone")
        for icon in manifest["icons"]:
            answer = visitor.get(f"/{icon['src']}")
            assert (answer.status, answer.headers["content-type"]) == (200, icon["type"])
            if icon["type"] == "image/png":
                drawn = cv2.imdecode(np.frombuffer(answer.body, np.uint8), cv2.IMREAD_UNCHANGED)
                assert drawn is not None
                assert "{1}x{0}".format(*drawn.shape) == icon["sizes"]
        touch = re.search(r'apple-touch-icon" href="([^"]+)"', visitor.get("/").body.decode())
        assert touch is not None
        assert visitor.get(f"/{touch[1]}").status == 200
        assert b"serviceWorker" not in b"".join(file.read_bytes() for file in ASSETS.iterdir())


ASSETS = Path(__file__).parents[3] / "moodkiosk" / "act" / "web" / "assets"


# moodkiosk web --check.


def checked(tmp_path: Path, web: str, url: str) -> subprocess.CompletedProcess[str]:
    config = tmp_path / "config.yaml"
    config.write_text(f"web: {{{web}}}\npaths: {{runtime: {tmp_path}/run, state: {tmp_path}/state}}\n")
    line = [sys.executable, "-m", "moodkiosk", "web", "--config", str(config), *(["--check", url] if url else [])]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60, env={"COLUMNS": "160"})


def test_checking_an_address_says_what_the_running_page_answers(tmp_path: Path) -> None:
    with page_only(tmp_path, allowed_hosts=("box.example",)) as (_, address):
        port = int(address.rstrip("/").rpartition(":")[2])
        web = f"port: {port}, allowed_hosts: [box.example]"
        fine = checked(tmp_path, web, f"http://127.0.0.1:{port}/")
        assert fine.returncode == 0, fine.stdout
        assert "200: the page" in fine.stdout
        other = checked(tmp_path, web, f"http://other.example:{port}/")
        assert other.returncode == 1
        assert "web.allowed_hosts: [other.example]" in other.stdout
        assert "403: a page that says why not" in other.stdout
        proxied = checked(tmp_path, web, "https://box.example/")
        assert (proxied.returncode, "a proxy must pass https port 443" in proxied.stdout) == (0, True)
        below = checked(tmp_path, web, "https://box.example/kiosk/")  # fine behind a proxy that takes the path away
        assert (below.returncode, "at / 200: the page" in below.stdout) == (0, True), below.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("web", "url", "says"),
    [
        ("enabled: false", "http://127.0.0.1:8080/", "web.enabled: true"),
        ("port: 9", "http://kiosk.local:9/", "web.host: 0.0.0.0"),
        ("port: 9, root_path: /kiosk", "http://127.0.0.1:9/", "web.root_path is /kiosk"),
        ("port: 9", "http://127.0.0.1:9/kiosk", "web.root_path: /kiosk"),
        ("port: 9", "127.0.0.1:9", "no page answers on 127.0.0.1 port 9"),
    ],
)
def test_checking_an_address_says_what_is_in_the_way(tmp_path: Path, web: str, url: str, says: str) -> None:
    assert says in checked(tmp_path, web, url).stdout


@pytest.mark.slow
@pytest.mark.parametrize("url", ["ftp://x/", "http://", "http://a:b/", "http://a:99999/"])
def test_what_is_no_address_is_refused_in_one_line(tmp_path: Path, url: str) -> None:
    done = checked(tmp_path, "port: 9", url)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_without_an_address_the_ones_of_the_page_are_listed(tmp_path: Path) -> None:
    done = checked(tmp_path, "port: 81, root_path: /kiosk", "")
    assert "http://127.0.0.1:81/kiosk/\n" in done.stdout
