"""Around MQTT: a recording subscriber that checks every message against its table; a main loop that only answers."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from paho.mqtt.client import Client, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from moodkiosk.act.mqtt import payloads
from moodkiosk.act.ports import Request
from moodkiosk.config.settings import MqttSettings
from moodkiosk.link import commands
from moodkiosk.moods.command import Command, Result
from tests.support.wait import until

RETAINED = dict.fromkeys(("availability", "state", "info", "recommendations", "health"), True) | {
    "event": False,
    "result": False,
}


@dataclass(frozen=True)
class Heard:
    """A message as a subscriber got it.

    Attributes:
        retained: the broker had kept it from before the subscription.
        at: monotonic seconds.
    """

    topic: str
    payload: bytes
    qos: int
    retained: bool
    at: float
    properties: Any

    @property
    def name(self) -> str:
        """The last part of the topic, e.g. "state"."""
        return self.topic.rsplit("/", 1)[-1]

    @property
    def json(self) -> Any:
        return json.loads(self.payload)


def check(heard: Heard) -> None:
    """Every message of a kiosk obeys the documented tables: keys, types, QoS, retain."""
    parts = heard.topic.split("/")
    if parts[0] == "moodkiosk" and len(parts) == 3:
        name = parts[2]
        # A decision for others, doctor's trial of the access list, or somebody clears what the broker keeps.
        if name in ("play", "doctor") or heard.payload == b"":
            return
        assert name in RETAINED, heard
        assert not (heard.retained and not RETAINED[name]), heard
        assert heard.qos == 1 or heard.retained, heard  # the embedded broker hands retained messages out with QoS 0
        if name == "availability":
            assert heard.payload in (b"online", b"offline"), heard
        else:
            body = msgspec.json.decode(heard.payload, type=payloads.TABLES[name])
            for key in ("at", "since", "override_until", "quiet_until"):
                if isinstance(text := getattr(body, key, None), str):
                    assert datetime.fromisoformat(text).tzinfo is not None, heard


class Recorder:
    """Subscribes to everything at QoS 1 and keeps it, in order; each message of a kiosk is checked when it comes."""

    def __init__(self, settings: MqttSettings, user: str = "", password: str = "") -> None:
        self._heard: list[Heard] = []
        self._lock = threading.Lock()
        self._wrong: list[AssertionError | msgspec.MsgspecError] = []
        self._subscribed = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5 if settings.protocol == "5" else MQTTv311)
        if user:
            self._client.username_pw_set(user, password)
        if settings.tls is not None:
            self._client.tls_set(settings.tls.ca_file)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect(settings.host, settings.port)
        self._client.loop_start()
        assert self._subscribed.wait(10)

    def close(self) -> None:
        """Ends, and fails the test if a message was wrong."""
        self._client.disconnect()
        self._client.loop_stop()
        if self._wrong:
            raise self._wrong[0]

    def say(self, topic: str, payload: bytes | str, *, retain: bool = False, qos: int = 0) -> None:
        """Publishes, as Home Assistant or a person would."""
        self._client.publish(topic, payload, qos, retain).wait_for_publish(10)

    def forgive(self) -> None:
        """What was wrong so far was said by the test itself."""
        self._wrong.clear()

    def clear(self) -> None:
        """Forgets what was heard so far."""
        with self._lock:
            self._heard.clear()

    def heard(self, topic: str = "#") -> list[Heard]:
        """All messages so far on topics that end so."""
        with self._lock:
            return [one for one in self._heard if topic == "#" or one.topic.endswith(topic)]

    def names(self, *, of: str) -> list[str]:
        """The last topic parts of what a kiosk said, in order; its discovery is "config", commands are left out."""
        return [
            one.name
            for one in self.heard()
            if (one.topic.startswith(f"moodkiosk/{of}/") and "/set/" not in one.topic)
            or one.topic.endswith(f"/moodkiosk_{of}/config")
        ]

    def until(self, topic: str, count: int = 1, seconds: float = 60.0) -> list[Heard]:
        """Waits for so many messages."""
        until(lambda: len(self.heard(topic)) >= count, seconds, f"{count} × {topic}")
        return self.heard(topic)

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        heard = Heard(
            message.topic,
            bytes(message.payload),
            message.qos,
            bool(message.retain),
            time.monotonic(),
            message.properties,
        )
        with self._lock:
            self._heard.append(heard)
        try:
            check(heard)
        except (AssertionError, msgspec.MsgspecError) as error:
            self._wrong.append(error)


@contextmanager
def recorder(settings: MqttSettings, user: str = "", password: str = "") -> Iterator[Recorder]:
    """A recorder while the block runs."""
    one = Recorder(settings, user, password)
    try:
        yield one
    finally:
        one.close()


class Answerer:
    """Stands for the main loop: validates commands as it does, keeps the valid ones, answers at once.

    Attributes:
        taken: the commands that were valid, in order.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels
        self.taken: list[Command] = []
        self._number = itertools.count()

    def ask(self, request: Request) -> Future[Result]:
        future: Future[Result] = Future()
        try:
            command = commands.parse_payload(request.name, request.payload or b"", self.labels, request.origin)
        except commands.BadCommand as error:
            future.set_result(Result(request.name[:40], ok=False, error=str(error)))
        else:
            self.taken.append(command)
            future.set_result(Result(command.name, ok=True, text="done", transaction=command.transaction))
        return future
