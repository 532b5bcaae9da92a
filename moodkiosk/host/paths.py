"""Where things are: the sockets and what survives a restart.

Under systemd where its units say, else in the user's own folders.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodkiosk.config.settings import PathSettings

RECORDINGS = Path("recordings")
"""Where a collection goes, if nothing else is said."""
SYSTEM_CONFIG = Path("/etc/moodkiosk/config.yaml")
SYSTEM_RUNTIME = Path("/run/moodkiosk")
SYSTEM_STATE = Path("/var/lib/moodkiosk")


class NotPrivateError(OSError):
    """A folder that should be this user's alone is another's, or others may write into it."""


def runtime_dir(paths: PathSettings) -> Path:
    """The folder of the sockets: configured, else systemd's, else the user's."""
    if paths.runtime:
        return Path(paths.runtime)
    if _is_folder(SYSTEM_RUNTIME):
        return SYSTEM_RUNTIME
    base = _of_the_user("XDG_RUNTIME_DIR")
    return base / "moodkiosk" if base else _temporary()


def state_dir(paths: PathSettings, half: str) -> Path:
    """What `half` ("sense" or "act") keeps over restarts. Each half has a folder of its own, and only its own.

    Configured, else what systemd says, else the installed kiosk's, else the user's.
    """
    if paths.state:
        return Path(paths.state) / half
    if (given := os.environ.get("STATE_DIRECTORY", "")).startswith("/"):  # systemd.exec(5), StateDirectory=
        return Path(given.split(":")[0])
    if _is_folder(SYSTEM_STATE / half):  # an administrator's command line (login, doctor) beside the installed kiosk
        return SYSTEM_STATE / half
    base = _of_the_user("XDG_STATE_HOME") or home() / ".local" / "state"
    return base / "moodkiosk" / half


def link_socket(paths: PathSettings) -> Path:
    """Where act listens for sense."""
    return runtime_dir(paths) / "link.sock"


def control_socket(paths: PathSettings) -> Path:
    """Where act listens for the command line."""
    return runtime_dir(paths) / "control.sock"


def display_page(paths: PathSettings) -> Path:
    """What the screen on the kiosk opens: a file of act's that leads to the page and lets it in."""
    return runtime_dir(paths) / "display.html"


def home() -> Path:
    """The user's own folder; for a user who has none (a container's, for one) a temporary one."""
    try:
        found = Path.home()
    except RuntimeError:  # no HOME, and the user is in no list
        found = Path()
    return found if found.is_absolute() else _temporary()


def _temporary() -> Path:
    """A folder of this user's own where everybody may make folders.

    Raises NotPrivateError where somebody else has made it first, or may write into it: they could be the other half.
    """
    import tempfile  # hardly anybody needs it

    folder = Path(tempfile.gettempdir()) / f"moodkiosk-{os.getuid()}"
    try:
        found = folder.lstat()
    except OSError:  # not there yet
        return folder
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise NotPrivateError(errno.EPERM, os.strerror(errno.EPERM), str(folder))
    return folder


def _of_the_user(name: str) -> Path | None:
    """The folder that a variable names; one that is not whole counts as none (XDG Base Directory Specification)."""
    given = os.environ.get(name, "")
    return Path(given) if given.startswith("/") else None


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
