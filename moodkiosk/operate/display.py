"""The screen on the kiosk: a full-screen browser on the page, and its light switched off while nobody is there.

Run inside a Wayland compositor by systemd/moodkiosk-display.service: `python -m moodkiosk.operate.display`.
"""

from __future__ import annotations

import logging
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from moodkiosk.config import load
from moodkiosk.config.arguments import Parser
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths, systemd
from moodkiosk.host.paths import SYSTEM_CONFIG
from moodkiosk.link import control
from moodkiosk.words.reason import Reason

ASK_SECONDS = 2.0
BACKLIGHTS = Path("/sys/class/backlight")
LIT, DARK = "0", "4"  # FB_BLANK_UNBLANK, FB_BLANK_POWERDOWN: linux/fb.h, as /sys/class/backlight/*/bl_power takes them
BROWSERS = ("chromium", "chromium-browser")
# No first-run pages, no bubbles, no pinching, and nothing that a browser does on the network by itself.
ARGUMENTS = (
    "--kiosk",
    "--incognito",
    "--ozone-platform=wayland",
    "--no-first-run",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-session-crashed-bubble",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--password-store=basic",
    "--disk-cache-size=1",
)

log = logging.getLogger("moodkiosk.display")


class Light:
    """The light behind the glass, where the screen has one that can be switched.

    Attributes:
        is_lit: what was set last.
    """

    def __init__(self, folder: Path = BACKLIGHTS) -> None:
        self.is_lit = True
        self._switches = sorted(folder.glob("*/bl_power"))

    def set(self, *, lit: bool) -> None:
        """Switches it; a switch that may not be used is given up, with one line."""
        if lit == self.is_lit:
            return
        self.is_lit = lit
        for switch in list(self._switches):
            try:
                switch.write_text(LIT if lit else DARK, encoding="ascii")
            except OSError as error:
                log.warning("cannot switch the screen's light at %s: %s", switch, error.strerror)
                self._switches.remove(switch)


def light_wanted(socket: Path, *, blank: bool) -> bool:
    """Whether the light should be on. Only a camera that looks and sees nobody is a reason for darkness.

    Args:
        socket: where the kiosk is asked; one that does not say leaves the light on.
        blank: the setting `display.blank_when_nobody`.
    """
    if not blank:
        return True
    try:
        state = control.ask(socket, "status", timeout=ASK_SECONDS).data
    except Failure:
        return True
    if not isinstance(state, dict):
        return True
    seen = state.get("camera_status") == "on" and state.get("unknown_because") is None
    return bool(not seen or state.get("present") or state.get("manual_mood"))


def browser_command(page: Path, profile: str) -> list[str]:
    """The browser's command line. Raises Failure where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise Failure(Reason("display.no_browser"))
    return [found, *ARGUMENTS, f"--user-data-dir={profile}", page.as_uri()]


def main(argv: Sequence[str] | None = None) -> int:
    """Shows the page until the browser ends or SIGTERM comes."""
    parser = Parser(prog="moodkiosk.operate.display", description=Reason("display.does"))
    there = SYSTEM_CONFIG if SYSTEM_CONFIG.is_file() else None
    config = Reason("help.option.config", file=str(SYSTEM_CONFIG))
    parser.add_argument("--config", type=Path, metavar="FILE", default=there, help=config)
    args = parser.parse_args(argv)
    systemd.set_up_logging()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = load.load(args.config, secrets=False)
        page = paths.display_page(settings.paths)
        with tempfile.TemporaryDirectory(prefix="moodkiosk-display-") as profile:
            command = browser_command(page, profile)
            while not page.is_file():  # act writes it as soon as it serves the page
                if stop.wait(1.0):
                    return 0
            with subprocess.Popen(command) as browser:
                socket = paths.control_socket(settings.paths)
                code = _watch(browser, stop, socket, blank=settings.display.blank_when_nobody)
    except (UsageError, load.ConfigError) as error:
        print(f"moodkiosk: {error}", file=sys.stderr)
        return 2
    except Failure as error:
        print(f"moodkiosk: {error}", file=sys.stderr)
        return 1
    return code


def _watch(browser: subprocess.Popen[bytes], stop: threading.Event, socket: Path, *, blank: bool) -> int:
    """Switches the light as long as the browser runs; ends the browser at `stop`. Returns the exit code."""
    light = Light()
    try:
        while browser.poll() is None and not stop.wait(ASK_SECONDS):
            light.set(lit=light_wanted(socket, blank=blank))
    finally:
        light.set(lit=True)
        browser.terminate()
    return 0 if stop.is_set() else browser.wait()


if __name__ == "__main__":
    sys.exit(main())
