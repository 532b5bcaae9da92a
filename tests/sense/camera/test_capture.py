"""The capture thread: fresh frames only, one ladder of recovery, and a device that is closed when it should be."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from moodkiosk.config.settings import CameraSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.camera import usb
from moodkiosk.sense.camera.capture import BACK_OFF_SECONDS, GIVE_UP_SECONDS, CameraStatus, Capture
from moodkiosk.sense.camera.source import Camera, CameraError
from tests.support.times import ANY_TIME
from tests.support.unplugged import DrivenCamera, V4l2Double
from tests.support.wait import until

NOISE = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def frame(at: float, level: int = 0) -> Frame:
    return Frame(np.roll(NOISE, level), at)


class Clock:
    """A clock that stands still, but for the waits of the ladder, which take no time and are written down."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def time(self) -> float:
        return self.now

    def pause_for(self, event: threading.Event, seconds: float) -> object:
        self.waits.append(seconds)
        self.now += seconds
        return event.is_set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def camera() -> DrivenCamera:
    return DrivenCamera()


@pytest.fixture
def capture(camera: DrivenCamera, clock: Clock) -> Iterator[Capture]:
    capture = Capture(camera.open, clock=clock.time, pause_for=clock.pause_for)
    capture.start()
    yield capture
    capture.close(0)
    camera.pictures.put(CameraError("over", "end"))
    capture.close(10)


def on(capture: Capture) -> None:
    until(lambda: capture.status.state == "on", what="the camera")


def when_asked(capture: Capture, camera: DrivenCamera, item: Frame | CameraError) -> None:
    """Delivers as soon as somebody waits for a frame: a picture that comes sooner is not decoded."""

    def deliver() -> None:
        until(lambda: capture._awaited, what="somebody who waits for a frame")
        camera.pictures.put(item)

    threading.Thread(target=deliver).start()


def test_a_frame_is_handed_over_once_and_only_if_it_is_newer(camera: DrivenCamera, capture: Capture) -> None:
    camera.pictures.put(frame(1.0))
    on(capture)
    first = capture.latest(0.0, 10)
    assert first is not None
    assert first.at == 1.0
    assert capture.latest(1.0, 0.01) is None
    when_asked(capture, camera, frame(2.0))
    second = capture.latest(1.0, 10)
    assert second is not None
    assert second.at == 2.0


@pytest.mark.usefixtures("capture")
def test_pictures_that_nobody_asked_for_are_not_decoded(camera: DrivenCamera) -> None:
    for index in range(50):
        camera.pictures.put(frame(1.0 + index))
    until(camera.pictures.empty)
    assert camera.decoded == 1  # the first: it shows that the camera delivers pictures


def test_what_came_before_it_was_asked_for_is_too_old(camera: DrivenCamera, capture: Capture) -> None:
    """After a pause of the caller, the next frame shows now, not then."""
    for index in range(5):
        camera.pictures.put(frame(1.0 + index))
    until(lambda: len(camera.deadlines) == 6)  # the fifth is not only taken but done with
    when_asked(capture, camera, frame(60.0))
    found = capture.latest(1.5, 10)
    assert found is not None
    assert found.at == 60.0


@pytest.mark.usefixtures("capture")
def test_the_first_picture_may_take_longer_than_the_others(camera: DrivenCamera) -> None:
    camera.pictures.put(frame(1.0))
    camera.pictures.put(frame(2.0))
    until(lambda: len(camera.deadlines) == 3)
    assert camera.deadlines == [10.0, 3.0, 3.0]


def test_a_failure_closes_waits_and_opens_again(camera: DrivenCamera, capture: Capture, clock: Clock) -> None:
    camera.pictures.put(frame(1.0))
    camera.pictures.put(CameraError("no picture for 3 s", "stall"))
    until(lambda: capture.status == CameraStatus("lost", "no picture for 3 s"))
    until(lambda: camera.opened == 2)
    assert (camera.closed, clock.waits) == (1, [BACK_OFF_SECONDS[0]])
    camera.pictures.put(frame(5.0))
    on(capture)
    found = capture.latest(1.0, 10)
    assert found is not None
    assert found.at == 5.0


