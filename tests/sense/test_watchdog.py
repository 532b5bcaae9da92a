"""What the loop of the half that sees tells systemd, and when; and that a hot processor is told to act."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.link.messages import SenseHealth
from moodkiosk.sense.camera.capture import CameraStatus
from moodkiosk.sense.loop import Loop
from tests.sense.test_loop import NEUTRAL, Kiosk, kiosk, pipeline
from tests.sense.test_parts import machine

__all__ = ["kiosk", "pipeline"]  # fixtures


class Systemd:
    """Hears what systemd is told."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener

    def heard(self) -> set[str]:
        """What it was told since it was asked last, but for the status."""
        found = set[str]()
        while True:
            try:
                found |= set(self._listener.recv(4096).decode().splitlines())
            except BlockingIOError:
                return {line for line in found if not line.startswith("STATUS=")}


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(0)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "400000")  # a quarter of it passes in every turn
        yield Systemd(listener)


@pytest.fixture
def hot(tmp_path: Path) -> None:
    machine(tmp_path, 84.5, "4")


def turns(loop: Loop, count: int = 5) -> None:
    for _ in range(count):
        loop.turn()


def test_pictures_feed_the_watchdog_and_a_camera_that_is_on_and_gives_none_does_not(
    systemd: Systemd, kiosk: Kiosk
) -> None:
    assert systemd.heard() == {"READY=1", "WATCHDOG=1"}
    kiosk.camera.scene = None
    turns(kiosk.loop)
    assert systemd.heard() == set()
    kiosk.camera.turns += 1  # its thread lives; but no picture reaches the loop
    turns(kiosk.loop)
    assert systemd.heard() == set()
    kiosk.camera.scene = NEUTRAL
    turns(kiosk.loop)
    assert systemd.heard() == {"WATCHDOG=1"}


def test_while_the_camera_is_lost_every_attempt_that_ended_feeds_the_watchdog(systemd: Systemd, kiosk: Kiosk) -> None:
    kiosk.camera.scene, kiosk.camera.status = None, CameraStatus("lost", "unplugged")
    turns(kiosk.loop)
    systemd.heard()
    turns(kiosk.loop)
    assert systemd.heard() == set()
    kiosk.camera.turns += 1
    kiosk.loop.turn()
    assert systemd.heard() == {"WATCHDOG=1"}


def test_a_camera_that_is_off_on_purpose_feeds_the_watchdog(systemd: Systemd, kiosk: Kiosk) -> None:
    assert kiosk.order("camera", "off").ok
    systemd.heard()
    kiosk.camera.now += 1
    kiosk.loop.turn()
    assert systemd.heard() == {"WATCHDOG=1"}


def test_it_is_ready_with_the_first_reading_and_not_before(systemd: Systemd, kiosk: Kiosk) -> None:
    systemd.heard()
    kiosk.camera.scene, kiosk.camera.status = None, CameraStatus("starting")
    loop = Loop(kiosk.loop._parts, clock=lambda: kiosk.camera.now)
    count = len(kiosk.shown)
    turns(loop)
    assert (systemd.heard(), len(kiosk.shown)) == (set(), count)
    kiosk.camera.scene, kiosk.camera.status = NEUTRAL, CameraStatus("on")
    turns(loop)
    assert systemd.heard() == {"READY=1", "WATCHDOG=1"}
    assert len(kiosk.shown) > count
    turns(loop)
    assert systemd.heard() == {"WATCHDOG=1"}, "ready once"


@pytest.mark.usefixtures("hot")
def test_a_hot_processor_reaches_health(kiosk: Kiosk) -> None:
    count = len(kiosk.act.all(SenseHealth))
    kiosk.camera.now += 31
    kiosk.turn(lambda: len(kiosk.act.all(SenseHealth)) > count)
    health = kiosk.health()
    assert (health.pace, health.celsius, health.throttled) == ("hot", 84.5, True)
