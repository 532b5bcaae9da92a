"""Behind real proxies, under a path of its own, configured as docs/page.md says it."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from moodkiosk.act.web.access import password
from moodkiosk.moods.view import View
from tests.act.web.test_reachable import HAPPY
from tests.support import needs
from tests.support.browser import opened
from tests.support.wait import until
from tests.support.web import LABELS, Visitor, page_only

pytestmark = [pytest.mark.slow]

DOCS = (Path(__file__).parents[3] / "docs" / "page.md").read_text(encoding="utf-8")
NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    server {{ listen 127.0.0.1:{outside}; {location} }}
}}
"""
CADDY = "{{\n admin off\n auto_https off\n}}\nhttp://127.0.0.1:{outside} {{\n{location}\n}}\n"


def said(first: str) -> str:
    """The lines of the docs that begin so, up to the next empty one, without their indentation."""
    return "\n".join(re.search(rf"(?m)^    {re.escape(first)}.*\n(?:    .*\n)*", DOCS)[0].split("\n    "))  # type: ignore[index]


def taking_away(port: int, name: str) -> str:
    """The proxy's part for this kiosk, as in the docs: the path is taken away."""
    begin = {"nginx": "location /kiosk/", "caddy": "redir /kiosk "}[name]
    return said(begin).replace("127.0.0.1:8080", f"127.0.0.1:{port}")


def leaving(port: int, name: str) -> str:
    """The same, for `web.root_path`: the path is left."""
    away = taking_away(port, name)
    return away.replace(f"{port}/;", f"{port};") if name == "nginx" else away.replace("handle_path", "handle")


@contextmanager
def proxy(folder: Path, name: str, location: str) -> Iterator[str]:
    """The proxy, on a free port, with only this in it; the test is marked `needs`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        outside = probe.getsockname()[1]
    folder.mkdir()
    config = folder / "config"
    text = {"nginx": NGINX, "caddy": CADDY}[name].format(folder=folder, outside=outside, location=location)
    config.write_text(text)
    program = str(needs.find(name))
    line = {
        "nginx": [program, "-p", str(folder), "-c", str(config), "-e", "stderr"],
        "caddy": [program, "run", "--adapter", "caddyfile", "--config", str(config)],
    }[name]
    server = subprocess.Popen(line, stderr=subprocess.PIPE, env={"HOME": str(folder), "PATH": needs.PATH})
    try:

        def answers() -> bool:
            assert server.poll() is None, server.stderr and server.stderr.read().decode()
            with socket.socket() as knock:
                return knock.connect_ex(("127.0.0.1", outside)) == 0

        until(answers, 20, name)
        yield f"http://127.0.0.1:{outside}"
    finally:
        server.terminate()
        server.communicate(timeout=60)


@pytest.mark.browser
@pytest.mark.parametrize("strips", [True, False], ids=["takes the path away", "leaves the path"])
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in ("nginx", "caddy")])
def test_behind_a_real_proxy_as_in_the_docs_everything_works(
    browser: Browser, tmp_path: Path, name: str, *, strips: bool
) -> None:
    """Signing in and out, what is said meanwhile, commands, the manifest and its icons; and no address beside."""
    file = tmp_path / "word"
    file.write_text(password.hashed("correct horse battery"))
    root_path = "" if strips else "/kiosk"
    with page_only(tmp_path, password_file=str(file), root_path=root_path) as (kiosk, address):
        kiosk.show(HAPPY)
        port = int(address.rstrip("/").rpartition(":")[2])
        location = taking_away(port, name) if strips else leaving(port, name)
        with proxy(tmp_path / name, name, location) as outside, opened(browser, f"{outside}/kiosk/") as watched:
            page = watched.page
            page.get_by_label("Password").fill("correct horse battery")
            page.get_by_role("button", name="Sign in").click()
            expect(page.locator("#word")).to_have_text("Happy")
            assert page.url == f"{outside}/kiosk/"
            kiosk.show(View(camera_status="on", unknown_because=None, present=False, people=0, labels=LABELS))
            expect(page.locator("#word")).to_have_text("Nobody here")  # by the stream, which no proxy holds back
            page.locator("#skip").click()
            expect(page.locator("#toasts")).to_contain_text("there is no kiosk here")
            cookies = page.context.cookies(f"{outside}/kiosk/")
            assert [(cookie["name"], cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [
                ("moodkiosk", True, "Lax")
            ]
            manifest = page.evaluate("document.querySelector('link[rel=manifest]').href")
            assert manifest == f"{outside}/kiosk/manifest.webmanifest"
            visitor = Visitor(outside)
            for icon in visitor.get("/kiosk/manifest.webmanifest").json["icons"]:
                assert visitor.get(f"/kiosk/{icon['src']}").status == 200
            assert visitor.get("/kiosk").headers["location"].removeprefix(outside) == "/kiosk/"
            page.locator("#more").click()
            page.get_by_role("button", name="Sign out").click()
            expect(page.get_by_label("Password")).to_be_visible()
            assert {url for url in watched.requests if not url.startswith(f"{outside}/kiosk/")} == set()


def test_what_the_tests_read_stands_in_the_docs() -> None:
    assert "proxy_pass http://127.0.0.1:8080/;" in said("location /kiosk/")
    assert "reverse_proxy 127.0.0.1:8080" in said("redir /kiosk ")
