"""The machine itself is started again, in order or by a power cut: what Home Assistant shows of who is there.

The broker and Home Assistant's part are outside, on another machine as it were: a cable lies between them. How long the
machine was off is wound: what it has kept is made older while it is off.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from moodkiosk.operate.broker import free_port
from moodkiosk.sense.actor.cues import Part, Play, write
from tests.support.broker import Mosquitto
from tests.support.home_assistant import HomeAssistant
from tests.support.wait import until
from tests.systemd.kiosk import configure, install
from tests.systemd.machine import Machine, given, unpacked

CABLE, OURS, ITS = f"kiosk{os.getpid() % 10**8}", "198.18.77.1", "198.18.77.2"
"""Addresses for tests of networks (RFC 2544): nobody else has them."""
PLAY, KEPT = "etc/moodkiosk/play.json", "var/lib/moodkiosk/act/act.json"
UNSET_CLOCK = "etc/tmpfiles.d/unset-clock.conf"
SYNCHRONIZED = "/run/systemd/timesync/synchronized"
HAPPY = ["mood: happy", "people: 1", "present: on"]
UNAVAILABLE = [f"{name}: unavailable" for name in ("mood", "people", "present")]
UNKNOWN = [f"{name}: unknown" for name in ("mood", "people", "present")]
GONE, CAME = ["event: left", "event: mood_changed"], ["event: arrived", "event: mood_changed"]


class Home:
    """The machine, the broker, and what plays Home Assistant."""

    def __init__(self, machine: Machine, broker: Mosquitto) -> None:
        self.machine = machine
        self.broker = broker
        self.ha = HomeAssistant(broker.settings(), "tree")

    def stage(self, *, here: bool) -> None:
        """Somebody happy is before the camera, or nobody, since long ago."""
        write(Play(first=Part(here=here, mood="happy", before="happy")), self.machine.root / PLAY)
        (self.machine.root / PLAY).chmod(0o644)

    def boot(self) -> None:
        self.machine.boot()
        self.plug_in()

    def plug_in(self) -> None:
        self.machine.plug_in(CABLE, f"{OURS}/30", f"{ITS}/30")

    def kept(self) -> dict[str, Any]:
        """What it remembers."""
        found: dict[str, Any] = msgspec.json.decode((self.machine.root / KEPT).read_bytes())
        return found

    def off_for(self, period: timedelta) -> None:
        """While it is off: it has been for so much longer."""
        kept = self.kept()
        found = {name: kept[name] for name in ("stopped", "alive") if kept[name] is not None}
        assert found, "it has not kept how long it was up"
        for name, moment in found.items():
            kept[name] = (datetime.fromisoformat(moment) - period).isoformat()
        (self.machine.root / KEPT).write_bytes(msgspec.json.encode(kept))

    def shows(self, mood: str, seconds: float = 180) -> None:
        """Once it is there again, and says so, it sees this."""
        until(lambda: "mood: unknown" in self.ha.diary, seconds, "it to be there")
        until(lambda: "mood" in self.ha.entities and self.ha.shown("mood") == mood, seconds, f"the mood {mood}")
        self.ha.catch_up()

    def diary(self) -> list[str]:
        """What Home Assistant has shown since the last time this was asked."""
        self.ha.catch_up()
        found, self.ha.diary = self.ha.diary, []
        return found

    def events(self) -> list[str]:
        """The events among that."""
        return [line for line in self.diary() if line.startswith("event")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A kiosk that is up, with somebody happy before its camera, whom the home knows to be there."""
    (tree,) = given("scripts/test-systemd", "MOODKIOSK_TREE")
    folder, port = tmp_path_factory.mktemp("home"), free_port()
    with unpacked(tree, folder) as machine:
        install(machine)
        configure(machine, config(port))
        # A listener on an address that comes and goes with the cable.
        subprocess.run(["ip", "addr", "add", f"{OURS}/32", "dev", "lo"], check=True)
        broker = Mosquitto(folder, persistent=True, extra=[f"listener {port} {OURS}"])
        try:
            broker.start()
            home = Home(machine, broker)
            machine.own_clock = True
            home.stage(here=True)
            home.boot()
            home.shows("happy")
            yield home
            home.ha.close()
        finally:
            machine.shut_down()
            broker.stop()
            subprocess.run(["ip", "addr", "del", f"{OURS}/32", "dev", "lo"], check=False)
            subprocess.run(["ip", "link", "del", CABLE], check=False, capture_output=True)


