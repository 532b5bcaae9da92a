"""`moodkiosk demo`: the whole kiosk on any machine: a drawn actor before the camera, a player that only says."""

from __future__ import annotations

import argparse
import contextlib
import math
import socket
import sys
import tempfile
from pathlib import Path

import yaml

from moodkiosk.failure import UsageError
from moodkiosk.operate.broker import private_broker
from moodkiosk.operate.run import supervise

# Short times, so that a minute shows everything; music that everybody knows by name.
DEMO: dict[str, object] = {
    "kiosk": {"id": "demo", "name": "Demo kiosk"},
    "camera": {"source": "actor"},
    "presence": {"leave_seconds": 3.0},
    "mood": {"window_seconds": 1.5, "refractory_seconds": 1.0},
    "music": {
        "player": "dry-run",
        "speaker": "Living room",
        "min_minutes_between_changes": 0,
        "quiet_hours": [],
        "moods": {
            "happy": {"play": ["Sunny side"]},
            "sad": {"search": "comforting piano"},
            "angry": {"play": ["Slow down"]},
            "surprise": {"play": ["Something new"]},
        },
        "taste": {"language": "English", "artist": ""},
    },
}


def main(args: argparse.Namespace) -> int:
    """Runs the demo until Ctrl-C, or for `--seconds`. Raises UsageError."""
    if args.seconds is not None and not 0 < args.seconds < math.inf:
        raise UsageError(f"--seconds: expected a number above 0, got {args.seconds:g}")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moodkiosk-demo-")))
        broker = stack.enter_context(private_broker())
        settings = DEMO | {
            "mqtt": {"host": broker.host, "port": broker.port, "protocol": broker.protocol},
            "web": {"port": _page_port()},
            "paths": {"runtime": str(folder / "run"), "state": str(folder / "state")},
        }
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        if not args.json:
            page = f"http://127.0.0.1:{settings['web']['port']}/"  # type: ignore[index]  # written above
            print(f"The kiosk's page: {page}")
            print(f"MQTT: {broker.name} on {broker.host}:{broker.port}, topics moodkiosk/demo/#")
            print("A drawn actor plays before the camera. Ctrl-C ends.", flush=True)
        options = ["--config", str(file)]
        return supervise([["act", *options, *(["--json"] if args.json else [])], ["sense", *options]], args.seconds)


def _page_port() -> int:
    """8080 if it is free, else any port that is."""
    for port in (8080, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    sys.exit("no free port on 127.0.0.1")
