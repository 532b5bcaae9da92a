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
from moodkiosk.sense.records.erase import same_person
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FILE = "neutral.json"
SOMEBODY = "me"
"""What a person is called who gives no name."""
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
        name = self._spelt(name) or self.person or SOMEBODY
        count = len(measures[0])
        names = MEASURES[FACE_AND_OPINION] if count == len(MEASURES[FACE_AND_OPINION]) else FACE_MEASURES
        median = np.median(np.stack(measures)[:, : len(names)], axis=0)
        values = dict(zip(names, (round(value, 6) for value in median.tolist()), strict=True))
        people = {**self._kept.people, name: values}
        if len(people) > PEOPLE:
            raise ValueError(Reason("calibrated.too_many", count=PEOPLE))
        self._keep(_Kept(FACE, people, name))
        return name

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

    @property
    def kept(self) -> object:
        """All that is known, for `put_back`."""
        return self._kept

    def put_back(self, kept: object) -> None:
        """Takes back what was learnt since `kept`. Raises OSError."""
        assert isinstance(kept, _Kept)
        if kept.people or kept.person is not None:
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
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return _Kept(FACE, {})
        except (OSError, *NOT_JSON) as error:
            log.warning("%s cannot be used, nobody's own neutral face is known: %s", self._path, error)
            return _Kept(FACE, {})
        usable = kept.schema == FACE and all(
            set(values) in (set(FACE_MEASURES), set(MEASURES[FACE_AND_OPINION])) and all(map(possible, values.values()))
            for values in kept.people.values()
        )
        if not usable:
            log.warning("%s was made for other measures; please calibrate again", self._path)
            return _Kept(FACE, {})
        return kept
