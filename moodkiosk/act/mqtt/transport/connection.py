"""The connection to the broker: one thread that connects, serves, backs off and comes back. It knows nothing of moods.

Each attempt has a paho client of its own: what an old connection left unsent dies with it, so nothing stale is ever
sent again (paho would repeat unacknowledged messages on the next connection).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodkiosk.act.mqtt.topics import Message
from moodkiosk.act.mqtt.transport.backoff import Backoff
from moodkiosk.act.mqtt.transport.client import client_id_of, longest_bytes, new_client, publish, refusal, trouble
from moodkiosk.act.mqtt.transport.condition import Condition
from moodkiosk.act.mqtt.transport.pump import Pump
from moodkiosk.act.mqtt.transport.subscriptions import Subscription, Subscriptions
from moodkiosk.act.mqtt.transport.unacknowledged import Unacknowledged
from moodkiosk.config.settings import MqttSettings
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from paho.mqtt.client import Client

KEEPALIVE_SECONDS = 20
"""A broker that is silently gone is noticed after at most twice this; it notices us gone after 1.5 times."""
FAREWELL_SECONDS = 0.7
SOON_SECONDS = 5.0
"""A connection that ends so soon without a reason (3.1.1 has none, mosquitto gives none) was perhaps taken over."""
LONGEST_WAIT_SECONDS = 5.0
"""While an answer of the broker's is waited for; else until one must be asked for."""

log = logging.getLogger("moodkiosk.mqtt")

TAKEN_OVER = 142
"""The reason code "Session taken over" of MQTT 5, section 3.14.2.1."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the connection calls, always on its own thread.

    Attributes:
        up: the broker has accepted us and the subscriptions are on their way.
        down: the connection has ended.
        arrived: a message came: topic, payload, whether it was a retained one.
        turn: send what is due with `Connection.send`; returns the seconds until something may be due again.
        turned: something may have happened to the connection; its status may be another one.
    """

    up: Callable[[], None]
    down: Callable[[], None]
    arrived: Callable[[str, bytes, bool], None]
    turn: Callable[[], float]
    turned: Callable[[], None] = lambda: None


