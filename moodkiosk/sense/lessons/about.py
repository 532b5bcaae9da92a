"""Where the model in use comes from."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from moodkiosk.sense.mood.model import STARTER

if TYPE_CHECKING:
    from moodkiosk.sense.mood.models import Models

Made = Literal["starter", "taught", "trained"]
TAUGHT = "teach"
"""What the manifest of a model says that was made here."""
ACCURACY = "balanced_accuracy"
"""Of a manifest's metrics."""


def about(models: Models) -> tuple[Made, str, float | None]:
    """Who made the model, when its file was written (ISO 8601, UTC), and its accuracy on looks held out, 0 to 1."""
    manifest = models.current.manifest
    made: Made = "taught" if manifest.made == TAUGHT else "starter" if models.path == STARTER else "trained"
    try:
        written = datetime.fromtimestamp(models.path.stat().st_mtime, UTC)
        date = "" if made == "starter" else written.isoformat(timespec="seconds")
    except OSError:
        date = ""
    accuracy = manifest.metrics.get(ACCURACY)
    known = accuracy is not None and math.isfinite(accuracy) and 0 <= accuracy <= 1
    return made, date, accuracy if known and made != "starter" else None
