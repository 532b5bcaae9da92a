"""The settings that run, compared with the file that they came from: configured is not running."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from moodkiosk.config import changes
from moodkiosk.config.load import ConfigError
from moodkiosk.config.settings import Config
from moodkiosk.words.reason import Reason, either, together
from moodkiosk.words.system import system

RELOAD = Reason("reload.takes_it")


class Configuration:
    """What was read when the kiosk started or was reloaded, and what stands in the file now.

    Attributes:
        running: the settings that hold.
    """

    def __init__(self, running: Config, path: Path | None, read: Callable[[Path], Config]) -> None:
        """`read` reads the file and raises ConfigError; without a `path` there is none to compare with."""
        self.running = running
        self._path = path
        self._read = read
        self._seen: tuple[object, Config | str] | None = None

    def pending(self, sense: str | None) -> list[str]:
        """What stands in the file and does not hold yet, a line for each thing to be done; nothing is read in vain.

        Args:
            sense: the digest of what the half that sees has read; None: it is not there, or does not say.
        """
        file = self._file()
        if isinstance(file, str):
            return [Reason("reload.cannot_be_taken", reason=file)] if file else []
        keys = list(changes.differences(self.running, file))
        waits = {unit: list(keys) for unit, keys in changes.restarts(keys).items()}
        if sense is not None and changes.SENSE not in waits and sense != changes.digest(file):
            waits[changes.SENSE] = [either(*changes.OF_SENSE, "paths")]
        lines: list[str] = []
        if here := [key for key in keys if changes.is_taken(key)]:
            dry = self.running.music.player == "dry-run" != file.music.player
            lines.append(_line(here, RELOAD, dry=dry))
        lines += [_line(those, restart(unit)) for unit, those in waits.items()]
        return lines

    def take(self) -> tuple[Config, str]:
        """Takes what can be taken while the kiosk runs; returns the settings before, and what was done, in words.

        Raises ConfigError; then nothing has changed.
        """
        before = self.running
        file = self._file(anew=True)
        if isinstance(file, str):
            if file:
                raise ConfigError(file)
            return before, ""
        self.running = changes.taken(before, file)
        done = list(changes.differences(before, self.running))
        words = [Reason("reload.taken", keys=named(done))] if done else []
        waits = changes.restarts(list(changes.differences(self.running, file)))
        words += [Reason("reload.needs", keys=named(keys), advice=restart(unit)) for unit, keys in waits.items()]
        return before, together(words)

    def _file(self, *, anew: bool = False) -> Config | str:
        """What stands in the file, or what is wrong with it; "" where there is none."""
        if self._path is None:
            return ""
        try:
            about = self._path.stat()
            stamp = (about.st_mtime_ns, about.st_ino, about.st_size)
        except OSError as error:
            return Reason("file.unusable", path=str(self._path), reason=system(error))
        if anew or self._seen is None or self._seen[0] != stamp:
            try:
                found: Config | str = self._read(self._path)
            except ConfigError as error:
                found = str(error)
            self._seen = stamp, found
        return self._seen[1]


def _line(keys: list[str], advice: str, *, dry: bool = False) -> str:
    """What has changed, and what takes it; `dry`: until then nothing is really played."""
    what = Reason("reload.still_dry" if dry else "reload.changed", keys=named(keys))
    return Reason("list.of", what=what, reason=advice)


def restart(unit: str) -> str:
    """The command that restarts a half of the kiosk: the same in every language."""
    return f"'systemctl restart {unit}'"


def named(keys: list[str]) -> str:
    """Some keys in words, not too many."""
    shown = ", ".join(keys[:4]) if len(keys) > 1 else keys[0]
    return shown if len(keys) <= 4 else Reason("reload.and_more", keys=shown, others=len(keys) - 4)
