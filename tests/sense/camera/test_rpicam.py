"""The Raspberry Pi's camera, played by a program that takes the same options and has the same faults."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from moodkiosk.config.settings import CameraSettings
from moodkiosk.sense.camera import rpicam
from moodkiosk.sense.camera.source import CameraError, open_source
from tests.support.wait import until

DOUBLE = Path(__file__).parents[2] / "support" / "rpicam_double.py"
Start = Callable[..., rpicam.Rpicam]


def program(folder: Path, *options: str) -> str:
    """A command that behaves like rpicam-vid, with these options of the double."""
    path = folder / f"rpicam-vid-{len(list(folder.iterdir()))}"
    path.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(DOUBLE), *options])} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a camera on a double with options, and closes it in the end."""
    started: list[rpicam.Rpicam] = []

    def start(*options: str, width: int = 160, height: int = 120, pi: str = "Raspberry Pi 4") -> rpicam.Rpicam:
        command = program(tmp_path, *options)
        settings = CameraSettings(width=width, height=height, frames_per_second=60, rpicam_command=command)
        started.append(rpicam.Rpicam(settings, pi))
        return started[-1]

    yield start
    for camera in started:
        camera.close()


def failure(camera: rpicam.Rpicam, deadline_seconds: float = 10.0) -> CameraError:
    """The error with which reading ends."""
    try:
        while True:
            camera.grab(deadline_seconds)
    except CameraError as error:
        return error


@pytest.mark.parametrize(
    ("width", "pi", "unit"),
    [
        (640, "Raspberry Pi 4 Model B Rev 1.4", 64),
        (160, "Raspberry Pi 4 Model B Rev 1.4", 64),
        (320, "Raspberry Pi 5 Model B Rev 1.0", 128),
        (160, "Raspberry Pi Compute Module 5 Rev 1.0", 128),
        (200, "Raspberry Pi 500 Rev 1.0", 128),
        (200, "Raspberry Pi Zero 2 W Rev 1.0", 64),
    ],
)
def test_rows_are_found_whatever_they_are_filled_up_to(start: Start, width: int, pi: str, unit: int) -> None:
    """Each picture of the double is even and one level brighter than the one before; the fill is noise."""
    camera = start("--unit", str(unit), width=width, pi=pi)
    for level in range(4):
        camera.grab(10)
        rgb = camera.picture()
        assert rgb.shape == (120, width, 3)
        assert (rgb == level).all()


def test_colours_are_right_within_one_grey_level(start: Start, tmp_path: Path) -> None:
    """A frame of 20 × 15 random colours: compared with the definition of full-range BT.601 (ITU-R T.871)."""
    rng = np.random.default_rng(7)
    ycc = rng.integers(0, 256, (60, 80, 3)).astype(np.float64)  # one chroma sample for 2 × 2 pixels
    y, cb, cr = (ycc.repeat(2, 0).repeat(2, 1)[..., i] for i in range(3))
    wanted = np.stack(
        [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)], -1
    ).clip(0, 255)
    luma, blue, red = np.zeros((120, 192), np.uint8), np.zeros((60, 96), np.uint8), np.zeros((60, 96), np.uint8)
    luma[:, :160], blue[:, :80], red[:, :80] = y, ycc[..., 1], ycc[..., 2]
    file = tmp_path / "picture.i420"
    file.write_bytes(luma.tobytes() + blue.tobytes() + red.tobytes())

    camera = start("--picture", str(file))
    camera.grab(10)
    assert np.abs(camera.picture() - wanted).max() <= 1.0


def test_a_stalled_sensor_is_noticed_at_the_deadline(start: Start) -> None:
    camera = start("--fault", "stall", "--after", "2")
    camera.grab(10)
    camera.grab(10)
    error = failure(camera, 0.2)
    assert error.kind == "stall"


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("end", "end", "ended"),
        ("exit", "end", "Device timeout detected"),
        ("short", "short", "in the middle of a picture"),
        ("nocamera", "gone", "no Raspberry Pi camera"),
        ("busy", "busy", "in use by"),
    ],
)
def test_the_ways_to_fail_are_told_apart(start: Start, fault: str, kind: str, words: str) -> None:
    error = failure(start("--fault", fault, "--after", "2"))
    assert (error.kind, words in str(error)) == (kind, True), error


def test_a_slow_camera_is_waited_for(start: Start) -> None:
    camera = start("--fault", "slow")
    camera.grab(10)
    camera.grab(10)
    assert int(camera.picture()[0, 0, 0]) == 1


def test_noise_on_the_wire_is_a_picture_of_noise_and_nothing_worse(start: Start) -> None:
    camera = start("--fault", "garbage")
    camera.grab(10)
    assert camera.picture().shape == (120, 160, 3)


def test_a_size_that_the_camera_does_not_have_becomes_the_nearest_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    command = program(tmp_path, "--offers", "192x108")
    camera = open_source(CameraSettings(source="rpicam", width=200, height=110, rpicam_command=command))
    try:
        frame = camera.read(10)
    finally:
        camera.close()
    assert frame.rgb.shape == (108, 192, 3)
    assert "192x108" in camera.description
    assert "has no 200x110, going on with 192x108" in caplog.text


def test_closing_ends_the_child_even_if_it_is_deaf(start: Start) -> None:
    camera = start("--fault", "stall", "--after", "1")
    camera.grab(10)  # it runs, and hears nothing any more
    camera.close()
    assert camera._child.returncode == -signal.SIGKILL
    camera.close()  # again: nothing happens


def test_closing_ends_a_healthy_child_kindly(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpicam, "STOP_SECONDS", 30)
    camera = start()
    camera.grab(10)
    camera.close()
    assert camera._child.returncode == 0


def test_a_missing_program_is_named() -> None:
    with pytest.raises(CameraError, match="there is no program rpicam-of-nobody") as caught:
        open_source(CameraSettings(source="rpicam", rpicam_command="rpicam-of-nobody"))
    assert caught.value.kind == "unusable"


def test_the_older_name_of_the_program_is_found_too(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    Path(program(tmp_path, "--unit", "64")).rename(tmp_path / "bin" / "libcamera-vid")
    script = (
        "from moodkiosk.config.settings import CameraSettings; from moodkiosk.sense.camera.source import open_source;"
        "c = open_source(CameraSettings(source='rpicam')); print(c.read(10).rgb.shape); c.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("(480, 640, 3)\n", 0), done.stderr


def test_a_killed_kiosk_leaves_no_child_behind(tmp_path: Path) -> None:
    """Even one that hangs, and would keep the camera for ever."""
    script = (
        "from moodkiosk.config.settings import CameraSettings\n"
        "from moodkiosk.sense.camera.rpicam import Rpicam; import sys\n"
        "c = Rpicam(CameraSettings(rpicam_command=sys.argv[1])); c.grab(10)\n"
        "print(c._child.pid, flush=True); c.grab(60)"
    )
    command = program(tmp_path, "--fault", "stall", "--after", "1")
    parent = subprocess.Popen([sys.executable, "-c", script, command], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: _ended(child), what="the child's end")


def _ended(process: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return True
