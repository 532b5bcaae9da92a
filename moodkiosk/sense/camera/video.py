"""What OpenCV opens with FFmpeg: streams over a network, and video files. All deliver BGR."""

from __future__ import annotations

import contextlib
import math
import os
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

from moodkiosk.failure import UsageError
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.camera.pixels import CameraError, normal, turned
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.config.settings import CameraSettings
    from moodkiosk.sense.camera.pixels import Picture

SELECT_SECONDS = 2
"""How long OpenCV waits for a V4L2 device; its own default of 10 s would be longer than our deadlines."""

OPEN_MSEC, READ_MSEC = 5_000, 3_000
LEAP_SECONDS = 2.0
"""A film whose next picture seems to be later than this has a gap, or a wrong time stamp."""
CODECS = {"av01": "AV1 video", "hev1": "HEVC video", "hvc1": "HEVC video", "vvc1": "VVC video"}
"""Of films that people have and that OpenCV's FFmpeg may not decode, by their four letters (the MP4 Registration
Authority's, and FFmpeg's)."""


class VideoCapture(Protocol):
    """The part of cv2.VideoCapture that is used."""

    def isOpened(self) -> bool: ...  # noqa: D102, N802 - OpenCV's name
    def grab(self) -> bool: ...  # noqa: D102 - OpenCV's
    def retrieve(self) -> tuple[bool, Any]: ...  # noqa: D102 - OpenCV's
    def get(self, prop: int) -> float: ...  # noqa: D102 - OpenCV's
    def set(self, prop: int, value: float) -> bool: ...  # noqa: D102 - OpenCV's
    def release(self) -> None: ...  # noqa: D102 - OpenCV's


def opencv() -> Any:
    """The module cv2, told beforehand to be brief and quiet (it reads these variables when it is first used)."""
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(SELECT_SECONDS))
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    import cv2

    if "OPENCV_LOG_LEVEL" not in os.environ:  # read only when cv2 is loaded, and MediaPipe may have done that
        cv2.setLogLevel(0)  # LOG_LEVEL_SILENT: what is wrong is said by us, once
    return cv2


class Opened:
    """A cv2.VideoCapture that delivers."""

    order: Literal["rgb", "bgr"] = "bgr"

    def __init__(self, capture: VideoCapture) -> None:
        self._capture = capture

    def picture(self) -> Picture:
        """The picture that was grabbed last."""
        good, picture = self._capture.retrieve()
        if not good or picture is None:
            raise CameraError(Reason("video.undecodable"), "short")
        return picture  # type: ignore[no-any-return]  # cv2 has no types

    def close(self) -> None:
        """Releases the device."""
        self._capture.release()


