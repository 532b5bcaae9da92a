"""Being taught: from the order to begin, through the sitting and the fit, to Keep or Undo.

Everything seen is held in memory until all of it is complete. Then the recordings are written, and, where the new model
is better beyond chance, their model is put in use; Undo takes both back.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.link.commands import TEACH_SECONDS
from moodkiosk.link.protocol import Proof, Teaching, TeachPhase
from moodkiosk.moods import AT_REST, Lesson
from moodkiosk.sense.lessons import wording
from moodkiosk.sense.lessons.about import TAUGHT
from moodkiosk.sense.lessons.kept import Lessons
from moodkiosk.sense.lessons.review import Review, drop_taught, go_on, steps
from moodkiosk.sense.lessons.sitting import Plan, Sitting
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.mood.model import DEPLOYED, STARTER
from moodkiosk.sense.teach.dense import base_of
from moodkiosk.sense.teach.doubts import NotTaught
from moodkiosk.sense.teach.learning import schema_of
from moodkiosk.sense.teach.store import ModelStore
from moodkiosk.sense.teach.takes import BadTake, takes_of
from moodkiosk.words.reason import Reason, how

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.moods import Landmarks, Reading
    from moodkiosk.sense.mood.models import Models
    from moodkiosk.sense.mood.neutral import Neutrals
    from moodkiosk.sense.records.erase import Erased
    from moodkiosk.sense.teach.learning import Outcome, Progress

TELL_SECONDS = 0.1
"""Between two messages at least."""
ANSWER_SECONDS = 300.0
"""Who does not answer what came of it, keeps it."""

LEFT = Reason("taught.nothing_kept", why=Reason("taught.left"))
CAMERA_CLOSED = Reason("taught.nothing_kept", why=Reason("order.camera_closed"))

log = logging.getLogger("moodkiosk.sense")


class NotNow(Exception):
    """Why an order about teaching was not carried out, in one line."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What is on the disk of a sitting, to be taken back."""

    sitting: Path
    used: bool
    neutral: object


