"""The check of the camera: by opening it, or, where a kiosk runs, by asking that."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from moodkiosk.config.settings import Config
from moodkiosk.moods.frame import Frame
from moodkiosk.operate.doctor.finding import Finding, status_of
from moodkiosk.words.reason import Reason, fixed, heard, together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodkiosk.sense.pipeline import Pipeline

FRAMES_TO_SETTLE = 8
"""A camera that was just opened needs some frames to find its exposure."""

DARK_GREY = 40
"""Mean grey level of 255 below which a face is hard to read (docs/performance.md)."""


def camera(settings: Config) -> Finding:
    """The camera opens, gives one frame that is bright enough, and whether a face is in it."""
    running = status_of(settings)
    if running is not None:
        return used(settings, running)
    from moodkiosk.sense.camera import source as cameras
    from moodkiosk.sense.pace import active_rate_hz
    from moodkiosk.sense.pipeline import Pipeline

    try:
        with contextlib.closing(cameras.open_source(settings.camera)) as source:
            for _ in range(FRAMES_TO_SETTLE):
                frame = source.read(10.0)
            description = source.description
    except cameras.CameraError as error:
        return Finding("camera", "failed", str(error), _camera_advice(settings))
    grey = float(frame.rgb.mean())
    pipeline = Pipeline(settings.sense)
    reading = pipeline.look(frame)
    begun = time.perf_counter()
    pipeline.look(Frame(frame.rgb, frame.at + 1.0))  # the first look ever also loads what it needs
    rate_hz = active_rate_hz(settings.sense, time.perf_counter() - begun)
    face = Reason("doctor.face" if reading.faces else "doctor.no_face")
    size = f"{frame.rgb.shape[1]}x{frame.rgb.shape[0]}"
    looks = Reason("doctor.looks", looks=round(rate_hz, 1))
    what = [description] if size in description else [description, size]
    text = Reason("cli.words", words=[*what, Reason("doctor.grey", grey=round(grey)), face, looks])
    if grey < DARK_GREY and not reading.faces:
        return Finding("camera", "note", text, Reason("doctor.dark"))
    if tilted := _tilted(settings, frame, pipeline):
        return Finding("camera", "note", text, tilted)
    return Finding("camera", "ok", text)


def _tilted(settings: Config, frame: Frame, pipeline: Pipeline) -> str | None:
    """What to set if the faces in a frame are not upright; `pipeline` has looked at it."""
    from moodkiosk.sense.camera.pixels import turned
    from moodkiosk.sense.faces import upright
    from moodkiosk.sense.pipeline import Pipeline

    if pipeline.lying is not None:
        return upright.advice(settings.camera, pipeline.lying)
    for turn in upright.TURNS[1:]:  # a face that hangs upside down is often not found at all
        another = Pipeline(settings.sense)
        another.look(Frame(turned(frame.rgb, rotate=turn, mirrored=False), frame.at))
        if another.lying == 0:
            return upright.advice(settings.camera, upright.TURNS[-turn // 90 % 4])
    return None


def used(settings: Config, kiosk: Mapping[str, object]) -> Finding:
    """What the running kiosk says of its camera. Unlike the kiosk in its sandbox, root sees who else has it open."""
    status = heard(kiosk, "camera_status") or str(kiosk.get("camera_status"))
    said = [Reason("doctor.camera_used", status=fixed(status))]
    if status == "on" and kiosk.get("active_rate_hz"):
        said.append(Reason("doctor.looks", looks=kiosk["active_rate_hz"]))
    text = together(said)
    if status == "on" and (slow := _after(heard(kiosk, "sense") or str(kiosk.get("sense")))):
        return Finding("camera", "note", together([text, slow]), Reason("doctor.camera_slow"))
    if status == "on" or status.startswith(("off", "scheduled", "lent")):
        return Finding("camera", "ok", text)
    if status == "starting":
        return Finding("camera", "note", text, Reason("doctor.in_seconds"))
    if "is not running" in status:
        return Finding(
            "camera", "failed", text, Reason("doctor.says_why", command="journalctl -u moodkiosk-sense -n 20")
        )
    if "in use by" not in status:
        return Finding("camera", "failed", text, _camera_advice(settings))
    from moodkiosk.sense.camera.holder import cameras, holder_of

    source = settings.camera.source
    if holder := holder_of([source] if source.startswith("/dev/") else cameras()):
        return Finding("camera", "failed", text, Reason("doctor.holder", holder=holder))
    return Finding("camera", "failed", text, Reason("doctor.holder_sudo"))


def _camera_advice(settings: Config) -> str:
    if settings.camera.source == "rpicam":
        return Reason("doctor.picam")
    return Reason("doctor.usb")


def _after(text: str) -> str:
    """What the half that sees has to say beside that it runs; "" for nothing."""
    if isinstance(text, Reason):
        return str(text.fields.get("detail", ""))
    return text.partition("; ")[2]
