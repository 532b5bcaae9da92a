"""Cameras one can drive: what they deliver, and when they fail, is decided from outside."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from moodkiosk.moods.frame import Frame
from moodkiosk.sense.camera.source import CameraError


class DrivenCamera:
    """A camera that delivers what is put into `pictures`: frames, errors, or functions to call before the next one."""

    description = "driven camera"

    def __init__(self) -> None:
        self.pictures: queue.Queue[Frame | CameraError | Callable[[], None]] = queue.Queue()
        self.deadlines: list[float] = []
        self.opened = 0
        self.closed = 0
        self.decoded = 0
        self._frame: Frame | None = None

    def open(self) -> DrivenCamera:
        """To be given to Capture."""
        self.opened += 1
        return self

    def grab(self, deadline_seconds: float) -> float:
        self.deadlines.append(deadline_seconds)
        while callable(item := self.pictures.get(timeout=30)):
            item()
        if isinstance(item, CameraError):
            raise item
        self._frame = item
        return item.at

    def frame(self) -> Frame:
        assert self._frame is not None
        self.decoded += 1
        return self._frame

    def close(self) -> None:
        self.closed += 1


class V4l2Double:
    """cv2.VideoCapture of a V4L2 device: after it was unplugged, it answers False at once, for ever, until reopened.

    As OpenCV does it, a format that the device lacks leaves it at the first it has, and BGR3 comes as one long row
    (OpenCV 4.11, V4L2_PIX_FMT_BGR24).

    Attributes:
        plugged: whether the device is there; what is opened while it is not, stays closed.
        formats: those it has, the one that OpenCV takes by itself first.
        format: the one it delivers.
    """

    def __init__(self, shape: tuple[int, ...] = (480, 640, 3), formats: tuple[str, ...] = ("MJPG", "YUYV")) -> None:
        self.plugged = True
        self.shape = shape
        self.formats, self.format = formats, formats[0]
        self.open_now = 0
        self.times_opened = 0

    def open(self, *_: object) -> V4l2Handle:
        """To be given to usb.Device as `open_capture`."""
        self.times_opened += 1
        return V4l2Handle(self, self.plugged)


class V4l2Handle:
    """One opening of the double."""

    def __init__(self, device: V4l2Double, good: bool) -> None:
        self._device = device
        self._good = good
        self._index = 0
        device.open_now += good

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._good

    def grab(self) -> bool:
        if not self._device.plugged:
            self._dead = True
        self._index += 1
        return self._good and not getattr(self, "_dead", False)

    def retrieve(self) -> tuple[bool, Any]:
        picture = np.full(self._device.shape, self._index % 256, np.uint8)
        return True, picture.reshape(1, -1) if self._device.format == "BGR3" else picture

    def get(self, prop: int) -> float:
        device = self._device
        return {
            cv2.CAP_PROP_FRAME_WIDTH: device.shape[1],
            cv2.CAP_PROP_FRAME_HEIGHT: device.shape[0],
            cv2.CAP_PROP_FPS: 30.0,
            cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*device.format),
        }[prop]

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_FOURCC:
            wanted = int(value).to_bytes(4, "little").decode("ascii")
            self._device.format = wanted if wanted in self._device.formats else self._device.formats[0]
        return True

    def release(self) -> None:
        self._device.open_now -= self._good
        self._good = False