class Connection:
    """See the module.

    Attributes:
        client_id: the id under which the broker knows us: the kiosk's id and a random suffix.
        is_up: the broker has accepted us.
        unacknowledged: what is on its way to the broker.
    """

    def __init__(
        self,
        settings: MqttSettings,
        name: str,
        will: Message,
        subscriptions: dict[str, Subscription],
        hooks: Hooks,
        keepalive_seconds: int = KEEPALIVE_SECONDS,
    ) -> None:
        """`subscriptions`: by topic filter."""
        self.client_id = client_id_of(name)
        self.is_up = False
        self.unacknowledged = Unacknowledged()
        self._name = name
        self._settings = settings
        self._will = will
        self._subscriptions = Subscriptions(subscriptions, settings.protocol)
        self._hooks = hooks
        self._keepalive = keepalive_seconds
        self._condition = Condition()
        self._client: Client | None = None
        self._arrivals: list[tuple[str, bytes, bool]] = []
        self._pump = Pump()
        self._answered = False
        self._up_since = 0.0
        self._farewell: Message | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    @property
    def status(self) -> str:
        """In words a person can act on: "connected", or what is wrong."""
        return self._condition.status(is_up=self.is_up, is_stalled=self.unacknowledged.is_stalled())

    def start(self) -> None:
        """Begins to connect."""
        self._thread.start()

    def wake(self) -> None:
        """Makes the thread take a turn now. Callable from any thread."""
        self._pump.wake()

    def stop(self, farewell: Message, seconds: float = 1.0) -> None:
        """Publishes `farewell`, disconnects, and ends the thread; waits at most `seconds` for all that."""
        self._farewell = farewell
        self._stopping.set()
        self.wake()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def send(self, message: Message) -> bool:
        """Publishes; on the connection's thread only. False: it is not up, or the broker takes no message so long."""
        if self._client is None or not self.is_up or not self._condition.takes(message):
            return False
        sent = publish(self._client, message, self._settings.protocol)
        if sent.rc != 0:
            return False
        if message.qos > 0:
            self.unacknowledged.add(sent.mid, message.topic)
        return True

    def _run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            began = time.monotonic()
            was_up = self._attempt()
            self._hooks.turned()
            lasted = time.monotonic() - began if was_up else 0.0
            self._stopping.wait(backoff.next_seconds(lasted))
        self._client = None

    def _attempt(self) -> bool:
        """One connection from beginning to end. Returns whether the broker accepted us."""
        self._answered = False
        self.unacknowledged.clear()
        self._condition.begin()
        self._arrivals.clear()
        try:
            self._client = client = self._make_client()
            client.connect(self._settings.host, self._settings.port, self._keepalive)
        except (OSError, ValueError) as error:  # ValueError: a host name that cannot be one; ssl.SSLError is an OSError
            self._condition.down(trouble(error, self._settings))
            return False
        was_up = self._serve(client)
        self.is_up = False
        if was_up:
            self._hooks.down()
        return was_up

    def _make_client(self) -> Client:
        """A client that is not connected yet. Raises OSError for files that cannot be read."""
        client = new_client(self._settings, self.client_id, self._subscriptions.wide)
        client.will_set(self._will.topic, self._will.payload, self._will.qos, self._will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = lambda _client, _data, message: self._arrivals.append(
            (message.topic, bytes(message.payload), message.retain)
        )
        # Without this, paho writes to the socket inside publish(), recursively; we write when the socket is ready.
        client.on_socket_register_write = lambda *_: None
        return client

    def _serve(self, client: Client) -> bool:
        """Reads and writes until the connection ends or we are stopped. Returns whether the broker accepted us."""
        was_up = False
        self._pump.begin()
        farewell_until: float | None = None
        while (sock := client.socket()) is not None:
            wait = min(LONGEST_WAIT_SECONDS, self._keepalive / 4)
            if self._stopping.is_set():
                if farewell_until is None:
                    farewell_until = time.monotonic() + FAREWELL_SECONDS
                    if not self.is_up or not self._farewell or not self.send(self._farewell):
                        break
                if not self.unacknowledged.waits(self._will.topic) or time.monotonic() > farewell_until:
                    break
                wait = 0.05
            elif self.is_up:
                if not was_up:
                    self._hooks.up()
                was_up = True
                due = self._hooks.turn()
                if not self.unacknowledged.count:
                    wait = self._pump.silence_seconds(client.keepalive or self._keepalive)
                wait = min(wait, due)
            try:
                self._pump.exchange(client, sock, wait, client.keepalive or self._keepalive)
            except Exception as error:  # noqa: BLE001 - whatever paho makes of bytes that are not MQTT: the world's fault
                self._condition.down(Reason("broker.garbage", reason=f"{type(error).__name__}: {error}"))
                sock.close()
                return was_up
            while self._arrivals:
                self._hooks.arrived(*self._arrivals.pop(0))
            self._hooks.turned()
        client.disconnect()
        client.loop_write()
        if (left := client.socket()) is not None:  # the socket's buffer is full: nothing more can be said
            left.close()
        return was_up

    def _on_connect(self, client: Client, _data: object, _flags: object, reason: Any, properties: object) -> None:
        self._answered = True
        if reason.is_failure:
            self._condition.down(refusal(reason, self._settings))
            return
        self._subscriptions.ask(client)
        self._condition.longest_bytes = longest_bytes(properties)
        self.is_up = True
        self._up_since = time.monotonic()
        self._condition.up()
        log.info("connected to the broker at %s:%s as %s", self._settings.host, self._settings.port, self.client_id)

    def _on_disconnect(self, _client: object, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if self._stopping.is_set() or (self._answered and not self.is_up):
            return
        if not self.is_up:
            where, version = f"{self._settings.host}:{self._settings.port}", self._settings.protocol
            self._condition.down(Reason("broker.no_mqtt", where=where, version=version))
        elif reason.value == TAKEN_OVER:
            self._condition.down(Reason("broker.id_taken", name=self.client_id))
            self.client_id = client_id_of(self._name)
        elif time.monotonic() - self._up_since < SOON_SECONDS:
            self._condition.down(Reason("broker.hung_up", name=self.client_id))
            self.client_id = client_id_of(self._name)
        else:
            self._condition.down(Reason("broker.lost", reason=str(reason)))

    def _on_subscribe(self, _client: object, _data: object, number: int, reasons: Any, _properties: object) -> None:
        if any(reason.is_failure for reason in reasons):
            self._condition.refuse(self._subscriptions.of(number))

    def _on_publish(self, _client: object, _data: object, number: int, reason: Any, _properties: object) -> None:
        topic = self.unacknowledged.done(number)
        if reason.is_failure:
            self._condition.refuse(topic)
