"""A short visit to the broker, for commands that look or tidy up and go: `doctor` and `discovery`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from moodkiosk.act.mqtt.topics import Message
from moodkiosk.act.mqtt.transport.client import (
    LOG_SAYS,
    client_id_of,
    longest_bytes,
    new_client,
    refusal,
    refusal_advice,
    trouble,
    trouble_advice,
)
from moodkiosk.config.settings import MqttSettings
from moodkiosk.words.reason import Reason

ANSWER_SECONDS = 5.0
ECHO_SECONDS = 2.0
HUNG_UP = Reason("doctor.hung_up_do")
GRACE_SECONDS = 0.3
"""A broker may hand out retained messages a little after it has confirmed a later subscription."""


class NoBroker(Exception):
    """Why the broker could not be visited, as one line.

    Attributes:
        text: why.
        advice: what to do about it.
    """

    def __init__(self, text: str, advice: str = LOG_SAYS) -> None:
        super().__init__(text)
        self.text, self.advice = text, advice


class Visit:
    """An open connection.

    Attributes:
        longest_bytes: the longest packet that the broker takes; None: it has said nothing.
    """

    def __init__(self, client: Any, longest_bytes: int | None = None) -> None:
        self.longest_bytes = longest_bytes
        self._client = client
        self._found: dict[str, bytes] = {}
        self._confirmed: dict[int, threading.Event] = {}
        self._awaited: dict[str, threading.Event] = {}
        client.on_message = self._on_message
        client.on_subscribe = lambda _c, _d, number, *_: self._confirmed.setdefault(number, threading.Event()).set()

    def retained(self, topics: Sequence[str]) -> dict[str, bytes]:
        """What the broker keeps on `topics`, which may have wildcards."""
        for topic in topics:
            _, number = self._client.subscribe(topic, 0)
            self._confirmed.setdefault(number, threading.Event()).wait(ANSWER_SECONDS)
        threading.Event().wait(GRACE_SECONDS)
        return dict(self._found)

    def publish(self, message: Message) -> None:
        """Publishes, and waits until the broker has it. Raises NoBroker."""
        info = self._client.publish(message.topic, message.payload, message.qos, message.retain)
        try:
            info.wait_for_publish(ANSWER_SECONDS)
            arrived = info.is_published()
        except (ValueError, RuntimeError):  # the connection was lost
            arrived = False
        if not arrived:
            raise NoBroker(Reason("doctor.not_taken", topic=message.topic))

    def echoes(self, message: Message) -> bool:
        """Whether what we publish on a topic is handed back to us: the access list lets us write and read it.

        Raises NoBroker for a broker that does not answer at all.
        """
        heard = self._awaited[message.topic] = threading.Event()
        _, number = self._client.subscribe(message.topic, 1)
        self._confirmed.setdefault(number, threading.Event()).wait(ANSWER_SECONDS)
        self.publish(message)
        return heard.wait(ECHO_SECONDS)

    def _on_message(self, _client: object, _data: object, message: Any) -> None:
        if message.retain:
            self._found[message.topic] = bytes(message.payload)
        elif message.topic in self._awaited:
            self._awaited[message.topic].set()


@contextmanager
def visit(settings: MqttSettings, kiosk: str) -> Iterator[Visit]:
    """Connects for the length of the block. Raises NoBroker."""
    answered = threading.Event()
    problems: list[NoBroker] = []
    limits: list[int | None] = [None]

    def on_connect(_client: object, _data: object, _flags: object, reason: Any, properties: object) -> None:
        limits.append(longest_bytes(properties))
        if reason.is_failure:
            problems.append(NoBroker(refusal(reason, settings), refusal_advice(reason, settings)))
        answered.set()

    def on_disconnect(*_: object) -> None:
        problems.append(NoBroker(Reason("doctor.hung_up"), HUNG_UP))
        answered.set()

    try:
        client = new_client(settings, client_id_of(f"moodkiosk-{kiosk}-visit"))
        client.on_connect = on_connect
        client.on_disconnect = on_disconnect
        client.connect(settings.host, settings.port)
    except (OSError, ValueError) as error:
        raise NoBroker(trouble(error, settings), trouble_advice(error, settings)) from None
    client.loop_start()
    try:
        if not answered.wait(ANSWER_SECONDS):
            raise NoBroker(Reason("doctor.no_mqtt_broker", where=f"{settings.host}:{settings.port}"), HUNG_UP)
        if problems:
            raise problems[0]
        yield Visit(client, limits[-1])
    finally:
        client.disconnect()
        client.loop_stop()