def test_whatever_a_camera_does_it_is_closed_and_opened_again(camera: DrivenCamera, capture: Capture) -> None:
    """A library may raise anything while it takes a damaged picture; the thread goes on."""

    def fail() -> None:
        raise ZeroDivisionError("nobody thought of this")

    camera.pictures.put(frame(1.0))
    camera.pictures.put(fail)
    until(lambda: capture.status.state == "lost")
    assert "unusable: ZeroDivisionError: nobody thought of this" in capture.status.detail
    camera.pictures.put(frame(5.0))
    on(capture)
    assert camera.closed == 1


@limits(max_examples=30)
@given(st.lists(st.tuples(ANY_TIME, ANY_TIME), min_size=1, max_size=8))
def test_only_newer_pictures_are_handed_over_whatever_their_times(steps: list[tuple[float, float]]) -> None:
    camera, clock = DrivenCamera(), Clock()
    capture = Capture(camera.open, clock=clock.time, pause_for=clock.pause_for)
    capture.start()
    try:
        for at, after in steps:
            clock.now += at  # our clock, too, may say what it likes
            camera.pictures.put(frame(at))
            found = capture.latest(after, 0.001)
            assert found is None or found.at > after
        assert capture.failed is None
    finally:
        capture.close(0)
        camera.pictures.put(CameraError("over", "end"))
        capture.close(10)


def test_each_attempt_waits_longer_until_the_process_had_better_start_over(
    camera: DrivenCamera, capture: Capture, clock: Clock
) -> None:
    for _ in range(20):
        camera.pictures.put(CameraError("there is no camera", "unusable"))
    failed = until(lambda: capture.failed)
    assert clock.waits[:7] == [1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0]
    assert sum(clock.waits) >= GIVE_UP_SECONDS
    assert "there is no camera" in str(failed)


def test_a_camera_that_dies_after_every_picture_is_not_opened_every_second(
    camera: DrivenCamera, capture: Capture, clock: Clock
) -> None:
    for index in range(6):
        camera.pictures.put(frame(float(index)))
        camera.pictures.put(CameraError("ended", "end"))
    until(lambda: len(clock.waits) == 6)
    assert clock.waits == [1.0, 2.0, 4.0, 8.0, 15.0, 30.0]
    assert capture.failed is None


@pytest.mark.usefixtures("capture")
def test_after_a_good_while_the_ladder_begins_again(camera: DrivenCamera, clock: Clock) -> None:
    for _ in range(3):
        camera.pictures.put(CameraError("gone", "gone"))

    def a_minute_later() -> None:
        clock.now += 60

    camera.pictures.put(frame(1.0))
    camera.pictures.put(a_minute_later)
    camera.pictures.put(frame(61.0))
    camera.pictures.put(CameraError("gone", "gone"))
    until(lambda: len(clock.waits) == 4)
    assert clock.waits == [1.0, 2.0, 4.0, 1.0]


def test_the_same_picture_for_a_minute_is_a_fault(camera: DrivenCamera, capture: Capture) -> None:
    camera.pictures.put(frame(0.0))
    on(capture)
    for at in range(10, 70, 10):
        when_asked(capture, camera, frame(at))
        capture.latest(at - 10.0, 10)
    until(lambda: capture.status.state == "lost")
    assert "the same picture for 60 s" in capture.status.detail


def test_darkness_is_no_fault(camera: DrivenCamera, capture: Capture) -> None:
    black = np.full((48, 64, 3), 3, np.uint8)
    camera.pictures.put(Frame(black, 0.0))
    on(capture)
    for at in range(10, 200, 10):
        when_asked(capture, camera, Frame(black, at))
        assert capture.latest(at - 10.0, 10) is not None
    assert capture.status.state == "on"


