"""Act as a process of its own, on a terminal of few letters, given everything that ever ended it: it goes on."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from moodkiosk.link import protocol
from moodkiosk.moods.reading import Quality, Reading
from tests.support.kiosk import Kiosk
from tests.support.sense_lines import hello
from tests.support.wait import until

LABELS = ("lend", "happy", "neutral")
ATTACKS = [
    b'{"command": "artist", "value": "lend"}',
    b'{"command": "mood", "value": "lend"}',
    b'{"command": "volume_cap", "value": ' + b"9" * 400 + b"}",
    b'{"command": "volume_cap", "value": "' + b"9" * 400 + b'"}',
    b'{"command": "status", "transaction": ' + b"9" * 400 + b"}",
    b'{"command": "person", "value": "J\xf6rg"}',
    b"\xf6",
    b'{"command": {"a": [1]}}',
    b"[" * 10_000,
]
LINES = [
    b'{"type": "reading", "at": 1e300, "faces": 1}\n',
    b'{"type": "reading", "at": 1, "faces": ' + b"9" * 400 + b"}\n",
    b'{"type": "health", "at": 1, "camera": "on", "counters": {"x": ' + b"9" * 40 + b"}}\n",
    b'{"type": "result", "id": 1, "ok": true, "text": "J\xf6rg"}\n',
    b"\xff\xfe\n",
]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_nothing_of_it_ends_the_half_that_talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    with Kiosk(tmp_path, None, {"web": {"enabled": False}}) as kiosk:
        act = kiosk.start("act", for_people=True)
        until(lambda: kiosk.answers("status"), 30)
        with socket.socket(socket.AF_UNIX) as sense:
            sense.connect(str(tmp_path / "run" / "link.sock"))
            sense.sendall(protocol.encode(hello(*LABELS)))
            until(lambda: kiosk.ask("mood", "happy").ok, 10)  # a decision is printed, with its “ and –
            for line in LINES:
                sense.sendall(line)
            with socket.socket(socket.AF_UNIX) as caller, caller.makefile("rb") as stream:
                caller.connect(str(tmp_path / "run" / "control.sock"))
                for attack in ATTACKS:
                    caller.sendall(attack + b"\n")
                    assert "ok" in json.loads(stream.readline())
            sense.sendall(protocol.encode(Reading(1.0, 1, 1, "happy", {"happy": 1.0}, 1.0, Quality(1.0, None, 99, 99))))
            assert kiosk.ask("status").ok
        assert act.stop() == 0
        assert any("play" in line for line in act.everything)
        assert not [line for line in act.log if "Traceback" in line or "left out" in line]
