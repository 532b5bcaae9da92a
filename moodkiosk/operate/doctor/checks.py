"""The checks of `moodkiosk doctor`, one function each. They look at the world, so both halves' libraries are met here.

Each takes the configuration and returns a Finding; what can be wrong is caught where it is known what to do about it.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import sys
import time
from typing import TYPE_CHECKING

from moodkiosk.act import clock
from moodkiosk.config import mistakes
from moodkiosk.config.settings import Config
from moodkiosk.host import paths
from moodkiosk.moods import Frame
from moodkiosk.operate.doctor import companions, home, running
from moodkiosk.operate.doctor.finding import Check, Finding, status_of
from moodkiosk.sense.faces.engine import MEDIAPIPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodkiosk.sense.pipeline import Pipeline

FRAMES_TO_SETTLE = 8
"""A camera that was just opened needs some frames to find its exposure."""

DARK_GREY = 40
"""Mean grey level of 255 below which a face is hard to read (docs/performance.md)."""

OPENCV = "opencv-python-headless"
NEEDED = (
    OPENCV,
    "numpy",
    "paho-mqtt",
    "spotipy",
    "pyyaml",
    "msgspec",
    "starlette",
    "uvicorn",
)
INTERPRETERS = ("ai-edge-litert", "tflite-runtime")
"""Of networks; the first that is installed is used."""

SECOND_CV2 = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")


def python(_: Config) -> Finding:
    """Python and machine that wheels exist for."""
    text = f"{platform.python_version()} on {platform.machine()}"
    if not (3, 11) <= sys.version_info < (3, 15):
        return Finding("Python", "failed", text, "use Python 3.11 to 3.14: others are not tried, and lack packages")
    if sys.maxsize < 2**32:
        return Finding("Python", "failed", f"{text}, 32 bit", "install a 64-bit system: no 32-bit wheels exist")
    return Finding("Python", "ok", text)


def wheels(settings: Config) -> Finding:
    """The packages that are needed, and one cv2 only."""
    found: dict[str, str] = {}
    for name in (*NEEDED, *INTERPRETERS, "mediapipe", *SECOND_CV2, "tensorflow", "tensorflow-cpu"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    missing = [name for name in NEEDED if name not in found]
    interpreters = [name for name in INTERPRETERS if name in found]
    if not interpreters:
        missing.append(INTERPRETERS[0])
    if settings.sense.engine == "mediapipe" and found.get("mediapipe") != MEDIAPIPE:
        missing.append(f"mediapipe {MEDIAPIPE} (sense.engine)")
    if missing:
        text = f"not installed: {', '.join(missing)}"
        return Finding("packages", "failed", text, "pip install --no-deps --require-hashes -r requirements/device.txt")
    if extra := [name for name in SECOND_CV2 if name in found]:
        text = f"{extra[0]} is installed beside opencv-python-headless; both own cv2"
        return Finding("packages", "failed", text, f"pip uninstall {extra[0]}, then install the device set again")
    heavy = [name for name in ("tensorflow", "tensorflow-cpu") if name in found]
    if heavy and settings.sense.engine == "mediapipe":
        text = f"{heavy[0]} is installed here; mediapipe loads it and grows by 370 MB"
        return Finding("packages", "note", text, "run the kiosk from an environment of its own")
    shown = [*interpreters[:1], *(["mediapipe"] if settings.sense.engine == "mediapipe" else [])]
    return Finding("packages", "ok", ", ".join(f"{name} {found[name]}" for name in (*shown, "numpy", OPENCV)))


def networks(settings: Config) -> Finding:
    """MediaPipe's networks are there and as they were."""
    from moodkiosk.sense.faces import networks

    if settings.sense.engine == "mediapipe":
        return Finding("networks", "ok", f"mediapipe {MEDIAPIPE} brings its own")
    wrong = [text for name in networks.IN_MEDIAPIPE if (text := networks.what_is_wrong(name)) is not None]
    if wrong:
        return Finding("networks", "failed", "; ".join(wrong), networks.remedy())
    return Finding("networks", "ok", f"{len(networks.IN_MEDIAPIPE)} of MediaPipe {MEDIAPIPE}, as they were made")


def model(settings: Config) -> Finding:
    """The model can be read, and its labels and the configured music fit together."""
    from moodkiosk.sense.mood import model as models
    from moodkiosk.sense.mood.bundle import BadModel

    places = models.candidates(settings.model.file, paths.state_dir(settings.paths, "sense"))
    try:
        loaded, file, complaints = models.load_first(places, settings.camera.mirrored)
    except BadModel as error:
        return Finding("model", "failed", str(error), "install moodkiosk again: not even the starter model is good")
    if complaints:
        return Finding("model", "failed", complaints[0], "deploy a good one (scripts/deploy), or empty model.file")
    text = f"{file.name}: {', '.join(loaded.labels)}"
    if unknown := mistakes.unknown_moods(settings.music.moods, loaded.labels):
        return Finding("model", "note", text, unknown)
    return Finding("model", "ok", text)


