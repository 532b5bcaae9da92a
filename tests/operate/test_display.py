"""The screen on the kiosk: when its light is on, and that the browser is started and ended with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from moodkiosk.act.ports import Request
from moodkiosk.act.sockets import ControlServer
from moodkiosk.moods.command import Result
from moodkiosk.operate import display
from tests.support.wait import until

UNIT = Path(__file__).parents[2] / "systemd" / "moodkiosk-display.service"


@contextmanager
def kiosk(path: Path, data: object) -> Iterator[None]:
    """A kiosk's real control socket that answers "status" with `data`."""

    def ask(request: Request) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_result(Result(request.name, ok=True, data=data))
        return future

    server = ControlServer(path, ask)
    try:
        yield
    finally:
        server.close()


@pytest.mark.parametrize(
    ("status", "lit"),
    [
        ({"camera_status": "on", "present": False}, False),
        ({"camera_status": "on", "present": True}, True),
        ({"camera_status": "on", "present": False, "manual_mood": "happy"}, True),
        ({"camera_status": "off", "present": None, "unknown_because": "camera off"}, True),
        ({"camera_status": "on", "present": None, "unknown_because": "just begun"}, True),
        ({"camera_status": "lost: unplugged", "present": None, "unknown_because": "camera lost"}, True),
        (None, True),
    ],
)
def test_it_is_dark_only_while_the_camera_looks_and_sees_nobody(tmp_path: Path, status: object, lit: bool) -> None:
    with kiosk(tmp_path / "control.sock", status):
        assert display.light_wanted(tmp_path / "control.sock", blank=True) is lit
        assert display.light_wanted(tmp_path / "control.sock", blank=False) is True


def test_a_kiosk_that_does_not_answer_leaves_the_light_on(tmp_path: Path) -> None:
    assert display.light_wanted(tmp_path / "control.sock", blank=True)


def test_the_light_is_switched_when_that_changes_and_one_that_may_not_be_is_given_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = tmp_path / "10-0045" / "bl_power", tmp_path / "rpi" / "bl_power"
    good.parent.mkdir()
    good.write_text("0")
    bad.mkdir(parents=True)  # writing to it fails
    light = display.Light(tmp_path)
    light.set(lit=False)
    assert good.read_text() == "4"
    good.write_text("untouched")
    light.set(lit=False)
    assert good.read_text() == "untouched"
    light.set(lit=True)
    assert good.read_text() == "0"
    assert len(caplog.messages) == 1


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump({"paths": {"runtime": str(tmp_path), "state": str(tmp_path)}}))
    return file


def start(settings: Path, path: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "moodkiosk.operate.display", "--config", str(settings)]
    return subprocess.Popen(command, env=os.environ | {"PATH": path}, stderr=subprocess.PIPE, text=True)


def test_the_browser_opens_the_page_s_file_once_it_is_there_and_ends_with_the_screen(
    tmp_path: Path, settings: Path
) -> None:
    programs, told = tmp_path / "bin", tmp_path / "told"
    programs.mkdir()
    chromium = programs / "chromium"
    chromium.write_text(f'#!/bin/sh\necho "$$ $*" > {told}.new\nmv {told}.new {told}\nexec sleep 60\n')
    chromium.chmod(0o755)
    with start(settings, f"{programs}:{os.environ['PATH']}") as screen:
        (tmp_path / "display.html").write_text("<!doctype html>")
        until(told.exists, 20, "the browser")
        process, *arguments = told.read_text().split()
        assert "--kiosk" in arguments
        assert arguments[-1] == (tmp_path / "display.html").as_uri()
        screen.send_signal(signal.SIGTERM)
        assert screen.wait(15) == 0
        assert not Path(f"/proc/{process}").exists()


def test_without_a_browser_one_line_says_what_to_install(tmp_path: Path, settings: Path) -> None:
    with start(settings, str(tmp_path)) as screen:
        _, said = screen.communicate(timeout=60)
    assert (screen.returncode, said) == (1, "moodkiosk: no Chromium here: apt-get install chromium\n")


def test_the_unit_keeps_the_browser_on_this_machine_and_starts_it_after_the_page() -> None:
    lines = UNIT.read_text().splitlines()
    assert "IPAddressDeny=any" in lines
    assert "IPAddressAllow=localhost" in lines
    assert any(line.startswith("After=moodkiosk-act.service") for line in lines)
    assert "Restart=always" in lines
    assert any(
        line.startswith("ExecStart=/usr/bin/cage") and line.endswith("-m moodkiosk.operate.display") for line in lines
    )
