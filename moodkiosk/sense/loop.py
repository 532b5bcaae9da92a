"""`moodkiosk sense`: the loop of the half that sees. What it is made of is put together in `composition`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moodkiosk import __version__
from moodkiosk.failure import Failure
from moodkiosk.host import systemd
from moodkiosk.host.guard import Guard
from moodkiosk.link import protocol
from moodkiosk.link.messages import Hello, Order, SenseHealth, SenseResult
from moodkiosk.link.timer import Timer
from moodkiosk.sense.health import EVERY_SECONDS
from moodkiosk.sense.lessons.about import about
from moodkiosk.sense.mood.calibration import RATE_HZ
from moodkiosk.sense.repeats import Repeats
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Frame
    from moodkiosk.moods.reading import Reading
    from moodkiosk.sense.camera.capture import Capture
    from moodkiosk.sense.health import HealthReport
    from moodkiosk.sense.orders import Orders, SenseState
    from moodkiosk.sense.pace import Pace
    from moodkiosk.sense.pipeline import Pipeline
    from moodkiosk.sense.uplink import Uplink

FRAME_SECONDS = 0.25
"""A frame is waited for this long; then the loop sees to its other duties."""

TURN_SECONDS = 0.5
"""The loop turns at least this often."""

TELL_SECONDS = 0.1
"""Between two readings that are sent (contract 6: at most 10 a second)."""

LATE_SECONDS, LATE_LOOKS = 5.0, 4.0
"""While act sleeps it is woken when there was no look for so long, or for so many times the usual pause."""
CALM_HEALTH_SECONDS, CALM_HEALTH_EARLY_SECONDS = 90.0, 45.0
"""In an empty room, or with the camera closed, act is told so seldom how sense is doing; so much sooner, where it is
told something anyway."""

FAILING_SECONDS = 30.0
"""Where no picture could be looked at for this long, the mistake is in us, and the process ends with it."""

ROUNDING = 1e-3

log = logging.getLogger("moodkiosk.sense")


def acted(reading: Reading) -> Reading:
    """A reading of somebody who shows a mood to teach it: that they are there is told, how they feel is not known."""
    view = replace(reading.quality, weight=0.0, reason="being taught")
    return replace(reading, mood=None, probabilities={}, confidence=0.0, quality=view)


def introduction(state: SenseState) -> Hello:
    """Who we are, for act."""
    model, neutrals = state.models.current, state.neutrals
    hands = model.manifest.uses_hands
    made, date, accuracy = about(state.models)
    return Hello(
        __version__,
        model.labels,
        model.hash,
        model.schema,
        hands,
        neutrals.people,
        neutrals.person,
        state.settings,
        teaches=True,
        calms=True,
        remembers=state.corrections.remembers,
        model_made=made,
        model_date=date,
        model_accuracy=accuracy,
    )


@dataclass(frozen=True)
class Parts:
    """What the loop turns.

    Attributes:
        capture: the camera.
        pipeline: frames to readings.
        state, orders: what act may ask for.
        uplink: the connection to act.
        pace: when to look.
        health: how it is going.
        show: given every reading, beside the link; None: nobody.
        timer: wound up at each look that act need not hear of; None: act has to notice a standstill by itself.
    """

    capture: Capture
    pipeline: Pipeline
    state: SenseState
    orders: Orders
    uplink: Uplink
    pace: Pace
    health: HealthReport
    show: Callable[[Reading], None] | None = None
    timer: Timer | None = None


class Loop:
    """One turn: listen to act, look at a frame if it is time, say what was seen."""

    def __init__(self, parts: Parts, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._clock = clock
        self._due = self._seen_at = self._told_at = float("-inf")
        self._fed_at: float | None = None
        self._capture_turns = 0
        self._repeats = Repeats()
        self._ready = False
        watchdog = systemd.watchdog_seconds()
        self._feed_seconds = None if watchdog is None else watchdog / 4
        self._guard = Guard(log)
        self._failing_since: float | None = None

    def turn(self, wake: int | None = None) -> None:
        """One turn, of TURN_SECONDS at most; `wake`: a file descriptor that ends a wait. Raises Failure."""
        parts, at = self._parts, self._clock()
        if parts.uplink.connect(at):
            parts.orders.calm_seconds = 0.0  # this act has not said yet what it knows
            self._introduce()
        for order in parts.uplink.orders():
            self._obey(order, at)
        self._switch(at)
        worked = not parts.capture.wanted
        if worked and parts.timer is not None:
            parts.timer.stop()  # nobody looks, on purpose
        if parts.capture.wanted and at >= self._due:
            frame = parts.capture.latest(min(self._seen_at, at), FRAME_SECONDS)
            if frame is not None:
                worked = self._take(frame)
        self._attend(self._clock())
        self._feed(self._clock(), worked=worked)
        pause = self._due - self._clock() if parts.capture.wanted else TURN_SECONDS
        parts.uplink.wait(min(pause, TURN_SECONDS), () if wake is None else (wake,))

    def _introduce(self) -> None:
        self._parts.uplink.tell(introduction(self._parts.state))
        self._parts.health.tell_again()
        self._report(self._clock())

    def _obey(self, order: Order, at: float) -> None:
        if not self._guard.take(f"the order {order.what}", lambda: self._parts.orders.obey(order, at)):
            self._parts.uplink.tell(SenseResult(order.id, ok=False, text=protocol.OURS))

    def _take(self, frame: Frame) -> bool:
        """Looks at a frame, or leaves it out; whether it was looked at. Raises what no frame gets past for long."""
        parts = self._parts
        readings: list[Reading] = []
        self._seen_at = at = min(frame.at, self._clock())  # a picture from the future must not hide those that follow
        looked = self._guard.take("a picture", lambda: readings.append(self._look(frame)))
        watched = parts.orders.calibration is not None or parts.state.course.busy
        least_hz = RATE_HZ if watched else 0.0
        # From when it was due, so that the rate is kept; from now when that is long past.
        interval = parts.pace.interval(at, least_hz)
        self._due = max(self._due, at - FRAME_SECONDS) + interval
        if looked:
            self._failing_since = None
            self._wind(readings[0], interval)
            if parts.show is not None:
                parts.show(readings[0])
            return True
        parts.pipeline.begin_anew()
        self._failing_since = at if self._failing_since is None else self._failing_since
        if at - self._failing_since >= FAILING_SECONDS and self._guard.error is not None:
            raise self._guard.error  # it is not the pictures: it is us
        return False

    def _look(self, frame: Frame) -> Reading:
        parts = self._parts
        begun = self._clock()
        parts.pipeline.acted = parts.state.course.watching
        reading = parts.pipeline.look(frame)
        parts.health.look(self._clock() - begun, parts.pipeline.lying)
        report = self._health(self._clock())
        front = parts.pipeline.front
        parts.orders.see(reading, front.landmarks if front else None, parts.pipeline.measures)
        parts.pace.see(reading.faces, frame.at)
        news = None
        if not 0 <= frame.at - self._told_at < TELL_SECONDS - ROUNDING:
            self._told_at = frame.at
            said = acted(reading) if parts.state.course.watching else reading
            news = self._repeats.news(said, parts.orders.calm_seconds)
        if report is None and news is not None and news.next_seconds:
            report = self._health(self._clock(), CALM_HEALTH_EARLY_SECONDS)
        # Health first: it may say how old this reading may be. Both in one go: act wakes up once.
        parts.uplink.tell(*(one for one in (report, news) if one is not None))
        return reading

    def _wind(self, reading: Reading, interval_seconds: float) -> None:
        """While act need not hear that nobody is there, it is woken if no look follows this one."""
        timer, usual_seconds = self._parts.timer, self._parts.pace.times.usual
        if timer is None:
            return
        if self._parts.orders.calm_seconds and not reading.faces:
            timer.wind(max(LATE_SECONDS, LATE_LOOKS * max(usual_seconds, interval_seconds)))
        else:
            timer.stop()

    def _switch(self, at: float) -> None:
        """Opens or closes the camera as the switch says, which alone knows: a lease may have lapsed, a word have come.

        Compared in every turn with what the capture was told last, by whomever: nobody keeps a third opinion.
        """
        should = self._parts.state.switch.state(at) == "on"
        if should == self._parts.capture.wanted:
            return
        if should:
            self._parts.capture.resume()
            self._due = float("-inf")
        else:
            self._parts.capture.pause()
            self._parts.orders.camera_closed(at)

    def _attend(self, at: float) -> None:
        parts = self._parts
        if parts.capture.failed is not None:
            raise Failure(Reason("cannot.recover", reason=parts.capture.failed))
        parts.orders.attend(at, calm=parts.pace.name == "idle" or not parts.capture.wanted)
        if parts.state.models.retry(at):
            parts.orders.changed = True
        if parts.orders.changed:
            parts.orders.changed = False
            parts.pipeline.model, parts.pipeline.own = parts.state.models.current, parts.state.neutrals.current
            self._introduce()
        self._report(at)

    def _report(self, at: float) -> None:
        """Tells how sense is doing, if that is due."""
        if (report := self._health(at)) is not None:
            self._parts.uplink.tell(report)

    def _health(self, at: float, early_seconds: float = 0.0) -> SenseHealth | None:
        """How sense is doing, if that is due; in an empty room it is so less often, or `early_seconds` before that."""
        parts = self._parts
        lent = parts.state.switch.state(at) == "lent"
        uplink = parts.uplink
        counters = {
            "readings_dropped": uplink.dropped,
            "lines_damaged": uplink.damaged,
            "animals": parts.pipeline.animals,
        }
        counters["left_out"] = self._guard.left_out
        note = parts.state.models.complaint
        every_seconds = CALM_HEALTH_SECONDS - early_seconds if parts.orders.calm_seconds else EVERY_SECONDS
        report = parts.health.due(
            parts.capture.status, at, lent=lent, note=note, counters=counters, every_seconds=every_seconds
        )
        if report is not None:
            systemd.notify(f"STATUS=camera {report.camera}{f': {report.detail}' if report.detail else ''}")
        return report

    def _feed(self, at: float, *, worked: bool) -> None:
        """Says once that we are ready, and feeds the watchdog: both by finished work only.

        That is a frame looked at, the camera being closed on purpose, or, while the camera is lost, one more attempt to
        open it that came to an end.
        """
        turns = self._parts.capture.turns
        retried = self._parts.capture.status.state == "lost" and turns != self._capture_turns
        self._capture_turns = turns
        if not (worked or retried):
            return
        if not self._ready:
            self._ready = True
            systemd.notify("READY=1")
        if self._feed_seconds is None:
            return
        if self._fed_at is None or at - self._fed_at >= self._feed_seconds:
            self._fed_at = at
            systemd.notify("WATCHDOG=1")
