"""The kiosk on MQTT: what act's main loop tells, and what comes back as commands. No method waits for the network."""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from moodkiosk import __version__
from moodkiosk.act.homeassistant.payload import About, Discovery, Offered, listed_components
from moodkiosk.act.mqtt import conversion
from moodkiosk.act.mqtt.outbox import Outbox
from moodkiosk.act.mqtt.payloads import Health, encode
from moodkiosk.act.mqtt.requests import Requests
from moodkiosk.act.mqtt.topics import Message, Topics
from moodkiosk.act.mqtt.transport.connection import KEEPALIVE_SECONDS, Connection, Hooks
from moodkiosk.act.mqtt.transport.subscriptions import Subscription
from moodkiosk.act.mqtt.twin import Twin
from moodkiosk.act.ports import Ask
from moodkiosk.config.settings import Config
from moodkiosk.host.guard import Guard
from moodkiosk.host.machine import hostname
from moodkiosk.link.messages import Hello
from moodkiosk.moods.command import Result
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.song import Song
from moodkiosk.moods.view import View
from moodkiosk.words.reason import Reason

BIRTH_JITTER_SECONDS = 1.0
"""Many kiosks hear that Home Assistant has started at the same moment."""
FAREWELL = b"offline"
NO_SONGS = encode(conversion.recommendations_of(()))
PLAYS_LIMIT = 8

log = logging.getLogger("moodkiosk.mqtt")


