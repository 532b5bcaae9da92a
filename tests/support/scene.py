"""A scene: act's real loop and publisher on a real broker, people in simulated time, Home Assistant watching.

Between two moments of the scene everything that is to be published has been: what Home Assistant shows at each instant
does not depend on how fast the machine is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import msgspec

from moodkiosk.act.homeassistant.about import Offered
from moodkiosk.act.loop import Loop
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.ports import Carried, Item, Ports, Request, SenseLeft
from moodkiosk.config.settings import Config, KioskSettings, MqttSettings
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodSettings, MusicSettings, PresenceSettings
from moodkiosk.link.messages import SenseHealth
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.report import PlayerReport, ReportKind
from tests.support.home_assistant import HomeAssistant
from tests.support.household import LABELS, MONDAY_EVENING, empty, reading
from tests.support.sense_lines import hello
from tests.support.wait import until

STEP_SECONDS = 0.2


class Paced(Publisher):
    """A publisher that can be waited for."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._turned = threading.Condition()
        self._turns = 0
        super().__init__(*given, **named)

    def _turn(self) -> float:
        wait = super()._turn()
        with self._turned:
            self._turns += 1
            self._turned.notify_all()
        return wait

    def settle(self) -> None:
        """Waits until all that is due has been published, and the broker has it."""
        for _ in range(2):
            with self._turned:
                before = self._turns
                self._connection.wake()
                assert self._turned.wait_for(lambda: self._turns > before, 10)  # noqa: B023 - read at once
            until(lambda: self._connection.unacknowledged.count == 0, what="the broker to acknowledge")


