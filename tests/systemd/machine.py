"""A small Debian with a real systemd, in a folder: made from a tar file, booted by systemd-nspawn, asked by nsenter."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.support.wait import until

# Registers nowhere: the host need not run systemd itself.
BOOT = (
    "mount -t tmpfs tmpfs /run/systemd && exec env SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet "
    '--directory="$0" --boot --register=no --keep-unit --console=pipe "$@"'
)


def given(script: str, *names: str) -> list[Path]:
    """The files that these environment variables name; skips where one is missing, or this is not root.

    `script` is the one that makes the files and sets the variables.
    """
    found = [os.environ.get(name, "") for name in names]
    if not all(found) or os.geteuid() != 0:
        pytest.skip(f"run by {script}, as root")
    return [*map(Path, found)]


@contextlib.contextmanager
def unpacked(archive: Path, folder: Path) -> Iterator[Machine]:
    """A fresh machine in a folder, for whoever boots it; in the end it is shut down and gone."""
    machine = Machine.unpack(archive, folder / "tree")
    try:
        yield machine
    finally:
        machine.shut_down()
        machine.remove()


class Machine:
    """A tree that can be booted.

    Attributes:
        root: its folder.
        own_clock: whether its monotonic clock begins when it is booted, as that of any machine does; else it is ours.
        private_network: whether its network is its own, with nothing in it; else it is ours.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.own_clock = False
        self.private_network = True
        self._container: subprocess.Popen[bytes] | None = None
        self._init = 0
        self._cables: list[str] = []

    @classmethod
    def unpack(cls, archive: Path, root: Path) -> Machine:
        """A fresh one."""
        root.mkdir(parents=True)
        subprocess.run(["tar", "-xf", archive, "-C", root], check=True)
        (root / "etc/machine-id").write_text("", encoding="ascii")
        return cls(root)

    def boot(self) -> None:
        """Starts it and waits until systemd answers."""
        clock: tuple[str, ...] = ()
        if self.own_clock:
            up = str(-int(time.clock_gettime(time.CLOCK_BOOTTIME)))
            clock = ("--time", "--monotonic", up, "--boottime", up)
        # Where it is ours, units may still have one of their own.
        network = ("--private-network" if self.private_network else "--capability=CAP_NET_ADMIN",)
        self._container = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", *clock, "sh", "-c", BOOT, str(self.root), *network],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,
        )
        self._init = until(self._find_init, 30, "the first process of the machine")
        until(lambda: self.run("systemctl", "show", "-P", "Version", check=False).stdout.strip(), 30, "its systemd")

    def shut_down(self) -> None:
        """Ends it."""
        if self._container is None:
            return
        self._container.terminate()
        try:
            self._container.wait(15)
        except subprocess.TimeoutExpired:
            self._container.kill()
            self._container.wait()
        self._container = None

    def reboot(self) -> None:
        """Has it go down in order, as `systemctl reboot` does, and starts it."""
        assert self._container is not None
        self.run("systemctl", "reboot", check=False)
        self._container.wait(60)
        self._cables.clear()
        self.boot()

    def cut_power(self) -> None:
        """Nothing in it has a chance to do anything, nor does anybody outside hear of it: no connection is closed."""
        assert self._container is not None
        for cable in self._cables:
            subprocess.run(["ip", "link", "set", cable, "down"], check=True)
        self._cables.clear()
        os.kill(self._init, signal.SIGKILL)
        self._container.kill()
        self._container.wait()
        self._container = None

    def plug_in(self, cable: str, ours: str, its: str) -> None:
        """Puts a cable between this machine and it; `ours` and `its` are addresses with the length of the network.

        The cable goes with the boot in which it was plugged in.
        """
        subprocess.run(["ip", "link", "del", cable], check=False, capture_output=True)
        ends = ["ip", "link", "add", cable, "type", "veth", "peer", "name", "host0", "netns", str(self._init)]
        subprocess.run(ends, check=True)
        inside = ["nsenter", "-t", str(self._init), "-n", "ip"]
        for command in (
            ["ip", "addr", "add", ours, "dev", cable],
            ["ip", "link", "set", cable, "up"],
            [*inside, "addr", "add", its, "dev", "host0"],
            [*inside, "link", "set", "host0", "up"],
        ):
            subprocess.run(command, check=True)
        self._cables.append(cable)

    def remove(self) -> None:
        """Deletes its folder."""
        shutil.rmtree(self.root)

    def run(self, *command: str, check: bool = True, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs something inside, as root."""
        inside = ["nsenter", "-t", str(self._init), "-a", *command]
        done = subprocess.run(inside, capture_output=True, text=True, timeout=seconds, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def show(self, unit: str, prop: str) -> str:
        """A property of a unit, as systemd knows it now."""
        return self.run("systemctl", "show", "-P", prop, unit).stdout.strip()

    def journal(self, unit: str) -> str:
        """What a unit has logged since boot."""
        return self.run("journalctl", "-b", "-o", "cat", "--no-pager", "-u", unit).stdout

    def kill(self, unit: str, signal: str) -> None:
        """Sends a signal to the main process of a unit."""
        self.run("systemctl", "kill", "--kill-whom=main", f"--signal={signal}", unit)

    @contextlib.contextmanager
    def listen(self, topic: str) -> Iterator[Messages]:
        """What the broker of the machine passes on."""
        command = ["mosquitto_sub", "-h", "127.0.0.1", "-t", topic, "-F", "%t %p"]
        # Not into its process namespace: nsenter would have to stand between, and the client would outlive it.
        inside = ["nsenter", "-t", str(self._init), "-m", "-n", *command]
        with subprocess.Popen(inside, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            try:
                yield Messages(client.stdout)
            finally:
                client.terminate()

    def _find_init(self) -> int:
        """The container's first process, by its number here."""
        process = self._container.pid if self._container else 0
        for _ in range(3):  # sh becomes nspawn; nspawn's child or grandchild is systemd
            children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
            if not children:
                return 0
            process = int(children[0])
            if Path(f"/proc/{process}/comm").read_text(encoding="ascii").strip() == "systemd":
                return process
        return 0


class Messages:
    """Lines as they come."""

    def __init__(self, stream: IO[str]) -> None:
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: IO[str]) -> None:
        with contextlib.suppress(ValueError):  # closed while reading
            for line in stream:
                self._lines.put(line.rstrip("\n"))

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """The next line with `text` in it; those before it are dropped."""
        try:
            while text not in (line := self._lines.get(timeout=seconds)):
                pass
        except queue.Empty:
            raise AssertionError(f"waited {seconds} s in vain for {text!r}") from None
        return line
