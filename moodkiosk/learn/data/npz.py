"""The arrays of an `.npz` file, each checked before it is believed. No pickles: nothing in a file is executed."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from moodkiosk.failure import UsageError
from moodkiosk.sense.records import npy
from moodkiosk.sense.unzip import Damaged
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Texts = NDArray[np.str_]
    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]
    Whole = NDArray[np.int64]

FARTHEST_PX = 1e6
"""No point is farther from the picture's corner."""


def arrays(data: bytes, names: Collection[str], path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of these names that are there; `path` is for messages. Others are not unpacked.

    Raises UsageError when the bytes are damaged or foreign, or the arrays too large.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise UsageError(Reason("recording.no_npz", path=str(path)))
    try:
        return npy.arrays(data, names)
    except Damaged as error:
        raise UsageError(Reason("recording.damaged", path=str(path), why=str(error))) from None


@dataclass(frozen=True, slots=True)
class Reader:
    """The arrays of one file, checked one by one. Each raises UsageError."""

    path: Path
    arrays: dict[str, NDArray[Any]]

    def scalar(self, name: str) -> object:
        """The one value of an array."""
        array = self.arrays[name]
        if array.size != 1:
            raise self._bad(name, Reason("recording.one_value"), array)
        value: object = array.reshape(()).item()
        return value

    def points(self, name: str, count: int, n: int | None = None) -> Floats:
        """float32 [n, count, 3]; NaN where the optional array is missing."""
        array = self.arrays.get(name)
        if array is None:
            return np.full((n or 0, count, 3), np.nan, np.float32)
        # Later face meshes have ten points of the irises after the 468.
        if name == "face" and array.ndim == 3 and array.shape[1] == 478:
            array = array[:, :count]
        wanted = (*array.shape[:1], count, 3) if n is None else (n, count, 3)
        if array.dtype.kind not in "fiu" or array.shape != wanted:
            raise self._bad(name, Reason("recording.numbers", shape=f"[{'n' if n is None else n}, {count}, 3]"), array)
        if (np.abs(array) > FARTHEST_PX).any():
            raise self._damaged(Reason("recording.not_pixels", name=f"'{name}'"))
        return np.ascontiguousarray(array, np.float32)

    def numbers(self, name: str, n: int, count: int) -> Floats:
        """float32 [n, count]; NaN where the optional array, or a number of it, is missing."""
        array = self.arrays.get(name)
        if array is None:
            return np.full((n, count), np.nan, np.float32)
        if array.dtype.kind not in "fiu" or array.shape != (n, count):
            raise self._bad(name, Reason("recording.numbers", shape=f"[{n}, {count}]"), array)
        if np.isinf(array).any():
            raise self._damaged(Reason("recording.infinite", name=f"'{name}'"))
        return np.ascontiguousarray(array, np.float32)

    def texts(self, name: str, n: int, *, empty: bool = True) -> Texts:
        """Str [n]; the empty text where the optional array is missing."""
        array = self.arrays.get(name, np.array(""))
        if array.dtype.kind == "S":
            array = np.char.decode(array, "utf-8", "replace")
        array = self._spread(name, array, n, "U", Reason("recording.text_each"))
        if not empty and (array == "").any():
            raise UsageError(Reason("recording.no_label", path=str(self.path)))
        return cast("Texts", array.astype(np.str_))

    def pixels(self, name: str, n: int) -> Whole:
        """int64 [n], positive."""
        array = self._spread(name, self.arrays[name], n, "iuf", Reason("recording.number_each"))
        if not (np.isfinite(array) & (array >= 1) & (array <= 100_000)).all():
            raise self._damaged(Reason("recording.pixels", name=f"'{name}'"))
        return array.astype(np.int64)

    def seconds(self, name: str, n: int) -> Doubles:
        """float64 [n]; NaN where the optional array is missing."""
        array = self.arrays.get(name, np.array(math.nan))
        if name in self.arrays and array.shape != (n,):
            raise self._bad(name, Reason("recording.one_each", count=n), array)
        seconds = self._spread(name, array, n, "iuf", Reason("recording.some_numbers")).astype(np.float64)
        if np.isinf(seconds).any():
            raise self._damaged(Reason("recording.not_times", name=f"'{name}'"))
        return seconds

    def _spread(self, name: str, array: NDArray[Any], n: int, kinds: str, expected: str) -> NDArray[Any]:
        if array.dtype.kind not in kinds or not (array.size == 1 or array.shape == (n,)):
            raise self._bad(name, expected, array)
        return array if array.shape == (n,) else np.full(n, array.reshape(())[()])

    def _bad(self, name: str, expected: str, array: NDArray[Any]) -> UsageError:
        found = f"{array.dtype} {list(array.shape)}"
        return UsageError(
            Reason("recording.expected", path=str(self.path), name=f"'{name}'", expected=expected, found=found)
        )

    def _damaged(self, why: str) -> UsageError:
        return UsageError(Reason("recording.damaged", path=str(self.path), why=why))
