"""MPD set up by our own script on a real systemd: the first mood is played, into a pipe instead of a sound card.

The kiosk comes from the Debian package where there is one (scripts/test-deb), else from scripts/install-pi. One
machine for all; the tests follow each other.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wait import until
from tests.systemd.kiosk import (
    ACT,
    CHECKOUT,
    HALVES,
    configure,
    findings,
    install_from_a_checkout_in_it,
    put_in,
    ready,
)
from tests.systemd.machine import Machine, given, unpacked

CONFIG = """\
kiosk: {id: tree}
camera: {source: actor, width: 320, height: 240}
mqtt: {enabled: false}
mood: {settle_seconds: 0.75}
music:
  player: dry-run
  quiet_hours: []
  min_minutes_between_changes: 0
  after_seconds: 1
"""
HEARD = "/var/lib/mpd/heard"
OUTPUT = f"""
audio_output {{
    type        "fifo"
    name        "pipe"
    path        "{HEARD}"
    format      "44100:16:2"
    mixer_type  "software"
}}
"""
"""There is no sound card in a container; an output of one's own is what the script leaves alone."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A fresh tree with MPD as Debian ships it, an output, and the kiosk in dry run."""
    (tree,) = given("scripts/test-systemd or scripts/test-deb", "MOODKIOSK_MPD_TREE")
    with unpacked(tree, tmp_path_factory.mktemp("mpd")) as machine:
        if package := os.environ.get("MOODKIOSK_DEB"):
            put_in(machine, Path(package))
        else:
            install_from_a_checkout_in_it(machine)
        configure(machine, CONFIG)
        with (machine.root / "etc/mpd.conf").open("a", encoding="utf-8") as conf:
            conf.write(OUTPUT)
        machine.boot()
        yield machine


def now_playing(machine: Machine) -> Any:
    done = machine.run("moodkiosk", "status", "--json", check=False)
    return (json.loads(done.stdout).get("now_playing") or {}) if done.returncode == 0 else {}


def loudest(machine: Machine, count: int = 400_000) -> int:
    """The loudest of the next samples that come out of MPD, 0 to 32767."""
    code = (
        f"import array, sys; data = open({HEARD!r}, 'rb').read({count}); print(max(map(abs, array.array('h', data))))"
    )
    return int(machine.run("timeout", "60", "python3", "-c", code).stdout)


def plays(machine: Machine) -> None:
    for unit in HALVES:
        ready(machine, unit, 180)
    until(lambda: now_playing(machine).get("state") == "playing", 180, "the first mood's music")
    assert "[playing]" in machine.run("mpc", "status").stdout
    assert machine.run("mpc", "current", "-f", "%file%").stdout.startswith("moodkiosk/")
    assert loudest(machine) > 100


def test_the_first_mood_is_played_once_mpd_is_set_up(machine: Machine) -> None:
    ready(machine, ACT, 180)
    set_up = [f"/{CHECKOUT}/scripts/install-pi", "--with-mpd"]
    if not (machine.root / CHECKOUT).exists():
        set_up = ["moodkiosk-mpd"]
    done = machine.run(*set_up, seconds=600)
    assert "music.player is mpd now" in done.stdout
    assert len(list((machine.root / "var/lib/mpd/music/moodkiosk").glob("*.flac"))) == 5
    plays(machine)


def test_mpd_listens_to_this_machine_only_and_doctor_is_content(machine: Machine) -> None:
    heard = machine.run("cat", "/proc/net/tcp", "/proc/net/tcp6").stdout
    listens = re.findall(r": ([0-9A-F]+):19C8 [0-9A-F:]+ 0A ", heard)  # port 6600, state LISTEN
    assert listens
    assert all(address in ("0100007F", "00000000000000000000000001000000") for address in listens)
    assert findings(machine)["speaker"]["outcome"] == "ok"


def test_set_up_again_nothing_is_done_twice(machine: Machine) -> None:
    before = (machine.root / "etc/mpd.conf").read_bytes()
    script = "/opt/moodkiosk/current/scripts/moodkiosk-mpd"
    done = machine.run(script if (machine.root / script[1:]).exists() else "moodkiosk-mpd", seconds=300)
    assert "the pieces are there" in done.stdout
    assert (machine.root / "etc/mpd.conf").read_bytes() == before


def test_it_plays_after_a_boot_as_well(machine: Machine) -> None:
    machine.shut_down()
    machine.boot()
    plays(machine)
