"""Where things are: the sockets and what survives a restart.

Under systemd where its units say, else in the user's own folders.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodkiosk.config.settings import PathSettings

RECORDINGS = Path("recordings")
"""Where a collection goes, if nothing else is said."""
SYSTEM_CONFIG = Path("/etc/moodkiosk/config.yaml")
SYSTEM_RUNTIME = Path("/run/moodkiosk")
SYSTEM_STATE = Path("/var/lib/moodkiosk")


def runtime_dir(paths: PathSettings) -> Path:
    """The folder of the sockets: configured, else systemd's, else the user's."""
    if paths.runtime:
        return Path(paths.runtime)
    if _is_folder(SYSTEM_RUNTIME):
        return SYSTEM_RUNTIME
    base = os.environ.get("XDG_RUNTIME_DIR")
    return Path(base) / "moodkiosk" if base else Path(tempfile.gettempdir()) / f"moodkiosk-{os.getuid()}"


def state_dir(paths: PathSettings, half: str) -> Path:
    """What `half` ("sense" or "act") keeps over restarts. Each half has a folder of its own, and only its own.

    Configured, else what systemd says, else the installed kiosk's, else the user's.
    """
    if paths.state:
        return Path(paths.state) / half
    if given := os.environ.get("STATE_DIRECTORY"):  # systemd.exec(5), StateDirectory=
        return Path(given.split(":")[0])
    if _is_folder(SYSTEM_STATE / half):  # an administrator's command line (login, doctor) beside the installed kiosk
        return SYSTEM_STATE / half
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "moodkiosk" / half


def link_socket(paths: PathSettings) -> Path:
    """Where act listens for sense."""
    return runtime_dir(paths) / "link.sock"


def control_socket(paths: PathSettings) -> Path:
    """Where act listens for the command line."""
    return runtime_dir(paths) / "control.sock"


def display_page(paths: PathSettings) -> Path:
    """What the screen on the kiosk opens: a file of act's that leads to the page and lets it in."""
    return runtime_dir(paths) / "display.html"


def make_private(folder: Path) -> Path:
    """The folder, made if need be, for this user only. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _is_folder(path: Path) -> bool:
    """Whether there is such a folder, as far as this user may know."""
    try:
        return path.is_dir()
    except PermissionError:
        return False
