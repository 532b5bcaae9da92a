"""How often a slow machine manages to look (`sense.active_rate_hz: auto`), as health, status and doctor say it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from moodkiosk.act.health import Begin, gather
from moodkiosk.act.players.dryrun import DryRun
from moodkiosk.act.sockets import SenseLink
from moodkiosk.act.store import Store
from moodkiosk.act.surroundings import Surroundings
from moodkiosk.config.running import Configuration
from moodkiosk.config.settings import Config, SenseSettings
from moodkiosk.link import protocol
from moodkiosk.link.messages import SenseHealth
from moodkiosk.operate.doctor import camera
from moodkiosk.operate.status import readable
from moodkiosk.sense.camera.capture import CameraStatus
from moodkiosk.sense.health import HealthReport
from moodkiosk.sense.pace import Pace, Thermometer
from tests.act.test_loop import World
from tests.support.sense_lines import hello
from tests.support.wait import until

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def report(settings: SenseSettings, look_seconds: float) -> SenseHealth:
    """What sense says of itself where a look takes so long."""
    thermometer = Thermometer(Path("/nowhere"), vcgencmd="")
    pace = Pace(settings, thermometer)
    health = HealthReport(pace, thermometer)
    for _ in range(5):
        health.look(look_seconds)
    said = health.due(CameraStatus("on"), 1.0, lent=False, note=None, counters={})
    assert said is not None
    return said


class Kiosk:
    """The half that acts, without its threads, and the other half on the link."""

    def __init__(self, folder: Path, bridge: SenseLink) -> None:
        self.world = World()
        configuration = Configuration(Config(), None, lambda _: Config())
        parts = (self.world.loop, bridge, DryRun(lambda: 0.0), Store(folder), None, None)
        self.around = Surroundings(configuration, *parts)
        self.bridge = bridge

    def hear(self, said: SenseHealth) -> dict[str, Any]:
        """Takes a report as it comes over the link, and returns what `moodkiosk status --json` then says."""
        came = protocol.decode(protocol.encode(said).rstrip(b"\n"))
        self.world.turn(hello("happy", "neutral"), came)
        return self.around.status(self.world.views[-1])

    @property
    def health(self) -> float | None:
        """What the topic `health` says of it."""
        begin, player = Begin(0.0), self.around.player.status()
        return gather(NOW, begin, self.world.at, self.world.loop, self.bridge, player).active_rate_hz


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    link = tmp_path / "link.sock"
    with closing(SenseLink(link, lambda _: None)) as bridge, socket.socket(socket.AF_UNIX) as sense:
        sense.connect(str(link))
        until(lambda: bridge.connected, 10, "the link")
        yield Kiosk(tmp_path, bridge)


@pytest.mark.parametrize(("look_seconds", "rate_hz"), [(0.02, 5.0), (0.15, 4.0), (0.2, 3.0), (0.9, 1.0)])
def test_the_rate_that_auto_comes_to_is_in_health_status_and_doctor(
    kiosk: Kiosk, look_seconds: float, rate_hz: float
) -> None:
    status = kiosk.hear(report(SenseSettings(), look_seconds))
    assert (kiosk.health, status["active_rate_hz"]) == (rate_hz, rate_hz)
    assert camera.used(Config(), status).text.endswith(f"up to {rate_hz:g} looks a second")
    lines = [line.split() for line in readable(status, NOW).splitlines()]
    (sees,) = (" ".join(line) for line in lines if line[:2] == ["what", "sees"])
    slower = "" if rate_hz == 5.0 else f", up to {rate_hz:g} looks a second"
    assert sees == f"what sees running{slower}"


def test_a_rate_that_was_set_is_said_as_it_was_set(kiosk: Kiosk) -> None:
    status = kiosk.hear(report(SenseSettings(active_rate_hz=2.5), 0.9))
    assert (kiosk.health, status["active_rate_hz"]) == (2.5, 2.5)


def test_where_sense_does_not_say_nobody_invents_one(kiosk: Kiosk) -> None:
    """As one of an earlier version."""
    status = kiosk.hear(SenseHealth(1.0, "on"))
    assert (kiosk.health, status["active_rate_hz"]) == (None, None)
    assert "looks a second" not in camera.used(Config(), status).text + readable(status, NOW)
