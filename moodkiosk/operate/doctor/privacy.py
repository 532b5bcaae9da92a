"""`moodkiosk doctor --privacy`: looks at the running system whether the promise is kept.

The promise: the half that sees has no network, the half that talks has no camera, and no picture is ever kept.
What is looked at is the kernel's own account of both processes (proc(5)), not what the unit files say.
"""

from __future__ import annotations

import argparse
import pwd
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.config.settings import PathSettings
from moodkiosk.host import paths
from moodkiosk.operate.doctor import opened, pictures
from moodkiosk.operate.doctor.finding import SUDO, Finding, print_objects, print_table
from moodkiosk.words.language import say
from moodkiosk.words.reason import Reason

UNITS = {"sense": "moodkiosk-sense.service", "act": "moodkiosk-act.service"}
PROC = Path("/proc")
SECCOMP_FILTER = "2"

NO_NETWORK_ADVICE = Reason("privacy.no_network_do")
REINSTALL = Reason("privacy.reinstall")

# What the kernel puts into every network once their modules are loaded: ends of tunnels that lead nowhere
# (net.core.fb_tunnels_only_for_init_net in its documentation).
EMPTY_TUNNELS = {"tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "sit0", "ip6tnl0", "ip6_vti0", "ip6gre0"}

# Names of devices through which one can see.
EYES = ("/dev/video", "/dev/media", "/dev/v4l", "/dev/dma_heap")

# Run where sense is: whether 127.0.0.1 outside can be reached, and whether a way leads to a public address.
# Connecting a datagram socket only asks for the way and sends nothing.
ATTEMPT = """
import socket, sys
said = []
for kind, address in ((socket.SOCK_STREAM, ("127.0.0.1", int(sys.argv[1]))), (socket.SOCK_DGRAM, ("192.0.2.1", 80))):
    try:
        with socket.socket(socket.AF_INET, kind) as attempt:
            attempt.settimeout(5)
            attempt.connect(address)
        sys.exit(0)
    except OSError as error:
        said.append(f"{address[0]}: {error.strerror or error}")
sys.exit("; ".join(said))
"""


def main(args: argparse.Namespace) -> int:
    """Prints what was found, and returns 0 only if the promise is kept."""
    settings = load.load(args.config, secrets=False)
    findings = list(examine(settings.paths))
    broken = any(finding.outcome == "failed" for finding in findings)
    unseen = any(finding.outcome == "skipped" for finding in findings)
    if args.json:
        print_objects(findings)
    else:
        tag = reader(settings.kiosk.language)
        print_table(findings, tag)
        print(say(tag, "privacy.broken" if broken else "privacy.unseen" if unseen else "privacy.promise"))
    return 1 if broken or unseen else 0


def examine(folders: PathSettings, proc: Path = PROC) -> Iterator[Finding]:
    """Every check in turn."""
    running = {half: number for half, unit in UNITS.items() if (number := _process(unit)) is not None}
    for half, look in (("sense", _sense), ("act", _act)):
        if half not in running:
            yield Finding(half, "skipped", Reason("word.not_running"), "sudo systemctl start moodkiosk.target")
            continue
        try:
            yield from look(proc / str(running[half]))
        except PermissionError:
            yield Finding(half, "skipped", Reason("privacy.not_allowed"), SUDO)
        except FileNotFoundError:
            yield Finding(half, "skipped", Reason("privacy.ended"), Reason("privacy.again"))
    if len(running) == len(UNITS):
        yield from _users({half: proc / str(number) for half, number in running.items()})
    for half in UNITS:
        yield _kept(half, paths.state_dir(folders, half))


def _process(unit: str) -> int | None:
    """Number of the main process of a unit, None if it does not run."""
    try:
        shown = subprocess.run(
            ["systemctl", "show", "-P", "MainPID", unit],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=10,
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return int(shown) if shown.isdigit() and shown != "0" else None


def _sense(process: Path) -> Iterator[Finding]:
    yield _interfaces(process)
    yield _attempt(process)
    yield _confined("sense", process)
    found = opened.look(process)
    bad = bool(found.internet or found.other)
    yield Finding("sense: open now", "failed" if bad else "ok", found.said, NO_NETWORK_ADVICE if bad else "")


def _act(process: Path) -> Iterator[Finding]:
    yield _eyeless(process)
    yield _confined("act", process)
    found = opened.look(process)
    bad = any(device.startswith(EYES) for device in found.devices)
    yield Finding("act: open now", "failed" if bad else "ok", found.said, REINSTALL if bad else "")


def _interfaces(process: Path) -> Finding:
    """The network interfaces that the process has at all."""
    lines = (process / "net/dev").read_text(encoding="utf-8", errors="replace").splitlines()[2:]
    names = sorted({line.partition(":")[0].strip() for line in lines} - EMPTY_TUNNELS)
    if (process / "ns/net").readlink() == Path("/proc/self/ns/net").readlink():
        return Finding("sense: network", "failed", Reason("privacy.shares", names=names), NO_NETWORK_ADVICE)
    if names != ["lo"]:
        return Finding("sense: network", "failed", Reason("privacy.has", names=names), NO_NETWORK_ADVICE)
    return Finding("sense: network", "ok", Reason("privacy.own_network"))


def _attempt(process: Path) -> Finding:
    """Tries to connect to somewhere from where the process is, and the same from here, where it must work."""
    name = "sense: a connection tried from inside"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        program = [sys.executable, "-I", "-c", ATTEMPT, port]
        if subprocess.run(program, capture_output=True, check=False, timeout=30).returncode != 0:
            return Finding(name, "skipped", Reason("privacy.no_attempt"), Reason("privacy.no_attempt_do"))
        command = ["nsenter", f"--net={process / 'ns/net'}", *program]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=30)
    said = done.stderr.strip().rpartition("\n")[2]
    if done.returncode == 0:
        return Finding(name, "failed", Reason("privacy.way_out"), NO_NETWORK_ADVICE)
    if "nsenter" in said:
        return Finding(name, "skipped", Reason("privacy.not_tried"), SUDO)
    return Finding(name, "ok", Reason("privacy.no_way_out", said=said))


def _confined(half: str, process: Path) -> Finding:
    """What the process may ask of the kernel."""
    status = _status(process)
    if status["Seccomp"] != SECCOMP_FILTER or status["NoNewPrivs"] != "1" or int(status["CapBnd"], 16) != 0:
        advice = Reason("privacy.no_sandbox_do", half=half)
        return Finding(f"{half}: sandbox", "failed", Reason("privacy.no_sandbox"), advice)
    return Finding(f"{half}: sandbox", "ok", Reason("privacy.sandbox"))


def _status(process: Path) -> dict[str, str]:
    lines = (process / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _eyeless(process: Path) -> Finding:
    """Whether the half that talks has anything to see with."""
    there = (f"/dev/{entry.name}" for entry in (process / "root/dev").iterdir())
    if seen := sorted(name for name in there if name.startswith(EYES)):
        return Finding("act: devices", "failed", Reason("privacy.could_open", names=seen), REINSTALL)
    return Finding("act: devices", "ok", Reason("privacy.no_camera"))


def _users(processes: dict[str, Path]) -> Iterator[Finding]:
    """Whether the halves are two users, neither of them root."""
    try:
        users = {half: int(_status(process)["Uid"].split()[0]) for half, process in processes.items()}
    except FileNotFoundError:
        return
    said = Reason(
        "cli.words", words=[Reason("privacy.user", half=half, user=_name(user)) for half, user in users.items()]
    )
    bad = 0 in users.values() or len(set(users.values())) < len(users)
    yield Finding("users", "failed" if bad else "ok", said, REINSTALL if bad else "")


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _kept(half: str, folder: Path) -> Finding:
    """Whether anything in a state folder is a picture."""
    name = f"{half}: pictures kept"
    if not folder.is_dir():
        return Finding(name, "ok", Reason("privacy.nothing_kept", folder=str(folder)))
    try:
        count, found = pictures.search(folder)
    except PermissionError:
        return Finding(name, "skipped", Reason("privacy.not_into", folder=str(folder)), SUDO)
    if found:
        return Finding(name, "failed", Reason("privacy.picture", file=str(found[0])), Reason("privacy.picture_do"))
    return Finding(name, "ok", Reason("privacy.no_picture", count=count, folder=str(folder)))
