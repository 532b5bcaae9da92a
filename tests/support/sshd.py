"""A private SSH server on this machine's loopback: OpenSSH's own, with a host key and one authorized key of its own."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from moodkiosk.operate.broker import free_port
from tests.support import needs
from tests.support.wait import until

# What a session is: the home of one kiosk with its own moodkiosk on the path, and the command that was sent.
SESSION = """
cd "$1" || exit 1
HOME=$1 XDG_STATE_HOME=$1/state XDG_RUNTIME_DIR=$1/run PATH=$1/bin:$PATH
export HOME XDG_STATE_HOME XDG_RUNTIME_DIR PATH
case $SSH_ORIGINAL_COMMAND in *sftp-server*) exec {sftp} ;; esac
exec sh -c "$SSH_ORIGINAL_COMMAND"
"""


class Sshd:
    """A running server; a context manager.

    Attributes:
        config: a configuration for ssh in which the server is known as "kitchen" and "bedroom": two names, so that
            one server can play two kiosks; "nowhere" is a host where nothing listens.
        homes: where those who sign in under these names find themselves.
    """

    def __init__(self, folder: Path) -> None:
        """Skips the test where there is no OpenSSH."""
        needs.find("sshd")
        found = {name: needs.look(name) for name in ("sshd", "ssh", "scp", "ssh-keygen", "sftp-server")}
        if missing := [name for name, where in found.items() if where is None]:
            pytest.skip(f"needs OpenSSH: no {', '.join(missing)} here")
        self._programs = {name: str(where) for name, where in found.items()}
        self._folder = folder
        self._log = folder / "sshd.log"
        self.port = free_port()
        self.config = folder / "ssh_config"
        self.homes = {name: folder / name for name in ("kitchen", "bedroom")}

    @property
    def sign_ins(self) -> int:
        """How many connections were accepted so far."""
        return self._log.read_text().count("Accepted publickey")

    def forwarded(self, port: int) -> int:
        """How many connections were forwarded to a port of the server's side."""
        return len(re.findall(rf"direct_tcpip: .* target \S+ port {port}\b", self._log.read_text()))

    @property
    def command(self) -> str:
        """For `--ssh`."""
        return f"{self._programs['ssh']} -F {self.config}"

    def stop(self) -> None:
        """Ends the server and everybody's session."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(10)

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("host", *self.homes):
            keygen = [
                self._programs["ssh-keygen"],
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                str(self._folder / f"key-{name}"),
            ]
            subprocess.run(keygen, check=True)
        self._write_server()
        self._write_client()
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # sshd as root insists on it
        self._process = subprocess.Popen(
            [self._programs["sshd"], "-D", "-f", str(self._folder / "sshd_config"), "-E", str(self._log)]
        )
        until(self._listens, 10, "sshd to listen")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listens(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _write_server(self) -> None:
        # All sessions run as the one user of this test; which kiosk it is, the key says.
        session = self._folder / "session"
        session.write_text(SESSION.format(sftp=self._programs["sftp-server"]))
        keys = {name: (self._folder / f"key-{name}.pub").read_text().strip() for name in self.homes}
        lines = [f'command="/bin/sh {session} {self.homes[name]}" {key}\n' for name, key in keys.items()]
        (self._folder / "authorized").write_text("".join(lines))
        (self._folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {self._folder / 'key-host'}\n"
            f"AuthorizedKeysFile {self._folder / 'authorized'}\nPidFile none\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
            f"Subsystem sftp {self._programs['sftp-server']}\nLogLevel DEBUG1\n"
        )

    def _write_client(self) -> None:
        host_key = (self._folder / "key-host.pub").read_text().strip()
        known = self._folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{self.port} {host_key}\n")
        hosts = []
        for name, port in {**dict.fromkeys(self.homes, self.port), "nowhere": free_port()}.items():
            key = self._folder / f"key-{name if name in self.homes else 'kitchen'}"
            hosts.append(
                f"Host {name}\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {key}\n  IdentitiesOnly yes\n"
                f"  UserKnownHostsFile {known}\n  StrictHostKeyChecking yes\n  LogLevel ERROR\n"
            )
        self.config.write_text("\n".join(hosts))
        for home in self.homes.values():
            (home / "bin").mkdir(parents=True, exist_ok=True)
            program = home / "bin" / "moodkiosk"
            program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m moodkiosk "$@"\n')
            program.chmod(0o755)
