"""Takes: some seconds of one mood of one person, as measures. They come from recordings (contract 1).

Of each recording only the measures are kept: a face mesh takes 35 times as much memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.host.digest import sha256_hex
from moodkiosk.sense.mood.labels import fit_for_label
from moodkiosk.sense.mood.measures import FACE_MEASURES, measures
from moodkiosk.sense.records import npy
from moodkiosk.sense.records.recording import OPINION_ANSWERS
from moodkiosk.sense.teach import masks
from moodkiosk.sense.unzip import Damaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Arrays = dict[str, NDArray[Any]]

FACE_POINTS = (468, 3)
MOST_FRAMES = 250
"""Of a take: more of one sitting teach nothing new, and the fit has to end in seconds. Of more, some are left out."""

LIMIT_BYTES = 4 * 1024**2
"""Of a recording, unpacked: 700 faces. Measuring them takes twice as much again; more is for a desktop."""

WANTED = ("face", "label", "person", "session", "at", "opinion", "mirrored", "extractor")


class BadTake(Exception):
    """Why a recording cannot be learnt from, in one line."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One mood of one person, in the order of time.

    Attributes:
        label: what is shown.
        person: who shows it, or "".
        x: measures, float32 [n, k]; finite.
        at: seconds of each frame [n], comparable within the take only; NaN where they are not known.
        name, sha256: of the recording's file, for the model's manifest.
        extractor: what found the landmarks.
        mirrored: the pictures were mirror images.
        covered: in which frames the mouth was covered, [n]; None: in none.
    """

    label: str
    person: str
    x: Floats
    at: NDArray[np.float64]
    name: str = ""
    sha256: str = ""
    extractor: str = ""
    mirrored: bool = False
    covered: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.x)


def takes_of(recording: bytes, name: str, schema: str) -> list[Take]:
    """The takes in a recording's bytes, as measures by `schema`. `name`: of the file. Raises BadTake.

    Of a file that holds several labels, people or sessions, every combination is a take.
    """
    try:
        arrays = npy.arrays(recording, WANTED, LIMIT_BYTES)
        x = _measured(arrays, schema)
        count = len(x)
        texts = [_texts(arrays, key, count) for key in ("label", "person", "session")]
        at = np.broadcast_to(np.asarray(arrays.get("at", np.nan), np.float64), (count,))
        hidden = masks.covered(arrays["opinion"]) if "opinion" in arrays else np.zeros(count, bool)
        mirrored, extractor = bool(arrays["mirrored"].reshape(())), str(arrays["extractor"].reshape(()))
    except KeyError as error:
        raise BadTake(f"{name}: not a recording, it lacks {error}") from None
    except (Damaged, ValueError, TypeError) as error:
        raise BadTake(f"{name}: {error}") from None
    about = Take("", "", x, at, name, sha256_hex(recording), extractor, mirrored, hidden)
    found = []
    keys = list(zip(*(column.tolist() for column in texts), strict=True))
    for key in dict.fromkeys(keys):
        label, person, _ = key
        if not fit_for_label(label):
            raise BadTake(f"{name}: {label[:60]!r} cannot be a label")
        rows = np.array([other == key for other in keys])
        found.append(
            _in_order(replace(about, label=label, person=person, x=x[rows], at=at[rows], covered=hidden[rows]))
        )
    return found


def _measured(arrays: Arrays, schema: str) -> Floats:
    face, opinion = arrays["face"], arrays.get("opinion")
    if face.dtype.kind not in "fiu" or face.ndim != 3 or face.shape[2] != 3 or face.shape[1] not in (468, 478):
        raise ValueError(f"its faces have the shape {list(face.shape)}")
    face = face[:, : FACE_POINTS[0]]
    if not len(face) or not np.isfinite(face).all():
        raise ValueError("some of its points are not numbers" if len(face) else "it holds no samples")
    if opinion is not None and (opinion.dtype.kind not in "fiu" or opinion.shape != (len(face), OPINION_ANSWERS)):
        raise ValueError(f"its second opinions have the shape {list(opinion.shape)}")
    x = measures(face, None, None, schema, opinion)
    if np.isnan(x[:, len(FACE_MEASURES) :]).any():
        raise ValueError("the second opinion was not asked")
    if not np.isfinite(x).all():
        raise ValueError("some of its faces have no measures")
    return x


def _texts(arrays: Arrays, key: str, count: int) -> NDArray[np.str_]:
    column = arrays.get(key, np.array("")) if key != "label" else arrays[key]
    if column.dtype.kind == "S":
        column = np.char.decode(column, "utf-8", "replace")
    if column.dtype.kind != "U":
        raise ValueError(f"{key!r} is no text")
    return np.broadcast_to(column.reshape(()) if column.size == 1 else column, (count,))


def _in_order(take: Take) -> Take:
    timed = np.isfinite(take.at).all()
    order = np.argsort(take.at, kind="stable") if timed else np.arange(len(take))
    order = order[:: -(-len(take) // MOST_FRAMES)]
    hidden = None if take.covered is None else take.covered[order]
    return replace(take, x=take.x[order], at=take.at[order], covered=hidden)
