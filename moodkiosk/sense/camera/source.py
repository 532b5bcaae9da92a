"""Cameras, all behind one narrow seam: wait for the next picture with a deadline, take it, close.

What is behind it (a child process, a V4L2 device, a file, the drawn actor) lives in `rpicam`, `usb`, `video` and
`stage`; here pictures become frames of one kind, whatever the source delivers: uint8 RGB, not mirrored.
"""

from __future__ import annotations

import logging
import re
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from moodkiosk.failure import UsageError
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.camera.pixels import CameraError as CameraError
from moodkiosk.sense.camera.pixels import normal, plausible, turned
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from moodkiosk.config.settings import CameraSettings
    from moodkiosk.sense.camera.pixels import Picture

DIRECTED = "actor:"
"""What the name of an actor begins with who does what a file says (`actor.cues`); the demo writes it."""
RATE_FRAMES = 100
"""The rate is compared with the wished one after this many pictures."""

log = logging.getLogger("moodkiosk.sense.camera")


class Source(Protocol):
    """What a camera is made of.

    Attributes:
        description: what it is and what it delivers, for people.
        order: order of the colours in its pictures.
    """

    order: Literal["rgb", "bgr"]

    @property
    def description(self) -> str: ...  # noqa: D102 - see above

    def grab(self, deadline_seconds: float) -> float:
        """Waits for the next picture and returns the monotonic time at which it came. Raises CameraError."""

    def picture(self) -> Picture:
        """The picture that was grabbed last, [height, width] or [height, width, channels]. Raises CameraError."""

    def close(self) -> None:
        """Releases the device; its light goes out."""


class Camera:
    """An open camera. Used by one thread at a time."""

    def __init__(
        self, source: Source, *, mirrored: bool = False, rotate: int = 0, wanted: CameraSettings | None = None
    ) -> None:
        """`mirrored`: the source delivers a mirror image, which is undone here; `rotate`: degrees to turn it clockwise.

        What differs from the size and rate in `wanted` is said in the log, once.
        """
        self._source = source
        self._mirrored, self._rotate = mirrored, rotate
        self._wanted = wanted
        self._at = self._first_at = 0.0
        self._grabbed = 0
        self._size: tuple[int, int] | None = None

    @property
    def description(self) -> str:
        """What it is and what it delivers, for people."""
        return self._source.description

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) in pixels, None before the first frame."""
        return self._size

    def grab(self, deadline_seconds: float) -> float:
        """Waits for the next picture without decoding it; returns its monotonic time. Raises CameraError."""
        self._at = self._source.grab(deadline_seconds)
        self._grabbed += 1
        if self._grabbed == 1:
            self._first_at = self._at
        elif self._grabbed == RATE_FRAMES:
            self._compare_rate()
        return self._at

    def frame(self) -> Frame:
        """The picture that was grabbed last, decoded. Raises CameraError."""
        rgb = plausible(normal(self._source.picture(), self._source.order))
        delivered = (rgb.shape[1], rgb.shape[0])
        rgb = turned(rgb, rotate=self._rotate, mirrored=self._mirrored)
        if self._size is None:
            self._size = (rgb.shape[1], rgb.shape[0])
            if self._wanted and delivered != (self._wanted.width, self._wanted.height):
                asked = f"{self._wanted.width}x{self._wanted.height}"
                log.info("the camera has no %s, going on with %dx%d", asked, *delivered)
        return Frame(rgb, self._at)

    def read(self, deadline_seconds: float) -> Frame:
        """The next frame. Raises CameraError."""
        self.grab(deadline_seconds)
        return self.frame()

    def close(self) -> None:
        """Releases the device; its light goes out. May be called more than once."""
        self._source.close()

    def _compare_rate(self) -> None:
        rate = (self._grabbed - 1) / max(self._at - self._first_at, 1e-6)
        if self._wanted and not 0.8 < rate / self._wanted.frames_per_second < 1.25:
            log.info("the camera delivers %.1f pictures a second, not %d", rate, self._wanted.frames_per_second)


def check(settings: CameraSettings, source: str | None = None) -> None:
    """Raises UsageError if the source is a mistake of the operator rather than a camera that is not there now."""
    name = source or settings.source
    if is_url(name):
        _check_network(settings)
    elif name not in ("rpicam", "actor") and not name.startswith("/dev/"):
        _check_file(_script(name) or Path(name))


def open_source(settings: CameraSettings, source: str | None = None) -> Camera:
    """Opens the camera that `source`, or else the configuration, names.

    "rpicam", "actor", "/dev/videoN", a video file, or a URL. Raises CameraError, and UsageError as `check` does.
    """
    check(settings, source)
    name = source or settings.source
    live = name == "rpicam" or name.startswith("/dev/")
    return Camera(
        _opener(name)(settings, name),
        mirrored=settings.mirrored and not is_actor(name),
        rotate=0 if is_actor(name) else settings.rotate,
        wanted=settings if live else None,
    )


def _opener(name: str) -> Callable[[CameraSettings, str], Source]:
    if name == "rpicam":
        from moodkiosk.sense.camera import rpicam

        return lambda settings, _: rpicam.Rpicam(settings)
    if is_actor(name):
        from moodkiosk.sense.actor.stage import Stage

        return lambda settings, name: Stage(settings, _script(name))
    if name.startswith("/dev/"):
        from moodkiosk.sense.camera import usb

        return usb.Device
    from moodkiosk.sense.camera import video

    if is_url(name):
        return video.Stream
    return video.Playback


def frames_of_file(path: Path, *, mirrored: bool = False, rotate: int = 0) -> Iterator[Frame]:
    """The frames of a video in its own time, which starts at 0. Raises UsageError if it cannot be read.

    They are turned as the file's own tag says (telephones write one), then by `rotate`, then unmirrored.

    The file is opened at once, so that a mistake shows before the first frame is asked for.
    """
    _check_file(path)
    from moodkiosk.sense.camera import video

    return video.frames(path, mirrored=mirrored, rotate=rotate)


def seconds_of_file(path: Path) -> float | None:
    """How long a video is, for a progress bar; None if it does not say. Raises UsageError if it cannot be read."""
    _check_file(path)
    from moodkiosk.sense.camera import video

    return video.seconds(path)


def is_actor(source: str) -> bool:
    """Whether the source is the drawn actor: "actor", or "actor:" and the file that says what the actor does."""
    return source == "actor" or source.startswith(DIRECTED)


def _script(source: str) -> Path | None:
    return Path(source.removeprefix(DIRECTED)) if source.startswith(DIRECTED) else None


def is_url(source: str) -> bool:
    """Whether the source is somewhere on a network."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", source) is not None


def _check_network(settings: CameraSettings) -> None:
    if not settings.allow_network:
        raise UsageError(Reason("source.network"))
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    except OSError:  # RestrictAddressFamilies= of the installed unit
        raise UsageError(Reason("source.no_network")) from None


def _check_file(path: Path) -> None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise UsageError(Reason("file.no_video", path=str(path)))
        path.open("rb").close()
    except OSError as error:
        raise UsageError(Reason("file.unusable", path=str(path), reason=system(error))) from None
