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
from moodkiosk.operate.doctor.finding import SUDO, Check, Finding, status_of
from moodkiosk.sense.faces.engine import MEDIAPIPE
from moodkiosk.words.reason import Reason, fixed, heard, together

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
    text = Reason("doctor.python", version=platform.python_version(), machine=platform.machine())
    if not (3, 11) <= sys.version_info < (3, 15):
        return Finding("Python", "failed", text, Reason("doctor.python_other"))
    if sys.maxsize < 2**32:
        return Finding("Python", "failed", Reason("doctor.python_32", python=text), Reason("doctor.python_32_do"))
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
        text = Reason("doctor.packages_missing", names=missing)
        return Finding("packages", "failed", text, "pip install --no-deps --require-hashes -r requirements/device.txt")
    if extra := [name for name in SECOND_CV2 if name in found]:
        text = Reason("doctor.packages_cv2", name=extra[0])
        return Finding("packages", "failed", text, Reason("doctor.packages_cv2_do", name=extra[0]))
    heavy = [name for name in ("tensorflow", "tensorflow-cpu") if name in found]
    if heavy and settings.sense.engine == "mediapipe":
        text = Reason("doctor.packages_heavy", name=heavy[0])
        return Finding("packages", "note", text, Reason("doctor.packages_heavy_do"))
    shown = [*interpreters[:1], *(["mediapipe"] if settings.sense.engine == "mediapipe" else [])]
    return Finding("packages", "ok", ", ".join(f"{name} {found[name]}" for name in (*shown, "numpy", OPENCV)))


def networks(settings: Config) -> Finding:
    """MediaPipe's networks are there and as they were."""
    from moodkiosk.sense.faces import networks

    if settings.sense.engine == "mediapipe":
        return Finding("networks", "ok", Reason("doctor.networks_own", version=MEDIAPIPE))
    wrong = [text for name in networks.IN_MEDIAPIPE if (text := networks.what_is_wrong(name)) is not None]
    if wrong:
        return Finding("networks", "failed", together(wrong), networks.remedy())
    text = Reason("doctor.networks", number=len(networks.IN_MEDIAPIPE), version=MEDIAPIPE)
    return Finding("networks", "ok", text)


def model(settings: Config) -> Finding:
    """The model can be read, and its labels and the configured music fit together."""
    from moodkiosk.sense.mood import model as models
    from moodkiosk.sense.mood.bundle import BadModel

    places = models.candidates(settings.model.file, paths.state_dir(settings.paths, "sense"))
    try:
        loaded, file, complaints = models.load_first(places, settings.camera.mirrored)
    except BadModel as error:
        return Finding("model", "failed", str(error), Reason("doctor.model_none"))
    if complaints:
        return Finding("model", "failed", complaints[0], Reason("doctor.model_bad"))
    text = Reason("doctor.model", file=file.name, labels=loaded.labels)
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
    face = Reason("doctor.face" if reading.faces else "doctor.no_face")
    size = f"{frame.rgb.shape[1]}x{frame.rgb.shape[0]}"
    looks = Reason("doctor.looks", looks=f"{rate_hz:.1f}")
    what = description if size in description else f"{description}, {size}"
    text = Reason("cli.words", words=[what, Reason("doctor.grey", grey=round(grey)), face, looks])
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


def _used_camera(settings: Config, kiosk: Mapping[str, object]) -> Finding:
    """What the running kiosk says of its camera. Unlike the kiosk in its sandbox, root sees who else has it open."""
    status = heard(kiosk, "camera_status") or str(kiosk.get("camera_status"))
    said = [Reason("doctor.camera_used", status=fixed(status))]
    if status == "on" and kiosk.get("active_rate_hz"):
        said.append(Reason("doctor.looks", looks=str(kiosk["active_rate_hz"])))
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
    """What is said after the first of two things."""
    if isinstance(text, Reason) and text.key == "list.both":
        return str(text.fields["second"])
    return text.partition("; ")[2]


def state_folder(settings: Config) -> Finding:
    """What must survive a restart can be written."""
    path = paths.state_dir(settings.paths, "act")
    folder = str(path)
    try:
        paths.make_private(path)
    except OSError as error:
        return Finding("state folder", "failed", f"{folder}: {error.strerror}", Reason("doctor.folder_make"))
    if os.access(folder, os.W_OK):
        return Finding("state folder", "ok", folder)
    if path.stat().st_uid != os.getuid():
        return Finding("state folder", "skipped", Reason("doctor.folder_anothers", folder=folder), SUDO)
    advice: str = f"chmod u+rwx {folder}"
    if os.statvfs(folder).f_flag & os.ST_RDONLY:  # as Linux makes a card that no longer takes what is written
        advice = Reason("doctor.folder_read_only")
    return Finding("state folder", "failed", Reason("doctor.folder_not_writable", folder=folder), advice)


def speaker(settings: Config) -> Finding:
    """The configured speaker can be reached."""
    if settings.music.player == "mpd":
        return _mpd(settings)
    if settings.music.player != "spotify":
        return Finding("speaker", "skipped", Reason("doctor.player", player=settings.music.player))
    from moodkiosk.act.players.spotify.doctor import probe

    problem = probe(settings, paths.state_dir(settings.paths, "act"))
    if problem is None:
        return Finding("speaker", "ok", Reason("doctor.speaker", name=settings.music.speaker))
    return Finding("speaker", "failed", problem, advised=True)


def _mpd(settings: Config) -> Finding:
    from moodkiosk.act.players.mpd.doctor import probe

    text, advice, plays = probe(settings)
    return Finding("speaker", "note" if plays and advice else "ok" if plays else "failed", text, advice)


def time_of_day(_: Config) -> Finding:
    """The clock can be trusted."""
    now = clock.WallClock().always()
    text = f"{now:%Y-%m-%d %H:%M %Z}"
    if not clock.trusted():
        return Finding("clock", "failed", Reason("doctor.clock_not_set", time=text), Reason("doctor.clock_do"))
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