class Stream(Opened):
    """A camera on a network."""

    def __init__(self, _: CameraSettings, url: str) -> None:
        """Opens it. Raises CameraError."""
        cv2 = opencv()
        parts = urlsplit(url)
        self._where = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"  # no password
        self.description = Reason("source.stream", where=self._where)
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MSEC]
        super().__init__(cv2.VideoCapture(url, cv2.CAP_FFMPEG, timeouts))
        if not self._capture.isOpened():
            self.close()
            raise CameraError(Reason("video.cannot_open", where=self._where), "gone")

    def grab(self, deadline_seconds: float) -> float:
        """Waits for the next picture; after a failure the capture is dead and has to be opened again."""
        del deadline_seconds  # FFmpeg has its own, given when it was opened
        asked = time.monotonic()
        if self._capture.grab():
            return time.monotonic()
        if time.monotonic() - asked < READ_MSEC / 1000 / 2:
            raise CameraError(Reason("video.ended", where=self._where), "end")
        raise CameraError(Reason("usb.silent", name=self._where, seconds=READ_MSEC // 1000), "stall")


class VideoFile(Opened):
    """A video file, read as fast as one likes.

    Attributes:
        frames_per_second: as the file says, 30 where it does not.
        total: how many frames there should be; None if the file does not know.
    """

    def __init__(self, path: Path) -> None:
        """Opens it. Raises UsageError: the file is what the operator named."""
        cv2 = opencv()
        # "file:" keeps FFmpeg from taking what stands before a colon for a protocol, and % for a counter.
        super().__init__(cv2.VideoCapture(f"file:{path}", cv2.CAP_FFMPEG))
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # telephones write how they were held
        if not self._capture.isOpened():
            raise UsageError(Reason("file.unreadable_video", path=str(path)))
        rate, total = (self._capture.get(p) for p in (cv2.CAP_PROP_FPS, cv2.CAP_PROP_FRAME_COUNT))
        self.frames_per_second = rate if 0.1 <= rate <= 1000 else 30.0
        self.total = int(total) if math.isfinite(total) and 0 < total < 1e9 else None
        self._times = FilmTimes(self.frames_per_second)
        self._grabbed = self._capture.grab()
        if not self._grabbed:
            codec = _letters(int(self._capture.get(cv2.CAP_PROP_FOURCC)))
            self.close()
            raise UsageError(Reason("file.unusable", path=str(path), reason=_undecodable(codec, path)))

    def next(self) -> float | None:
        """Grabs the next picture and returns its time in seconds from the first one's; None at the end."""
        if not self._grabbed and not self._capture.grab():
            return None
        self._grabbed = False
        return self._times.next(self._capture.get(opencv().CAP_PROP_POS_MSEC) / 1000)


class FilmTimes:
    """Time stamps of a film to times from its first picture's, which only go forward, whatever the stamps do."""

    def __init__(self, frames_per_second: float) -> None:
        self._step = 1.0 / frames_per_second
        self._first: float | None = None
        self._last = 0.0
        self._leapt: float | None = None

    def next(self, stamp: float) -> float:
        """The time of the next picture, in seconds; `stamp` is what the file says.

        Where it says nothing, or something earlier, a picture comes after the one before. So it does at a leap: the
        picture after it tells whether there is a gap, or one wrong stamp.
        """
        if self._first is None:
            self._first = stamp if math.isfinite(stamp) else 0.0
            return 0.0
        seconds, leapt, self._leapt = stamp - self._first, self._leapt, None
        if not (math.isfinite(seconds) and seconds > self._last):
            seconds = self._last + self._step
        elif seconds - self._last > LEAP_SECONDS and (leapt is None or seconds < leapt):
            self._leapt, seconds = seconds, self._last + self._step
        self._last = seconds
        return seconds


def _letters(fourcc: int) -> str:
    """A codec's four letters, as far as they are such."""
    text = fourcc.to_bytes(8, "little", signed=True)[:4].decode("ascii", "replace").strip("\0 ")
    return text if text.isprintable() and text.isascii() else ""


def _undecodable(codec: str, path: Path) -> str:
    if codec.lower() == "webp":  # FFmpeg's own decoder knows single pictures only
        return Reason("file.webp")
    name = CODECS.get(codec.lower(), codec)
    what = Reason("file.codec", name=name) if name else Reason("file.no_codec")
    line = f"ffmpeg -i {shlex.quote(path.name)} -c:v libx264 -an converted.mp4"
    return Reason("file.convert", what=what, line=line)


class Playback:
    """A video file as a camera: at its own pace, and "end" where it ends."""

    order: Literal["rgb", "bgr"] = "bgr"

    def __init__(self, _: CameraSettings, name: str) -> None:
        """Opens it. Raises UsageError."""
        self._file = VideoFile(Path(name))
        self._start: float | None = None
        self.description = Reason("source.film", name=name)
        self.close, self.picture = self._file.close, self._file.picture

    def grab(self, deadline_seconds: float) -> float:
        """Waits until the next picture is due."""
        seconds = self._file.next()
        if seconds is None:
            raise CameraError(Reason("video.over"), "end")
        now = time.monotonic()
        if self._start is None:
            self._start = now - seconds
        due = self._start + seconds
        if due > now:
            time.sleep(min(due - now, deadline_seconds))
        return max(due, now)


def frames(path: Path, *, mirrored: bool, rotate: int = 0) -> Iterator[Frame]:
    """The frames of a video in its own time, which starts at 0. Raises UsageError, before the first is asked for."""
    file = VideoFile(path)
    if file.next() is None:
        file.close()
        raise UsageError(Reason("file.no_picture", path=str(path)))
    return _frames(file, mirrored, rotate)


def _frames(file: VideoFile, mirrored: bool, rotate: int) -> Iterator[Frame]:
    seconds: float | None = 0.0
    try:
        while seconds is not None:
            with contextlib.suppress(CameraError):  # a damaged picture in the middle is left out
                yield Frame(turned(normal(file.picture(), "bgr"), rotate=rotate, mirrored=mirrored), seconds)
            seconds = file.next()
    finally:
        file.close()


def seconds(path: Path) -> float | None:
    """How long a video is; None if it does not say. Raises UsageError."""
    file = VideoFile(path)
    file.close()
    return None if file.total is None else file.total / file.frames_per_second