class Scene:
    """See the module. `at` is in monotonic seconds, of this machine as it is switched on at `MONDAY_EVENING`."""

    def __init__(self, mqtt: MqttSettings, name: str, *watched: str, **settings: Any) -> None:
        given: dict[str, Any] = {
            "presence": PresenceSettings(),
            "mood": MoodSettings(),
            "music": MusicSettings(automatic=False),
        } | settings
        self.config = Config(kiosk=KioskSettings(id=name), mqtt=mqtt, **given)
        self.at = 100.0
        self.begun: datetime = MONDAY_EVENING
        self.clock_is_set = True
        self.kept: dict[str, object] | None = None
        self.runs = 0
        self.loop: Loop | None = None
        self.publisher: Paced | None = None
        self.sense_there = False
        self.ha = HomeAssistant(mqtt, name, watched or ("present", "mood", "people"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.publisher is not None:
            self.publisher.stop()
        self.ha.close()

    @property
    def now(self) -> kiosk.Now:
        return kiosk.Now(self.at, self.wall() if self.clock_is_set else None)

    def wall(self) -> datetime:
        return self.begun + timedelta(seconds=self.at)

    # Act

    def start(self) -> None:
        """Act starts: the publisher first, as it does."""
        self.runs += 1
        state = kiosk.start(self.config.for_decide(), self.kept, f"{self.config.kiosk.id}{self.runs}")
        self.loop = loop = Loop(self.config.for_decide(), state, self._ports())
        self.publisher = Paced(
            self.config,
            loop.ask,
            self.wall,
            lambda: self.at,
            announced=Offered(state.labels, state.enrolled, state.remembers is True),
        )
        self.publisher.start()
        until(lambda: self._online().is_up, what="the broker to accept the kiosk")
        self.turn()

    def outage(self) -> None:
        """The broker has gone, and act has noticed."""
        until(lambda: not self._online().is_up, what="act to notice")

    def reconnected(self) -> None:
        """The broker is there again, for both."""
        until(lambda: self._online().is_up, 20, "act to come back")
        self.ha.come_back()

    def stop(self) -> None:
        """Act is stopped in order."""
        assert self.loop is not None
        assert self.publisher is not None
        self.loop.remember(self.now)
        self.publisher.stop()
        self.ha.catch_up()
        self.loop, self.publisher, self.sense_there = None, None, False

    def power_cut(self) -> None:
        """Act is gone, as the power is: what it has not kept is lost, and the broker says so in its place."""
        assert self.publisher is not None
        self.publisher.stop()  # as the last will says it
        self.ha.catch_up()
        self.loop, self.publisher, self.sense_there = None, None, False

    def turn(self, item: Item | None = None) -> None:
        """One turn of the loop, and what comes of it has arrived."""
        assert self.loop is not None
        assert self.publisher is not None
        self.loop.turn(item, self.now)
        while not self.loop.inbox.empty():  # what the player has done
            self.loop.turn(self.loop.inbox.get_nowait(), self.now)
        self.publisher.settle()

    def topic(self, name: str) -> str:
        """One of the kiosk's own, e.g. "state"."""
        return f"moodkiosk/{self.config.kiosk.id}/{name}"

    def ask(self, name: str, value: object = None) -> None:
        """A command, which must be done."""
        assert self.loop is not None
        future = self.loop.ask(Request(name, value))
        self.turn(self.loop.inbox.get_nowait())
        assert future.result(0).ok, future.result(0)
        self.wait(STEP_SECONDS)

    def _online(self) -> Any:
        assert self.publisher is not None
        return self.publisher._connection

    def _ports(self) -> Ports:
        def keep(remembered: dict[str, object], at: float, *, now: bool = False) -> None:  # noqa: ARG001 - the seam's words
            self.kept = msgspec.json.decode(msgspec.json.encode(remembered))

        def nothing(_: object) -> None: ...

        def play(decision: Decision) -> None:
            assert self.loop is not None
            kind: ReportKind = "kept" if decision.continues else "played"
            report = PlayerReport(kind, self.at, "ready", decision.mood, decision.what, asked=decision.asked)
            self.loop.put(Carried(decision, report))

        def publisher(name: str) -> Callable[[Any], None]:
            return lambda given: getattr(self.publisher, name)(given)

        return Ports(
            reading=nothing, event=publisher("tell"), decision=nothing, show=publisher("show"), carry_out=play,
            order=lambda _: self.sense_there, keep=keep, hello=publisher("hello"), status=lambda _: {},
            look=lambda: None, find=lambda _: None, offer=publisher("offer"),
        )  # fmt: skip

    # Sense

    def sense(self) -> None:
        """Sense starts: it introduces itself, opens its camera, and looks."""
        self.sense_there = True
        self.turn(hello(*LABELS))
        self.camera("starting")
        self.wait(1.0)
        self.camera("on")

    def sense_dies(self) -> None:
        """Sense hangs up."""
        self.sense_there = False
        self.turn(SenseLeft())

    def camera(self, status: str, detail: str = "") -> None:
        """What sense says of its camera."""
        told = {"at": self.at, "camera": status, "detail": detail, "look_seconds": 0.05}
        self.turn(msgspec.convert(told, SenseHealth))

    # Time

    def look(self, mood: str, seconds: float, track: int = 1) -> None:
        """Somebody is seen, in this mood; sense numbers them `track`."""
        self._watch(lambda: reading(self.at, mood, track=track), seconds)

    def leave(self, seconds: float) -> None:
        """Nobody is seen."""
        self._watch(lambda: empty(self.at), seconds)

    def wait(self, seconds: float) -> None:
        """Sense says nothing."""
        self._watch(lambda: None, seconds)

    def _watch(self, seen: Callable[[], Reading | None], seconds: float) -> None:
        for _ in range(round(seconds / STEP_SECONDS)):
            self.at += STEP_SECONDS
            if self.loop is not None:
                self.turn(seen())

    def diary(self) -> list[str]:
        """What Home Assistant has shown since the last time this was asked."""
        self.ha.catch_up()
        found, self.ha.diary = self.ha.diary, []
        assert self.ha.warnings == []
        return found
