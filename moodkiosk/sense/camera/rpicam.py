"""The Raspberry Pi's camera, through a child process that can be killed: `rpicam-vid`, or the older `libcamera-vid`.

libcamera's own Python binding is tied to the system's Python, and its capture is known to block for ever
(raspberrypi/picamera2#794, #1004). The child writes I420 pictures back to back, without any header: Y
(stride x height), U and V (stride/2 x height/2 each), in full-range BT.601.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from moodkiosk.sense.camera.holder import cameras, holder_of
from moodkiosk.sense.camera.pixels import CameraError
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from moodkiosk.config.settings import CameraSettings
    from moodkiosk.moods.frame import Image

COMMANDS = ("rpicam-vid", "libcamera-vid")
MODEL = Path("/proc/device-tree/model")
PIPE_BYTES = 1 << 20
"""Room for two pictures, so that the child hands one over in one go; the most that a plain user may ask for."""
STOP_SECONDS = 0.7
ERROR_BYTES = 8192

DIE_WITH_PARENT = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG of linux/prctl.h
try:
    os.execvp(sys.argv[1], sys.argv[1:])
except OSError as error:
    sys.exit(f"ERROR: *** {sys.argv[1]} cannot be started: {error.strerror} ***")
"""

# What rpicam-apps and libcamera say on stderr.
SIZE = re.compile(rb"configuring streams: \(0\) (\d+)x(\d+)-YUV420")
ERROR = re.compile(r"ERROR: \*\*\* (.*?) \*\*\*")
BUSY = ("in use by another process", "failed to acquire camera", "device or resource busy")
GONE = ("no cameras available",)