class Course:
    """One sitting at a time.

    Attributes:
        changed: another model or neutral face is in use; the loop takes it back to False.
    """

    def __init__(
        self,
        state: Path,
        models: Models,
        neutrals: Neutrals,
        tell: Callable[[Teaching], None],
        corrections: Path,
        *,
        configured: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`state`: sense's state folder. `configured`: the model is named in the configuration, so none can be put.

        `corrections`: the folder of what was remembered.
        """
        self.changed = False
        self.lessons = Lessons(state)
        self._store = ModelStore(state / DEPLOYED)
        self._review = Review(self.lessons, self._store, models, corrections, clock)
        self._models, self._neutrals, self._tell, self._clock = models, neutrals, tell, clock
        self._configured = configured
        self._sitting: Sitting | None = None
        self._recordings: dict[str, bytes] = {}
        self._learning: Iterator[Progress | Outcome] | None = None
        self._taught: Taught | None = None
        self._proof: Proof | None = None
        self._shown_at = 0.0
        self._told: Teaching | None = None
        self._told_at = float("-inf")

    @property
    def watching(self) -> bool:
        """Whether somebody is showing moods: looks are wanted often, and say nothing of how anybody feels."""
        return self._sitting is not None and self._sitting.phase in ("waiting", "countdown", "recording")

    @property
    def busy(self) -> bool:
        """Whether a sitting is going on, or something is learnt: the loop turns often."""
        return self._sitting is not None or self._review.busy

    def begin(self, text: str, at: float) -> str:
        """Begins a sitting; `text`: a `moods.Lesson` as JSON. Raises NotNow."""
        if self._configured:
            raise NotNow(Reason("taught.model_configured"))
        if self._proof is not None:
            self.keep(at)
        if self._sitting is not None:
            raise NotNow(Reason("act.sitting"))
        plan = self._plan(text)
        self._review.leave()
        self._sitting = Sitting(plan, at)
        self._taught = None
        self._say(at)
        return Reason("taught.begun", moods=[how(label) for label in plan.labels])

    def again(self, label: str, at: float) -> str:
        """Has one mood of the sitting shown once more. Raises NotNow, OSError."""
        if self._sitting is None or self._proof is None:
            raise NotNow(Reason("taught.no_sitting_for_again"))
        try:
            self._sitting.again(label, at)
        except ValueError as error:
            raise NotNow(str(error)) from None
        self._take_back()
        self._proof = None
        self._say(at)
        return Reason("taught.once_more", mood=how(label))

    def keep(self, at: float) -> str:
        """Keeps what was taught. Raises NotNow."""
        if self._proof is None:
            raise NotNow(Reason("taught.nothing_to_keep"))
        used = self._taught is not None and self._taught.used
        self._close(at, Reason("taught.kept_used" if used else "taught.kept_for_later"))
        return Reason("taught.kept")

    def undo(self, at: float) -> str:
        """Takes back what was taught last: model, neutral face and recordings. Raises NotNow, OSError."""
        if self._taught is None:
            raise NotNow(Reason("taught.nothing_to_undo"))
        used = self._taught.used
        self._take_back()
        text = Reason("taught.undone_used" if used else "taught.undone")
        self._close(at, text)
        return text

    def stop(self, at: float, reason: str = LEFT) -> str:
        """Leaves the sitting; everything that was seen is forgotten. Raises NotNow."""
        if self._sitting is None:
            raise NotNow(Reason("taught.no_sitting"))
        if self._proof is not None:
            return self.keep(at)
        self._close(at, reason)
        return reason

    def camera_closed(self, at: float) -> None:
        """The camera is off or lent: nobody can be seen any more."""
        if self.watching:
            self._close(at, CAMERA_CLOSED)

    def see(self, reading: Reading, landmarks: Landmarks | None, measures: NDArray[np.float32] | None) -> None:
        """Takes note of one look."""
        if self._sitting is not None and self.watching:
            self._sitting.see(reading, landmarks, measures)

    def remember(self) -> None:
        """A correction was remembered: it is learnt from in a calm moment, unless the configuration names the model."""
        if not self._configured:
            self._review.ask()

    def forget(self, person: str) -> Erased:
        """Deletes what `person` has shown, "" for everybody, and every model that was made of it. Raises OSError."""
        if self._sitting is not None:
            self.stop(self._told_at, Reason("taught.nothing_kept", why=Reason("taught.forgotten")))
        self._taught = None
        return self.lessons.forget(person)

    def unlearn(self) -> None:
        """Something that was learnt from must not count any more: back to before, and learnt again from the rest."""
        if self._models.current.manifest.made == TAUGHT or any(self._store.before):
            drop_taught(self._store)
            self._models.reload()
            self.changed = True
        if self.lessons.people and not self._configured:
            self._review.ask(at_once=True)

    def attend(self, at: float, *, calm: bool = False) -> None:
        """Does what is due: goes on with the sitting, learns a little, tells how it goes."""
        sitting = self._sitting
        if sitting is None:
            outcome = self._review.attend(at, calm=calm)
            if outcome is not None:
                self.changed = True
                proof = wording.proof(outcome)
                self._send(Teaching(at, "over", text=proof.text, proof=proof), at)
            return
        sitting.step(at)
        if sitting.phase == "over":
            self._close(at, sitting.news)
        elif self._proof is not None:
            if not 0 <= at - self._shown_at < ANSWER_SECONDS:
                self.keep(at)
        elif sitting.phase == "complete":
            self._learn(sitting, at)
        if self._sitting is not None:
            self._say(at)

    def _plan(self, text: str) -> Plan:
        known = self._models.current.labels
        try:
            lesson = msgspec.json.decode(text or "{}", type=Lesson)
        except NOT_JSON as error:
            raise NotNow(Reason("taught.no_lesson", reason=str(error))) from None
        labels = lesson.labels or known
        least, most = TEACH_SECONDS
        if not least <= lesson.seconds <= most or not set(labels) <= set(known) or len(set(labels)) < len(labels):
            raise NotNow(Reason("taught.lesson_range"))
        if len(labels) < 2 or (AT_REST in known and AT_REST not in labels):
            raise NotNow(Reason("taught.at_least_two", mood=how(AT_REST)))
        self._check_others(set(labels))
        ordered = sorted(labels, key=lambda label: label != AT_REST)  # at rest first; the others as they were given
        return Plan(tuple(ordered), lesson.person, lesson.seconds)

    def _check_others(self, labels: set[str]) -> None:
        """A taught model knows the starter's moods and those that were shown: no other may get lost. Raises NotNow."""
        manifest = self._models.current.manifest
        if manifest.uses_hands:
            raise NotNow(Reason("taught.hands"))
        known = set(base_of(STARTER.read_bytes()).labels) | labels | self.lessons.labels
        if others := sorted(set(manifest.labels) - known):
            raise NotNow(Reason("taught.others", moods=[how(label) for label in others]))

    def _learn(self, sitting: Sitting, at: float) -> None:
        """A little of the fit; at its end, what came of it is written and said."""
        try:
            if self._learning is None:
                self._learning = self._lesson(sitting)
                return
            outcome = go_on(self._learning, self._clock)
            if outcome is not None:
                self._learning = None
                self._finish(sitting, outcome, at)
        except NotTaught as error:
            self._close(at, Reason("taught.nothing_kept", why=wording.doubt(error.doubt)))
        except (BadModel, BadTake, ValueError) as error:  # a ValueError: more people are known than can be kept
            self._close(at, Reason("taught.nothing_kept", why=str(error)))
        except OSError as error:
            self._close(
                at, Reason("taught.nothing_kept", why=Reason("kept.cannot_write", reason=error.strerror or str(error)))
            )

    def _lesson(self, sitting: Sitting) -> Iterator[Progress | Outcome]:
        schema = schema_of(STARTER.read_bytes())
        self._recordings = self.lessons.encoded(sitting.takes.values(), sitting.plan.person)
        new = [take for name, data in self._recordings.items() for take in takes_of(data, name, schema)]
        person = sitting.plan.person
        own = self._neutrals.of(person) if person else self._neutrals.current
        return steps([*self.lessons.takes(schema), *new], self._models, {} if own is None else {person: own.measures})

    def _finish(self, sitting: Sitting, outcome: Outcome, at: float) -> None:
        """Recordings first: a model without what it was made from could not be made again. Raises OSError."""
        neutral = self._neutrals.kept
        place = self.lessons.keep(self._recordings)
        self._taught = Taught(place, used=False, neutral=neutral)
        try:
            if AT_REST in sitting.takes:
                self._neutrals.learn(sitting.plan.person, sitting.takes[AT_REST].measures)
            if outcome.better:
                self._store.put(outcome.file)
                self._taught = replace(self._taught, used=True)
                self._models.reload()
        except (OSError, ValueError, BadModel):
            self._take_back()
            self._taught = None
            raise
        self.changed = True
        self._recordings, self._shown_at = {}, at
        self._proof = wording.proof(outcome)
        log.info("taught: %s", self._proof.text)

    def _take_back(self) -> None:
        """As if nothing of this sitting had been taught. What of it cannot be done keeps nothing else from it.

        Raises OSError and BadModel.
        """
        taught, self._taught = self._taught, None
        if taught is None:
            return
        self.changed = True
        with contextlib.ExitStack() as last_first:
            last_first.callback(self.lessons.drop, taught.sitting)
            last_first.callback(self._neutrals.put_back, taught.neutral)
            if taught.used:
                last_first.callback(self._models.reload)
                last_first.callback(self._store.back)

    def _close(self, at: float, text: str) -> None:
        """The sitting is over; what was not written is forgotten."""
        sitting, self._sitting = self._sitting, None
        proof, self._proof = self._proof, None
        self._recordings, self._learning = {}, None
        log.info("teaching is over: %s", text)
        person = sitting.plan.person if sitting else ""
        self._send(Teaching(at, "over", person=person, text=text, proof=proof), at)

    def _say(self, at: float) -> None:
        """Tells how it goes, when that is news."""
        sitting = self._sitting
        assert sitting is not None
        phase: TeachPhase = "shown" if self._proof else "fitting" if sitting.phase == "complete" else sitting.phase
        teaching = Teaching(
            at,
            phase,
            sitting.label,
            sitting.number,
            len(sitting.plan.labels),
            sitting.seconds,
            round(sitting.seconds_left(at), 1),
            sitting.view if self.watching else "",
            sitting.hint(at),
            sitting.plan.person,
            self._proof.text if self._proof else sitting.news,
            self._proof,
        )
        told = self._told
        if told is not None and _essence(teaching) == _essence(told):
            return
        hurried = told is not None and told.phase == phase and 0 <= at - self._told_at < TELL_SECONDS
        if not hurried:
            self._send(teaching, at)

    def _send(self, teaching: Teaching, at: float) -> None:
        self._told, self._told_at = teaching, at
        self._tell(teaching)


def _essence(teaching: Teaching) -> Teaching:
    """All but the time, and of what is left whole seconds."""
    return replace(teaching, at=0.0, left_seconds=float(int(teaching.left_seconds)))
