"""Where MediaPipe's networks lie, and whether they are what they should be.

They come out of the wheel of mediapipe 0.10.18 when the kiosk is set up (scripts/fetch-networks), and lie with
MediaPipe's licence in a folder `moodkiosk_networks` beside the other packages. Nothing is downloaded at run time.
"""

from __future__ import annotations

import importlib.util
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from moodkiosk.failure import Failure
from moodkiosk.host.digest import sha256_hex
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

FOLDER = "moodkiosk_networks"

DETECTOR = "face_detection_short_range.tflite"
MESH = "face_landmark.tflite"
PALMS = "palm_detection_lite.tflite"
HAND = "hand_landmark_lite.tflite"

SHA256 = {
    DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    MESH: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    PALMS: "e9a4aaddf90dda56a87235303cf00e4c2d3fb28725f68fd88772997dac905c18",
    HAND: "048edd3645c9bf7397d19a9f6e3a42957d6e414c9bea6598030a2e9b624156e6",
    "LICENSE": "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8",
}
"""Of every file in the folder, as it is in the wheel of mediapipe 0.10.18."""

CRC32 = {DETECTOR: 0x17E6BD28, MESH: 0xFE66FBA3, PALMS: 0x76EDAD6A, HAND: 0xB37B412F}
"""Of the networks, by which a start sees that a card has altered one: in a tenth of the time of SHA-256, by which they
are compared when they are laid in, and by doctor. Who may write here may alter what compares, too."""

IN_MEDIAPIPE = {
    DETECTOR: "modules/face_detection",
    MESH: "modules/face_landmark",
    PALMS: "modules/palm_detection",
    HAND: "modules/hand_landmark",
}
"""In which folder of the package mediapipe each lies."""


def path_of(name: str) -> Path:
    """A network's file, checked. Raises Failure if it is missing or altered: one line with what to run."""
    path, wrong = _found(name), _wrong(name, lambda data: zlib.crc32(data) == CRC32[name])
    if path is None or wrong is not None:
        raise Failure(Reason("networks.do", what=wrong, do=remedy()))
    return path


def what_is_wrong(name: str) -> str | None:
    """Why a network cannot be used, in words; None if it can be, to the last bit."""
    return _wrong(name, lambda data: sha256_hex(data) == SHA256[name])


def _wrong(name: str, right: Callable[[bytes], bool]) -> str | None:
    path = _found(name)
    if path is None:
        return Reason("networks.missing", name=name)
    try:
        data = path.read_bytes()
    except OSError as error:
        return Reason("networks.unreadable", path=str(path), reason=system(error))
    return None if right(data) else Reason("networks.altered", path=str(path))


def remedy() -> str:
    """What to run to get the networks, by how the kiosk was installed."""
    here = Path(__file__).parts
    if here[:4] == ("/", "usr", "lib", "moodkiosk"):
        return Reason("networks.reinstall")
    if here[:3] == ("/", "opt", "moodkiosk"):
        return Reason("networks.install")
    return Reason("networks.fetch")


def _found(name: str) -> Path | None:
    for folder in sys.path:
        path = Path(folder, FOLDER, name)
        if path.is_file():
            return path
    # Where the extra `mediapipe` is installed, they are there as well.
    package = importlib.util.find_spec("mediapipe")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / IN_MEDIAPIPE[name] / name
    return path if path.is_file() else None
