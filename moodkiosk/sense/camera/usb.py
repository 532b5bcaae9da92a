"""A USB camera, or whatever else is a V4L2 device, opened by OpenCV."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.sense.camera.holder import holder_of
from moodkiosk.sense.camera.pixels import CameraError
from moodkiosk.sense.camera.video import SELECT_SECONDS, Opened, VideoCapture, opencv
from moodkiosk.words.reason import Reason, either

if TYPE_CHECKING:
    from moodkiosk.config.settings import CameraSettings
    from moodkiosk.sense.camera.pixels import Picture

FORMATS = ("MJPG", "YUYV", "UYVY", "YU12", "NV12")
"""What a camera is asked for, in this order: raw pictures of 640x480 hardly fit through USB 2, and left to itself
OpenCV takes BGR3 first, of which its version 4.11 makes no picture. Names as `v4l2-ctl --list-formats` shows them."""


def open_v4l2(name: str) -> VideoCapture:
    """A V4L2 device."""
    cv2 = opencv()
    capture: VideoCapture = cv2.VideoCapture(name, cv2.CAP_V4L2)
    return capture


class Device(Opened):
    """A V4L2 device."""

    def __init__(
        self, settings: CameraSettings, name: str, open_capture: Callable[[str], VideoCapture] = open_v4l2
    ) -> None:
        """Opens it and agrees with it on a format. Raises CameraError."""
        self._name = name
        if not Path(name).exists():  # looked for often while it is unplugged: OpenCV would take a while to say no
            raise CameraError(Reason("usb.absent", name=name), "absent")
        super().__init__(open_capture(name))
        if not self._capture.isOpened():
            self.close()
            raise why_not(name)
        cv2 = opencv()
        self._format = agreed(self._capture, settings)
        width, height = (int(self._capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        self._size = (width, height)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.description = Reason("source.usb", name=name, width=width, height=height, rate=round(rate))

    def grab(self, deadline_seconds: float) -> float:
        """Waits for the next picture; OpenCV gives up after SELECT_SECONDS whatever the deadline."""
        deadline = time.monotonic() + deadline_seconds
        while True:
            asked = time.monotonic()
            if self._capture.grab():
                return time.monotonic()
            if not Path(self._name).exists():
                raise CameraError(Reason("usb.gone", name=self._name), "gone")
            # A stalled device is waited for; one that was unplugged answers at once, for ever.
            if time.monotonic() - asked < SELECT_SECONDS / 2:
                raise CameraError(Reason("usb.nothing", name=self._name), "gone")
            if time.monotonic() >= deadline:
                raise CameraError(Reason("usb.silent", name=self._name, seconds=round(deadline_seconds)), "stall")

    def picture(self) -> Picture:
        """The picture that was grabbed last, of the size that was agreed on."""
        picture = super().picture()
        width, height = self._size
        if picture.shape[:2] != (height, width):
            known = {"name": self._name, "found": self._format, "shape": str(picture.shape)}
            raise CameraError(
                Reason("usb.format", **known, width=width, height=height, formats=either(*FORMATS)), "unusable"
            )
        return picture


def agreed(capture: VideoCapture, settings: CameraSettings) -> str:
    """Asks for the first of FORMATS that the camera has, in the configured size and rate; says which it is now.

    A driver takes the nearest size and rate it has. A camera with none of the formats is left as it is: whether OpenCV
    makes pictures of what it delivers is seen in the first one.
    """
    cv2 = opencv()
    now = ""
    for name in FORMATS:
        for prop, value in (
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*name)),
            (cv2.CAP_PROP_FRAME_WIDTH, settings.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
            (cv2.CAP_PROP_FPS, settings.frames_per_second),
            (cv2.CAP_PROP_BUFFERSIZE, 2),  # what waits in the driver grows stale
        ):
            capture.set(prop, value)  # one at a time: refused ones are left as they are
        now = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True).decode("ascii", "replace")
        if now == name:
            break
    return now


def why_not(name: str, open_node: Callable[[str, int], int] = os.open) -> CameraError:
    """Why a device that is there cannot be opened."""
    try:
        os.close(open_node(name, os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        if error.errno == errno.EACCES:
            return CameraError(Reason("usb.not_allowed", name=name), "unusable")
        if error.errno == errno.EPERM:  # cgroups(7), the device controller: not a matter of users and groups
            return CameraError(
                Reason("usb.came_later", name=name),
                "barred",
            )
        if error.errno in (errno.ENODEV, errno.ENXIO, errno.ENOENT):
            return CameraError(Reason("usb.empty", name=name), "gone")
    if holder := holder_of([name]):
        return CameraError(Reason("usb.in_use", name=name, by=holder), "busy")
    return CameraError(Reason("usb.cannot_open", name=name), "busy")
