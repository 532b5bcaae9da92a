"""A reader who knows nothing types what the papers say, one command after the other, into a fresh machine.

Every command in the papers below is run here as it stands there, by an ordinary user who may use sudo, with the drawn
actor for a camera. What a container cannot do is in a table, with what is needed and what shows it instead; a command
that the table does not have is run.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest

from moodkiosk.sense.actor.actor import Scene
from tests.support.wait import until
from tests.systemd.kiosk import PROJECT
from tests.systemd.machine import Machine, given, unpacked

PAPERS = (
    *("docs/pi.md", "docs/page.md", "docs/teach.md", "docs/mpd.md", "docs/home-automation.md", "PRIVACY.md"),
    *("README.md", "docs/collect.md"),
)
"""In the order of the journey: the kiosk on the Pi first, the desk last."""
PROGRAMS = {
    "moodkiosk", "moodkiosk-mpd", "systemctl", "journalctl", "apt", "apt-get", "git", "ssh", "ssh-copy-id",
    "timedatectl", "rpicam-hello", "ls", "echo", "mosquitto_sub", "speaker-test", "mpc", "adduser", "usermod",
    "vcgencmd", "fuser",
}  # fmt: skip
ELSEWHERE = {
    r"timedatectl": "a clock that is set over the network: scripts/install-pi asks the same",
    r"rpicam|/dev/v4l|fuser|vcgencmd": "a Pi and its camera: tests/sense/camera plays their programs",
    r"build-deb|\.deb$|apt (remove|purge) moodkiosk|^sudo adduser": "the package: scripts/test-deb",
    r"moodkiosk login|spotify|speaker …|music\.player": "an account at Spotify: tests/act/players/spotify",
    r"speaker-test|mpd|\bmpc\b": "a sound card: tests/systemd/on_mpd.py has a pipe instead",
    r"cage|moodkiosk-display": "a screen: tests/operate/test_display.py",
    r"ssh -L|ssh-copy-id": "a browser, a password: tests/act/web, tests/learn/deploy",
    r"moodkiosk (teach|collect$|correct)": "somebody who shows moods when asked: tests/operate, tests/learn",
    r"scripts/(train|import_classic)|scripts/(deploy|collect\.py)$|model install": "TensorFlow, a name: tests/learn",
    r"scripts/(test|bench|build|make-tunes)|scripts/…|moodkiosk tunes|--sound": "tools of the desk: tests/scripts",
    r"^scripts/install-pi$": "its name in a sentence: it is typed with sudo",
    r"systemctl edit": "an editor",
    r"web-password": "a password, typed twice: tests/act/web/test_security.py",
    r"--uninstall": "taken out in scripts/test-systemd; here others still need it",
}
"""What a container lacks, by regular expressions of commands and comments, and what shows these instead."""
HERE = {
    "https://…/moodkiosk": "/srv/moodkiosk",
    "git clone … moodkiosk": "git clone /srv/moodkiosk",
    "--person NAME": "--person Anna",
    "--root DIR": "--root ~/image",
}
"""What stands for something that is to be filled in."""
BY_HAND = {
    "journalctl -u 'moodkiosk-*' -f": "timeout -s INT 3 journalctl -u 'moodkiosk-*' -f",
    "scripts/demo": "scripts/demo --seconds 20",
    "scripts/demo --json": "scripts/demo --json --seconds 20",
    ".venv/bin/moodkiosk run --config my.yaml": "timeout -s INT 20 .venv/bin/moodkiosk run --config my.yaml",
    "scripts/install-pi": "sudo scripts/install-pi",
}
"""What a person does with hands: Ctrl-C, the sudo of the line beside it."""
MAY_END_WITH = {
    "moodkiosk doctor": {0, 1},
    "timeout": {0, 124, 130},
    "--check": {0, 1},
    "forget --": {0, 1},
    "forget": {2},
    "model rollback": {0, 1},
}
"""Doctor finds what is still missing, a name may be unknown, or not given in a sentence; there may be no model before
this one; Ctrl-C ends. All else ends with 0."""
BEFORE = {
    "git clone": "rm -rf ~/moodkiosk",
    "scripts/demo --seconds": "sudo systemctl stop moodkiosk.target && sudo apt-get install -y -qq python3-venv",
    "scripts/deploy mood": "cp moodkiosk/models/starter.tflite mood.tflite",
    "tar -x -C recordings": "mkdir -p recordings; sudo install -d -o moodkiosk-sense "
    "/var/lib/moodkiosk/sense/corrections /var/lib/moodkiosk/sense/taught",
    "--root": "mkdir -p ~/image && sudo cp -a --parents /usr /bin /sbin /lib /lib64 /etc ~/image",
}
"""What is there where these are typed: README's packages and no other kiosk, a model, what was taught, an image."""
AFTER = {
    "sudo scripts/install-pi": "printf 'camera: {source: actor, width: 320, height: 240}\n' | sudo tee "
    "/etc/moodkiosk/config.yaml >/dev/null && sudo systemctl restart moodkiosk.target",
    "git clone": "cp ~/clip.mp4 ~/my.yaml ~/moodkiosk/",
    "my.yaml": "sudo systemctl start moodkiosk.target",
    "camera off": "moodkiosk camera on",
    "systemctl restart": "for _ in $(seq 100); do moodkiosk status --json | "
    'grep -q \'"sense": *"running"\' && exit 0; sleep 1; done; exit 1',
}
"""The drawn actor stands for the camera; "your own video, your own config"; a reader comes to the next line when the
kiosk is there again."""
OWN_CONFIG = """\
camera: {source: actor, width: 320, height: 240}
mqtt: {enabled: false}
paths: {runtime: /tmp/desk, state: /tmp/desk}
"""
SSHD = "Port 2222\nListenAddress 127.0.0.1\n"
HOME_KIOSK = "Host kiosk\n    HostName 127.0.0.1\n    Port 2222\n    StrictHostKeyChecking accept-new\n"
"""The machine is its own `pi@kiosk`."""
ASSUME_YES = 'APT::Get::Assume-Yes "true";\nDPkg::Options { "--force-confold"; };\n'


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a paper.

    Attributes:
        place: file and line.
        command: as it stands there.
        comment: what stands behind it.
        in_a_sentence: not in a block of its own.
    """

    place: str
    command: str
    comment: str = ""
    in_a_sentence: bool = False

    @property
    def typed(self) -> str:
        """The command with everything filled in."""
        command = self.command
        for gap, filled in HERE.items():
            command = command.replace(gap, filled)
        return BY_HAND.get(command, command)

    @property
    def promised(self) -> list[str]:
        """What is to be read then: what stands in quotes in the comment, behind a "…", or is all of it, one word."""
        if self.comment.startswith("… "):
            return [self.comment[2:]]
        return re.findall(r'"([^"]+)"', self.comment) or re.findall(r"^\w+$", self.comment)

    def lacking(self, text: str) -> list[str]:
        """What is promised and not in the text; runs of blanks are one, "…" is anything."""
        plain = " ".join(text.split())
        wild = {
            each: ".*?".join(re.escape(" ".join(part.split())) for part in each.split("…")) for each in self.promised
        }
        return [each for each, pattern in wild.items() if not re.search(pattern, plain)]


def is_command(text: str) -> bool:
    """Whether it begins with a program (after sudo) or a script of ours."""
    words = text.removeprefix("sudo ").removeprefix("-u mpd ").split()
    return bool(words) and (words[0] in PROGRAMS or bool(re.match(r"(scripts|\.venv/bin)/\w", words[0])))


def steps_of(paper: str) -> Iterator[Step]:
    """The commands of a paper: lines of blocks, and code in sentences that has more than one word."""
    for number, line in enumerate((PROJECT / paper).read_text(encoding="utf-8").splitlines(), 1):
        command, _, comment = line.strip().partition(" # ")
        if is_command(command):
            yield Step(f"{paper}:{number}", command.strip(), comment.strip())
            continue
        for code in re.findall(r"`([^`]+)`", line):
            if is_command(code) and (len(code.split()) > 1 or code.startswith("scripts/")):
                yield Step(f"{paper}:{number}", code, in_a_sentence=True)


def steps() -> list[Step]:
    """All that can be typed here, each once: blocks are the journey, the rest is tried when it is over."""
    found: dict[tuple[str, str], Step] = {}
    for step in sorted((step for paper in PAPERS for step in steps_of(paper)), key=lambda step: step.in_a_sentence):
        if not any(re.search(pattern, f"{step.command} # {step.comment}".removesuffix(" # ")) for pattern in ELSEWHERE):
            found.setdefault((step.typed, step.comment), step)
    return list(found.values())


def film(file: Path) -> None:
    """Somebody comes, shows moods and leaves."""
    scene = Scene(size=(320, 240))
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, scene.size)
    for number in range(150):
        writer.write(cv2.cvtColor(scene.picture_at(number / 10), cv2.COLOR_RGB2BGR))
    writer.release()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A fresh machine with the network of this one, and a user `pi` as Raspberry Pi OS makes it."""
    (tree,) = given("scripts/test-docs", "MOODKIOSK_PAPERS_TREE")
    with unpacked(tree, tmp_path_factory.mktemp("papers")) as machine:
        machine.private_network = False
        furnish(machine.root)
        machine.boot()
        yield machine


