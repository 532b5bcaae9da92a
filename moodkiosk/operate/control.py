"""The commands that are put to the running kiosk: asks, and prints the answer."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths
from moodkiosk.link.control import NotRunning, ask
from moodkiosk.link.result import encode
from moodkiosk.moods.command import Result
from moodkiosk.operate import songs, status
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason

OTHER_NAMES = {"next": "skip", "volume": "volume_cap", "more-like": "more_like", "not-again": "not_again"}
"""Commands that people call otherwise than the kiosk does."""
VOLUME_STEP_PERCENT = 10


def main(args: argparse.Namespace) -> int:
    """`moodkiosk status|why|camera|…`: asks, prints the answer, 0 if it was "ok"."""
    settings = load.load(args.config, secrets=False)
    tag = reader(settings.kiosk.language)
    where = paths.control_socket(settings.paths)
    result = _asked(where, args, tag)
    if args.json:
        data = result.data if result.ok and result.data is not None else None
        print((encode(result) if data is None else msgspec.json.encode(data)).decode())
    elif not result.ok:
        if result.text:  # what there is all the same, such as a link
            print(translated(result.text, tag))
        print(f"moodkiosk: {translated(result.error or '', tag)}", file=sys.stderr)
    else:
        print(_readable(args.command, result, tag))
    return 0 if result.ok else 1


def _asked(where: Path, args: argparse.Namespace, tag: str) -> Result:
    if args.command in ("status", "why"):
        # A person wants to know now: what other people play is noticed before the answer. Programs that put "status"
        # to the socket by themselves, again and again, cause no look.
        ask(where, "look")
    if args.command == "forget":
        return _forget(where, args.value, args.recordings, tag)
    name = "recommendations" if args.command == "recommend" and args.list else args.command
    return ask(where, OTHER_NAMES.get(name, name), _value(where, args))


def _value(where: Path, args: argparse.Namespace) -> object:
    """What is asked for. Raises UsageError."""
    if args.command == "recommend":
        for name in ("language", "artist"):
            if getattr(args, name) is not None:
                _require(ask(where, name, getattr(args, name)))
        return {name: text for name in ("language", "artist", "genre") if (text := getattr(args, name))}
    if args.command == "not-again" and args.none:
        return ""
    if args.command == "not-again" and args.value is None:
        raise UsageError(Reason("cli.which_one"))
    if args.command == "volume":
        return _volume(where, args.value)
    return getattr(args, "value", None)


def _volume(where: Path, wanted: str) -> int:
    """The volume in percent; "up" and "down" are steps from what holds."""
    if wanted in ("up", "down"):
        found: Any = _require(ask(where, "status")).data
        step = VOLUME_STEP_PERCENT if wanted == "up" else -VOLUME_STEP_PERCENT
        return max(0, min(100, int(found["volume_cap"]) + step))
    if not (wanted.isascii() and wanted.isdecimal() and int(wanted) <= 100):
        raise UsageError(Reason("cli.volume_expected", given=repr(wanted)))
    return int(wanted)


def _forget(where: Path, person: str, folder: Path | None, tag: str) -> Result:
    """Forgets a person, "" for everybody: recordings here, and what the kiosk keeps, if one runs here.

    Recordings may lie on a desktop, where no kiosk ever runs.
    """
    from moodkiosk.learn.data import forget

    folders, erased = forget.folders(folder), False
    for found in folders:
        done = forget.forget_recordings(found, person)
        erased = erased or done.anything
        print(f"{found}: {translated(str(done), tag)}", file=sys.stderr)  # so that --json stays one object
    try:
        result = ask(where, "forget", person)
    except NotRunning:
        if not folders:
            raise
        error = None if erased or not person else Reason("order.no_recording", name=repr(person))
        return Result("forget", ok=error is None, error=error, text=Reason("order.nothing_else"))
    if not result.ok and erased:  # the kiosk knows nothing of somebody of whom there were recordings
        return Result("forget", ok=True, text=str(result.error))
    return result


def _require(result: Result) -> Result:
    if not result.ok:
        raise Failure(str(result.error))
    return result


def _readable(name: str, result: Result, tag: str) -> str:
    data: Any = result.data
    now = datetime.now().astimezone()
    if name == "why" and isinstance(data, list):
        return status.reasons(data, now, tag)
    if isinstance(data, list) and name != "why":
        return songs.readable(data, tag) or say(tag, "cli.nothing_to_choose")
    if name == "status" and isinstance(data, dict):
        return status.readable(data, now, tag)
    return translated(result.text, tag) if result.text else say(tag, "cli.done")
