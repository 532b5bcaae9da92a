"""Being taught: from the order to begin, through the sitting and the fit, to Keep or Undo.

Everything seen is held in memory until all of it is complete. Then the recordings are written, and, where the new model
is better beyond chance, their model is put in use; Undo takes both back, also after a restart.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.link.messages import Proof, Teaching
from moodkiosk.sense.lessons import wording
from moodkiosk.sense.lessons.about import TAUGHT
from moodkiosk.sense.lessons.kept import Lessons
from moodkiosk.sense.lessons.ledger import Ledger
from moodkiosk.sense.lessons.refusal import NotNow
from moodkiosk.sense.lessons.review import Review, drop_taught, go_on, steps
from moodkiosk.sense.lessons.telling import Telling
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.mood.model import DEPLOYED, STARTER
from moodkiosk.sense.teach.store import ModelStore
from moodkiosk.words.reason import Reason, how
from moodkiosk.words.system import system

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Landmarks
    from moodkiosk.moods.reading import Reading
    from moodkiosk.sense.lessons.sitting import Sitting
    from moodkiosk.sense.mood.models import Models
    from moodkiosk.sense.mood.neutral import Neutrals
    from moodkiosk.sense.records.erase import Erased
    from moodkiosk.sense.teach.learning import Outcome, Progress

ANSWER_SECONDS = 300.0
"""Who does not answer what came of it, keeps it."""

LEFT = Reason("taught.nothing_kept", why=Reason("taught.left"))
CAMERA_CLOSED = Reason("taught.nothing_kept", why=Reason("order.camera_closed"))

log = logging.getLogger("moodkiosk.sense")


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
        self._ledger = Ledger(state, self.lessons, self._store, models, neutrals)
        self._review = Review(self.lessons, self._ledger, models, corrections, clock)
        self._telling = Telling(tell)
        self._models, self._neutrals, self._clock = models, neutrals, clock
        self._configured = configured
        self._sitting: Sitting | None = None
        self._recordings: dict[str, bytes] = {}
        self._learning: Iterator[Progress | Outcome] | None = None
        self._proof: Proof | None = None
        self._used = False
        self._shown_at = 0.0

    @property
    def watching(self) -> bool:
        """Whether somebody is showing moods: looks are wanted often, and say nothing of how anybody feels."""
        return self._sitting is not None and self._sitting.watching

    @property
    def busy(self) -> bool:
        """Whether a sitting is going on, or something is learnt: the loop turns often."""
        return self._sitting is not None or self._review.busy

    def begin(self, text: str, at: float) -> str:
        """Begins a sitting; `text`: a `moods.lesson.Lesson` as JSON. Raises NotNow."""
        if self._configured:
            raise NotNow(Reason("taught.model_configured"))
        if self._proof is not None:
            self.keep(at)
        if self._sitting is not None:
            raise NotNow(Reason("act.sitting"))
        # What only teaching needs is loaded when somebody teaches, here and below.
        from moodkiosk.sense.lessons.plan import plan_of
        from moodkiosk.sense.lessons.sitting import Sitting

        plan = plan_of(text, self._models.current.manifest, self.lessons.labels)
        self._review.leave()
        self._sitting = Sitting(plan, at)
        self._telling.say(self._sitting, None, at)
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
        self._telling.say(self._sitting, None, at)
        return Reason("taught.once_more", mood=how(label))

    def keep(self, at: float) -> str:
        """Keeps what was taught. Raises NotNow."""
        if self._proof is None:
            raise NotNow(Reason("taught.nothing_to_keep"))
        self._close(at, Reason("taught.kept_used" if self._used else "taught.kept_for_later"))
        return Reason("taught.kept")

    def undo(self, at: float) -> str:
        """Takes back what was taught last: model, neutral face and recordings. Raises NotNow, OSError."""
        if self._sitting is not None and self._proof is None:
            raise NotNow(Reason("act.sitting"))
        self._review.leave()
        used, recordings = self._take_back()
        text = Reason(f"taught.{'undone' if not used else 'undone_used' if recordings else 'undone_model'}")
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
            self.stop(self._telling.at, Reason("taught.nothing_kept", why=Reason("taught.forgotten")))
        self._ledger.clear()
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
                self._telling.over(at, proof.text, proof=proof)
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
            self._telling.say(self._sitting, self._proof, at)

    def _learn(self, sitting: Sitting, at: float) -> None:
        """A little of the fit; at its end, what came of it is written and said."""
        from moodkiosk.sense.teach.doubts import NotTaught
        from moodkiosk.sense.teach.takes import BadTake

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
            self._close(at, Reason("taught.nothing_kept", why=Reason("kept.cannot_write", reason=system(error))))

    def _lesson(self, sitting: Sitting) -> Iterator[Progress | Outcome]:
        from moodkiosk.sense.teach.dense import schema_of
        from moodkiosk.sense.teach.takes import takes_of

        schema = schema_of(STARTER.read_bytes())
        self._recordings = self.lessons.encoded(sitting.takes.values(), sitting.plan.person)
        new = [take for name, data in self._recordings.items() for take in takes_of(data, name, schema)]
        person = sitting.plan.person
        own = self._neutrals.of(person) if person else self._neutrals.current
        return steps([*self.lessons.takes(schema), *new], self._models, {} if own is None else {person: own.measures})

    def _finish(self, sitting: Sitting, outcome: Outcome, at: float) -> None:
        """What was learnt is written, used where it is better, and shown. Raises OSError, ValueError, BadModel."""
        self._ledger.sat(sitting, self._recordings, outcome.file if outcome.better else None)
        self.changed, self._used = True, outcome.better
        self._recordings, self._shown_at = {}, at
        self._proof = wording.proof(outcome)
        log.info("taught: %s", self._proof.text)

    def _take_back(self) -> tuple[bool, bool]:
        """See `Ledger.take_back`. Raises NotNow, OSError and BadModel."""
        self.changed = True
        try:
            return self._ledger.take_back()
        except LookupError:
            raise NotNow(Reason("taught.nothing_to_undo")) from None

    def _close(self, at: float, text: str) -> None:
        """The sitting is over; what was not written is forgotten."""
        sitting, self._sitting = self._sitting, None
        proof, self._proof = self._proof, None
        self._recordings, self._learning = {}, None
        log.info("teaching is over: %s", text)
        self._telling.over(at, text, person=sitting.plan.person if sitting else "", proof=proof)
