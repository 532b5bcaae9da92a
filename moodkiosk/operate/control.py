"""The commands that are put to the running kiosk: asks, and prints the answer."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from moodkiosk.config import load
from moodkiosk.failure import Failure
from moodkiosk.host import paths
from moodkiosk.link.control import NotRunning, ask
from moodkiosk.moods import Result


def main(args: argparse.Namespace) -> int:
    """`moodkiosk status|why|camera|…`: asks, prints the answer, 0 if it was "ok"."""
    settings = load.load(args.config, secrets=False)
    where = paths.control_socket(settings.paths)
    value = getattr(args, "value", None)
    if args.command == "recommend":
        for name in ("language", "artist"):
            if getattr(args, name) is not None:
                _require(ask(where, name, getattr(args, name)))
        value = {name: text for name in ("language", "artist", "genre") if (text := getattr(args, name))}
    looked_for_recordings = False
    if args.command == "forget":
        from moodkiosk.learn.data import forget

        for folder in forget.folders(args.recordings):
            # Told on stderr, so that --json stays one object.
            print(forget.forget_recordings(folder, args.value), file=sys.stderr)
            looked_for_recordings = True
    if args.command in ("status", "why"):
        # A person wants to know now: what other people play is noticed before the answer. Programs that put "status"
        # to the socket by themselves, again and again, cause no look.
        ask(where, "look")
    try:
        result = ask(where, args.command, value)
    except NotRunning:
        if not looked_for_recordings:
            raise
        # Recordings may lie on a desktop, where no kiosk ever runs.
        result = Result("forget", ok=True, text="no kiosk is running here: nothing else was deleted")
    if args.json:
        print(msgspec.json.encode(result.data if result.ok and result.data is not None else result).decode())
    elif not result.ok:
        if result.text:  # what there is all the same, such as a link
            print(result.text)
        print(f"moodkiosk: {result.error}", file=sys.stderr)
    else:
        print(_readable(args.command, result))
    return 0 if result.ok else 1


def _require(result: Result) -> None:
    if not result.ok:
        raise Failure(str(result.error))


def _readable(name: str, result: Result) -> str:
    data: Any = result.data
    if name == "why" and isinstance(data, list):
        return "\n".join(f"{entry['at']}  {entry['text']}" for entry in data) or "nothing was decided yet"
    if name == "status" and isinstance(data, dict):
        return "\n".join(f"{key.replace('_', ' '):<16} {_show(value)}" for key, value in data.items())
    return result.text or "done"


def _show(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_show(inner)}" for key, inner in value.items())
    return str(value)
