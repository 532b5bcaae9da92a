"""Makes the engine that the settings name; see `engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.failure import UsageError
from moodkiosk.sense.faces.engine import MEDIAPIPE

if TYPE_CHECKING:
    from moodkiosk.sense.faces.engine import Engine, EngineName


def make(name: EngineName) -> Engine:
    """The engine of that name. Raises UsageError if it is not installed."""
    if name == "litert":
        from moodkiosk.sense.faces.litert.engine import LiteRT

        return LiteRT()
    if _version("mediapipe") != MEDIAPIPE:
        raise UsageError(
            f"sense.engine: mediapipe {MEDIAPIPE} is not installed; on Python 3.11 and 3.12"
            " 'pip install --no-deps --require-hashes -r requirements/mediapipe.txt' brings it"
        )
    from moodkiosk.sense.faces.mediapipe.engine import MediaPipe

    return MediaPipe()


def _version(package: str) -> str | None:
    from importlib import metadata  # slow to import, and seldom needed

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