def config(port: int) -> str:
    """A kiosk that looks at what is played to it, with a broker on another machine."""
    return (
        "kiosk: {id: tree}\n"
        "camera: {source: 'actor:/etc/moodkiosk/play.json', width: 320, height: 240}\n"
        "mood: {settle_seconds: 0.75, refractory_seconds: 1}\n"
        f"mqtt: {{host: {OURS}, port: {port}}}\n"
        "music: {automatic: false}\n"
    )


def shut_down(home: Home) -> None:
    home.machine.run("systemctl", "poweroff", check=False)
    until(lambda: home.ha.shown("mood") == "unavailable", 30, "its farewell")
    home.machine.shut_down()


def cut_power(home: Home) -> None:
    """A few seconds after anything has changed at the earliest: as late as that it is kept."""
    here = home.ha.shown("present") == "on"
    known = (here, "happy" if here else None, here)

    def is_kept() -> bool:
        kept = home.kept()
        return (kept["present"], kept["mood"], kept["alive"] is not None) == known

    until(is_kept, 30, "it to be kept who is there")
    home.machine.cut_power()


def test_a_reboot_before_somebody_who_stays_is_no_visit(home: Home) -> None:
    home.diary()
    home.machine.reboot()
    home.plug_in()
    home.shows("happy")
    diary = home.diary()
    assert sorted(diary[:3]) == UNAVAILABLE
    assert sorted(diary[3:6]) == UNKNOWN, "before it has seen anything it does not repeat what was"
    assert sorted(diary[6:]) == HAPPY


def test_a_power_cut_before_somebody_who_stays_is_no_visit_and_its_late_last_will_is_put_right(home: Home) -> None:
    home.diary()
    cut_power(home)
    home.boot()
    home.shows("happy")
    until(lambda: UNAVAILABLE[0] in home.ha.diary, 120, "the broker to notice, before or after")
    until(lambda: home.ha.shown("mood") == "happy", 30, "that it is there after all")
    diary = [line for line in home.diary() if line not in UNAVAILABLE]
    assert sorted(diary[:3]) == UNKNOWN, "before it has seen anything it does not repeat what was"
    assert sorted(diary[-3:]) == HAPPY
    assert set(diary) == {*UNKNOWN, *HAPPY}


@pytest.mark.parametrize("go_down", [shut_down, cut_power])
def test_whoever_has_gone_while_it_was_off_leaves_and_whoever_has_come_arrives(
    home: Home, go_down: Callable[[Home], None]
) -> None:
    home.diary()
    go_down(home)
    home.stage(here=False)
    home.boot()
    home.shows("nobody")
    until(lambda: "event: mood_changed" in home.ha.diary, 30, "the mood to be news")
    assert sorted(home.events()) == GONE
    go_down(home)
    home.stage(here=True)
    home.boot()
    until(lambda: "event: mood_changed" in home.ha.diary, 120, "the mood to be news")
    assert home.events() == CAME


@pytest.mark.parametrize("go_down", [shut_down, cut_power])
@pytest.mark.parametrize("clock", ["set", "set late"])
def test_whoever_is_there_after_a_day_without_power_has_arrived_as_soon_as_the_clock_is_set(
    home: Home, go_down: Callable[[Home], None], clock: str
) -> None:
    home.diary()
    go_down(home)
    home.off_for(timedelta(days=1))
    late = home.machine.root / UNSET_CLOCK
    if clock == "set late":
        if Path("/sys/class/rtc/rtc0").exists():
            pytest.skip("this machine has a clock chip, which the tree would see")
        late.write_text("d /run/systemd/timesync 0755\n", encoding="ascii")
    home.boot()
    if clock == "set late":
        home.shows("happy")
        late.unlink()
        assert home.events() == []
        home.machine.run("touch", SYNCHRONIZED)
    until(lambda: "event: mood_changed" in home.ha.diary, 30, "the mood to be news")
    assert home.events() == CAME
