"""Recordings into one data set (contract 1): landmarks with labels, from folders and files.

Nothing in a file is executed or trusted: no pickles, every shape and range is checked, what does not fit is one line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moodkiosk.failure import UsageError
from moodkiosk.host import files
from moodkiosk.learn.data import npz
from moodkiosk.sense.records import npy
from moodkiosk.sense.records.recording import OPINION_ANSWERS
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

VERSION = 1
"""The version of contract 1 that this reads."""

FACE_POINTS, HAND_POINTS = 468, 21
REQUIRED = ("face", "label", "width", "height", "mirrored", "extractor", "version")
OPTIONAL = ("left_hand", "right_hand", "opinion", "person", "session", "at")

FILE_BYTES = npy.LIMIT_BYTES
SAMPLES_LIMIT = 200_000
"""Of all files together: 1 GB in memory."""

Texts = NDArray[np.str_]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a data set.

    Attributes:
        path: where it was read.
        sha256: of its bytes, hexadecimal.
        samples: how many it holds.
        mirrored: the pictures were mirror images.
        extractor: what found the landmarks, e.g. "mediapipe-0.10.18/face_mesh".
    """

    path: Path
    sha256: str
    samples: int
    mirrored: bool
    extractor: str


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Samples of several recordings, one a row.

    Attributes:
        face: float32 [n, 468, 3], pixels; x to the right, y down, z in the scale of x. Always finite.
        left_hand, right_hand: float32 [n, 21, 3], NaN where the hand was not seen or not looked for.
        opinion: float32 [n, 9], what the second opinion said; NaN where it was not asked (older recordings).
        label: [n], as recorded.
        person, session: [n], "" where the file does not say.
        at: float64 [n] seconds, NaN where the file does not say; comparable within one file only.
        width, height: int64 [n], of the picture in pixels.
        mirrored: bool [n], the picture was a mirror image.
        file: int64 [n], index into `sources`.
        sources: the files, in the order of their names.
        twins: files left out because an earlier one has the very same bytes.
    """

    face: Floats
    left_hand: Floats
    right_hand: Floats
    opinion: Floats
    label: Texts
    person: Texts
    session: Texts
    at: Doubles
    width: Whole
    height: Whole
    mirrored: NDArray[np.bool_]
    file: Whole
    sources: tuple[Source, ...]
    twins: tuple[Path, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.face)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that occur, sorted."""
        return tuple(np.unique(self.label).tolist())

    @property
    def hands_seen(self) -> NDArray[np.bool_]:
        """Bool [n, 2]: whether the left and the right hand was seen."""
        seen: NDArray[np.bool_] = ~np.isnan(np.stack([self.left_hand[:, 0, 0], self.right_hand[:, 0, 0]], axis=1))
        return seen

    def select(self, rows: NDArray[np.bool_] | Whole) -> Dataset:
        """The samples of a mask or of indices, in that order; `sources` stays as it is."""
        return replace(self, **{name: getattr(self, name)[rows] for name in COLUMNS})

    def relabelled(self, names: dict[str, str]) -> Dataset:
        """The same with labels renamed; those not in `names` stay."""
        return replace(self, label=np.array([names.get(name, name) for name in self.label.tolist()], np.str_))


COLUMNS = tuple(entry.name for entry in fields(Dataset) if entry.name not in ("sources", "twins"))


def load(paths: Iterable[Path]) -> Dataset:
    """The recordings of these files and folders (and the folders in them) as one data set.

    Files that are there twice, byte for byte, count once. Raises UsageError, one line that names the file: a path that
    is not there, a folder without recordings, a file that is damaged, foreign or lacks what contract 1 requires.
    """
    parts: list[Dataset] = []
    seen: set[str] = set()
    twins: list[Path] = []
    for path in _files(paths):
        part = parse(_bytes(path), path)
        if part.sources[0].sha256 in seen:
            twins.append(path)
            continue
        seen.add(part.sources[0].sha256)
        parts.append(part)
        if sum(map(len, parts)) > SAMPLES_LIMIT:
            raise UsageError(Reason("recording.too_many", count=SAMPLES_LIMIT, path=str(path)))
    return _join(parts, tuple(twins))


def parse(data: bytes, path: Path) -> Dataset:
    """The data set of one file's bytes; `path` is for messages. Raises UsageError."""
    arrays = npz.arrays(data, (*REQUIRED, *OPTIONAL), path)
    if missing := [name for name in REQUIRED if name not in arrays]:
        raise UsageError(Reason("recording.lacks", path=str(path), names=missing))
    reader = npz.Reader(path, arrays)
    version = reader.scalar("version")
    if version != VERSION:
        raise UsageError(Reason("recording.version", path=str(path), version=str(version), own=VERSION))
    face = reader.points("face", FACE_POINTS)
    n = len(face)
    if n == 0:
        raise UsageError(Reason("recording.empty", path=str(path)))
    if not np.isfinite(face).all():
        raise UsageError(
            Reason("recording.damaged", path=str(path), why=Reason("recording.not_numbers", name="'face'"))
        )
    mirrored, extractor = reader.scalar("mirrored"), reader.scalar("extractor")
    if not isinstance(mirrored, bool) or not isinstance(extractor, str):
        raise UsageError(Reason("recording.damaged", path=str(path), why=Reason("recording.mirrored")))
    source = Source(path, hashlib.sha256(data).hexdigest(), n, mirrored, extractor)
    return Dataset(
        face=face,
        left_hand=reader.points("left_hand", HAND_POINTS, n),
        right_hand=reader.points("right_hand", HAND_POINTS, n),
        opinion=reader.numbers("opinion", n, OPINION_ANSWERS),
        label=reader.texts("label", n, empty=False),
        person=reader.texts("person", n),
        session=reader.texts("session", n),
        at=reader.seconds("at", n),
        width=reader.pixels("width", n),
        height=reader.pixels("height", n),
        mirrored=np.full(n, mirrored),
        file=np.zeros(n, np.int64),
        sources=(source,),
    )


def _bytes(path: Path) -> bytes:
    try:
        return files.read_at_most(path, FILE_BYTES)
    except files.TooLarge:
        raise UsageError(Reason("recording.large", path=str(path), mib=FILE_BYTES // 1024**2)) from None
    except OSError as error:
        raise UsageError(Reason("kept.unreadable", path=str(path), reason=system(error))) from None


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*.npz") if file.is_file() and not file.name.startswith("."))
            if not inside:
                classic = any(path.rglob("*.npy"))
                raise UsageError(Reason("recording.none_but_classic" if classic else "recording.none", path=str(path)))
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(Reason("recording.nowhere", path=str(path)))
    if not found:
        raise UsageError(Reason("recording.not_given"))
    return found


def _join(parts: list[Dataset], twins: tuple[Path, ...]) -> Dataset:
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS if name != "file"}
    file = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return Dataset(**joined, file=file, sources=tuple(part.sources[0] for part in parts), twins=twins)
