"""Collecting on a kiosk from a desktop: one SSH connection carries the sitting and brings the recordings back.

The kiosk keeps what it records in an outbox. A recording leaves it only after it is safely here, so a connection that
breaks loses nothing: the next sitting brings along what is left.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import files
from moodkiosk.host.paths import SYSTEM_CONFIG
from moodkiosk.learn.collect import asking
from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.outbox import OUTBOX, make_writable
from moodkiosk.learn.deploy import ssh
from moodkiosk.words.language import FALLBACK, say
from moodkiosk.words.reason import Reason, together
from moodkiosk.words.system import system

NAME = re.compile(r"[\w.-]+\.npz")
"""Names of recordings; see `sense.recording.safe_name`."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection to a kiosk, shared by every command that names its socket.

    Attributes:
        host: as ssh takes it.
        ssh: ssh with the options of the connection.
        socket: OpenSSH's control socket.
    """

    host: str
    ssh: list[str]
    socket: Path

    def run(self, line: str, *, terminal: bool = False) -> int:
        """Runs a line there, on a terminal of its own if wanted, and returns its exit code."""
        flags = ["-t"] if terminal else ["-n"]
        return subprocess.run([*self.ssh, *flags, "--", self.host, line], check=False).returncode

    def ask(self, line: str) -> str:
        """What a line prints there. Raises Failure if it does not end well."""
        done = subprocess.run(
            [*self.ssh, "-n", "--", self.host, line],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            ended = last_line(done.stderr) or Reason("remote.ended", code=done.returncode)
            raise Failure(Reason("remote.of", host=self.host, text=ended))
        return done.stdout

    def fetch(self, folder: str, into: Path) -> None:
        """Copies a folder from there. Raises Failure."""
        # scp does not understand every name that ssh does, such as ssh://pi@kiosk:2222. Over the open connection any
        # name will do; without it, this one leads nowhere.
        only = ["-o", f"ControlPath={self.socket}", "-o", "ProxyCommand=false"]
        copy = ["scp", "-q", "-r", *only, "--", f"kiosk:{folder}", str(into)]
        done = subprocess.run(
            copy, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        if done.returncode:
            raise Failure(Reason("remote.copy", host=self.host, reason=last_line(done.stderr)))


def collect_there(args: argparse.Namespace, *, by_hand: bool) -> int:
    """Holds a sitting on the kiosk `args.host` and brings the recordings into `args.out`. Returns the exit code."""
    host, command = ssh.host(args.host), ssh.program(args.ssh)
    make_writable(args.out)
    tag = reader()
    question = asking.Terminal(tag) if by_hand else None
    labels = asking.labels(args.labels, asking.Earlier(args.out).labels, question, as_typed=args.keep_spelling)
    person = asking.person(args.person, question)
    words = ["collect", *labels, "--person", person, "--seconds", f"{args.seconds:g}", "--out", OUTBOX]
    # Labels are settled here, where the recordings are.
    words += ["--keep-spelling", *([] if by_hand else ["--quiet"])]
    words += ["--source", args.source] if args.source else []
    # The usual place is the usual place there too, if there is such a file.
    words += ["--config", str(args.config)] if args.config not in (None, SYSTEM_CONFIG) else []
    with connection(host, command) as there:
        try:
            code = there.run(ssh.moodkiosk(words, args.kiosk_command), terminal=by_hand)
        except KeyboardInterrupt:
            code = 130
        if code == ssh.LOST:
            raise Failure(Reason("collect.broke", host=host))
        if code == ssh.NOT_THERE:
            raise Failure(Reason("collect.not_there", host=host))
        bring_back(there, args.out, tag)
    return code


@contextlib.contextmanager
def connection(host: str, command: list[str]) -> Iterator[Connection]:
    """Opens the one connection; asks for a password on the terminal if the host wants one. Raises Failure."""
    with tempfile.TemporaryDirectory(prefix="moodkiosk-ssh-") as folder:
        socket = Path(folder) / "socket"
        # -f: goes into the background once it is signed in; -N: no command; -M: others may share it.
        opened = subprocess.run(
            [*command, *ssh.PATIENCE, "-fNM", "-S", str(socket), "--", host], stdin=subprocess.DEVNULL, check=False
        )
        if opened.returncode:
            raise Failure(Reason("collect.no_connection", host=host))
        there = Connection(host, [*command, "-S", str(socket), "-o", "ControlMaster=no"], socket)
        try:
            yield there
        finally:
            subprocess.run([*there.ssh, "-q", "-O", "exit", "--", host], capture_output=True, check=False)


def bring_back(there: Connection, folder: Path, tag: str = FALLBACK) -> list[Path]:
    """Moves the recordings in the kiosk's outbox into `folder`, says so and returns them; none is ever overwritten.

    What is damaged or cannot be written here stays there, and the others come all the same. Raises Failure.
    """
    listing = there.ask(f"sh -c {shlex.quote(f'test ! -d {OUTBOX} || ls {OUTBOX}')}")
    waiting = [name for name in listing.splitlines() if NAME.fullmatch(name)]
    came: dict[str, Path] = {}
    damaged: list[str] = []
    if waiting:
        with tempfile.TemporaryDirectory(prefix="moodkiosk-remote-") as inbox:
            there.fetch(OUTBOX, Path(inbox))
            for name in waiting:
                try:
                    came[name] = _put(Path(inbox) / "outbox" / name, folder)
                except UsageError as error:
                    damaged.append(str(error))
    if came:
        there.ask(f"cd {OUTBOX} && rm -f -- {shlex.join(came)}")
    _say_what_came(list(came.values()), folder, tag)
    if damaged:
        raise Failure(Reason("collect.damaged", folder=OUTBOX, files=together(damaged)))
    return list(came.values())


def _put(fetched: Path, folder: Path) -> Path:
    """Puts one file where it belongs; another file of the same name stays, this one gets a new name.

    Raises UsageError when it is damaged, Failure when it cannot be written.
    """
    try:
        data = fetched.read_bytes()
        dataset.parse(data, Path(fetched.name))
        for number in range(100):
            path = folder / (fetched.name if not number else f"{fetched.stem}-{number}.npz")
            if not path.exists():
                files.write_new(path, data)
                return path
            if path.read_bytes() == data:
                return path
    except OSError as error:
        raise Failure(Reason("collect.no_room", folder=str(folder), reason=system(error))) from None
    raise Failure(Reason("remote.names", name=fetched.name, folder=str(folder)))


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _say_what_came(came: list[Path], folder: Path, tag: str) -> None:
    print(say(tag, "collect.came", count=len(came), folder=str(folder)))
    if came:
        print(say(tag, "collect.train", command=f"scripts/train.py {folder} --out mood.tflite"))
