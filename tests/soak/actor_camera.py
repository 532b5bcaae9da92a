"""Plays `rpicam-vid` with the drawn actor before it, and fails as a file says, from one picture to the next.

    python actor_camera.py FILE OPTIONS…

FILE holds one word: "" (all is well), empty (nobody is there), stall, end, short, exit, or nocamera.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from moodkiosk.sense.actor.actor import Scene
from moodkiosk.sense.actor.drawn.room import room

Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def main() -> int:
    control = Path(sys.argv[1])
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--height", type=int, required=True)
    parser.add_argument("--framerate", type=float, required=True)
    given, _ = parser.parse_known_args(sys.argv[2:])
    over = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: over.set())
    noise = np.random.default_rng(1)
    scene = Scene(size=(given.width, given.height), mood_seconds=4.0, away_seconds=6.0)
    while not over.wait(1 / given.framerate):
        fault = control.read_text(encoding="ascii").strip()
        if fault in ("exit", "nocamera"):
            print(
                "ERROR: *** no cameras available ***" if fault == "nocamera" else "ERROR: *** broke ***",
                file=sys.stderr,
            )
            return 255
        if fault == "end":
            return 0
        if fault == "stall":
            threading.Event().wait()
        data = i420(empty(noise, given.width, given.height) if fault == "empty" else scene.picture_at(time.monotonic()))
        write_all(data[: len(data) // 2] if fault == "short" else data)
        if fault == "short":
            return 0
    return 0


def empty(noise: np.random.Generator, width: int, height: int) -> Picture:
    """The room, with the noise of a real sensor: a picture that never changes is a fault."""
    return cv2.add(room((width, height)), noise.integers(0, 4, (height, width, 3), np.uint8))  # type: ignore[no-any-return]


def i420(rgb: Picture) -> bytes:
    """The picture as the camera writes it, for widths that need no padding."""
    y, cr, cb = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb))
    half = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    return b"".join((y.tobytes(), cv2.resize(cb, half).tobytes(), cv2.resize(cr, half).tobytes()))


def write_all(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