class Publisher:
    """One kiosk's presence on the broker. Every method may be called from any thread and returns at once.

    Attributes:
        topics: where everything is.
        instance: tells this run of the kiosk from any other with the same id.
        guard: takes the messages of others.
    """

    def __init__(
        self,
        config: Config,
        ask: Ask,
        wall: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        clock: Callable[[], float] = time.monotonic,
        keepalive_seconds: int = KEEPALIVE_SECONDS,
        announced: Offered | None = None,
        status_changed: Callable[[], object] = lambda: None,
    ) -> None:
        """Does not connect yet.

        Args:
            config: the whole configuration; its public part is published in `info`.
            ask: puts a command to the main loop.
            wall: the time of day, with zone.
            clock: monotonic seconds, as in `MoodEvent.at`.
            keepalive_seconds: see `connection`.
            announced: what is remembered of what the run before offered.
            status_changed: called, on the connection's thread, when `status` is another one.
        """
        self.topics = Topics.of(config)
        self.instance = f"{hostname()}-{secrets.token_hex(4)}"
        self._config = config
        self._requests = Requests(ask, self._answer)
        self._tell_status = status_changed
        self._told_status = ""
        self._wall = wall
        self._clock = clock
        self._lock = threading.Lock()
        self.guard = Guard(log)
        about = About.of(config, __version__)
        self._language = about.language
        discovery = Discovery(about) if config.mqtt.discovery else None
        self._outbox = Outbox(self.topics, discovery, config.mqtt.health_seconds, announced, self._language)
        self._hello: Hello | None = None
        self._outbox.inform(self._info())
        self._outbox.offer(NO_SONGS)
        self._plays: deque[Message] = deque()
        self._twin = Twin(config.kiosk.id, self.instance, config.mqtt.health_seconds)
        self._connection = Connection(
            config.mqtt,
            f"moodkiosk-{config.kiosk.id}",
            Message(self.topics.availability, FAREWELL, retain=True),
            {
                self.topics.commands: Subscription(1, as_published=True),
                self.topics.birth: Subscription(0),
                # Our own, to notice what the broker lost or somebody else wrote.
                **dict.fromkeys(self.topics.retained, Subscription(0, wide=True)),
            },
            Hooks(self._up, self._down, self._take, self._turn, self._look_at_status),
            keepalive_seconds,
        )

    def start(self) -> None:
        """Begins to connect."""
        self._connection.start()

    def stop(self) -> None:
        """Publishes "offline" and disconnects; waits at most a second."""
        self._connection.stop(Message(self.topics.availability, FAREWELL, retain=True))

    @property
    def status(self) -> str:
        """In words a person can act on: "connected", or what is wrong."""
        status, twin = self._connection.status, self._twin.status(self._clock())
        if not twin or not self._connection.is_up:
            return status
        if status == "connected":
            return Reason("broker.connected_but", twin=twin)
        return Reason("broker.but", status=status, twin=twin)

    @property
    def counters(self) -> dict[str, int]:
        """What was dropped, by name, for health."""
        return dict(self._outbox.dropped)

    def show(self, view: View) -> None:
        """The state is now `view`; new labels in it renew the discovery as well."""
        with self._lock:
            self._outbox.show(view, self._clock())
        self._connection.wake()

    def doubt(self, until: float) -> None:
        """Until then, in monotonic seconds, the state of before may not be so any more: it is not said again."""
        with self._lock:
            self._outbox.doubt(until)
        self._connection.wake()

    def tell(self, event: MoodEvent) -> None:
        """An event happened. It is published now or never."""
        now = self._clock()
        at = self._wall() - timedelta(seconds=max(0.0, now - event.at))
        with self._lock:
            self._outbox.tell(encode(conversion.event_of(event, at, self._language)), now)
        self._connection.wake()

    def offer(self, songs: tuple[Song, ...]) -> None:
        """There are other songs to choose from."""
        with self._lock:
            self._outbox.offer(encode(conversion.recommendations_of(songs, self._language)))
        self._connection.wake()

    def hello(self, hello: Hello) -> None:
        """Sense has introduced itself or loaded a model: renews `info`."""
        with self._lock:
            self._hello = hello
            self._outbox.inform(self._info())
        self._connection.wake()

    def configure(self, config: Config) -> None:
        """Other settings hold from now on, as far as a running kiosk takes them: what is offered may change."""
        with self._lock:
            self._config = config
            self._outbox.announce(Discovery(About.of(config, __version__)), self._clock())
            self._outbox.inform(self._info())
        self._connection.wake()

    @property
    def health_due_at(self) -> float:
        """When it is time for `health`, monotonic seconds."""
        return self._outbox.health_due_at

    def health(self, health: Health) -> None:
        """How the kiosk is doing; to be called at `health_due_at`. What is counted here is added."""
        with self._lock:
            queues = {**health.queues, "mqtt": self._outbox.waiting + self._connection.unacknowledged.count}
            health = msgspec.structs.replace(
                health, queues=queues, counters={**health.counters, **self._outbox.dropped}
            )
            payload = encode(health)
            self._twin.own(payload)
            self._outbox.feel(payload, self._clock())
            self._outbox.inform(self._info())  # a newer version may have been installed
        self._connection.wake()

    def publish(self, topic: str, payload: bytes) -> bool:
        """Sends something of no further concern to us, not retained; False: it cannot be sent now and is not kept."""
        with self._lock:
            if (
                not self._connection.is_up
                or self._connection.unacknowledged.is_stalled()
                or len(self._plays) >= PLAYS_LIMIT
            ):
                return False
            self._plays.append(Message(topic, payload))
        self._connection.wake()
        return True

    def _info(self) -> bytes:
        return encode(conversion.info_of(self._config, __version__, self.instance, self._hello))

    # On the connection's thread

    def _up(self) -> None:
        with self._lock:
            self._outbox.connected(self._clock())

    def _down(self) -> None:
        with self._lock:
            self._outbox.disconnected()
            self._plays.clear()

    def _turn(self) -> float:
        with self._lock:
            now = self._clock()
            messages = self._outbox.take(
                now, self._connection.unacknowledged.waits, stalled=self._connection.unacknowledged.is_stalled()
            )
            messages += self._plays
            self._plays.clear()
            wait = self._outbox.wait_seconds(now)
        for message in messages:
            self._connection.send(message)
        return wait

    def _look_at_status(self) -> None:
        if (status := self.status) != self._told_status:
            self._told_status = status
            self._tell_status()

    def _take(self, topic: str, payload: bytes, retained: bool) -> None:
        self.guard.take(f"a message on {topic!r}", lambda: self._arrived(topic, payload, retained))

    def _arrived(self, topic: str, payload: bytes, retained: bool) -> None:
        commands = self.topics.under("set")  # the subscription to set/# brings this one as well
        if topic == commands or topic.startswith(f"{commands}/"):
            if payload or not retained:  # an empty retained one is somebody who clears what the broker keeps
                self._requests.take(topic[len(commands) + 1 :], payload, retained=retained)
            return
        with self._lock:
            now = self._clock()
            if topic == self.topics.birth:
                if payload == b"online" and not retained:
                    self._outbox.born(now, random.random() * BIRTH_JITTER_SECONDS)
            elif retained:  # what the broker had kept: all of it is published anew
                if topic == self.topics.discovery and payload:
                    self._outbox.found(listed_components(payload), now)
            else:
                self._overheard(topic, payload, now)

    def _overheard(self, topic: str, payload: bytes, now: float) -> None:
        """Something was published on a topic of ours, mostly by us."""
        if topic == self.topics.availability and payload == FAREWELL:
            # The last will of a connection that the broker took for alive until now, or a twin's farewell.
            self._twin.left()
            self._outbox.lost(topic, now)
        elif not payload:
            # An empty discovery is a person's wish (they deleted the device): it is respected until the next start.
            if topic != self.topics.discovery:
                self._outbox.lost(topic, now)
        elif topic == self.topics.info and self._twin.is_of(payload, now):
            self._outbox.lost(topic, now)  # so that it hears of us as well; once, or this would never end
        else:
            if topic == self.topics.health:
                self._twin.feels(payload, now)
            if not self._twin.status(now):
                self._outbox.heard(topic, payload, now)

    def _answer(self, result: Result, transaction: str | int | None) -> None:
        with self._lock:
            self._outbox.answer(encode(conversion.answer_of(result, transaction, self._language)))
        self._connection.wake()