def furnish(root: Path) -> None:
    """What a reader has at hand: a user, a way to the packages, the history, a film, a configuration, a key."""
    subprocess.run(["chroot", root, "useradd", "-m", "-s", "/bin/bash", "-G", "sudo,adm,video", "pi"], check=True)
    (root / "etc/sudoers.d/pi").write_text("pi ALL=(ALL) NOPASSWD: ALL\n", encoding="ascii")
    (root / "etc/apt/apt.conf.d/90yes").write_text(ASSUME_YES, encoding="ascii")
    for file in ("/etc/resolv.conf", "/etc/pip.conf", os.environ.get("PIP_CERT", "")):
        if file and Path(file).is_file():  # what stands between this machine and the packages stands there too
            (root / file[1:]).parent.mkdir(parents=True, exist_ok=True)
            (root / file[1:]).unlink(missing_ok=True)
            shutil.copy(file, root / file[1:])
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", PROJECT, root / "srv/moodkiosk"], check=True)
    film(root / "home/pi/clip.mp4")
    (root / "home/pi/my.yaml").write_text(OWN_CONFIG, encoding="utf-8")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 kiosk {socket.gethostname()}\n", encoding="ascii")
    (root / "etc/ssh/sshd_config.d/here.conf").write_text(SSHD, encoding="ascii")
    keys = root / "home/pi/.ssh"
    keys.mkdir(mode=0o700)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys / "id_ed25519"], check=True)
    shutil.copy(keys / "id_ed25519.pub", keys / "authorized_keys")
    (keys / "config").write_text(HOME_KIOSK, encoding="ascii")
    subprocess.run(["chroot", root, "chown", "-R", "pi:", "/srv/moodkiosk", "/home/pi"], check=True)


