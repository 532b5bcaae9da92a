"""`moodkiosk doctor --privacy`: looks at the running system whether the promise is kept.

The promise: the half that sees has no network, the half that talks has no camera, and no picture is ever kept.
What is looked at is the kernel's own account of both processes (proc(5)), not what the unit files say.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from moodkiosk import config, doctor, paths, pictures
from moodkiosk.doctor import Finding
from moodkiosk.settings import PathSettings

UNITS = {"sense": "moodkiosk-sense.service", "act": "moodkiosk-act.service"}
PROC = Path("/proc")
SECCOMP_FILTER = "2"

# Names of devices through which one can see.
EYES = ("/dev/video", "/dev/media", "/dev/v4l", "/dev/dma_heap")

# A public address, of which only the route is asked: connecting a datagram socket sends nothing.
ATTEMPT = """
import socket, sys
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 80))
except OSError as error:
    sys.exit(error.strerror)
"""


def main(args: argparse.Namespace) -> int:
    """Prints what was found, and returns 0 only if the promise is kept."""
    settings = config.load(args.config, secrets=False)
    findings = list(examine(settings.paths))
    broken = any(finding.outcome == "failed" for finding in findings)
    unseen = any(finding.outcome == "skipped" for finding in findings)
    if args.json:
        for finding in findings:
            print(json.dumps(asdict(finding), ensure_ascii=False))
    else:
        doctor.print_table(findings)
        verdict = "is NOT kept" if broken else "was not examined wholly" if unseen else "is kept"
        print(f"What sees has no network, what talks has no camera, no picture is kept: the promise {verdict}.")
    return 1 if broken or unseen else 0


def examine(folders: PathSettings, proc: Path = PROC) -> Iterator[Finding]:
    """Every check in turn."""
    processes = {half: _process(unit) for half, unit in UNITS.items()}
    if processes["sense"] is None:
        yield Finding("sense", "skipped", "not running", "sudo systemctl start moodkiosk.target")
    else:
        yield from _sense(proc / str(processes["sense"]))
    if processes["act"] is None:
        yield Finding("act", "skipped", "not running", "sudo systemctl start moodkiosk.target")
    else:
        yield _eyeless(proc / str(processes["act"]))
    for half in UNITS:
        yield _kept(half, paths.state_dir(folders, half))


def _process(unit: str) -> int | None:
    """Number of the main process of a unit, None if it does not run."""
    try:
        shown = subprocess.run(
            ["systemctl", "show", "-P", "MainPID", unit], capture_output=True, text=True, check=False, timeout=10
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return int(shown) if shown.isdigit() and shown != "0" else None


def _sense(process: Path) -> Iterator[Finding]:
    try:
        yield _interfaces(process)
        yield _attempt(process)
        yield _confined(process)
        yield _opened(process)
    except PermissionError:
        yield Finding("sense", "skipped", "its process may not be looked at", "run this with sudo")
    except FileNotFoundError:
        yield Finding("sense", "skipped", "it ended just now", "run this again")


def _interfaces(process: Path) -> Finding:
    """The network interfaces that the process has at all."""
    lines = (process / "net/dev").read_text(encoding="ascii").splitlines()[2:]
    names = sorted(line.partition(":")[0].strip() for line in lines)
    if (process / "ns/net").readlink() == Path("/proc/self/ns/net").readlink():
        return Finding("sense: network", "failed", f"it shares the system's: {', '.join(names)}", NO_NETWORK_ADVICE)
    if names != ["lo"]:
        return Finding("sense: network", "failed", f"it has {', '.join(names)}", NO_NETWORK_ADVICE)
    return Finding("sense: network", "ok", "a network of its own, with nothing in it")


NO_NETWORK_ADVICE = "'systemctl cat moodkiosk-sense' shows which drop-in allows it (a network camera?)"


def _attempt(process: Path) -> Finding:
    """Tries to connect to somewhere from where the process is."""
    name = "sense: a connection tried from inside"
    command = ["nsenter", f"--net={process / 'ns/net'}", sys.executable, "-I", "-c", ATTEMPT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    said = done.stderr.strip().rpartition("\n")[2]
    if done.returncode == 0:
        return Finding(name, "failed", "found a way out", NO_NETWORK_ADVICE)
    if "Permission" in said or "not permitted" in said or "nsenter" in said:
        return Finding(name, "skipped", "may not be tried", "run this with sudo")
    return Finding(name, "ok", f"fails: {said}")


def _confined(process: Path) -> Finding:
    """What the process may ask of the kernel."""
    lines = (process / "status").read_text(encoding="ascii").splitlines()
    status = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
    if status["Seccomp"] != SECCOMP_FILTER or status["NoNewPrivs"] != "1" or int(status["CapBnd"], 16) != 0:
        return Finding("sense: sandbox", "failed", "it runs without the installed unit's sandbox", NO_NETWORK_ADVICE)
    return Finding("sense: sandbox", "ok", "no capability, no new privileges, system calls filtered")


def _opened(process: Path) -> Finding:
    """The devices and sockets that the process has open."""
    found = _files(process)
    devices = sorted({name for name in found if name.startswith("/dev/") and name != "/dev/null"})
    sockets = sum(name.startswith("socket:") for name in found)
    text = f"{', '.join(devices) or 'no device'}; {sockets} Unix sockets"
    if inet := _inet_sockets(process, found):
        return Finding("sense: open now", "failed", f"{inet} Internet sockets", NO_NETWORK_ADVICE)
    return Finding("sense: open now", "ok", text)


def _inet_sockets(process: Path, found: list[str]) -> int:
    """How many of the open sockets are of the Internet families."""
    own = {name.removeprefix("socket:[").rstrip("]") for name in found if name.startswith("socket:")}
    count = 0
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        path = process / "net" / table
        lines = path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []
        count += sum(line.split()[9] in own for line in lines)
    return count


def _eyeless(process: Path) -> Finding:
    """Whether the half that talks has anything to see with."""
    try:
        found = _files(process)
        there = sorted(entry.name for entry in (process / "root/dev").iterdir())
    except PermissionError:
        return Finding("act: devices", "skipped", "its process may not be looked at", "run this with sudo")
    except FileNotFoundError:
        return Finding("act: devices", "skipped", "it ended just now", "run this again")
    eyes = [f"/dev/{name}" for name in there if f"/dev/{name}".startswith(EYES)]
    if seen := sorted({name for name in found if name.startswith(EYES)} | set(eyes)):
        return Finding("act: devices", "failed", f"it could open {', '.join(seen)}", "reinstall: scripts/install-pi")
    inet = _inet_sockets(process, found)
    return Finding("act: devices", "ok", f"no camera is there at all; {inet} Internet sockets are open")


def _files(process: Path) -> list[str]:
    """What the process and its children have open."""
    names: list[str] = []
    tasks = [process, *(process.parent / child for child in _children(process))]
    for task in tasks:
        names += [str(entry.readlink()) for entry in (task / "fd").iterdir()]
    return names


def _children(process: Path) -> list[str]:
    return (process / "task" / process.name / "children").read_text(encoding="ascii").split()


def _kept(half: str, folder: Path) -> Finding:
    """Whether anything in a state folder is a picture."""
    name = f"{half}: pictures kept"
    if not folder.is_dir():
        return Finding(name, "ok", f"{folder}: nothing is kept")
    try:
        count, found = pictures.search(folder)
    except PermissionError:
        return Finding(name, "skipped", f"{folder} may not be looked into", "run this with sudo")
    if found:
        return Finding(name, "failed", f"{found[0]} is a picture", "nothing of moodkiosk writes one: who did?")
    return Finding(name, "ok", f"none among {count} files in {folder}")
