"""What the Debian package does when it is put in, upgraded and purged; scripts/test-deb does it on a real systemd.

Its scripts run with /run, /etc and /var/lib of their own. What they call says only what it was called with; systemctl
says of a unit what a file says.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "packaging" / "deb"
ACT, SENSE, TARGET = "moodkiosk-act.service", "moodkiosk-sense.service", "moodkiosk.target"
CALLED = ("deb-systemd-helper", "deb-systemd-invoke", "py3compile", "py3clean", "systemd-sysusers", "systemd-tmpfiles")
ALONE = """
for folder in /run /etc /var/lib; do mount -t tmpfs none $folder || exit 99; done
mkdir -p /run/systemd/system /etc/moodkiosk /var/lib/moodkiosk
while [ $# -gt 0 ]; do sh "$1" "$2" "$3" || exit; shift 3; done
ls -d /run/moodkiosk* /etc/moodkiosk /var/lib/moodkiosk 2>/dev/null
"""


class Machine:
    """Where the scripts run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        for name in (*CALLED, "userdel", "groupdel"):
            self.double(name, f'echo {name} "$@" >>{folder}/called')
        self.double("systemctl", f'[ "$1" != is-active ] || cat {folder}/$2')
        self.double("getent", f"""if [ -n "$2" ]; then grep "^$2:" {folder}/$1; else cat {folder}/$1; fi""")
        self.states("active", "active")
        users = {"moodkiosk-sense": 991, "moodkiosk-act": 990, "moodkiosk-display": 989}
        self.write("passwd", *(f"{name}:x:{number}:{number}::/:/bin/false" for name, number in users.items()))
        self.write("group", "moodkiosk:x:1000:", *(f"{name}:x:{number}:" for name, number in users.items()))

    def double(self, name: str, program: str) -> None:
        """A program of that name."""
        (self.folder / "bin" / name).write_text(f"#!/bin/sh\n{program}\n", encoding="ascii")
        (self.folder / "bin" / name).chmod(0o755)

    def write(self, name: str, *lines: str) -> None:
        """Adds lines to a file."""
        with (self.folder / name).open("a", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in lines)

    def states(self, act: str, sense: str) -> None:
        """What systemctl says of the halves."""
        (self.folder / ACT).write_text(f"{act}\n", encoding="ascii")
        (self.folder / SENSE).write_text(f"{sense}\n", encoding="ascii")

    def run(self, *calls: tuple[str, str, str]) -> tuple[list[str], list[str]]:
        """Script, action and version, one after another: what they called, and what there then is."""
        words = [word for script, *others in calls for word in (str(SCRIPTS / script), *others)]
        environment = {"PATH": f"{self.folder}/bin:{os.defpath}:/sbin:/usr/sbin"}
        command = ["unshare", "-m", "sh", "-c", ALONE, "sh", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode == 99 or "unshare" in done.stderr:
            pytest.skip("needs the right to mount")
        assert done.stderr == ""
        called = self.folder / "called"
        lines = called.read_text(encoding="ascii").splitlines() if called.exists() else []
        called.unlink(missing_ok=True)
        return [line for line in lines if not line.startswith(("deb-systemd-helper", "py3", "systemd-"))], (
            done.stdout.split()
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


FRESH = (("preinst", "install", ""), ("postinst", "configure", ""))
AGAIN = (("preinst", "install", "1.0"), ("postinst", "configure", "1.0"))
UPGRADE = (("preinst", "upgrade", "1.0"), ("postinst", "configure", "1.0"))


def test_put_in_it_starts_both_halves(machine: Machine) -> None:
    machine.states("inactive", "inactive")
    assert machine.run(*FRESH)[0] == [f"deb-systemd-invoke start {TARGET} {ACT} {SENSE}"]
    assert machine.run(*AGAIN)[0] == [f"deb-systemd-invoke restart {TARGET} {ACT} {SENSE}"], "after it was removed"


@pytest.mark.parametrize(
    ("act", "sense", "restarted"),
    [
        ("active", "active", [f"deb-systemd-invoke restart {TARGET} {ACT} {SENSE}"]),
        ("active", "failed", [f"deb-systemd-invoke restart {TARGET} {ACT} {SENSE}"]),
        ("active", "inactive", [f"deb-systemd-invoke restart {ACT}"]),
        ("inactive", "active", [f"deb-systemd-invoke restart {SENSE}"]),
        ("inactive", "inactive", []),
    ],
)
def test_an_upgrade_restarts_what_runs_or_has_failed_and_not_what_somebody_has_stopped(
    machine: Machine, act: str, sense: str, restarted: list[str]
) -> None:
    machine.states(act, sense)
    called, left = machine.run(*UPGRADE)
    assert called == restarted
    assert left == ["/etc/moodkiosk", "/var/lib/moodkiosk"]


@pytest.mark.parametrize("whose", ["nobody", "somebody"])
def test_purged_it_leaves_nothing_but_the_account_of_somebody_who_is_called_like_it(
    machine: Machine, whose: str
) -> None:
    if whose == "somebody":
        machine.write("passwd", "moodkiosk:x:1000:1000:the owner:/home/moodkiosk:/bin/bash")
    called, left = machine.run(("prerm", "remove", ""), ("postrm", "remove", ""), ("postrm", "purge", ""))
    halves = ("moodkiosk-sense", "moodkiosk-act", "moodkiosk-display")
    assert [line for line in called if line.startswith("userdel")] == [f"userdel {name}" for name in halves]
    assert ("groupdel moodkiosk" in called) == (whose == "nobody")
    assert left == []
