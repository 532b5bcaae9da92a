"""How sense is doing, in figures."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING

from moodkiosk.host.machine import rss_mb
from moodkiosk.link.messages import SenseHealth
from moodkiosk.words.reason import together

if TYPE_CHECKING:
    from moodkiosk.sense.camera.capture import CameraStatus
    from moodkiosk.sense.faces.upright import Turn, Upright
    from moodkiosk.sense.pace import Pace, Thermometer
    from moodkiosk.sense.slow import Slowness

EVERY_SECONDS = 30.0

LOG_SECONDS = 600.0
"""The same trouble is in the log no more often than this: its figures may change with every look."""

log = logging.getLogger("moodkiosk.sense")


class HealthReport:
    """Counts looks, and says how sense is doing when that is due."""

    def __init__(
        self, pace: Pace, thermometer: Thermometer, slow: Slowness | None = None, upright: Upright | None = None
    ) -> None:
        """`slow` says when looks take too long, `upright` when the camera does not hang as it should."""
        self._slow, self._times, self._upright = slow, pace.times, upright
        self._pace, self._thermometer = pace, thermometer
        self._looks = 0
        self._cpu_seconds = time.process_time()
        self._at: float | None = None
        self._logged_at: dict[str, float] = {}
        self._told: tuple[str, str, bool] | None = None

    def look(self, seconds: float, lying: Turn | None = None) -> None:
        """A frame was looked at, which took so long; `lying`: how the face of whoever is in front lies."""
        if self._upright is not None and lying is not None:
            self._upright.see(lying)
        self._looks += 1
        self._times.add(seconds)

    def due(
        self,
        status: CameraStatus,
        at: float,
        *,
        lent: bool,
        note: str | None,
        counters: dict[str, int],
        every_seconds: float = EVERY_SECONDS,
    ) -> SenseHealth | None:
        """The report, if the camera's status has changed, looks have a length now, or it is time for one; else None.

        Args:
            status: of the camera.
            at: seconds.
            lent: the camera is off because a collection has it.
            note: what else is wrong, in words.
            counters: see `link.SenseHealth`.
            every_seconds: how often it is time for one.
        """
        camera = "lent" if lent and status.state == "off" else status.state
        slow = self._slow.text(self._times.usual) if self._slow and status.state == "on" else None
        tilted = self._upright.text if self._upright and status.state == "on" else None
        detail = status.detail if status.state == "lost" else together(filter(None, (note, tilted, slow)))
        told = (camera, detail, self._times.usual > 0)
        if self._told == told and self._at is not None and 0 <= at - self._at < every_seconds:
            return None
        cpu_seconds, seconds = time.process_time(), at - self._at if self._at is not None else 0.0
        per_look = (cpu_seconds - self._cpu_seconds) * 1000 / self._looks if self._looks else 0.0
        report = SenseHealth(
            at,
            camera,
            detail,
            frames_per_second=round(self._looks / seconds, 2) if seconds > 0 else 0.0,
            cpu_ms_per_frame=round(per_look, 2),
            rss_mb=round(rss_mb(), 1),
            pace="off" if camera in ("off", "lent") else self._pace.name,
            celsius=self._thermometer.celsius,
            throttled=self._thermometer.throttled,
            counters=counters,
            look_seconds=round(self._times.usual, 2),
            active_rate_hz=round(self._pace.active_hz, 1),
        )
        for kind, text in (("slow", slow), ("tilted", tilted)):
            if text and not 0 <= at - self._logged_at.get(kind, -math.inf) < LOG_SECONDS:
                self._logged_at[kind] = at
                log.warning("%s", text)
        self._told, self._at, self._looks, self._cpu_seconds = told, at, 0, cpu_seconds
        return report

    def tell_again(self) -> None:
        """Act is new and knows nothing: the next report is due now."""
        self._told = None
