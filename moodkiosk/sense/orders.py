"""What act asks of sense, and what becomes of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodkiosk.link import protocol
from moodkiosk.link.messages import Order, SenseResult
from moodkiosk.sense.camera.switch import CameraSwitch
from moodkiosk.sense.faces.engine import EXTRACTOR
from moodkiosk.sense.lessons.refusal import NotNow
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.mood.calibration import Calibration, NotCalibrated
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Neutrals
from moodkiosk.sense.records.corrections import Corrections, NotKept
from moodkiosk.words.reason import Reason, either
from moodkiosk.words.system import system

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Landmarks
    from moodkiosk.moods.reading import Reading
    from moodkiosk.sense.lessons.course import Course

EXPIRE_SECONDS = 3600.0

log = logging.getLogger("moodkiosk.sense")


class Refused(Exception):
    """Why an order was not carried out, in one line."""


@dataclass(frozen=True)
class SenseState:
    """What orders are about.

    Attributes:
        switch: whether the camera may be open.
        close_camera: closes it; False if it does not close in time.
        models: the model in use.
        neutrals: the neutral faces that are known.
        corrections: keeps the last seconds, if the household agreed.
        course: being taught.
        settings: what was read of the configuration, see config.changes.digest.
    """

    switch: CameraSwitch
    close_camera: Callable[[], bool]
    models: Models
    neutrals: Neutrals
    corrections: Corrections
    course: Course
    settings: str = ""


class Orders:
    """Carries out orders.

    Attributes:
        calibration: the one going on, or None.
        changed: whose face, or which model, is in use may have changed; the loop takes it back to False.
        calm_seconds: so seldom act need be told that nobody is there; 0: at every look.
    """

    def __init__(self, state: SenseState, tell: Callable[[SenseResult], None]) -> None:
        """`tell` sends a result to act."""
        self.calibration: Calibration | None = None
        self.changed = False
        self.calm_seconds = 0.0
        self._state = state
        self._tell = tell
        self._expired_at: float | None = None

    def obey(self, order: Order, at: float) -> None:
        """Carries out an order and tells the result; a calibration's comes when it is over."""
        try:
            text = self._carry_out(order, at)
        except (Refused, NotKept, NotNow, BadModel, ValueError) as error:
            self._tell(SenseResult(order.id, ok=False, text=str(error)))
        except OSError as error:
            self._tell(SenseResult(order.id, ok=False, text=_unwritten(error)))
        else:
            if text is not None:
                self._tell(SenseResult(order.id, ok=True, text=text))

    def see(self, reading: Reading, landmarks: Landmarks | None, measures: NDArray[np.float32] | None) -> None:
        """Takes note of one look: a calibration or a correction may need it."""
        course = self._state.course
        course.see(reading, landmarks, measures)
        if not course.watching:  # what is acted is not what somebody felt
            self._state.corrections.see(reading.at, reading.track, landmarks)
        if self.calibration is not None:
            self.calibration.see(reading, measures)

    def attend(self, at: float, *, calm: bool = False) -> None:
        """Does what is due: ends a calibration, goes on with being taught, deletes old corrections.

        `calm`: nobody is there, and the processor is not hot.
        """
        course = self._state.course
        course.attend(at, calm=calm and self.calibration is None)
        self.changed, course.changed = self.changed or course.changed, False
        if self.calibration is not None and self.calibration.done(at):
            self._finish(self.calibration)
            self.calibration = None
        if self._expired_at is None or not 0 <= at - self._expired_at < EXPIRE_SECONDS:
            self._expired_at = at
            if count := self._state.corrections.expire(time.time()):
                log.info("deleted %d old corrections", count)

    def camera_closed(self, at: float) -> None:
        """The camera is off or lent: what was seen is forgotten, neither a calibration nor a sitting can go on."""
        self._state.corrections.clear()
        self._state.course.camera_closed(at)
        if self.calibration is not None:
            self._tell(SenseResult(self.calibration.order, ok=False, text=Reason("order.camera_closed")))
            self.calibration = None

    def _carry_out(self, order: Order, at: float) -> str | None:
        match order.what:
            case "camera":
                return self._camera(order.value, at)
            case "calibrate":
                self._calibrate(order, at)
                return None
            case "person":
                return self._person(order.value)
            case "correct":
                person = self._state.neutrals.person or ""
                text = self._state.corrections.write(order.value, at, EXTRACTOR, person)
                self._state.course.remember()
                return text
            case "remember":
                return self._remember(order.value)
            case "reload":
                self.changed = True
                return self._state.models.reload()
            case "forget":
                return self._forget(order.value)
            case "teach":
                self._watch(at)
                return self._state.course.begin(order.value, at)
            case "teach_again":
                self._watch(at)
                return self._state.course.again(order.value, at)
            case "teach_keep":
                return self._state.course.keep(at)
            case "teach_undo":
                return self._state.course.undo(at)
            case "teach_stop":
                return self._state.course.stop(at)
            case "calm":
                seconds = float(order.value)
                if not 0 <= seconds <= protocol.LONGEST_CALM_SECONDS:
                    raise ValueError(f"calm: {seconds:g} seconds")
                self.calm_seconds = seconds
                return None

    def _camera(self, value: str, at: float) -> str:
        switch = self._state.switch
        if value == "lend":
            switch.lend(at)
        elif value in ("on", "off"):
            switch.turn(on=value == "on")
        else:
            raise Refused(Reason("order.camera_values", value=repr(value[:20])))
        if switch.state(at) == "on":
            return Reason("order.camera_on")
        if not self._state.close_camera():
            raise Refused(Reason("order.camera_slow"))
        self.camera_closed(at)
        return Reason("order.camera_off" if switch.state(at) == "off" else "order.camera_lent")

    def _calibrate(self, order: Order, at: float) -> None:
        self._watch(at)
        self.calibration = Calibration(order.id, order.value, at)

    def _watch(self, at: float) -> None:
        """Whether somebody can be looked at now on purpose. Raises Refused."""
        if self.calibration is not None:
            raise Refused(Reason("order.calibrating"))
        if self._state.course.watching:
            raise Refused(Reason("act.sitting"))
        if (camera := self._state.switch.state(at)) != "on":
            raise Refused(Reason("order.camera_off" if camera == "off" else "order.lent_now"))

    def _finish(self, calibration: Calibration) -> None:
        try:
            name = self._state.neutrals.learn(calibration.person, calibration.measures())
        except (NotCalibrated, ValueError) as error:
            result = SenseResult(calibration.order, ok=False, text=str(error))
        except OSError as error:
            result = SenseResult(calibration.order, ok=False, text=_unwritten(error))
        else:
            self.changed = True
            used = self._state.models.current.manifest.neutral_mean is not None
            text = Reason("calibrated.kept" if used else "calibrated.kept_unused", name=repr(name))
            result = SenseResult(calibration.order, ok=True, text=text)
        log.info("calibration: %s", result.text)
        self._tell(result)

    def _remember(self, value: str) -> str:
        if value not in ("on", "off"):
            raise Refused(Reason("bad.expected", words=either("on", "off")))
        self.changed = True
        return self._state.corrections.turn(on=value == "on")

    def _person(self, name: str) -> str:
        neutrals = self._state.neutrals
        try:
            neutrals.choose(name)
        except KeyError:
            raise Refused(Reason("order.no_face", name=repr(name), known=_known(neutrals.people))) from None
        self.changed = True
        return Reason("order.in_front", name=repr(name)) if name else Reason("order.nobody_in_front")

    def _forget(self, name: str) -> str:
        gone, known = self._state.neutrals.forget(name), self._state.neutrals.people
        self.changed = True
        corrections = self._state.corrections.forget(name)
        shown = self._state.course.forget(name)
        if corrections.anything or shown.anything:
            self._state.course.unlearn()
        if name and not gone and not (corrections + shown).anything:
            raise Refused(Reason("order.nothing_kept", name=repr(name), known=_known(known)))
        key = "order.no_face_known" if not gone else "order.face_deleted" if name else "order.faces_deleted"
        return Reason("order.forgotten", faces=Reason(key), corrections=str(corrections + shown))


def _unwritten(error: OSError) -> Reason:
    return Reason("kept.cannot_write", reason=system(error))


def _known(people: Sequence[str]) -> Sequence[str] | Reason:
    return people or Reason("order.nobody_yet")
