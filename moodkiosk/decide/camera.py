"""The camera: whether it should be open, and what is known of it."""

from __future__ import annotations

import math
from dataclasses import replace

from moodkiosk.decide.hours import active_until
from moodkiosk.decide.inputs import CameraStatus
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import Camera, State
from moodkiosk.decide.times import Now, face
from moodkiosk.words.reason import Reason

SENSE_GONE = CameraStatus("lost", Reason("lost.sense_away"))
SILENT = CameraStatus("lost", Reason("lost.no_pictures"))
STUCK = CameraStatus("lost", Reason("lost.does_not_open"))
START_SECONDS = 60.0
"""What has not started after so long is not starting any more: people are told what is wrong, and go and look."""


def wanted(state: State, now: Now, settings: Settings) -> tuple[bool, str]:
    """Whether the camera should be open, and why.

    While the time of day is not known, a camera with a schedule stays closed: somebody wants it closed at some hours.
    """
    if not state.chosen.camera:
        return False, Reason("eye.switched_off")
    if not settings.camera_off_hours:
        return True, Reason("eye.switched_on")
    if now.wall is None:
        return False, Reason("eye.no_clock")
    end = active_until(settings.camera_off_hours, now.wall)
    if end is not None:
        return False, Reason("eye.scheduled", until=face(end, now) or "")
    return True, Reason("eye.switched_on")


def told(camera: Camera, status: CameraStatus, now: Now, *, open_wanted: bool) -> Camera:
    """What is known after sense, or its silence, has said something.

    Only a camera that should be open can be lost. One that comes back says so; one that is closed on purpose while
    it is lost is simply off.
    """
    if (status.status, status.detail) == (camera.status, camera.detail):
        return camera
    if (status.status, camera.detail) in (("on", SILENT.detail), ("starting", STUCK.detail)):
        return camera  # pictures are the proof, not words
    if status.status == "lost":
        lost = camera.lost or open_wanted
    else:
        lost = camera.lost and status.status in ("starting", "lent")
    read_at, starting_at = (now.at if status.status == state else None for state in ("on", "starting"))
    return Camera(status.status, status.detail, lost=lost, read_at=read_at, starting_at=starting_at)


def read(camera: Camera, now: Now) -> Camera:
    """What is known after a reading: the camera is on, whatever was said of it."""
    return Camera("on", camera.detail if camera.status == "on" else "", lost=False, read_at=now.at)


def silent(camera: Camera, now: Now, settings: Settings) -> bool:
    """Whether an open camera has brought no reading for too long."""
    return camera.status == "on" and camera.read_at is not None and now.at - camera.read_at >= settings.silence_seconds


def wait(camera: Camera, now: Now) -> Camera:
    """The camera, with since when it is starting."""
    return replace(camera, starting_at=now.at) if camera.status == "starting" and camera.starting_at is None else camera


def awaited(state: State) -> bool:
    """Whether the half that sees has not come since this one began, and may still be starting."""
    return not state.came and state.camera.status == "starting"


def given_up_at(camera: Camera) -> float:
    """When a camera that is starting has been at it for too long, monotonic seconds; infinity: it is not starting."""
    return math.inf if camera.starting_at is None else camera.starting_at + START_SECONDS


def shown(state: State, now: Now, settings: Settings) -> str:
    """The camera's status for people. A camera that is still open is never called off."""
    camera = state.camera
    open_wanted, _ = wanted(state, now, settings)
    if camera.status in ("on", "lent"):
        return camera.status
    if not state.chosen.camera:
        return "off"
    if not open_wanted:
        return "scheduled off" if now.wall is not None else Reason("eye.status_no_clock")
    if camera.status == "lost":
        return Reason("eye.status_lost", detail=camera.detail) if camera.detail else "lost"
    return "starting"