def stride_px(width: int, model: str) -> int:
    """Length of a row in memory: rounded up to 128 on the Pi 5 and its relatives, to 64 on all before."""
    unit = 128 if re.search(r"Raspberry Pi (5|500|Compute Module 5)\b", model) else 64
    return -(-width // unit) * unit


def rgb_of_i420(data: memoryview, width: int, height: int, stride: int) -> Image:
    """One I420 picture as uint8 RGB [height, width, 3].

    OpenCV's own I420 conversion takes the numbers for limited range (16 to 235) and would be 8 levels off.
    """
    import cv2
    import numpy as np

    flat = np.frombuffer(data, np.uint8)
    luma, chroma = stride * height, (stride // 2) * (height // 2)
    planes = [flat[:luma].reshape(height, stride)[:, :width]]
    for start in (luma + chroma, luma):  # Cr is V, Cb is U
        half = flat[start : start + chroma].reshape(height // 2, stride // 2)[:, : width // 2]
        planes.append(cv2.resize(half, (width, height), interpolation=cv2.INTER_NEAREST))
    rgb: Image = cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB)
    return rgb


class Rpicam:
    """The camera at the ribbon cable."""

    order: Literal["rgb", "bgr"] = "rgb"

    def __init__(self, settings: CameraSettings, model: str | None = None) -> None:
        """Starts the child; `model` is the Pi's, as it says itself. Raises CameraError."""
        self._width, self._height = settings.width, settings.height
        self._model = _read_model() if model is None else model
        self._errors = b""
        command = [
            *_dying_with_us(), _command(settings), "-t", "0", "-n", "--flush", "--codec", "yuv420",
            "--width", str(self._width), "--height", str(self._height),
            "--framerate", str(settings.frames_per_second), "-o", "-",
        ]  # fmt: skip
        self._rate = settings.frames_per_second
        try:
            self._child = subprocess.Popen(
                command,
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "LIBCAMERA_LOG_NO_COLOR": "1"},
                process_group=0,  # Ctrl-C on a terminal is ours to handle
            )
        except OSError as error:
            raise CameraError(
                Reason("picam.not_started", program=_command(settings), reason=system(error)), "unusable"
            ) from None
        assert self._child.stdout is not None
        assert self._child.stderr is not None
        self._pictures, self._complaints = self._child.stdout.fileno(), self._child.stderr.fileno()
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._pictures, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._buffer = bytearray()
        self._delivered = False
        self._open_eyes = [self._pictures, self._complaints]

    @property
    def description(self) -> str:
        """What it is and what it delivers."""
        return Reason("source.picam", width=self._width, height=self._height, rate=self._rate)

    def grab(self, deadline_seconds: float) -> float:
        """Waits until a whole picture has come. Raises CameraError, and then the child is of no more use."""
        deadline = time.monotonic() + deadline_seconds
        filled = 0
        while not filled or filled < len(self._buffer):
            left = deadline - time.monotonic()
            ready = select.select(self._open_eyes, [], [], max(left, 0.0))[0] if left > 0 else []
            if not ready:
                raise CameraError(self._with_reason(Reason("picam.silent", seconds=round(deadline_seconds))), "stall")
            if self._complaints in ready:
                self._listen()
            if self._pictures in ready:
                filled += self._receive(filled)
        self._delivered = True
        return time.monotonic()

    def picture(self) -> Image:
        """The picture that was grabbed last."""
        stride = stride_px(self._width, self._model)
        return rgb_of_i420(memoryview(self._buffer), self._width, self._height, stride)

    def close(self) -> None:
        """Ends the child: kindly, and if it does not hear, by force."""
        if self._child.stdout is None or self._child.stdout.closed:
            return
        with contextlib.suppress(ProcessLookupError):
            self._child.send_signal(signal.SIGINT)
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()

    def _receive(self, filled: int) -> int:
        if not self._buffer:  # by now the child has said which size it really delivers
            stride = stride_px(self._width, self._model)
            self._buffer = bytearray(stride * self._height + 2 * (stride // 2) * (self._height // 2))
        count = os.readv(self._pictures, [memoryview(self._buffer)[filled:]])
        if count == 0:
            raise self._ended(filled)
        return count

    def _listen(self) -> None:
        """Takes what the child says on stderr; the last few kilobytes are kept for error messages."""
        said = os.read(self._complaints, 65536)
        if not said:
            self._open_eyes.remove(self._complaints)
        self._errors = (self._errors + said)[-ERROR_BYTES:]
        if not self._buffer and (size := SIZE.search(self._errors)):
            self._width, self._height = int(size[1]), int(size[2])

    def _ended(self, filled: int) -> CameraError:
        """Why the stream of pictures has ended."""
        while self._complaints in self._open_eyes and select.select([self._complaints], [], [], 0.3)[0]:
            self._listen()
        said = self._errors.decode("utf-8", "replace").lower()
        # A camera that has delivered is there, and was free.
        if not self._delivered and any(sign in said for sign in BUSY):
            holder = holder_of(cameras()) or Reason("picam.another_program")
            return CameraError(Reason("picam.in_use", by=holder), "busy")
        if not self._delivered and any(sign in said for sign in GONE):
            return CameraError(Reason("picam.absent"), "gone")
        if filled:
            return CameraError(self._with_reason(Reason("picam.cut")), "short")
        try:
            code: int | None = self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        return CameraError(
            self._with_reason(Reason("picam.ended") if code in (0, None) else Reason("picam.ended_with", code=code)),
            "end",
        )

    def _with_reason(self, what: Reason) -> Reason:
        found = ERROR.findall(self._errors.decode("utf-8", "replace"))
        if found:
            return Reason("picam.said", what=what, reason=found[-1])
        return Reason("picam.is", what=what)


def _command(settings: CameraSettings) -> str:
    """The program to start. Raises CameraError if there is none."""
    for name in (settings.rpicam_command,) if settings.rpicam_command else COMMANDS:
        if found := shutil.which(name):
            return found
    missing = settings.rpicam_command or COMMANDS[0]
    raise CameraError(Reason("picam.no_program", program=missing), "unusable")


def _dying_with_us() -> list[str]:
    """If this process is killed, a stalled child would keep the camera for ever.

    Not util-linux's setpriv: it sets its capabilities anew, which the sandbox of the unit does not allow.
    """
    return [sys.executable, "-ISc", DIE_WITH_PARENT]


def _read_model() -> str:
    try:
        return MODEL.read_text(encoding="utf-8", errors="replace").rstrip("\0")
    except OSError:
        return ""
