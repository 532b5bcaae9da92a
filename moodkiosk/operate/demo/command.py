"""`moodkiosk demo`: the whole kiosk on any machine: a drawn actor, and music that is only said, or heard."""

from __future__ import annotations

import argparse
import contextlib
import math
import tempfile
from pathlib import Path

import yaml

from moodkiosk.config.languages import reader
from moodkiosk.failure import UsageError
from moodkiosk.operate.broker import private_broker
from moodkiosk.operate.demo.booth import Booth
from moodkiosk.operate.demo.sound import free_port, speaker
from moodkiosk.operate.run import supervise
from moodkiosk.words.language import say
from moodkiosk.words.reason import Reason

PORT = 8080
SLOWEST = 20
# Short times, so that a minute shows everything; music that everybody knows by name.
MUSIC: dict[str, object] = {
    "player": "dry-run",
    "speaker": "Living room",
    "min_minutes_between_changes": 0,
    "after_seconds": 1,
    "quiet_hours": [],
    "moods": {
        "happy": {"play": ["Sunny side"]},
        "sad": {"search": "comforting piano"},
        "angry": {"play": ["Slow down"]},
        "surprise": {"play": ["Something new"]},
    },
    "taste": {"language": "English", "artist": ""},
}
DEMO: dict[str, object] = {
    "kiosk": {"id": "demo", "name": "Demo kiosk"},
    "presence": {"leave_seconds": 3.0},
    "mood": {"settle_seconds": 1.0, "refractory_seconds": 1.0},
    "music": MUSIC,
}
WITH_SOUND: dict[str, object] = {
    # Nothing of one's own: each mood is searched for, and finds the piece that was composed for it.
    "music": {**MUSIC, "player": "mpd", "speaker": "this machine", "moods": {}},
}


def main(args: argparse.Namespace) -> int:
    """Runs the demo until Ctrl-C, or for `--seconds`. Raises UsageError."""
    if args.seconds is not None and not 0 < args.seconds < math.inf:
        raise UsageError(Reason("signin.seconds", given=args.seconds))
    if not 1 <= args.slower <= SLOWEST:
        raise UsageError(Reason("tour.slower", most=SLOWEST, given=args.slower))
    tag = reader()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moodkiosk-demo-")))
        broker = stack.enter_context(private_broker())
        # The page with the actor has the port that people know; the kiosk's own page is in a frame on it.
        booth = stack.enter_context(Booth(folder / "play.json", PORT, kiosk_port := free_port(), args.slower))
        sound: dict[str, object] = {}
        if args.sound is not None:
            if not args.json:
                print(say(tag, "tour.composing"), flush=True)
            sound = stack.enter_context(speaker(folder / "mpd", Path(args.sound) if args.sound else None)) | WITH_SOUND
        settings = (
            DEMO
            | sound
            | {
                "camera": {"source": f"actor:{folder / 'play.json'}"},
                "mqtt": {"host": broker.host, "port": broker.port, "protocol": broker.protocol},
                "web": {"port": kiosk_port, "framed_by": booth.origins},
                "paths": {"runtime": str(folder / "run"), "state": str(folder / "state")},
            }
        )
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        if not args.json:
            print(say(tag, "tour.open", address=f"{booth.origins[0]}/"))
            print(say(tag, "tour.page", address=f"http://127.0.0.1:{kiosk_port}/"))
            print(say(tag, "tour.broker", name=broker.name, where=f"{broker.host}:{broker.port}"))
            print(say(tag, "tour.end"), flush=True)
        options = ["--config", str(file)]
        return supervise(
            [["act", *options, *(["--json"] if args.json else [])], ["sense", *options]], args.seconds, tag
        )