def typed(machine: Machine, command: str, seconds: float = 900) -> subprocess.CompletedProcess[str]:
    """Signs in as `pi`, goes to the checkout if it is there, and types it."""
    line = f"cd ~/moodkiosk 2>/dev/null; {command}"
    return machine.run("su", "-", "pi", "-c", line, check=False, seconds=seconds)


def around(machine: Machine, table: dict[str, str], command: str) -> None:
    """What is done before or after a command."""
    for part, other in table.items():
        if part in command and (done := typed(machine, other)).returncode != 0:
            pytest.fail(f"{other}: {done.stdout}{done.stderr}", pytrace=False)


@pytest.mark.parametrize("step", steps(), ids=lambda step: f"{step.place} {step.command}")
def test_what_the_papers_say_is_typed_and_does_what_they_say(machine: Machine, step: Step) -> None:
    around(machine, BEFORE, step.typed)
    ends = next((codes for part, codes in MAY_END_WITH.items() if part in step.typed), {0})
    said = ""

    def as_promised() -> bool:
        nonlocal said
        done = typed(machine, step.typed)
        said = f"exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.returncode in ends and "command not found" not in said and step.lacking(done.stdout) == []

    try:
        # "… and a mood after a few seconds"
        good = until(as_promised, 60, step.command) if step.promised else as_promised()
    except AssertionError:
        good = False
    if not good:
        pytest.fail(f"{step.place}: {step.typed}\nlacking: {step.lacking(said)}\n{said[-3000:]}", pytrace=False)
    print(said[-1500:])
    around(machine, AFTER, step.typed)
