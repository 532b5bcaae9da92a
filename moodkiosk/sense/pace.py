"""How often to look: often while somebody is there, seldom while nobody is, and less while the processor is hot."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from moodkiosk.config.settings import LEAST_LOOKS_HZ, MOST_LOOKS_HZ
from moodkiosk.sense.slow import LookTimes

if TYPE_CHECKING:
    from moodkiosk.config.settings import SenseSettings

LINGER_SECONDS = 3.0
"""Somebody who was there this short a while ago is looked for at the active rate."""

BUSY_SHARE = 0.6
"""With `active_rate_hz: auto`, looking takes at most this share of the time."""

COOLER_CELSIUS = 5.0
"""A hot processor is cool again when it is this much cooler."""

ASK_SECONDS = 10.0

# "vcgencmd get_throttled", documentation of Raspberry Pi OS: bit 1 frequency capped, bit 2 throttled, bit 3 soft
# temperature limit active. Bit 0 (under-voltage) alone slows nothing down; the upper bits are history.
THROTTLED_BITS = 0b1110

SYSTEM = Path("/sys")

log = logging.getLogger("moodkiosk.sense")


def active_rate_hz(settings: SenseSettings, look_seconds: float) -> float:
    """Looks a second while somebody is there, where a look takes so long (0: not known yet)."""
    if settings.active_rate_hz != "auto":
        return settings.active_rate_hz
    most = MOST_LOOKS_HZ if look_seconds <= 0 else BUSY_SHARE / look_seconds
    return min(max(most, LEAST_LOOKS_HZ), MOST_LOOKS_HZ)


class Thermometer:
    """The processor's temperature and whether the firmware slows it down, as far as this machine tells.

    Attributes:
        celsius: None where it is not known.
        throttled: whether the firmware slows the processor down.
    """

    def __init__(self, system: Path = SYSTEM, vcgencmd: str | None = None) -> None:
        """`system`: where sysfs is; `vcgencmd`: the program to ask, by default the one in the path, "" for none."""
        self.celsius: float | None = None
        self.throttled = False
        self._zones = sorted(system.glob("class/thermal/thermal_zone*/temp"))
        self._file = system / "devices/platform/soc/soc:firmware/get_throttled"
        self._vcgencmd = shutil.which("vcgencmd") if vcgencmd is None else vcgencmd

    def read(self) -> None:
        """Asks again."""
        degrees = [value for zone in self._zones if (value := _millidegrees(zone)) is not None]
        self.celsius = max(degrees, default=None)
        bits = self._throttled_bits()
        self.throttled = bits is not None and bool(bits & THROTTLED_BITS)

    def _throttled_bits(self) -> int | None:
        try:
            return int(self._file.read_text(encoding="ascii"), 16)
        except (OSError, ValueError):  # not a Pi, or an older kernel
            pass
        if not self._vcgencmd:
            return None
        import subprocess  # where there is no vcgencmd, sense starts nothing

        try:
            done = subprocess.run(
                [self._vcgencmd, "get_throttled"],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=2,
                check=True,
            )
            return int(done.stdout.strip().partition("=")[2], 16)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            log.info("vcgencmd does not say whether the processor is throttled: %s", error)
            self._vcgencmd = None
            return None


def _millidegrees(zone: Path) -> float | None:
    try:
        return int(zone.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):  # a sensor that is asleep
        return None


class Pace:
    """When to look next.

    Attributes:
        name: "active", "idle" or "hot".
        times: how long looks take; whoever looks adds to it.
    """

    def __init__(self, settings: SenseSettings, thermometer: Thermometer) -> None:
        self.name: Literal["active", "idle", "hot"] = "idle"
        self.times = LookTimes()
        self._settings = settings
        self._thermometer = thermometer
        self._somebody_at: float | None = None
        self._asked_at: float | None = None
        self._hot = False

    def see(self, faces: int, at: float) -> None:
        """Takes note of how many people were seen at a time."""
        if faces:
            self._somebody_at = at

    @property
    def active_hz(self) -> float:
        """Looks a second while somebody is there, as the processor is."""
        return active_rate_hz(self._settings, self.times.usual)

    def interval(self, at: float, least_hz: float = 0.0) -> float:
        """Seconds from one look to the next. `least_hz`: somebody waits for looks (a calibration)."""
        self._measure(at)
        settings = self._settings
        here = self._somebody_at is not None and abs(at - self._somebody_at) <= LINGER_SECONDS
        rate_hz = self.active_hz if here else min(settings.idle_rate_hz, self.active_hz)
        self.name = "active" if here else "idle"
        if self._hot:
            rate_hz, self.name = min(rate_hz, settings.hot_rate_hz), "hot"
        return 1.0 / max(rate_hz, least_hz)

    def _measure(self, at: float) -> None:
        if self._asked_at is not None and 0 <= at - self._asked_at < ASK_SECONDS:
            return
        self._asked_at = at
        self._thermometer.read()
        celsius = self._thermometer.celsius
        limit = self._settings.hot_celsius - (COOLER_CELSIUS if self._hot else 0.0)
        hot = self._thermometer.throttled or (celsius is not None and celsius >= limit)
        if hot != self._hot:
            how = "" if celsius is None else f" ({celsius:.0f} °C)"
            log.info(
                "the processor is %s%s: looking %s",
                *(("hot", how, "less often") if hot else ("cool again", how, "as usual")),
            )
        self._hot = hot
