"""The kiosk in a machine: how it is put in, what is waited for, and what it says of itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.support.wait import until
from tests.systemd.machine import Machine

PROJECT = Path(__file__).resolve().parents[2]
CHECKOUT = "root/moodkiosk"
ACT, SENSE = "moodkiosk-act.service", "moodkiosk-sense.service"
HALVES = (ACT, SENSE)
CONFIG = """\
kiosk: {id: tree}
camera: {source: actor, width: 320, height: 240}
presence: {leave_seconds: 3}
mood: {settle_seconds: 0.75, refractory_seconds: 1}
mqtt: {host: 127.0.0.1, discovery: false}
music: {quiet_hours: [], min_minutes_between_changes: 0, after_seconds: 1}
"""
OF_THE_SYSTEM = {"var/lib/dbus/machine-id", "var/lib/mosquitto/mosquitto.db"}
"""What a Debian and its broker make by themselves when they first run."""


def install(machine: Machine) -> None:
    """From outside, as into the image of a card."""
    subprocess.run([PROJECT / "scripts/install-pi", "--root", machine.root], check=True)


def install_from_a_checkout_in_it(machine: Machine) -> None:
    """As `install`, from a copy that is also for upgrades from inside: there is no network there, but packages are."""
    checkout = machine.root / CHECKOUT
    shutil.copytree(PROJECT, checkout, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    subprocess.run([checkout / "scripts/install-pi", "--root", machine.root], check=True)


def put_in(machine: Machine, package: Path, name: str = "kiosk") -> None:
    """The Debian package, before the first boot and without a network; it stays there as `/root/NAME.deb`."""
    shutil.copy(package, machine.root / f"root/{name}.deb")
    inside = ["unshare", "-n", "chroot", str(machine.root), "dpkg", "--install", f"/root/{name}.deb"]
    subprocess.run(inside, check=True)


def configure(machine: Machine, text: str = CONFIG) -> None:
    """What the kiosk reads when it starts next."""
    (machine.root / "etc/moodkiosk/config.yaml").write_text(text, encoding="utf-8")


def listing(machine: Machine) -> str:
    """Every file that survives a boot and has to do with installing."""
    done = subprocess.run(
        ["find", "opt", "etc", "usr", "var/lib", "-xdev", "-not", "-path", "*/systemd/*", "-not", "-name", "*.cache*"],
        cwd=machine.root,
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(sorted(done.stdout.splitlines()))


def ready(machine: Machine, unit: str, seconds: float = 60) -> None:
    """Waits for a half to say that it is."""
    until(lambda: machine.show(unit, "ActiveState") == "active", seconds, f"{unit} to be ready")


def settled(machine: Machine) -> None:
    """Both run, and the camera is on."""
    ready(machine, ACT)
    ready(machine, SENSE)
    until(lambda: "camera" not in machine.show(ACT, "StatusText"), 60, "the camera")


def comes_back(machine: Machine, unit: str, before: str) -> None:
    """Waits for a half to run again, under another number."""
    until(lambda: machine.show(unit, "MainPID") not in ("0", before), 60, f"{unit} to come back")


def has_failed(machine: Machine, unit: str) -> None:
    """Waits for systemd to give a half up."""
    until(lambda: machine.show(unit, "ActiveState") == "failed", 60, f"{unit} to fail")


def findings(machine: Machine, *arguments: str) -> dict[str, dict[str, str]]:
    """What doctor finds, by the names of its checks."""
    lines = machine.run("moodkiosk", "doctor", "--json", *arguments, check=False).stdout.splitlines()
    return {finding["name"]: finding for finding in map(json.loads, lines)}


def calibrated(machine: Machine) -> str:
    """What the kiosk says when a calibration has worked; the actor may have just left."""
    return machine.run("moodkiosk", "calibrate", "--person", "Ana", check=False).stdout
