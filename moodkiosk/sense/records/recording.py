"""Recordings: the landmarks of some seconds with their label, one `.npz` file each (contract 1). Never pictures."""

from __future__ import annotations

import io
import os
import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodkiosk.host import files

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Landmarks, Points

OPINION_ANSWERS = 9
"""Of the second opinion: seven log-probabilities of moods, the log-odds of "an animal" and of "mouth covered"."""

VERSION = 1
"""The version of contract 1 that this writes."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen at one moment.

    Attributes:
        at: monotonic seconds; NaN where it is not known.
        landmarks: of the face, and of the hands where they were looked for and found.
    """

    at: float
    landmarks: Landmarks


@dataclass(frozen=True, slots=True)
class Recording:
    """What is written into one file.

    Attributes:
        label: the mood or gesture shown.
        samples: at least one, all of one picture size.
        mirrored: the pictures were mirror images.
        extractor: what found the landmarks, e.g. "mediapipe-0.10.18/face_mesh".
        person: who it was, or "".
        session: which sitting it belongs to, or "".
    """

    label: str
    samples: Sequence[Sample]
    mirrored: bool
    extractor: str
    person: str = ""
    session: str = ""


def save(recording: Recording, folder: Path) -> Path:
    """Writes the recording into `folder` under a new name and returns it; no file is ever overwritten.

    Raises OSError (disk full, folder not writable), and then nothing is left behind.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    parts = [safe_name(recording.label), safe_name(recording.person), stamp, os.urandom(3).hex()]
    path = folder / ("-".join(part for part in parts if part) + ".npz")
    files.write_new(path, encode(recording))
    return path


def encode(recording: Recording) -> bytes:
    """The bytes of the file. Raises ValueError when the samples are of different picture sizes, or none."""
    import numpy as np

    sizes = {sample.landmarks.size for sample in recording.samples}
    if len(sizes) != 1:
        raise ValueError(f"a recording has samples of one picture size, not of {len(sizes)}")
    (width, height) = sizes.pop()
    at = np.array([sample.at for sample in recording.samples], np.float64)
    known: dict[str, Any] = {"at": at} if np.isfinite(at).all() else {}
    opinions = [sample.landmarks.opinion for sample in recording.samples]
    if any(opinion is not None for opinion in opinions):
        absent = np.full(OPINION_ANSWERS, np.nan, np.float32)
        known["opinion"] = np.stack([absent if opinion is None else opinion for opinion in opinions])
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        face=np.stack([sample.landmarks.face for sample in recording.samples]).astype(np.float32),
        left_hand=_hands([sample.landmarks.left_hand for sample in recording.samples]),
        right_hand=_hands([sample.landmarks.right_hand for sample in recording.samples]),
        label=np.array(recording.label),
        person=np.array(recording.person),
        session=np.array(recording.session),
        width=np.array(width),
        height=np.array(height),
        mirrored=np.array(recording.mirrored),
        extractor=np.array(recording.extractor),
        version=np.array(VERSION),
        **known,
    )
    return buffer.getvalue()


def safe_name(text: str) -> str:
    """The text as a part of a file name on any system: letters, digits, "_" and ".", at most 40 of them."""
    text = re.sub(r"[^\w.]+", "_", unicodedata.normalize("NFC", text), flags=re.UNICODE)
    return text.strip("._")[:40]


def _hands(hands: Sequence[Points | None]) -> Points:
    """float32 [n, 21, 3]; NaN where there was none."""
    import numpy as np

    absent = np.full((21, 3), np.nan, np.float32)
    return np.stack([absent if hand is None else hand for hand in hands]).astype(np.float32)
