"""The Debian package on a real systemd, without a network: put in, upgraded, taken back, removed, put in again, purged.

One machine for all; the tests follow each other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.support.wait import until
from tests.systemd.kiosk import (
    ACT,
    CONFIG,
    HALVES,
    OF_THE_SYSTEM,
    SENSE,
    configure,
    findings,
    has_failed,
    listing,
    put_in,
    ready,
    settled,
)
from tests.systemd.machine import Machine, given, unpacked

OF_DPKG = {"var/lib/dpkg", "var/lib/systemd"}
"""What keeps account of packages, and so changes."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A fresh tree with the package put in before its first boot, as into the image of a card."""
    tree, old, new = given("scripts/test-deb", "MOODKIOSK_TREE", "MOODKIOSK_DEB", "MOODKIOSK_NEWER_DEB")
    with unpacked(tree, tmp_path_factory.mktemp("machine")) as machine:
        (machine.root / "before").write_text(lasting(machine), encoding="utf-8")
        shutil.copy(new, machine.root / "root/new.deb")
        put_in(machine, old, "old")
        shipped = (machine.root / "etc/moodkiosk/config.yaml").read_text(encoding="utf-8")
        (machine.root / "shipped").write_text(shipped, encoding="utf-8")
        configure(machine)
        machine.boot()
        yield machine


def lasting(machine: Machine) -> str:
    """Every file that has to do with installing, but the account of it."""
    lines = listing(machine).splitlines()
    return "\n".join(line for line in lines if not line.startswith(tuple(OF_DPKG)))


def dpkg(machine: Machine, *arguments: str) -> str:
    done = machine.run("dpkg", *arguments, seconds=600)
    return done.stdout + done.stderr


def version(machine: Machine) -> str:
    return machine.run("dpkg-query", "-W", "-f", "${Version} ${db:Status-Abbrev}", "moodkiosk").stdout.strip()


def test_it_boots_into_a_running_kiosk_and_a_mood_arrives_at_the_broker(machine: Machine) -> None:
    for unit in HALVES:
        ready(machine, unit, 180)
    with machine.listen("moodkiosk/tree/#") as messages:
        messages.wait_for('"mood_changed"', 180)
    # Debian 12 names it by /lib, which is /usr/lib.
    assert machine.show(SENSE, "FragmentPath").removeprefix("/usr") == f"/lib/systemd/system/{SENSE}"


def test_the_promise_is_shown_and_nothing_is_missing(machine: Machine) -> None:
    settled(machine)
    for arguments in ((), ("--privacy",)):
        found = findings(machine, *arguments)
        assert {finding["outcome"] for finding in found.values()} <= {"ok", "skipped"}, found


def test_the_modules_have_bytecode_because_the_services_cannot_write_it(machine: Machine) -> None:
    for name in ("moodkiosk", "numpy", "ai_edge_litert"):
        folder = machine.root / "usr/lib/moodkiosk/lib"
        assert list(folder.glob(f"python3.*/site-packages/{name}/__pycache__/__init__.cpython-*.pyc")), name


def test_the_manual_names_every_command(machine: Machine) -> None:
    page = machine.run("zcat", "/usr/share/man/man1/moodkiosk.1.gz").stdout
    for name in ("run", "doctor", "model install", "recommend"):
        assert f".SS moodkiosk {name}\n" in page


@pytest.mark.parametrize("package", ["new", "old"])
def test_another_version_keeps_configuration_and_state_and_runs(machine: Machine, package: str) -> None:
    """An upgrade, and the way back."""
    settled(machine)
    remembered = machine.root / "var/lib/moodkiosk/act/of-somebody"
    remembered.write_text("kept\n", encoding="ascii")
    before = machine.show(SENSE, "MainPID"), version(machine)
    dpkg(machine, "--install", f"/root/{package}.deb")
    assert version(machine) != before[1]
    assert machine.show(SENSE, "MainPID") != before[0]
    for unit in HALVES:
        ready(machine, unit, 180)
    assert (machine.root / "etc/moodkiosk/config.yaml").read_text(encoding="utf-8") == CONFIG
    assert remembered.read_text(encoding="ascii") == "kept\n"


def test_a_half_that_somebody_has_stopped_or_masked_stays_so_over_an_upgrade(machine: Machine) -> None:
    settled(machine)
    machine.run("systemctl", "stop", SENSE)
    dpkg(machine, "--install", "/root/new.deb")
    ready(machine, ACT, 180)
    assert machine.show(SENSE, "ActiveState") == "inactive"
    machine.run("systemctl", "stop", "moodkiosk.target")
    machine.run("systemctl", "mask", SENSE)
    dpkg(machine, "--install", "/root/old.deb")
    assert [machine.show(unit, "ActiveState") for unit in HALVES] == ["inactive"] * 2
    assert machine.show(SENSE, "LoadState") == "masked"
    machine.run("systemctl", "unmask", SENSE)
    machine.run("systemctl", "start", "moodkiosk.target")
    for unit in HALVES:
        ready(machine, unit, 180)


def test_a_mistake_in_the_configuration_does_not_stop_an_upgrade_and_is_said_by_the_services(machine: Machine) -> None:
    settled(machine)
    configure(machine, CONFIG + "musik: {}\n")
    try:
        dpkg(machine, "--install", "/root/old.deb")
        assert version(machine).endswith("ii")
        for unit in HALVES:
            has_failed(machine, unit)
            assert "musik: unknown key; did you mean 'music'?" in machine.journal(unit)
    finally:
        configure(machine)
    dpkg(machine, "--install", "/root/old.deb")  # what failed is started by the next one
    for unit in HALVES:
        ready(machine, unit, 180)


def test_removed_it_leaves_configuration_and_state_and_put_in_again_it_runs_with_them(machine: Machine) -> None:
    dpkg(machine, "--remove", "moodkiosk")
    assert machine.show(SENSE, "ActiveState") in ("inactive", "failed")
    assert not (machine.root / "usr/lib/moodkiosk").exists()
    assert (machine.root / "etc/moodkiosk/config.yaml").read_text(encoding="utf-8") == CONFIG
    assert (machine.root / "var/lib/moodkiosk/act/of-somebody").exists()
    dpkg(machine, "--install", "/root/old.deb")
    for unit in HALVES:
        ready(machine, unit, 180)
    assert (machine.root / "etc/moodkiosk/config.yaml").read_text(encoding="utf-8") == CONFIG


def test_beside_the_kiosk_of_install_pi_it_is_refused_with_the_way_out(machine: Machine) -> None:
    dpkg(machine, "--remove", "moodkiosk")
    there = machine.root / "opt/moodkiosk/current"
    there.mkdir(parents=True)
    try:
        done = machine.run("dpkg", "--install", "/root/old.deb", check=False)
    finally:
        shutil.rmtree(there.parent)
    assert done.returncode != 0
    assert "install-pi --uninstall' first" in done.stderr
    dpkg(machine, "--install", "/root/old.deb")
    ready(machine, ACT, 180)


def test_purged_it_leaves_nothing(machine: Machine) -> None:
    dpkg(machine, "--purge", "moodkiosk")
    until(lambda: not machine.run("systemctl", "list-units", "--no-legend", "moodkiosk*").stdout, 30)
    before = (machine.root / "before").read_text(encoding="utf-8").splitlines()
    # systemd writes down when it has seen a new /usr.
    assert set(lasting(machine).splitlines()) - set(before) <= OF_THE_SYSTEM | {"etc/.updated"}
    users = (machine.root / "etc/passwd").read_text(encoding="utf-8") + (machine.root / "etc/group").read_text("utf-8")
    assert "moodkiosk" not in users
