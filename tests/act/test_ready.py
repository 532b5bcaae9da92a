"""When the half that talks tells systemd that it is ready: a process of its own, and a broker that takes its time."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.support.kiosk import Kiosk

ACCEPTED, REFUSED, SILENCE = b"\x20\x02\x00\x00", b"\x20\x02\x00\x05", b""
"""CONNACK of MQTT 3.1.1, section 3.2, and a broker that hangs up without one."""


@pytest.mark.slow
@pytest.mark.parametrize("answer", [ACCEPTED, REFUSED, SILENCE], ids=["accepted", "refused", "hung up"])
def test_it_is_ready_after_the_first_attempt_at_the_broker_however_that_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
        socket.create_server(("127.0.0.1", 0)) as broker,
    ):
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        broker.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        mqtt = {"enabled": True, "host": "127.0.0.1", "port": broker.getsockname()[1], "protocol": "3.1.1"}
        with Kiosk(tmp_path, None, {"mqtt": mqtt, "web": {"enabled": False}}) as kiosk:
            kiosk.start("act")
            peer, _ = broker.accept()
            with peer:
                peer.settimeout(30)
                assert peer.recv(1) == b"\x10", "no CONNECT"
                heard: list[str] = []
                while heard.count("WATCHDOG=1") < 4:
                    heard.append(systemd.recv(4096).decode())
                assert "READY=1" not in heard
                if answer:
                    peer.sendall(answer)
                else:
                    peer.shutdown(socket.SHUT_RDWR)
                for _ in range(40):
                    if systemd.recv(4096) == b"READY=1":
                        break
                else:
                    pytest.fail("never ready")
