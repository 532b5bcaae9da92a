"""The command line's way to the running kiosk: one JSON line to act's control socket, one back (contract 6)."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec

from moodkiosk.cli import Failure
from moodkiosk.config import load
from moodkiosk.host import paths
from moodkiosk.link import LINE_LIMIT_BYTES
from moodkiosk.moods import Result

ANSWER_SECONDS = 30.0
"""The longest a command may take: a calibration looks for 5 seconds, a speaker may need 20."""


class NotRunning(Failure):
    """No kiosk answers."""


def ask(path: Path, name: str, value: object = None, timeout: float = ANSWER_SECONDS) -> Result:
    """Puts a command to the kiosk whose control socket is at `path`.

    Raises NotRunning when no kiosk answers there, Failure when it may not be asked or does not answer well.
    """
    request = json.dumps({"command": name, "value": value}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(path))
            connection.sendall(request)
            with connection.makefile("rb") as stream:
                line = stream.readline(LINE_LIMIT_BYTES)
    except (FileNotFoundError, ConnectionRefusedError):
        raise NotRunning(
            "the kiosk is not running (start it: 'moodkiosk run', or 'systemctl start moodkiosk.target')"
        ) from None
    except PermissionError:
        raise Failure(f"not allowed to talk to the kiosk at {path}: join the group 'moodkiosk', or use sudo") from None
    except TimeoutError:
        raise Failure(f"the kiosk did not answer within {timeout:g} s") from None
    except OSError as error:
        raise Failure(f"cannot talk to the kiosk at {path}: {error}") from None
    try:
        return msgspec.json.decode(line, type=Result)
    except msgspec.MsgspecError:
        raise Failure("the kiosk's answer was cut off; is it stopping?") from None


def main(args: argparse.Namespace) -> int:
    """`moodkiosk status|why|camera|…`: asks, prints the answer, 0 if it was "ok"."""
    settings = load.load(args.config, secrets=False)
    where = paths.control_socket(settings.paths)
    if args.command == "recommend":
        for name in ("language", "artist"):
            if getattr(args, name) is not None:
                _require(ask(where, name, getattr(args, name)))
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
        result = ask(where, args.command, getattr(args, "value", None))
    except NotRunning:
        if not looked_for_recordings:
            raise
        # Recordings may lie on a desktop, where no kiosk ever runs.
        result = Result("forget", ok=True, text="no kiosk is running here: nothing else was deleted")
    if args.json:
        print(msgspec.json.encode(result.data if result.ok and result.data is not None else result).decode())
    elif not result.ok:
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
