"""Cameras that OpenCV opens: files, V4L2 devices and streams; and what becomes of their pictures."""

from __future__ import annotations

import errno
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest

from moodkiosk.config.settings import CameraSettings
from moodkiosk.failure import UsageError
from moodkiosk.sense.camera import holder, pixels, source, usb
from moodkiosk.sense.camera.source import CameraError
from moodkiosk.sense.camera.video import FilmTimes
from tests.support.mjpeg import Stream, serve_garbage
from tests.support.unplugged import V4l2Double
from tests.support.wait import until

RED, GREEN = (255, 0, 0), (0, 255, 0)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Ten pictures, left half red and right half green, at 10 a second."""
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, :32], picture[:, 32:] = RED[::-1], GREEN[::-1]
    for _ in range(10):
        writer.write(picture)
    writer.release()
    return path


def test_a_file_is_read_in_its_own_time(film: Path) -> None:
    frames = list(source.frames_of_file(film))
    assert [round(frame.at, 3) for frame in frames] == [round(index / 10, 3) for index in range(10)]
    assert frames[0].rgb.shape == (48, 64, 3)
    assert np.abs(frames[0].rgb[24, 8].astype(int) - RED).max() < 16  # JPEG is not exact
    assert source.seconds_of_file(film) == pytest.approx(1.0)


def test_only_we_say_that_a_camera_is_missing(capfd: pytest.CaptureFixture[str]) -> None:
    # cv2 was loaded before anybody told it to be quiet, as MediaPipe does it.
    with pytest.raises(CameraError, match="is the camera plugged in"):
        usb.Device(CameraSettings(), "/dev/video-nowhere")
    assert capfd.readouterr().err == ""


def test_a_mirror_image_is_turned_back(film: Path) -> None:
    frame = next(source.frames_of_file(film, mirrored=True))
    assert np.abs(frame.rgb[24, 8].astype(int) - GREEN).max() < 16
    live = source.open_source(CameraSettings(mirrored=True), str(film))
    assert np.abs(live.read(5).rgb[24, 8].astype(int) - GREEN).max() < 16
    live.close()


CORNERS = {0: "RRG", 90: "RBR", 180: "BGR", 270: "GRB"}
"""Colours of a film's upper left, lower left and upper right corner, by how far it is turned clockwise."""


def corners(rgb: pixels.Picture) -> str:
    return "".join("RGB"[int(rgb[y, x].argmax())] for y, x in ((4, 4), (-5, 4), (4, -5)))


