"""Makes the engine that the settings name; see `engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.failure import UsageError
from moodkiosk.sense.faces.engine import MEDIAPIPE
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.sense.faces.engine import Engine, EngineName


def make(name: EngineName) -> Engine:
    """The engine of that name. Raises UsageError if it is not installed."""
    if name == "litert":
        from moodkiosk.sense.faces.litert.engine import LiteRT

        return LiteRT()
    if _version("mediapipe") != MEDIAPIPE:
        raise UsageError(Reason("engine.absent", version=MEDIAPIPE))
    from moodkiosk.sense.faces.mediapipe.engine import MediaPipe

    return MediaPipe()


def _version(package: str) -> str | None:
    from importlib import metadata  # slow to import, and seldom needed

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
