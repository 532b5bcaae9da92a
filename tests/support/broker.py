"""A real broker that tests own: mosquitto with passwords, TLS, access lists, persistence; to be killed or frozen.

Where mosquitto is not installed, tests that need no more than a plain broker run on the embedded amqtt, and say so.
"""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from moodkiosk.config.settings import MqttSettings, TlsSettings
from moodkiosk.operate.broker import LOOPBACK, answers, free_port, mosquitto_program
from tests.support import needs
from tests.support.wait import until

PASSWORD_PROGRAM = "mosquitto_passwd"


@dataclass
class Mosquitto:
    """A private mosquitto. Make it with keywords, then `start()`.

    Attributes:
        folder: for its files.
        users: name to password; none: everybody may come in.
        acl: lines of the access list; None: everybody may do everything.
        tls: serves TLS with a certificate of its own authority (`ca`), for the name "localhost".
        client_certificates: with TLS, asks for a certificate of the same authority.
        persistent: keeps retained messages over a restart.
        extra: further lines of its configuration.
    """

    folder: Path
    users: dict[str, str] = field(default_factory=dict)
    acl: list[str] | None = None
    tls: bool = False
    client_certificates: bool = False
    persistent: bool = False
    extra: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    _child: subprocess.Popen[bytes] | None = None

    def start(self) -> Mosquitto:
        """Starts it, and waits until it listens."""
        needs.find("mosquitto")
        program = mosquitto_program()
        if program is None:
            pytest.skip("needs mosquitto; what a plain broker can show is tested on the embedded one")
        conf = self.folder / "mosquitto.conf"
        conf.write_text("\n".join(self._lines()) + "\n")
        log = (self.folder / "mosquitto.log").open("ab")
        with log:
            self._child = subprocess.Popen([program, "-c", str(conf)], stdin=subprocess.DEVNULL, stderr=log, stdout=log)
        until(lambda: answers(self.port), what="mosquitto to listen")
        return self

    def kill(self) -> None:
        """As a power cut would: no farewell, nothing saved."""
        self._signal(signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        """In order."""
        if self._child is not None:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGTERM)
            self._wait()

    def freeze(self) -> None:
        """Connections stay open, and nobody answers: as a half-open connection looks."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Ends `freeze`."""
        self._signal(signal.SIGCONT)

    def log(self) -> str:
        """What it has said."""
        return (self.folder / "mosquitto.log").read_text(errors="replace")

    def settings(self, user: str = "", protocol: str = "5", *, certificate: bool = False) -> MqttSettings:
        """How a kiosk reaches it."""
        password = self.folder / f"{user}.password"
        if user:
            password.write_text(self.users.get(user, "wrong") + "\n")
        tls = None
        if self.tls:
            tls = TlsSettings(
                ca_file=str(self.folder / "ca.crt"),
                certificate_file=str(self.folder / "client.crt") if certificate else "",
                key_file=str(self.folder / "client.key") if certificate else "",
            )
        return MqttSettings(
            host="localhost" if self.tls else LOOPBACK,
            port=self.port,
            protocol="5" if protocol == "5" else "3.1.1",
            username=user,
            password_file=str(password) if user else "",
            tls=tls,
        )

    def _lines(self) -> list[str]:
        lines = [f"listener {self.port} {LOOPBACK}", "log_dest stderr", "log_type all", "connection_messages true"]
        if self.users:
            file = self.folder / "passwords"
            file.write_text("".join(f"{name}:{password}\n" for name, password in self.users.items()))
            subprocess.run([PASSWORD_PROGRAM, "-U", str(file)], check=True, stdin=subprocess.DEVNULL)
            lines += ["allow_anonymous false", f"password_file {file}"]
        else:
            lines.append("allow_anonymous true")
        if self.acl is not None:
            (self.folder / "acl").write_text("\n".join(self.acl) + "\n")
            lines.append(f"acl_file {self.folder / 'acl'}")
        if self.tls:
            make_certificates(self.folder)
            lines += [f"cafile {self.folder}/ca.crt", f"certfile {self.folder}/server.crt"]
            lines.append(f"keyfile {self.folder}/server.key")
            lines.append(f"require_certificate {str(self.client_certificates).lower()}")
        if self.persistent:
            lines += ["persistence true", f"persistence_location {self.folder}/", "autosave_interval 1"]
            lines.append("autosave_on_changes true")
        # Started by root, it would become a user who cannot read the files of the test.
        return [*lines, f"user {_user()}", *self.extra]

    def _signal(self, number: signal.Signals) -> None:
        assert self._child is not None
        self._child.send_signal(number)

    def _wait(self) -> None:
        assert self._child is not None
        self._child.wait(10)
        self._child = None


def _user() -> str:
    import getpass

    return getpass.getuser()


def make_certificates(folder: Path) -> None:
    """An authority (ca), a certificate of the server (localhost) and one of a client, by the program openssl."""
    if (folder / "server.crt").exists():
        return

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    openssl("req", "-x509", *elliptic, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=Test authority")
    for name, subject in (("server", "/CN=localhost"), ("client", "/CN=kiosk")):
        openssl("req", *elliptic, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        (folder / f"{name}.ext").write_text("subjectAltName=DNS:localhost\n")
        signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext"]
        openssl("x509", "-req", "-in", f"{name}.csr", *signed, "-out", f"{name}.crt")
