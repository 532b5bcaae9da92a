"""People's own neutral faces: the median measures of a few seconds of a neutral look, and nothing else of anybody.

Who is in front is said, not recognised: by `person`, or because only one person is known.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from moodkiosk.host import files, paths
from moodkiosk.host.files import NOT_JSON
from moodkiosk.sense.mood.measures import FACE, FACE_AND_OPINION, FACE_MEASURES, MEASURES, possible
from moodkiosk.sense.mood.median import median
from moodkiosk.sense.records.erase import same_person
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FILE = "neutral.json"
SOMEBODY = "me"
"""What a person is called who gives no name."""
LIMIT_BYTES = 1024 * 1024
"""Far more than the faces of all of them take."""
PEOPLE = 32
"""More than live in a household."""

log = logging.getLogger("moodkiosk.sense")


@dataclass(frozen=True, slots=True, eq=False)
class OwnNeutral:
    """Whose face at rest it is, and its measures, float32: by `FACE_AND_OPINION`, or older ones by `FACE`."""

    person: str
    measures: Floats


class _Kept(msgspec.Struct):
    """What the file holds. `person`: who was said to be in front; None: nothing was said; "": nobody in particular."""

    schema: str
    people: dict[str, dict[str, float]]
    person: str | None = None


class Earlier(msgspec.Struct, frozen=True):
    """What learning a neutral face changes, so that it can be taken back.

    Attributes:
        name: whose face it is.
        learnt: the face; measures by name.
        before: the one that was known before, or None.
        said: who was said to be in front before, see `_Kept.person`.
    """

    name: str
    learnt: dict[str, float]
    before: dict[str, float] | None
    said: str | None


class Neutrals:
    """The neutral faces that are known, kept in the state folder over restarts."""

    def __init__(self, folder: Path) -> None:
        """Reads what is kept in `folder`. A file that cannot be used is left alone and said in the log."""
        self._path = folder / FILE
        self._kept = self._load()

    @property
    def people(self) -> tuple[str, ...]:
        """Names of those whose neutral face is known, sorted."""
        return tuple(sorted(self._kept.people))

    @property
    def person(self) -> str | None:
        """Who is taken to be in front: who was said to be, else the only one who is known."""
        said = self._kept.person
        if said is not None:
            return said if said in self._kept.people else None
        return self.people[0] if len(self.people) == 1 else None

    @property
    def current(self) -> OwnNeutral | None:
        """The neutral face to subtract, or None."""
        return None if self.person is None else self.of(self.person)

    def of(self, name: str) -> OwnNeutral | None:
        """The neutral face of somebody, or None if it is not known."""
        name = self._spelt(name)
        values = self._kept.people.get(name)
        if values is None:
            return None
        return OwnNeutral(
            name, np.array([values[measure] for measure in MEASURES[FACE_AND_OPINION] if measure in values], np.float32)
        )

    def choose(self, name: str) -> None:
        """Says who is in front; "" for nobody in particular. Raises KeyError for a name not known, and OSError."""
        name = self._spelt(name)
        if name and name not in self._kept.people:
            raise KeyError(name)
        self._keep(_Kept(FACE, self._kept.people, name))

    def learn(self, name: str, measures: Sequence[Floats]) -> str:
        """Keeps the median of some measures as a person's neutral face, and takes that person to be in front.

        Args:
            name: "" for the one who is taken to be in front, else for `SOMEBODY`.
            measures: by any schema; those of hands do not count.

        Returns:
            The name. Raises OSError, and ValueError when too many people are known already.
        """
        found = self.would_learn(name, measures)
        self._keep(_Kept(FACE, {**self._kept.people, found.name: found.learnt}, found.name))
        return found.name

    def would_learn(self, name: str, measures: Sequence[Floats]) -> Earlier:
        """What `learn` is going to change. Raises ValueError."""
        name = self._spelt(name) or self.person or SOMEBODY
        people = self._kept.people
        if name not in people and len(people) >= PEOPLE:
            raise ValueError(Reason("calibrated.too_many", count=PEOPLE))
        count = len(measures[0])
        names = MEASURES[FACE_AND_OPINION] if count == len(MEASURES[FACE_AND_OPINION]) else FACE_MEASURES
        middle = median(np.stack(measures)[:, : len(names)])
        learnt = dict(zip(names, (round(value, 6) for value in middle.tolist()), strict=True))
        return Earlier(name, learnt, people.get(name), self._kept.person)

    def forget(self, name: str) -> bool:
        """Deletes a person's neutral face, or everybody's for "". Returns whether there was one. Raises OSError."""
        name = self._spelt(name)
        left = {person: values for person, values in self._kept.people.items() if name and person != name}
        gone = len(left) < len(self._kept.people)
        said = self._kept.person
        if gone or not name:
            kept = _Kept(FACE, left, said if said == "" or said in left else None)
            if left:
                self._keep(kept)
            else:
                self._path.unlink(missing_ok=True)
                self._kept = kept
        return gone

    def put_back(self, earlier: Earlier) -> None:
        """Takes back what was learnt, unless another face of that person was learnt since. Raises OSError."""
        kept, name = self._kept, earlier.name
        if kept.people.get(name) != earlier.learnt:
            return
        people = {known: values for known, values in kept.people.items() if known != name}
        if earlier.before is not None and _usable(earlier.before):
            people[name] = earlier.before
        said = earlier.said if kept.person == name else kept.person
        kept = _Kept(FACE, people, said if said == "" or said in people else None)
        if people or said == "":
            self._keep(kept)
        else:
            self._path.unlink(missing_ok=True)
            self._kept = kept

    def _spelt(self, name: str) -> str:
        """The name as it is known, if it is: case does not matter."""
        return next((known for known in self._kept.people if same_person(known, name)), name)

    def _keep(self, kept: _Kept) -> None:
        paths.make_private(self._path.parent)
        files.write_atomic(self._path, msgspec.json.encode(kept))
        self._kept = kept

    def _load(self) -> _Kept:
        try:
            kept = msgspec.json.decode(files.read_at_most(self._path, LIMIT_BYTES), type=_Kept)
        except FileNotFoundError:
            return _Kept(FACE, {})
        except (OSError, *NOT_JSON) as error:
            log.warning("%s cannot be used, nobody's own neutral face is known: %s", self._path, error)
            return _Kept(FACE, {})
        if kept.schema != FACE or not all(map(_usable, kept.people.values())):
            log.warning("%s was made for other measures; please calibrate again", self._path)
            return _Kept(FACE, {})
        return kept


def _usable(face: dict[str, float]) -> bool:
    """Whether a file's face has the measures of one of the two kinds, of sizes that can be."""
    known = set(face) in (set(FACE_MEASURES), set(MEASURES[FACE_AND_OPINION]))
    return known and all(map(possible, face.values()))
