"""A publisher on a real broker with a recorder beside it: half a kiosk, for tests of what it says and hears."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.ports import Ask
from moodkiosk.config.settings import Config, KioskSettings, MqttSettings
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.view import View
from moodkiosk.operate.broker import Broker
from tests.support.mqtt import Answerer, Recorder, recorder
from tests.support.wait import until

LABELS = ("happy", "sad", "neutral")
HERE = View(mood="neutral", present=True, people=1, labels=LABELS)
NAMES = (f"kiosk{number}" for number in itertools.count())


def settings_for(broker: Broker, protocol: str = "") -> MqttSettings:
    chosen = protocol or broker.protocol
    if chosen == "5" and broker.protocol != "5":
        pytest.skip("the embedded broker speaks MQTT 3.1.1 only; the same is tested with that")
    return MqttSettings(host=broker.host, port=broker.port, protocol="5" if chosen == "5" else "3.1.1")


def needs_one_delivery(broker: Broker) -> None:
    if broker.name == "amqtt":
        pytest.skip("the embedded broker hands a retained message out more than once")


class Clock:
    """Monotonic seconds that can stand still: what act does in one go is one moment, however busy the machine."""

    def __init__(self) -> None:
        self._stopped_at: float | None = None

    def __call__(self) -> float:
        stopped_at = self._stopped_at
        return time.monotonic() if stopped_at is None else stopped_at

    @contextmanager
    def still(self) -> Iterator[None]:
        """It stands still while the block runs."""
        self._stopped_at = time.monotonic()
        try:
            yield
        finally:
            self._stopped_at = None


class Kiosk:
    """A publisher with a name and a clock of its own, its recorder and its stand-in for the main loop."""

    def __init__(self, mqtt: MqttSettings, ears: Recorder, name: str = "", ask: Ask | None = None) -> None:
        self.name = name or next(NAMES)
        self.answerer = Answerer(LABELS)
        self.ears = ears
        self.clock = Clock()
        self.publisher = Publisher(
            Config(kiosk=KioskSettings(id=self.name), mqtt=mqtt), ask or self.answerer.ask, clock=self.clock
        )

    def topic(self, name: str) -> str:
        return self.publisher.topics.under(name)

    def event(self, number: int = 0) -> MoodEvent:
        return MoodEvent("mood_changed", time.monotonic(), f"{self.name}-{number}", mood="happy", previous="neutral")

    def ask(self, name: str, payload: bytes | str, *, retain: bool = False) -> dict[str, object]:
        """Publishes a command and waits for its result."""
        before = len(self.ears.heard(self.topic("result")))
        self.ears.say(self.topic(f"set/{name}"), payload, retain=retain)
        answers = self.ears.until(self.topic("result"), before + 1)
        assert len(answers) == before + 1
        found: dict[str, object] = answers[-1].json
        return found


@contextmanager
def kiosk(mqtt: MqttSettings, view: View | None = HERE, name: str = "", ask: Ask | None = None) -> Iterator[Kiosk]:
    """A kiosk that has announced itself."""
    with recorder(mqtt) as ears:
        one = Kiosk(mqtt, ears, name, ask)
        if view is not None:
            one.publisher.show(view)
        one.publisher.start()
        ears.until(one.topic("availability"))
        # The next state waits for these acknowledgements, but its event would not.
        until(lambda: one.publisher._connection.unacknowledged.count == 0)
        if view is not None and view.mood:
            until(lambda: [message.json["mood"] for message in ears.heard(one.topic("state"))][-1:] == [view.mood])
        try:
            yield one
        finally:
            one.publisher.stop()
