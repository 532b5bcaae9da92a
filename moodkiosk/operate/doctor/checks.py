"""The checks of `moodkiosk doctor`, one function each. They look at the world, so both halves' libraries are met here.

Each takes the configuration and returns a Finding; what can be wrong is caught where it is known what to do about it.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from typing import TYPE_CHECKING

from moodkiosk.act import clock
from moodkiosk.config import mistakes
from moodkiosk.config.settings import Config
from moodkiosk.host import paths
from moodkiosk.operate.doctor import camera, companions, home, running
from moodkiosk.operate.doctor.finding import SUDO, Check, Finding
from moodkiosk.sense.faces.engine import MEDIAPIPE
from moodkiosk.words.reason import Reason, together
from moodkiosk.words.system import system

if TYPE_CHECKING:
    pass

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


def state_folder(settings: Config) -> Finding:
    """What must survive a restart can be written, and no folder of ours is somebody else's."""
    try:
        path = paths.state_dir(settings.paths, "act")
        paths.runtime_dir(settings.paths)
    except paths.NotPrivateError as error:
        return Finding("state folder", "failed", Reason("cannot.others_folder", path=error.filename))
    folder = str(path)
    try:
        paths.make_private(path)
    except OSError as error:
        return Finding(
            "state folder",
            "failed",
            Reason("file.unusable", path=str(folder), reason=system(error)),
            Reason("doctor.folder_make"),
        )
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
    "camera": camera.camera,
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
