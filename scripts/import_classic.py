#!/usr/bin/env python3
"""Turns the classic project's data, `<label>.npy` with 1,020 numbers a sample, into recordings to train with."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodkiosk.sense.records.recording import Recording

try:
    from moodkiosk import cli
    from moodkiosk.config.arguments import DeskParser
    from moodkiosk.failure import EPILOG, Failure, UsageError
except ModuleNotFoundError:  # the system's Python: go on with the project's own
    os.execv(Path(__file__).parent / "_python", ["_python", *sys.argv])  # noqa: S606 - no shell is wanted


def arguments() -> argparse.Namespace:
    parser = DeskParser(prog="import_classic.py", description=__doc__, epilog=EPILOG)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the .npy files are")
    parser.add_argument("--aspect", required=True, metavar="W:H", help="width to height of the pictures, usually 4:3")
    parser.add_argument("--person", default="", metavar="NAME", help="who is in them; training splits by person")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the recordings")
    return parser.parse_args()


def main(args: argparse.Namespace) -> int:
    from moodkiosk.learn.collect import asking
    from moodkiosk.learn.data import classic, labels

    shape, person = classic.aspect(args.aspect), asking.person(args.person, None)
    imported: list[str] = []
    for found in classic.look_through(args.folder):
        if found.rows is None:
            print(f"{found.path.name}: skipped, {found.note}")
            continue
        path = save(classic.to_recording(found, shape, person), args.out)
        imported.append(found.label)
        print(f"{found.path.name}: {len(found.rows)} samples of {found.label!r} -> {path}")
        if found.note:
            print(f"{found.path.name}: note: {found.note}")
    if not imported:
        raise UsageError(f"nothing to import in {args.folder}")
    for trap in labels.traps([*imported, *asking.Earlier(args.out).labels]):
        print(f"note: {trap}")
    return 0


def save(made: Recording, folder: Path) -> Path:
    from moodkiosk.sense.records import recording

    try:
        folder.mkdir(parents=True, exist_ok=True)
        return recording.save(made, folder)
    except OSError as error:
        raise Failure(f"cannot write into {folder}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(cli.guarded(lambda: main(arguments()), "import_classic.py"))
