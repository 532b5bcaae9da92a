"""Cuts the power a thousand times: a child writes without pause and is killed at any moment; what lies there is read.

    python power_cuts.py FOLDER TIMES

Prints one JSON object: how often the file was whole, how many different contents were seen, and how many lines were
lost (a content that is older than one that was known to be written).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from moodkiosk.host.files import write_atomic

LETTERS = 3000
"""More than a page, so that a write could be cut in two."""


def content(number: int) -> bytes:
    return json.dumps({"number": number, "text": chr(97 + number % 26) * LETTERS}).encode()


def write_for_ever(path: Path, number: int, done: int) -> None:
    """Writes, and says after each write that it is done."""
    while True:
        number += 1
        write_atomic(path, content(number))
        os.write(done, number.to_bytes(8, "big"))


def seconds_of_a_write(path: Path) -> float:
    """The shortest of twenty: all waits are counted in it, and one write that was held up must not stretch them."""
    took = []
    for _ in range(20):
        began = time.monotonic()
        write_atomic(path, content(0))
        took.append(time.monotonic() - began)
    return min(took)


def main() -> int:
    path, times = Path(sys.argv[1]) / "state.json", int(sys.argv[2])
    chance = random.Random(7)
    write_seconds = seconds_of_a_write(path)
    whole, lost, known, seen = 0, 0, 0, set()
    for _ in range(times):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            write_for_ever(path, known, writing)
        os.close(writing)
        # Every other time in the first write, else in one of those after it.
        said = os.read(reading, 8) if chance.random() < 0.5 else b""
        time.sleep(chance.uniform(0.1, 3) * write_seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while piece := os.read(reading, 65536):
            said += piece
        os.close(reading)
        known = int.from_bytes(said[-8:], "big") if said else known
        raw = path.read_bytes()
        number = json.loads(raw)["number"]
        whole += raw == content(number)
        lost += number < known
        seen.add(number)
        known = number
    left = len(list(path.parent.iterdir())) - 1
    print(json.dumps({"cuts": times, "whole": whole, "lost": lost, "contents": len(seen), "left_beside": left}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
