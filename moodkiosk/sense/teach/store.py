"""The models a kiosk has: the one in use and those before it, in sense's state folder."""

from __future__ import annotations

from pathlib import Path

from moodkiosk.host import files, paths

KEPT = 3
"""How many of the models before the current one are kept."""


class ModelStore:
    """A folder with `current.tflite` and the models before it, `before-0001.tflite` and so on, the newest last.

    At any moment, a power cut included, the current model is there whole, and none that should be kept is lost.
    """

    def __init__(self, current: Path) -> None:
        self.current = current
        self._folder = current.parent

    @property
    def before(self) -> list[Path]:
        """The models before the current one, oldest first."""
        return sorted(self._folder.glob("before-*.tflite"))

    def put(self, data: bytes) -> bool:
        """Makes these bytes the current model; False if they are already. Raises OSError."""
        paths.make_private(self._folder)
        if self.current.exists():
            old = self.current.read_bytes()
            if old == data:
                return False
            self._drop_twins(old)
            number = int(self.before[-1].stem.removeprefix("before-")) + 1 if self.before else 1
            files.write_new(self._folder / f"before-{number:04}.tflite", old)
        files.write_atomic(self.current, data)
        for extra in self.before[:-KEPT]:
            extra.unlink()
        return True

    def back(self) -> bool:
        """Goes back to the model before, or to none; False if there is nothing to go back from. Raises OSError."""
        if not self.current.exists():
            return False
        self._drop_twins(self.current.read_bytes())
        if self.before:
            newest = self.before[-1]
            files.write_atomic(self.current, newest.read_bytes())
            newest.unlink()
        else:
            self.current.unlink()
        return True

    def _drop_twins(self, data: bytes) -> None:
        """A change that was cut short left a copy of the current model among those before it."""
        while self.before and self.before[-1].read_bytes() == data:
            self.before[-1].unlink()
