"""Tells pictures and videos from other files by what is in them, whatever they are called."""

from __future__ import annotations

import math
import re
import struct
import zipfile
from pathlib import Path
from typing import IO

HEAD_BYTES = 64
HEADER_BYTES = 512
"""Of an array: its type and shape stand there in words."""
SMALLEST_PIXELS = 1024
"""An array of bytes with fewer numbers than this (32 x 32) shows nobody."""

# How files begin (https://en.wikipedia.org/wiki/List_of_file_signatures).
BEGINNINGS = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n",
    b"GIF8",
    b"BM",  # Windows bitmap
    b"II*\0",  # TIFF, and most raw formats
    b"MM\0*",
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"\0\0\x01\xba",  # MPEG
    b"\0\0\0\x01",  # H.264 without a container
    b"FLV\x01",
    b"YUV4MPEG2",
)
PORTABLE = re.compile(rb"P[1-7]\s")  # PBM to PAM


def search(folder: Path) -> tuple[int, list[Path]]:
    """How many files there are in `folder` and below it, and which of them are pictures. Raises PermissionError."""
    count, found = 0, []
    pending = [folder]
    while pending:
        for entry in sorted(pending.pop().iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                pending.append(entry)
            elif entry.is_file():
                count += 1
                if is_picture(entry):
                    found.append(entry)
    return count, found


def is_picture(path: Path) -> bool:
    """Whether a file is a picture or a video, or holds an array of bytes in the shape of one. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith(BEGINNINGS) and not (head.startswith(b"BM") and not _is_bitmap(head, path)):
            return True
        if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI "):
            return True
        if head[4:8] == b"ftyp" or PORTABLE.match(head):  # MP4, HEIF, AVIF, QuickTime
            return True
        file.seek(0)
        if head.startswith(b"\x93NUMPY"):
            return _is_picture_array(file)
        return zipfile.is_zipfile(file) and _holds_picture(path)


def _is_bitmap(head: bytes, path: Path) -> bool:
    """Two letters prove nothing: a bitmap also says how long it is."""
    return len(head) >= 6 and struct.unpack("<I", head[2:6])[0] == path.stat().st_size


def _holds_picture(path: Path) -> bool:
    """Whether an archive holds a picture (a recording is an archive of arrays)."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as member:
                head = member.read(HEAD_BYTES)
            if head.startswith(BEGINNINGS[:3]):
                return True
            if head.startswith(b"\x93NUMPY"):
                with archive.open(name) as member:
                    if _is_picture_array(member):
                        return True
    return False


def _is_picture_array(file: IO[bytes]) -> bool:
    """Whether a numpy array is one of bytes with rows and columns (format: numpy.lib.format)."""
    header = file.read(HEADER_BYTES)
    kind = re.search(rb"'descr':\s*'[|<>=]?([a-z]\d*)'", header)
    shape = re.search(rb"'shape':\s*\(([\d,\s]*)\)", header)
    if kind is None or shape is None or kind[1] not in (b"u1", b"i1", b"u2", b"b1"):
        return False
    sides = [int(side) for side in shape[1].split(b",") if side.strip()]
    return len(sides) >= 2 and math.prod(sides) >= SMALLEST_PIXELS
