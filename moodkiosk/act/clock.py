"""The time of day, once it can be trusted. A Pi has no clock of its own: after a power cut it wakes up in the past."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# systemd-timesyncd(8): the folder exists while it runs, the file once the clock was set.
TIMESYNC = Path("/run/systemd/timesync")
RTC = Path("/sys/class/rtc/rtc0")
RELEASED = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
"""No moodkiosk ran before this."""


def zone() -> ZoneInfo | None:
    """The system's time zone by name, so that daylight saving is known; None where only the offset is."""
    for source in (_zone_of_file, _zone_of_link):
        try:
            return ZoneInfo(source())
        except (OSError, ValueError, ZoneInfoNotFoundError):
            continue
    return None


def _zone_of_file() -> str:
    return Path("/etc/timezone").read_text(encoding="ascii").strip()


def _zone_of_link() -> str:
    return str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]


def trusted(timesync: Path = TIMESYNC, rtc: Path = RTC) -> bool:
    """Whether the system clock is right: set by NTP, or kept by a clock chip, or at least not in the past."""
    if time.time() < RELEASED:
        return False
    if timesync.is_dir() and not rtc.exists():
        return (timesync / "synchronized").exists()
    return True


class WallClock:
    """The time of day with zone, or None until it can be trusted."""

    def __init__(self) -> None:
        self._zone = zone()
        self._trusted = False

    def now(self) -> datetime | None:
        """The time of day, or None."""
        self._trusted = self._trusted or trusted()
        return self.always() if self._trusted else None

    def always(self) -> datetime:
        """The time of day, right or wrong."""
        return datetime.now(self._zone).astimezone(self._zone)