def test_off_closes_the_device_and_on_opens_it_again(camera: DrivenCamera, capture: Capture) -> None:
    camera.pictures.put(frame(1.0))
    until(lambda: len(camera.deadlines) == 2)
    assert not capture.pause(0)  # the thread is still waiting for a picture
    camera.pictures.put(frame(2.0))
    assert capture.pause(10)
    assert (camera.closed, capture.status.state) == (1, "off")
    capture.resume()
    camera.pictures.put(frame(3.0))
    on(capture)
    assert camera.opened == 2


def test_off_while_lost_ends_the_attempts(camera: DrivenCamera, capture: Capture) -> None:
    camera.pictures.put(CameraError("gone", "gone"))
    until(lambda: camera.opened == 2)
    assert capture.status.state == "lost"
    assert not capture.pause(0)
    camera.pictures.put(CameraError("gone", "gone"))
    assert capture.pause(10)
    assert capture.status == CameraStatus("off")


def test_it_shows_that_it_lives_while_the_camera_is_off(camera: DrivenCamera, clock: Clock) -> None:
    capture = Capture(camera.open, clock=clock.time, pause_for=clock.pause_for, on=False)
    capture.start()
    until(lambda: capture.turns > 3)
    capture.close(10)
    assert camera.opened == 0


def test_a_change_of_status_ends_the_wait_for_a_frame(camera: DrivenCamera, capture: Capture) -> None:
    camera.pictures.put(frame(1.0))
    on(capture)
    capture.latest(0.0, 10)
    when_asked(capture, camera, CameraError("gone", "gone"))
    assert capture.latest(1.0, 60) is None
    assert capture.status.state == "lost"


def test_what_may_be_plugged_in_is_looked_for_often_and_without_end(
    camera: DrivenCamera, capture: Capture, clock: Clock
) -> None:
    """Whatever was before: a camera that is plugged in is to be seen within half a minute, a week later too."""
    for _ in range(10):
        camera.pictures.put(CameraError("busy", "busy"))
    until(lambda: len(clock.waits) == 10)
    for _ in range(200):
        camera.pictures.put(CameraError("there is no /dev/video0", "absent"))
    until(lambda: len(clock.waits) == 210)
    assert max(clock.waits[10:]) <= 4.0
    camera.pictures.put(CameraError("no rights yet", "unusable"))  # udev takes a moment
    until(lambda: len(clock.waits) == 211)
    assert clock.waits[-1] == 1.0
    assert capture.failed is None


def test_a_device_that_the_sandbox_does_not_know_yet_is_a_reason_to_start_again(
    camera: DrivenCamera, capture: Capture
) -> None:
    camera.pictures.put(CameraError("came after this service was started", "barred"))
    assert until(lambda: capture.failed) == "came after this service was started"


@pytest.mark.usefixtures("capture")
def test_each_change_is_one_line_in_the_log(camera: DrivenCamera, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    camera.pictures.put(frame(1.0))
    for _ in range(5):
        camera.pictures.put(CameraError("unplugged", "gone"))
    until(lambda: camera.opened == 6)
    camera.pictures.put(frame(9.0))
    until(lambda: len(caplog.records) >= 3)  # a status is there before its line
    assert [record.getMessage() for record in caplog.records] == [
        "camera on: driven camera",
        "camera lost: unplugged",
        "camera on: driven camera",
    ]


def test_unplugged_and_plugged_in_again(tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """As V4L2 behaves: the old handle answers False at once, for ever; only a new one delivers."""
    device = V4l2Double()
    node = tmp_path / "video0"
    node.touch()
    settings = CameraSettings(source=str(node))
    capture = Capture(
        lambda: Camera(usb.Device(settings, str(node), device.open)), clock=clock.time, pause_for=clock.pause_for
    )
    capture.start()
    on(capture)

    node.unlink()  # first: a device that is still in /dev but answers nothing is another story, told as "busy"
    device.plugged = False
    until(lambda: f"camera lost: {node} is gone: unplugged?" in caplog.text)  # the status is another at once
    until(lambda: "is the camera plugged in?" in capture.status.detail)

    node.touch()
    device.plugged = True
    on(capture)
    assert capture.latest(0.0, 10) is not None
    assert device.open_now == 1
    assert capture.pause(10)
    assert device.open_now == 0
    capture.close(10)
