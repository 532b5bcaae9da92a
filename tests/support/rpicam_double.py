"""Plays `rpicam-vid`: takes its options and writes I420 pictures, with the faults that the real one has.

    python rpicam_double.py [--fault FAULT] [--after N] [--unit 64|128] [--picture FILE] [--offers WxH] -- OPTIONS…

After N good pictures the fault happens: stall, end, short, exit, garbage; slow waits 0.3 s before each picture;
nocamera and busy fail at once. Without a fault it goes on until SIGINT. What will stall is deaf to it from the start.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time

NO_CAMERA = "ERROR: *** no cameras available ***"
BUSY = "[0:04:11.123] [812] ERROR V4L2 v4l2_device.cpp:390: Pipeline handler in use by another process\n"
FAILED = "ERROR: *** failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10 ***"


def options() -> argparse.Namespace:
    """The double's own options, and those of rpicam-vid that the kiosk uses."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--fault", default="")
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--unit", type=int, default=64)
    parser.add_argument("--picture", default="")
    parser.add_argument("--offers", default="")
    parser.add_argument("-t", type=int, required=True)
    parser.add_argument("-n", action="store_true", required=True)
    parser.add_argument("--flush", action="store_true", required=True)
    parser.add_argument("--codec", choices=["yuv420"], required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--height", type=int, required=True)
    parser.add_argument("--framerate", type=float, required=True)
    parser.add_argument("-o", choices=["-"], required=True)
    return parser.parse_args()


def picture(width: int, height: int, unit: int, index: int) -> bytes:
    """A grey picture that brightens by one level with every `index`; what fills the rows up is noise."""
    stride = -(-width // unit) * unit
    y = (bytes([index % 256]) * width + os.urandom(stride - width)) * height
    uv = (bytes([128]) * (width // 2) + os.urandom((stride - width) // 2)) * (height // 2)
    return y + uv + uv


def main() -> int:
    given = options()
    # An exit and not a mark: a write that waits for the reader is only left by an exception.
    signal.signal(signal.SIGINT, signal.SIG_IGN if given.fault == "stall" else lambda *_: sys.exit(0))
    if given.fault in ("nocamera", "busy"):
        sys.stderr.write(NO_CAMERA if given.fault == "nocamera" else BUSY + FAILED)
        return 255
    width, height = given.width, given.height
    if given.offers:
        width, height = (int(number) for number in given.offers.split("x"))
    print(
        f"[0:04:11.9] [812]  INFO Camera camera.cpp:1197 configuring streams: (0) {width}x{height}-YUV420",
        file=sys.stderr,
    )
    fixed = b""
    if given.picture:
        with open(given.picture, "rb") as file:
            fixed = file.read()
    index = 0
    while True:
        data = fixed or picture(width, height, given.unit, index)
        if given.fault and given.fault != "slow" and index >= given.after:
            return fail(given.fault, data)
        time.sleep(0.3 if given.fault == "slow" else 1 / given.framerate)
        os.write(1, data[:1000])  # in pieces, as a pipe delivers them
        write_all(data[1000:])
        index += 1


def write_all(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


def fail(fault: str, data: bytes) -> int:
    """Does what goes wrong and returns the exit code."""
    if fault == "stall":
        signal.pause()  # the sensor hangs: not even SIGINT helps
    elif fault == "short":
        write_all(data[: len(data) // 3])
    elif fault == "exit":
        print("ERROR: *** Device timeout detected, attempting a restart!!! ***", file=sys.stderr)
        return 255
    elif fault == "garbage":
        while True:
            write_all(os.urandom(len(data)))
            time.sleep(0.02)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
