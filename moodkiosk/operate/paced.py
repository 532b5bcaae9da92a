"""So many frames of a film a second as the kiosk would look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Frame


def paced(frames: Iterable[Frame], rate_hz: float) -> Iterator[Frame]:
    """So many of the frames a second as the kiosk would look at while somebody is there."""
    due = float("-inf")
    for frame in frames:
        if frame.at + 1e-9 >= due:
            due = max(due + 1 / rate_hz, frame.at) if due > float("-inf") else frame.at + 1 / rate_hz
            yield frame