def camera(settings: Config) -> Finding:
    """The camera opens, gives one frame that is bright enough, and whether a face is in it."""
    running = status_of(settings)
    if running is not None:
        return _used_camera(settings, running)
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
    face = "a face in view" if reading.faces else "no face in view"
    text = f"{description}, {frame.rgb.shape[1]}x{frame.rgb.shape[0]}, mean grey {grey:.0f} of 255, {face}"
    text += f", up to {rate_hz:.1f} looks a second"
    if grey < DARK_GREY and not reading.faces:
        return Finding("camera", "note", text, "dark: is a cap on the lens, or the light off?")
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


def _used_camera(settings: Config, kiosk: Mapping[str, object]) -> Finding:
    """What the running kiosk says of its camera. Unlike the kiosk in its sandbox, root sees who else has it open."""
    status = str(kiosk.get("camera_status"))
    text = f"used by the running kiosk: {status}"
    if status == "on" and kiosk.get("active_rate_hz"):
        text += f"; up to {kiosk['active_rate_hz']} looks a second"
    if status == "on" and (said := str(kiosk.get("sense")).partition("; ")[2]):
        return Finding("camera", "note", f"{text}; {said}", "set what it says, or use a faster machine")
    if status == "on" or status.startswith(("off", "scheduled", "lent")):
        return Finding("camera", "ok", text)
    if status == "starting":
        return Finding("camera", "note", text, "run this again in a few seconds")
    if "is not running" in status:
        return Finding("camera", "failed", text, "journalctl -u moodkiosk-sense -n 20 says why")
    if "in use by" not in status:
        return Finding("camera", "failed", text, _camera_advice(settings))
    from moodkiosk.sense.camera.holder import cameras, holder_of

    source = settings.camera.source
    if holder := holder_of([source] if source.startswith("/dev/") else cameras()):
        return Finding("camera", "failed", text, f"{holder} has it open: end that")
    return Finding("camera", "failed", text, "run this with sudo to see who has it open")


def _camera_advice(settings: Config) -> str:
    if settings.camera.source == "rpicam":
        return "look at the cable and at 'rpicam-hello --list-cameras'; for a USB camera set camera.source: /dev/video0"
    return "is it plugged in, and this user in the group 'video'?"


def state_folder(settings: Config) -> Finding:
    """What must survive a restart can be written."""
    folder = paths.state_dir(settings.paths, "act")
    try:
        paths.make_private(folder)
    except OSError as error:
        return Finding("state folder", "failed", f"{folder}: {error.strerror}", "make it, owned by the kiosk's user")
    if os.access(folder, os.W_OK):
        return Finding("state folder", "ok", str(folder))
    if folder.stat().st_uid != os.getuid():
        return Finding("state folder", "skipped", f"{folder} is another user's", "run this with sudo")
    advice = f"chmod u+rwx {folder}"
    if os.statvfs(folder).f_flag & os.ST_RDONLY:  # as Linux makes a card that no longer takes what is written
        advice = "its file system is read-only: restart; if it stays so, replace the card or disk"
    return Finding("state folder", "failed", f"{folder} is not writable", advice)


def speaker(settings: Config) -> Finding:
    """The configured speaker can be reached."""
    if settings.music.player == "mpd":
        return _mpd(settings)
    if settings.music.player != "spotify":
        return Finding("speaker", "skipped", f"music.player is '{settings.music.player}'")
    from moodkiosk.act.players.spotify.doctor import probe

    problem, advice = probe(settings, paths.state_dir(settings.paths, "act"))
    if problem is None:
        return Finding("speaker", "ok", f"“{settings.music.speaker}” is there")
    return Finding("speaker", "failed", problem, advice)


def _mpd(settings: Config) -> Finding:
    from moodkiosk.act.players.mpd.doctor import probe

    text, advice, plays = probe(settings)
    return Finding("speaker", "note" if plays and advice else "ok" if plays else "failed", text, advice)


def time_of_day(_: Config) -> Finding:
    """The clock can be trusted."""
    now = clock.WallClock().always()
    text = f"{now:%Y-%m-%d %H:%M %Z}"
    if not clock.trusted():
        return Finding("clock", "failed", f"{text} – not set yet", "is the network up? see 'timedatectl'")
    return Finding("clock", "ok", text)


CHECKS: dict[str, Check] = {
    "Python": python,
    "packages": wheels,
    "networks": networks,
    "model": model,
    "camera": camera,
    "state folder": state_folder,
    "MQTT broker": home.broker,
    "Home Assistant": home.shown,
    "speaker": speaker,
    "clock": time_of_day,
    "services": companions.services,
    "running kiosk": running.taken,
    "mosquitto": companions.mosquitto,
    "raspotify": companions.raspotify,
    "Connect speaker": companions.connect,
    "screen": companions.display,
}
