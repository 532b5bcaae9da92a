"""The sense loop as it runs in the kiosk, with pictures in memory in place of a camera."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moodkiosk.config.settings import LearningSettings, SenseSettings
from moodkiosk.moods.frame import Frame
from moodkiosk.sense.camera.capture import CameraStatus
from moodkiosk.sense.camera.switch import CameraSwitch
from moodkiosk.sense.health import HealthReport
from moodkiosk.sense.lessons.course import Course
from moodkiosk.sense.loop import Loop, Parts
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Neutrals
from moodkiosk.sense.orders import Orders, SenseState
from moodkiosk.sense.pace import Pace, Thermometer
from moodkiosk.sense.pipeline import Pipeline
from moodkiosk.sense.records.corrections import Corrections
from moodkiosk.sense.uplink import Uplink


class Pictures:
    """A camera that always has the next picture ready."""

    status = CameraStatus("on")
    wanted = True
    failed: str | None = None
    turns = 0

    def __init__(self, show: Callable[[int], Any]) -> None:
        self.looks = 0
        self._show = show

    def latest(self, _after: float, _timeout: float) -> Frame:
        """The next picture, taken now."""
        self.looks += 1
        return Frame(self._show(self.looks), time.monotonic())

    def resume(self) -> None:
        """Nothing is open."""

    def pause(self) -> bool:
        """Nothing is open."""
        return True


class FullSpeed(Pace):
    """Looks as often as it can."""

    def interval(self, _at: float, _least_hz: float = 0.0) -> float:
        """No pause."""
        return 0.0


class Run:
    """A sense loop that can be turned."""

    def __init__(self, show: Callable[[int], Any], link: str, *, paced: bool) -> None:
        self._pictures = Pictures(show)
        state = Path(tempfile.mkdtemp(prefix="moodkiosk-bench-"))
        uplink = Uplink(Path(link))
        models = Models(lambda: [model.STARTER])
        capture: Any = self._pictures
        neutrals, corrections = Neutrals(state), Corrections(LearningSettings(), state)
        course = Course(state, models, neutrals, uplink.tell, corrections.folder)
        wishes = SenseState(CameraSwitch(state), capture.pause, models, neutrals, corrections, course)
        thermometer = Thermometer()
        settings = SenseSettings()
        pace = (Pace if paced else FullSpeed)(settings, thermometer)
        pipeline = Pipeline(settings, models.current)
        orders = Orders(wishes, uplink.tell)
        self._loop = Loop(Parts(capture, pipeline, wishes, orders, uplink, pace, HealthReport(pace, thermometer)))

    @property
    def looks(self) -> int:
        """Frames looked at so far."""
        return self._pictures.looks

    def turn(self) -> None:
        """One turn of the loop."""
        self._loop.turn()