@pytest.fixture
def three_colours(tmp_path: Path) -> Path:
    """A film whose left half is red, its upper right quarter green and its lower right one blue."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, :32], picture[:24, 32:], picture[24:, 32:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    path = tmp_path / "colours.mp4"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "64x48", "-r", "10", "-i", "-"]
    ffmpeg(*raw, "-pix_fmt", "yuv420p", str(path), given=picture.tobytes() * 5)
    return path


def ffmpeg(*arguments: str, given: bytes = b"") -> None:
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *arguments], input=given, check=True)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_pictures_are_turned_clockwise_as_the_configuration_says(
    three_colours: Path, rotate: Literal[0, 90, 180, 270]
) -> None:
    live = source.open_source(CameraSettings(rotate=rotate), str(three_colours)).read(5).rgb
    replayed = next(source.frames_of_file(three_colours, rotate=rotate)).rgb
    for rgb in (live, replayed):
        assert corners(rgb) == CORNERS[rotate]
        assert rgb.shape == ((64, 48, 3) if rotate in (90, 270) else (48, 64, 3))


@pytest.mark.parametrize("tag", [90, 180, 270])
def test_a_film_is_turned_as_its_own_tag_says_live_and_in_a_replay(three_colours: Path, tag: int) -> None:
    tagged = three_colours.with_name("tagged.mp4")
    ffmpeg("-i", str(three_colours), "-c", "copy", "-metadata:s:v:0", f"rotate={tag}", str(tagged))
    still = three_colours.with_name("still.png")
    ffmpeg("-i", str(tagged), "-frames:v", "1", str(still))  # as a player shows it
    shown = corners(cv2.cvtColor(cv2.imread(str(still)), cv2.COLOR_BGR2RGB))
    if shown == CORNERS[0]:
        pytest.skip("this ffmpeg writes no such tag")
    assert corners(source.open_source(CameraSettings(), str(tagged)).read(5).rgb) == shown
    assert corners(next(source.frames_of_file(tagged)).rgb) == shown
    turned = next(turn for turn, found in CORNERS.items() if found == shown)
    assert corners(next(source.frames_of_file(tagged, rotate=360 - turned)).rgb) == CORNERS[0]


def test_real_clips_are_read_to_their_end(extra: Path) -> None:
    for clip in sorted((extra / "data" / "clips").glob("*.mkv")):
        times = [frame.at for frame in source.frames_of_file(clip)]
        assert len(times) > 30
        assert (np.diff(times) > 0).all()
        assert times[-1] == pytest.approx((source.seconds_of_file(clip) or 0) - 1 / 30, abs=0.05)


@pytest.mark.parametrize("content", [None, b"", b"RIFF and then nothing", os.urandom(4096)])
def test_what_is_no_video_is_the_operators_mistake_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    for ask in (source.frames_of_file, source.seconds_of_file):
        with pytest.raises(UsageError) as caught:
            ask(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["12:30.avi", "50%.avi", "img%03d.avi", "http:x.avi", "-x.avi", "a b 'c'.avi"])
def test_a_film_may_have_any_name(film: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    film.rename(film.with_name(name))
    monkeypatch.chdir(film.parent)
    for path in (Path(name), film.with_name(name)):
        assert len(list(source.frames_of_file(path))) == 10
        assert source.seconds_of_file(path) == pytest.approx(1.0)


@pytest.mark.needs("ffmpeg")
@pytest.mark.parametrize(
    ("name", "codec", "said"),
    [
        ("film.mp4", "libsvtav1", "AV1 video cannot be decoded here; convert it: ffmpeg -i film.mp4 -c:v libx264 -an"),
        ("film.webp", "libwebp_anim", "animated WebP cannot be decoded here; make it an MP4"),
    ],
)
def test_a_film_that_cannot_be_decoded_says_what_is_missing_and_what_to_do(
    tmp_path: Path, name: str, codec: str, said: str
) -> None:
    path = tmp_path / name
    command = ["ffmpeg", "-v", "quiet", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=5:duration=1", "-c:v", codec]
    if subprocess.run([*command, str(path)], capture_output=True, check=False).returncode:
        pytest.skip(f"this ffmpeg has no {codec}")
    for ask in (source.frames_of_file, source.seconds_of_file, lambda p: source.open_source(CameraSettings(), str(p))):
        with pytest.raises(UsageError) as caught:
            ask(path)
        assert str(caught.value).startswith(f"{path}: {said}")


def times(stamps: Iterable[float]) -> list[float]:
    """What a film of ten pictures a second with these time stamps is read as."""
    film_times = FilmTimes(10)
    return [round(film_times.next(stamp), 3) for stamp in stamps]


@pytest.mark.parametrize("wrong", [2400.0, 5.0, -5.0, 0.0, math.inf, math.nan, 1e300])
@pytest.mark.parametrize("place", [1, 4, 9])
def test_one_wrong_time_stamp_moves_the_film_by_a_picture_at_most(wrong: float, place: int) -> None:
    stamps = [number / 10 for number in range(10)]
    stamps[place] = wrong
    found = times(stamps)
    assert found == pytest.approx([number / 10 for number in range(10)], abs=0.11)
    assert (np.diff(found) > 0).all()


def test_a_gap_in_a_film_is_kept_and_a_film_without_times_has_the_pace_it_says() -> None:
    assert times([0, 0.1, 60.2, 60.3, 60.4]) == [0, 0.1, 0.2, 60.3, 60.4]
    assert times([0, 0, 0, 0]) == [0, 0.1, 0.2, 0.3]
    assert times([7.0, 7.1, 7.3]) == [0, 0.1, 0.3]


def test_neither_a_pipe_nor_a_folder_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UsageError, match="is not a video file"):
            source.open_source(CameraSettings(), str(path))


def test_a_file_cut_off_in_the_middle_gives_what_it_has(film: Path) -> None:
    film.write_bytes(film.read_bytes()[: film.stat().st_size * 3 // 4])
    assert 0 < len(list(source.frames_of_file(film))) < 10


def test_a_file_as_camera_plays_at_its_own_pace_and_ends(film: Path) -> None:
    live = source.open_source(CameraSettings(), str(film))
    times = [live.read(5).at for _ in range(10)]
    assert times[-1] - times[0] == pytest.approx(0.9, abs=1e-6) or times[-1] - times[0] > 0.9  # later, never sooner
    with pytest.raises(CameraError, match="ended") as caught:
        live.read(5)
    live.close()
    assert caught.value.kind == "end"


COLOUR = np.full((4, 6, 3), (10, 20, 30), np.uint8)


@pytest.mark.parametrize(
    ("picture", "order", "pixel"),
    [
        (COLOUR, "rgb", (10, 20, 30)),
        (COLOUR, "bgr", (30, 20, 10)),
        (COLOUR[:, ::-1], "rgb", (10, 20, 30)),
        (COLOUR[:, :, 0], "bgr", (10, 10, 10)),
        (COLOUR[:, :, :1], "bgr", (10, 10, 10)),
        (np.dstack([COLOUR, COLOUR[:, :, :1]]), "rgb", (10, 20, 30)),
        (np.dstack([COLOUR, COLOUR[:, :, :1]]), "bgr", (30, 20, 10)),
        (COLOUR.astype(np.uint16) << 8, "rgb", (10, 20, 30)),
        (COLOUR / 255, "rgb", (10, 20, 30)),
        (np.ones((4, 6), bool), "rgb", (255, 255, 255)),
    ],
)
def test_every_kind_of_picture_becomes_the_same_kind(
    picture: pixels.Picture, order: str, pixel: tuple[int, int, int]
) -> None:
    rgb = pixels.normal(picture, "rgb" if order == "rgb" else "bgr")
    assert rgb.dtype == np.uint8
    assert rgb.shape == (4, 6, 3)
    assert rgb.flags["C_CONTIGUOUS"]
    assert tuple(rgb[2, 2]) == pixel


@pytest.mark.parametrize(
    "picture", [np.zeros((0, 0, 3), np.uint8), np.zeros((4, 6, 2), np.uint8), np.zeros(9), np.zeros((4, 6), complex)]
)
def test_what_is_no_picture_is_refused(picture: pixels.Picture) -> None:
    with pytest.raises(CameraError) as caught:
        pixels.normal(picture, "rgb")
    assert caught.value.kind == "unusable"


def test_a_usb_camera_takes_the_nearest_size_it_has_and_says_so(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("INFO")
    settings = CameraSettings(source="/dev/video0", width=640, height=480)
    device = usb.Device(settings, str(tmp_path), V4l2Double((720, 1280, 3)).open)
    opened = source.Camera(device, wanted=settings)
    assert opened.read(1).rgb.shape == (720, 1280, 3)
    assert "has no 640x480, going on with 1280x720" in caplog.text


class Paced:
    """A camera that delivers so many pictures a second."""

    order: Literal["rgb", "bgr"] = "rgb"
    description = "paced camera"

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz, self._count = rate_hz, 0

    def grab(self, deadline_seconds: float) -> float:
        del deadline_seconds
        self._count += 1
        return self._count / self._rate_hz

    def picture(self) -> pixels.Picture:
        return np.zeros((480, 640, 3), np.uint8)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("rate_hz", "said"), [(5.0, ["the camera delivers 5.0 pictures a second, not 15"]), (15.0, [])]
)
def test_a_rate_that_the_camera_does_not_have_is_said_once(
    caplog: pytest.LogCaptureFixture, rate_hz: float, said: list[str]
) -> None:
    caplog.set_level("INFO")
    opened = source.Camera(Paced(rate_hz), wanted=CameraSettings(width=640, height=480, frames_per_second=15))
    for _ in range(500):
        opened.grab(1)
    assert [record.getMessage() for record in caplog.records] == said


def test_a_usb_camera_that_delivers_raw_bytes_is_unusable(tmp_path: Path) -> None:
    """What happens where the driver ignores the wanted format."""
    opened = source.Camera(usb.Device(CameraSettings(), str(tmp_path), V4l2Double((480, 640, 2)).open))
    with pytest.raises(CameraError, match=r"shape \(480, 640, 2\)"):
        opened.read(1)


@pytest.mark.parametrize(
    ("formats", "taken"),
    [
        (("BGR3", "YUYV", "MJPG"), "MJPG"),
        (("BGR3", "RGB3", "YUYV"), "YUYV"),
        (("RGBP", "NV12"), "NV12"),
        (("YUYV",), "YUYV"),
        (("GREY",), "GREY"),
    ],
)
def test_a_usb_camera_is_asked_for_what_opencv_makes_pictures_of(
    formats: tuple[str, ...], taken: str, tmp_path: Path
) -> None:
    double = V4l2Double(formats=formats)
    opened = source.Camera(usb.Device(CameraSettings(), str(tmp_path), double.open))
    assert double.format == taken
    assert opened.read(1).rgb.shape == (480, 640, 3)


def test_a_camera_whose_bytes_come_as_one_long_row_is_unusable_and_says_what_to_try(tmp_path: Path) -> None:
    double = V4l2Double(formats=("BGR3", "RGB3"))
    opened = source.Camera(usb.Device(CameraSettings(), str(tmp_path), double.open))
    with pytest.raises(CameraError, match=r"unusable format BGR3: an array of shape \(1, 921600\)") as caught:
        opened.read(1)
    assert caught.value.kind == "unusable"
    assert "try a size that it has in MJPG or YUYV" in str(caught.value)


@pytest.mark.parametrize("sides", [(1, 921600), (921600, 1), (8, 640), (100, 1000), (9000, 9000), (2, 2)])
def test_what_has_not_the_sides_of_a_picture_is_none(sides: tuple[int, int]) -> None:
    flat = np.broadcast_to(np.uint8(7), (*sides, 3))
    with pytest.raises(CameraError, match="unusable format: the camera delivers pictures of"):
        pixels.plausible(flat)


@pytest.mark.parametrize("sides", [(120, 160), (1080, 1920), (1920, 1080), (16, 16), (240, 1920)])
def test_what_has_the_sides_of_a_picture_is_one(sides: tuple[int, int]) -> None:
    assert pixels.plausible(np.zeros((*sides, 3), np.uint8)).shape[:2] == sides


@pytest.mark.parametrize(
    ("number", "kind", "reason"),
    [
        (errno.EACCES, "unusable", "belongs in the group 'video'"),
        (errno.EPERM, "barred", "came after this service was started"),
        (errno.ENODEV, "gone", "is it plugged in"),
        (errno.EBUSY, "busy", "in use by another program"),
    ],
)
def test_why_a_device_cannot_be_opened_is_said_rightly(number: int, kind: str, reason: str, tmp_path: Path) -> None:
    def refuse(_name: str, _flags: int) -> int:
        raise OSError(number, os.strerror(number))

    found = usb.why_not(str(tmp_path), refuse)
    assert (found.kind, reason in str(found)) == (kind, True)


def test_a_camera_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CameraError, match="is the camera plugged in") as caught:
        source.open_source(CameraSettings(source="/dev/video99"))
    assert caught.value.kind == "absent"


def test_who_holds_a_device_is_named(tmp_path: Path) -> None:
    """Another process has the device open: it is found among all, by name and number."""
    device = tmp_path / "video0"
    device.touch()
    assert holder.holder_of([str(device)]) is None
    with device.open() as file, subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[file.fileno()]) as other:
        until(lambda: Path(f"/proc/{other.pid}/comm").read_text() == "cat\n")
        assert holder.holder_of([str(device)]) == f"cat (process {other.pid})"
        refused = V4l2Double()
        refused.plugged = False
        with pytest.raises(CameraError, match=rf"in use by cat \(process {other.pid}\)") as caught:
            usb.Device(CameraSettings(), str(device), refused.open)
        assert other.stdin is not None
        other.stdin.close()
    assert caught.value.kind == "busy"


NETWORK = CameraSettings(allow_network=True)


@pytest.fixture
def stream() -> Iterator[Stream]:
    """A live camera on the network: ffmpeg sending HTTP-MJPEG."""
    with Stream() as stream:
        yield stream


def opened(url: str) -> source.Camera:
    """The stream, as soon as it can be opened."""
    found = until(lambda: _open(url), what="the stream")
    assert found is not None
    return found


def _open(url: str) -> source.Camera | None:
    try:
        return source.open_source(NETWORK, url)
    except CameraError:
        return None


def failure(live: source.Camera) -> CameraError:
    """The error with which reading ends."""
    try:
        while True:
            live.read(5)
    except CameraError as error:
        return error
    finally:
        live.close()


def test_a_url_needs_leave() -> None:
    for url in ("http://127.0.0.1:9/cam", "rtsp://user:secret@camera.lan/1"):
        with pytest.raises(UsageError, match="allow_network") as caught:
            source.open_source(CameraSettings(), url)
        assert "secret" not in str(caught.value)


def test_a_service_without_network_refuses_a_url_although_it_has_leave() -> None:
    """As in the installed unit: sockets of the Internet family cannot be made there."""
    script = (
        "import socket, sys\n"
        "def refuse(*_): raise OSError(97, 'Address family not supported by protocol')\n"
        "socket.socket = refuse\n"
        "from moodkiosk.sense.camera import source; from moodkiosk.config.settings import CameraSettings\n"
        "from moodkiosk.failure import UsageError\n"
        "try: source.check(CameraSettings(source='http://10.0.0.9/', allow_network=True))\n"
        "except UsageError as error: sys.exit(str(error))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "this service has no network" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_network_camera_delivers_and_its_end_is_noticed(stream: Stream) -> None:
    live = opened(stream.url)
    first, second = live.read(5), live.read(5)
    assert first.rgb.shape == (240, 320, 3)
    assert second.at > first.at
    assert live.description == f"network camera http://127.0.0.1:{stream.port}"
    stream.process.kill()
    assert failure(live).kind == "end"


@pytest.mark.slow
def test_a_network_camera_that_stalls_is_given_up_after_seconds(stream: Stream) -> None:
    live = opened(stream.url)
    live.read(5)
    os.kill(stream.process.pid, signal.SIGSTOP)
    assert failure(live).kind == "stall"


def test_a_network_camera_that_sends_garbage_is_no_camera() -> None:
    with serve_garbage() as port, pytest.raises(CameraError):
        source.open_source(NETWORK, f"http://127.0.0.1:{port}/").read(5)


def test_nobody_at_the_address_is_a_camera_that_is_gone() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(CameraError) as caught:
        source.open_source(NETWORK, f"http://127.0.0.1:{port}/")
    assert caught.value.kind == "gone"
