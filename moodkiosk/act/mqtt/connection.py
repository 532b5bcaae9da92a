"""The connection to the broker: one thread that connects, serves, backs off and comes back. It knows nothing of moods.

Each attempt has a paho client of its own: what an old connection left unsent dies with it, so nothing stale is ever
sent again (paho would repeat unacknowledged messages on the next connection).
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import select
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodkiosk.act.mqtt.backoff import Backoff
from moodkiosk.act.mqtt.client import client_id_of, longest_bytes, new_client, packet_bytes, refusal, trouble
from moodkiosk.act.mqtt.silence import Silence
from moodkiosk.act.mqtt.topics import Message
from moodkiosk.act.mqtt.unacknowledged import Unacknowledged
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
class Subscription:
    """What is wanted of a topic filter.

    Attributes:
        qos: 0 or 1.
        as_published: whoever publishes a retained message is recognised in that very moment, too; 3.1.1 cannot do that.
        wide: a message of it may be long, see `bounded`; the filter is a topic then.
    """

    qos: int
    as_published: bool = False
    wide: bool = False


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
        self._subscriptions = subscriptions
        self._hooks = hooks
        self._keepalive = keepalive_seconds
        self._problem = "connecting"
        self._refused: dict[str, None] = {}  # topics, in order
        self._too_long: dict[str, None] = {}  # topics whose messages the broker does not take, in order
        self._longest_bytes: int | None = None  # that it takes; None: any
        self._asked: dict[int, str] = {}  # message id to topic filter, of subscriptions
        self._client: Client | None = None
        self._arrivals: list[tuple[str, bytes, bool]] = []
        self._silence = Silence(0.0)
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._answered = False
        self._up_since = 0.0
        self._farewell: Message | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    @property
    def status(self) -> str:
        """In words a person can act on: "connected", or what is wrong."""
        if not self.is_up:
            return self._problem
        if self.unacknowledged.is_stalled():
            return Reason("broker.stalled")
        if self._refused:
            return Reason("broker.refuses_topics", topics=list(self._refused))
        if self._too_long:
            return Reason("broker.too_long", bytes=self._longest_bytes, topics=list(self._too_long))
        return "connected"

    def start(self) -> None:
        """Begins to connect."""
        self._thread.start()

    def wake(self) -> None:
        """Makes the thread take a turn now. Callable from any thread."""
        with contextlib.suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def stop(self, farewell: Message, seconds: float = 1.0) -> None:
        """Publishes `farewell`, disconnects, and ends the thread; waits at most `seconds` for all that."""
        self._farewell = farewell
        self._stopping.set()
        self.wake()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def send(self, message: Message) -> bool:
        """Publishes; only on the connection's thread. False: there is no connection, or the broker takes none so long.

        It would hang up on a message that is longer than it said.
        """
        if self._client is None or not self.is_up:
            return False
        if self._longest_bytes is not None and packet_bytes(message) > self._longest_bytes:
            if message.topic not in self._too_long:
                self._too_long[message.topic] = None
                log.warning("%s", self.status)
            return False
        properties = None
        if message.expiry_seconds is not None and self._settings.protocol == "5":
            from paho.mqtt.packettypes import PacketTypes
            from paho.mqtt.properties import Properties

            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho has no types here
            properties.MessageExpiryInterval = message.expiry_seconds
        sent = self._client.publish(message.topic, message.payload, message.qos, message.retain, properties)
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
        self._refused.clear()
        self._too_long.clear()
        self._asked.clear()
        self._arrivals.clear()
        try:
            self._client = client = self._make_client()
            client.connect(self._settings.host, self._settings.port, self._keepalive)
        except (OSError, ValueError) as error:  # ValueError: a host name that cannot be one; ssl.SSLError is an OSError
            self._say(trouble(error, self._settings))
            return False
        was_up = self._serve(client)
        self.is_up = False
        if was_up:
            self._hooks.down()
        return was_up

    def _subscribe(self, client: Client, topic: str, wanted: Subscription) -> tuple[object, int | None]:
        if self._settings.protocol != "5":
            return client.subscribe(topic, wanted.qos)
        from paho.mqtt.subscribeoptions import SubscribeOptions

        return client.subscribe(topic, options=SubscribeOptions(wanted.qos, retainAsPublished=wanted.as_published))

    def _make_client(self) -> Client:
        """A client that is not connected yet. Raises OSError for files that cannot be read."""
        wide = [topic for topic, wanted in self._subscriptions.items() if wanted.wide]
        client = new_client(self._settings, self.client_id, wide)
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
        poller = select.poll()  # not select(): that ends at 1024 descriptors
        poller.register(self._wake, select.POLLIN)
        farewell_until: float | None = None
        self._silence = Silence(time.monotonic())
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
                    wait = max(0.0, self._silence.over(client.keepalive or self._keepalive) - time.monotonic())
                wait = min(wait, due)
            try:
                self._exchange(client, sock, poller, wait)
            except Exception as error:  # noqa: BLE001 - whatever paho makes of bytes that are not MQTT: the world's fault
                self._say(f"the broker does not talk MQTT as it should ({type(error).__name__}: {error})")
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

    def _exchange(self, client: Client, sock: Any, poller: select.poll, wait: float) -> None:
        """Waits for the socket or for a wake-up, at most `wait` seconds, and lets paho read and write."""
        interest = select.POLLIN | (select.POLLOUT if client.want_write() else 0)
        poller.register(sock.fileno(), interest)
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            wait = 0.0
        ready = dict(poller.poll(max(0, math.ceil(wait * 1000))))
        if self._wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake)
        now = time.monotonic()
        if ready.get(sock.fileno(), 0) & ~select.POLLOUT or wait == 0.0:
            client.loop_read()
            self._silence.heard(now)
        if client.socket() is not None and client.want_write():
            client.loop_write()
            self._silence.said(now)
        if client.socket() is not None:
            client.loop_misc()
            self._silence.asked(now, client.keepalive or self._keepalive)

    def _on_connect(self, client: Client, _data: object, _flags: object, reason: Any, properties: object) -> None:
        self._answered = True
        if reason.is_failure:
            self._say(refusal(reason, self._settings))
            return
        for topic, wanted in self._subscriptions.items():
            _, number = self._subscribe(client, topic, wanted)
            if number is not None:
                self._asked[number] = topic
        self._longest_bytes = longest_bytes(properties)
        self.is_up = True
        self._up_since = time.monotonic()
        self._problem = "connected"
        log.info("connected to the broker at %s:%s as %s", self._settings.host, self._settings.port, self.client_id)

    def _on_disconnect(self, _client: object, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if self._stopping.is_set() or (self._answered and not self.is_up):
            return
        if not self.is_up:
            where, version = f"{self._settings.host}:{self._settings.port}", self._settings.protocol
            self._say(f"{where} hangs up: is it an MQTT broker, does it speak MQTT {version}, and want TLS or not?")
        elif reason.value == TAKEN_OVER:
            self._say(f"another client uses our id {self.client_id}; a new one is taken")
            self.client_id = client_id_of(self._name)
        elif time.monotonic() - self._up_since < SOON_SECONDS:
            self._say(Reason("broker.hung_up", name=self.client_id))
            self.client_id = client_id_of(self._name)
        else:
            self._say(Reason("broker.lost", reason=str(reason)))

    def _on_subscribe(self, _client: object, _data: object, number: int, reasons: Any, _properties: object) -> None:
        if any(reason.is_failure for reason in reasons):
            self._refuse(self._asked.get(number, "a subscription"))

    def _on_publish(self, _client: object, _data: object, number: int, reason: Any, _properties: object) -> None:
        topic = self.unacknowledged.done(number)
        if reason.is_failure:
            self._refuse(topic)

    def _refuse(self, topic: str) -> None:
        if topic not in self._refused:
            self._refused[topic] = None
            log.warning("the broker refuses %s: check its access list", topic)

    def _say(self, problem: str) -> None:
        """Logs a problem once, when it begins."""
        if problem != self._problem:
            log.warning("%s", problem)
        self._problem = problem
