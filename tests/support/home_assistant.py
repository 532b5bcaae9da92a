"""A subscriber that plays Home Assistant: it takes the discovery as Home Assistant does, and says what it would show.

After homeassistant/components/mqtt of Home Assistant core 2025.4 and 2026.2, as far as the kiosk's entities need it: a
state is kept while the device is unavailable, "None" is unknown, an enumeration ignores what is not among its options,
events are never taken from what a broker had kept.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from moodkiosk.config.settings import MqttSettings
from tests.support.wait import until

TEMPLATES = ImmutableSandboxedEnvironment()


@dataclass
class Entity:
    """One entity: its keys in the discovery, and what was made of the last message."""

    own: dict[str, Any]
    value: str = "unknown"


@dataclass
class HomeAssistant:
    """See the module.

    Attributes:
        diary: what happened, in order: "present: on" whenever the entity is shown with another state, and
            "event: arrived".
        warnings: what Home Assistant would have logged.
    """

    settings: MqttSettings
    kiosk: str
    watched: tuple[str, ...] = ("present", "mood", "people")
    diary: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._available = False
        self._shown: dict[str, str] = {}
        self._last: dict[str, bytes] = {}
        self._marks: set[bytes] = set()
        self._subscribed = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_disconnect = lambda *_: self._subscribed.clear()
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect(self.settings.host, self.settings.port)
        self._client.loop_start()
        assert self._subscribed.wait(10)

    def close(self) -> None:
        """Hangs up."""
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        """Publishes."""
        self._client.publish(topic, payload, 1, retain).wait_for_publish(10)

    def born(self) -> None:
        """Says that it has started."""
        self.say("homeassistant/status", "online")

    def come_back(self) -> None:
        """Waits until it has subscribed once more to a broker that was away."""
        assert self._subscribed.wait(20)

    def catch_up(self) -> None:
        """Waits until everything that was published before has come."""
        mark = str(len(self._marks)).encode()
        self.say("mark", mark)
        until(lambda: mark in self._marks, what="the broker to hand everything out")

    def shown(self, key: str) -> str:
        """What it shows of an entity now."""
        return self.entities[key].value if self._available else "unavailable"

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        topic, payload = message.topic, bytes(message.payload)
        if topic == "mark":
            self._marks.add(payload)
        elif topic == f"homeassistant/device/moodkiosk_{self.kiosk}/config":
            self._discover(payload)
        elif topic == f"moodkiosk/{self.kiosk}/availability":
            self._available = payload == b"online"
            self._note()
        elif topic == f"moodkiosk/{self.kiosk}/event" and not message.retain:
            self.diary.append(f"event: {json.loads(payload)['event_type']}")
        elif topic.startswith(f"moodkiosk/{self.kiosk}/") and payload:
            self._last[topic] = payload
            self._take(topic, payload)
            self._note()

    def _discover(self, payload: bytes) -> None:
        components = json.loads(payload)["components"]
        for key, own in components.items():
            if len(own) > 1 and "state_topic" in own and own["platform"] != "event":
                self.entities.setdefault(key, Entity(own)).own = own
        for topic, kept in self._last.items():  # it subscribes to the states, and gets what the broker keeps
            self._take(topic, kept)
        self._note()

    def _take(self, topic: str, payload: bytes) -> None:
        for key, entity in self.entities.items():
            own = entity.own
            if own["state_topic"] != topic:
                continue
            try:
                value = TEMPLATES.from_string(own["value_template"]).render(value_json=json.loads(payload)).strip()
            except (TemplateError, TypeError, ValueError) as error:  # it is shown as before
                self.warnings.append(f"{key}: {type(error).__name__}: {error}")
                continue
            if value == "None":
                entity.value = "unknown"
            elif "options" in own and value not in own["options"]:
                self.warnings.append(f"{key}: invalid option {value}")
            elif own["platform"] in ("switch", "binary_sensor"):
                entity.value = value.lower()
            else:
                entity.value = value

    def _note(self) -> None:
        for key in self.watched:
            if key in self.entities and self.shown(key) != self._shown.get(key):
                self._shown[key] = self.shown(key)
                self.diary.append(f"{key}: {self.shown(key)}")
