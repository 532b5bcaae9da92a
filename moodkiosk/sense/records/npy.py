"""Arrays in numpy's file format, from files that nobody vouches for: names and shapes first, within bounds, no pickles.

The format is that of `numpy.lib.format` (NEP 1): a magic word, a version, the length of a header, a Python dict as
text, the numbers. numpy evaluates that text, and reads as many numbers as it promises; here it is matched.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from moodkiosk.sense import unzip
from moodkiosk.sense.unzip import Damaged
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MAGIC = b"\x93NUMPY"
HEADER_BYTES = 10_000
DIMENSIONS, LONGEST = 8, 2**31
TEXT_LETTERS = 1000
LIMIT_BYTES = 256 * 1024**2
"""All arrays of one file that are asked for, together: 47,000 faces."""

KIND = r"""(?a)["']descr["']\s*:\s*["']([<>|=]?)(\w)(\d{0,6})["']"""
ORDER = r"""["']fortran_order["']\s*:\s*(True|False)"""
SHAPE = r"""(?a)["']shape["']\s*:\s*\(([\d\sL,]{0,200})\)"""
SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8, 16), "U": None, "S": None}
"""Kinds of values and the sizes they have in bytes; texts have any."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an array promises to be.

    Attributes:
        dtype: as numpy writes it, e.g. "<f4"; kind and order are checked.
        item_bytes: of one value.
        shape: its sizes.
        by_columns: Fortran's order.
    """

    dtype: str
    item_bytes: int
    shape: tuple[int, ...]
    by_columns: bool

    @property
    def size_bytes(self) -> int:
        """Of all values."""
        return self.item_bytes * math.prod(self.shape)


def headers(data: bytes) -> dict[str, Header | None]:
    """What the arrays of an `.npz` file promise, by name; None for one that cannot be read. Raises Damaged."""
    found: dict[str, Header | None] = {}
    with unzip.opened(data) as archive:
        for name in archive.namelist():
            if name.endswith(".npy"):
                with archive.open(name) as stream:
                    try:
                        found[name.removesuffix(".npy")] = read_header(stream)
                    except Damaged:
                        found[name.removesuffix(".npy")] = None
    return found


def arrays(data: bytes, names: Collection[str] | None = None, limit_bytes: int = LIMIT_BYTES) -> dict[str, Array]:
    """The arrays of an `.npz` file by name: those in `names` that are there (None: all). Others are not unpacked.

    Raises Damaged: not an `.npz` file, cut off, of another kind, or larger than `limit_bytes` in all.
    """
    found: dict[str, Array] = {}
    left = limit_bytes
    with unzip.opened(data) as archive:
        for entry in archive.namelist():
            name = entry.removesuffix(".npy")
            if name != entry and (names is None or name in names):
                with archive.open(entry) as stream:
                    try:
                        found[name] = read(stream, left)
                    except Damaged as error:
                        raise Damaged(Reason("list.of", what=name, reason=str(error))) from None
                left -= found[name].nbytes
    return found


def read(stream: IO[bytes], limit_bytes: int = LIMIT_BYTES) -> Array:
    """The array in the bytes of an `.npy` file. Raises Damaged, and what `stream` raises."""
    import numpy as np

    header = read_header(stream)
    if header.size_bytes > limit_bytes:
        megabytes, most = (round(each / 1e6) for each in (header.size_bytes, limit_bytes))
        raise Damaged(Reason("damaged.unpacks", megabytes=megabytes, most=most))
    content = bytearray(stream.read(header.size_bytes))
    if len(content) < header.size_bytes:
        raise Damaged(Reason("damaged.ends", found=len(content), promised=header.size_bytes))
    order: Any = "F" if header.by_columns else "C"
    if header.item_bytes == 0:  # empty texts
        return np.zeros(header.shape, header.dtype)
    array: Array = np.ndarray(header.shape, np.dtype(header.dtype), content, order=order)
    if array.dtype.kind == "U" and not _texts(array):
        raise Damaged(Reason("damaged.texts"))
    if array.dtype.kind == "b" and (np.frombuffer(content, np.uint8) > 1).any():
        raise Damaged(Reason("damaged.truth"))
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def read_header(stream: IO[bytes]) -> Header:
    """What the array promises to be; leaves the stream at its first value. Raises Damaged, and what `stream` raises."""
    begin = stream.read(len(MAGIC) + 2)
    if begin[: len(MAGIC)] != MAGIC or len(begin) != len(MAGIC) + 2 or begin[-2] not in (1, 2, 3):
        raise Damaged(Reason("damaged.no_array"))
    length = struct.Struct("<H" if begin[-2] == 1 else "<I")
    packed = stream.read(length.size)
    (size,) = length.unpack(packed) if len(packed) == length.size else (HEADER_BYTES + 1,)
    text = stream.read(size).decode("latin-1") if size <= HEADER_BYTES else ""
    kind, order, shape = (re.search(pattern, text) for pattern in (KIND, ORDER, SHAPE))
    if kind is None or order is None or shape is None:
        raise Damaged(Reason("damaged.header"))
    return _header(kind, order[1] == "True", shape[1])


def _header(kind: re.Match[str], by_columns: bool, written: str) -> Header:
    letter, digits = kind[2], kind[3]
    sizes = [part.strip().removesuffix("L") for part in written.split(",") if part.strip()]
    if letter not in SIZES or not digits or not all(part.isdecimal() for part in sizes):
        raise Damaged(Reason("damaged.other_values"))
    count, allowed = int(digits), SIZES[letter]
    shape = tuple(map(int, sizes))
    if allowed is not None and count not in allowed:
        raise Damaged(Reason("damaged.sizes"))
    if allowed is None and count > TEXT_LETTERS:
        raise Damaged(Reason("damaged.long_texts", found=count, most=TEXT_LETTERS))
    if len(shape) > DIMENSIONS or any(length > LONGEST for length in shape):
        raise Damaged(Reason("damaged.shape"))
    return Header(f"{kind[1]}{letter}{digits}", count * (4 if letter == "U" else 1), shape, by_columns)


def _texts(array: Array) -> bool:
    """Whether every letter is one that Unicode has."""
    import numpy as np

    letters = np.frombuffer(array.tobytes(), f"{array.dtype.str[0]}u4")
    return not ((letters > 0x10FFFF) | ((letters >= 0xD800) & (letters <= 0xDFFF))).any()
