"""Pulls the plug on scripts/install-pi: a disk of its own, copied as it is at any moment, is what a power cut leaves.

    unshare -m python -m tests.support.pulled_plugs FOLDER TIMES [SEED]

The tree lies on an ext4 in a file (needs root). What is in the file is what has reached the disk: the rest is in memory
only, and lost. Half of the cuts come the moment "Done" was said: then everything must be there. Half come at any moment
before: then installing again must make everything whole. Prints one JSON object a cut, and one in all.
"""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.small_debian import PROJECT, make_tree, what_is_wrong

DISK_MB = 160


@contextlib.contextmanager
def mounted(disk: Path, place: Path) -> Iterator[Path]:
    """The file system in `disk`."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", disk, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def new_disk(folder: Path) -> Path:
    """A disk with a small Debian on it."""
    disk = folder / "new.img"
    with disk.open("wb") as file:
        file.truncate(DISK_MB * 1024**2)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True)
    with mounted(disk, folder / "root") as root:
        (root / "lost+found").rmdir()
        make_tree(root)
    return disk


def copy_at_rest(disk: Path, copy: Path) -> None:
    """Copies a disk that the kernel may be writing to, until two copies are alike."""
    again = copy.with_suffix(".again")
    while True:
        for target in (copy, again):
            subprocess.run(["cp", "--sparse=always", disk, target], check=True)
        if filecmp.cmp(copy, again, shallow=False):
            again.unlink()
            return


def install(root: Path) -> subprocess.Popen[bytes]:
    """The installer, in a process group of its own."""
    command: list[str | Path] = [PROJECT / "scripts/install-pi", "--root", root]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0)


def run_until(process: subprocess.Popen[bytes], seconds: float | None) -> bytes:
    """What it says until "Done", until it ends, or until so many seconds are over."""
    assert process.stdout is not None
    begun, said = time.monotonic(), b""
    while b"Done." not in said:
        left = None if seconds is None else max(0.0, begun + seconds - time.monotonic())
        if not select.select([process.stdout], [], [], left)[0]:
            break
        if not (more := os.read(process.stdout.fileno(), 65536)):
            break
        said += more
    return said


def cut(folder: Path, new: Path, seconds: float | None) -> dict[str, object]:
    """One power cut, `seconds` after the beginning; None: the moment it has said "Done"."""
    wrong: list[str]
    disk, copy, root = folder / "disk.img", folder / "copy.img", folder / "root"
    shutil.copy(new, disk)
    with mounted(disk, root):
        process = install(root)
        said = run_until(process, seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGSTOP)
        copy_at_rest(disk, copy)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    done, wrong = b"Done." in said, []
    with mounted(copy, root):
        if not done:
            again = install(root)
            output, _ = again.communicate()
            wrong = [output.decode()[-300:]] if again.returncode else []
            wrong += [str(path) for path in (root / "opt").glob(".moodkiosk*")]
        wrong += [] if wrong else what_is_wrong(root)
    return {"seconds": seconds, "said_done": done, "wrong": wrong}


def main() -> int:
    folder, times = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
    new = new_disk(folder)
    whole, done, took = 0, 0, 0.0
    for number in range(times):
        begun = time.monotonic()
        # The first ends by itself, which shows how long it takes.
        seconds = None if number % 2 == 0 else chance.uniform(0.1, 0.95) * took
        found = cut(folder, new, seconds)
        took = took or time.monotonic() - begun
        whole += not found["wrong"]
        done += bool(found["said_done"])
        print(json.dumps(found), flush=True)
    print(json.dumps({"cuts": times, "after_done": done, "whole": whole}))
    return int(whole != times)


if __name__ == "__main__":
    sys.exit(main())
