"""Zip files that nobody vouches for: opened, listed and unpacked within bounds, or refused in one line."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from moodkiosk.failure import OneLine, reason
from moodkiosk.words.reason import Reason

ENTRIES_LIMIT = 1000
"""No file of ours has a tenth of this."""

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    OSError,
    RuntimeError,  # encrypted; NotImplementedError: packed in a way that zipfile does not know
    MemoryError,
)
"""What `zipfile` raises when the bytes are not what they promise."""


class Damaged(OneLine):
    """The bytes are not what they say they are, and why."""


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The zip file in `data`, which may begin anywhere. Whatever is wrong with it in the block raises Damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > ENTRIES_LIMIT:
                raise Damaged(Reason("damaged.many_files", most=ENTRIES_LIMIT))
            yield archive
    except DAMAGE as error:
        raise Damaged(reason(error)) from None


def read(archive: zipfile.ZipFile, name: str, limit_bytes: int) -> bytes:
    """One file of the archive, unpacked. Raises Damaged when it is larger than `limit_bytes`, whatever it promised."""
    with archive.open(name) as stream:
        data = stream.read(limit_bytes + 1)
    if len(data) > limit_bytes:
        raise Damaged(Reason("damaged.unpacks_to", name=name, bytes=limit_bytes))
    return data
