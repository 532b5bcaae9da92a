"""What is to be published, and when. No network and no clock: the time is passed in, and messages come out.

Only what changed is published; what is retained is repeated when the broker or Home Assistant may have lost it; an
event that cannot leave now is dropped, never kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from moodkiosk.act.homeassistant.payload import Component, Discovery, Offered
from moodkiosk.act.mqtt.announcement import Announcement
from moodkiosk.act.mqtt.conversion import state_of
from moodkiosk.act.mqtt.payloads import encode
from moodkiosk.act.mqtt.repairs import Repairs
from moodkiosk.act.mqtt.throttle import SETTLE_SECONDS, StateThrottle
from moodkiosk.act.mqtt.topics import Message, Topics
from moodkiosk.moods.view import View
from moodkiosk.words.language import FALLBACK

BIRTH_SECONDS = 5.0
"""However often Home Assistant says that it has started, everything is repeated at most this often."""
EVENT_EXPIRY_SECONDS = 30
EVENTS_LIMIT = 32
RESULTS_LIMIT = 1024


class Outbox:
    """Holds what the kiosk wants to be known, and what the broker has of it.

    Attributes:
        dropped: events and results that were not sent because the broker was away or slow, by name.
    """

    def __init__(
        self,
        topics: Topics,
        discovery: Discovery | None,
        health_seconds: float,
        announced: Offered | None = None,
        language: str = FALLBACK,
    ) -> None:
        """Nothing is published yet.

        Args:
            topics: where everything is.
            discovery: makes the payload for Home Assistant; None: it shall not know of this kiosk.
            health_seconds: how often `feel` is wanted.
            announced: what the run before offered, which Home Assistant knows.
            language: in which sentences are said as well.
        """
        self._language = language
        self.dropped = {"mqtt_events": 0, "mqtt_results": 0}
        self._topics = topics
        self._health_seconds = health_seconds
        self._online = False
        self._view: View | None = None
        self._gate = StateThrottle()
        self._doubted_until = float("-inf")
        self._events: deque[bytes] = deque()
        self._results: deque[bytes] = deque()
        # What is retained besides the state, in the order in which it is sent. "online" comes last: nobody shall take
        # the state of yesterday, which the broker may still have, for that of today.
        self._wanted: dict[str, bytes] = dict.fromkeys((topics.info, topics.recommendations, topics.health), b"")
        self._wanted[topics.availability] = b"online"
        self._sent: dict[str, bytes] = {}
        self._announcement = Announcement(topics.discovery, discovery, announced)
        self._repairs = Repairs()
        self._repeat_due: float | None = None
        self._repeated_at = float("-inf")
        self._health_at: float | None = None

    @property
    def waiting(self) -> int:
        """How many events and results wait to be sent."""
        return len(self._events) + len(self._results)

    # What the kiosk wants to be known

    def show(self, view: View, now: float) -> None:
        """The state is now `view`."""
        self._view = view
        self._announcement.offer(view, now)
        self._gate.changed(now)

    def doubt(self, until: float) -> None:
        """What is to be known of people may not be so any more: until then no state leaves, nor what comes after it."""
        self._doubted_until = until

    def tell(self, event: bytes, now: float) -> None:
        """An event happened."""
        if not self._online or len(self._events) >= EVENTS_LIMIT:
            self.dropped["mqtt_events"] += 1
            return
        self._events.append(event)
        # The state that belongs to it is being shown in this very moment, and goes first – unless the broker is slow to
        # acknowledge the state before: an event does not wait for that.
        self._gate.changed(now)

    def answer(self, result: bytes) -> None:
        """A command has come to its end."""
        if not self._online or len(self._results) >= RESULTS_LIMIT:
            self.dropped["mqtt_results"] += 1
            return
        self._results.append(result)

    def inform(self, info: bytes) -> None:
        """What the kiosk is."""
        self._wanted[self._topics.info] = info

    def offer(self, songs: bytes) -> None:
        """There are other songs to choose from."""
        self._wanted[self._topics.recommendations] = songs

    def feel(self, health: bytes, now: float) -> None:
        """How the kiosk is doing."""
        self._wanted[self._topics.health] = health
        self._health_at = now

    @property
    def health_due_at(self) -> float:
        """When it is time for `feel`, monotonic seconds."""
        return float("-inf") if self._health_at is None else self._health_at + self._health_seconds

    # What happens outside

    def connected(self, now: float) -> None:
        """The broker has accepted us, and may know nothing of us."""
        self._online = True
        self._announcement.connected(now)
        self._repeat(now)

    def disconnected(self) -> None:
        """What has not left now would be stale by the time the broker is back."""
        self._online = False
        self._drop_events()
        self.dropped["mqtt_results"] += len(self._results)
        self._results.clear()

    def born(self, now: float, jitter_seconds: float) -> None:
        """Home Assistant has started: everything once more, soon."""
        if self._repeat_due is None:
            self._repeat_due = max(now + jitter_seconds, self._repeated_at + BIRTH_SECONDS)

    def lost(self, topic: str, now: float) -> None:
        """The broker has lost, or has something else than, what we put on `topic`."""
        self._sent.pop(topic, None)
        if topic == self._topics.state:
            self._gate.forget(now)

    def heard(self, topic: str, payload: bytes, now: float) -> None:
        """The broker has handed out something new on a topic that only we should write to."""
        self._repairs.heard(topic, payload, now)

    def announce(self, discovery: Discovery, now: float) -> None:
        """Another payload for Home Assistant: what the one before had, and this one has not, goes away."""
        self._announcement.change(discovery, now)

    def found(self, components: frozenset[Component], now: float) -> None:
        """The broker had a discovery of this kiosk, with these components."""
        self._announcement.found(components, now)

    # What is to be sent

    def take(self, now: float, waits: Callable[[str], bool], *, stalled: bool) -> list[Message]:
        """The messages to send now, in order.

        Args:
            now: monotonic seconds.
            waits: whether the broker has not yet acknowledged the last message on a topic.
            stalled: the broker has acknowledged nothing for a while.
        """
        if not self._online:
            return []
        if stalled:
            self._drop_events()
            return []
        if self._repeat_due is not None and now >= self._repeat_due:
            self._repeat(now)
        self._repair(now)
        messages = [Message(self._topics.result, result) for result in self._results]
        self._results.clear()
        messages += self._due_state(now, waits)
        messages += self._due_discovery(now)
        messages += self._due_state(now, waits)
        if not self._gate.settles(now) and now >= self._doubted_until and not self._throttled(now):
            messages += [Message(self._topics.event, it, expiry_seconds=EVENT_EXPIRY_SECONDS) for it in self._events]
            self._events.clear()
        messages += self._due_rest(waits)
        for message in messages:
            self._repairs.sent(message)
        return messages

    def wait_seconds(self, now: float) -> float:
        """How long until `take` may give something, if nothing happens before."""
        known = (self._gate.due, self._announcement.due, self._repeat_due, *self._repairs.due)
        times = [due for due in known if due is not None]
        if not self._online or not times:
            return 60.0
        if now < self._doubted_until:
            return self._doubted_until - now
        if min(times) > now:
            return min(times) - now
        shown = self._shown()
        held = 0.0 if shown is None else self._gate.opens(shown) - now
        return held if held > 0 else 1.0  # else the broker's acknowledgement is waited for, which ends the waiting

    def _repair(self, now: float) -> None:
        """Makes what is due be sent once more."""
        for topic in self._repairs.take(now):
            if topic == self._topics.discovery:
                self._announcement.renew(now)
            else:
                self.lost(topic, now)

    def _repeat(self, now: float) -> None:
        self._sent.clear()
        self._gate.forget(now)
        self._announcement.renew(now)
        self._repeated_at, self._repeat_due = now, None

    def _due_discovery(self, now: float) -> list[Message]:
        shown = self._shown()
        messages = self._announcement.messages(now, state_is_sent=shown is None or self._gate.has_sent(shown))
        if messages:
            self._gate.changed(now - SETTLE_SECONDS)
        return messages

    def _shown(self) -> View | None:
        """The view as Home Assistant may be shown it now."""
        return None if self._view is None else self._announcement.shown(self._view)

    def _due_state(self, now: float, waits: Callable[[str], bool]) -> list[Message]:
        view = self._shown()
        held = now < self._doubted_until or waits(self._topics.state)
        if view is None or held or not self._gate.wants(view, now) or now < self._gate.opens(view):
            return []  # what is held back goes out later, as it is then
        self._gate.sent(view, now)
        return [Message(self._topics.state, encode(state_of(view, self._language)), retain=True)]

    def _throttled(self, now: float) -> bool:
        """Whether a state is held back for a moment, and so the events that belong to it."""
        view = self._shown()
        return view is not None and self._gate.wants(view, now) and now < self._gate.opens(view)

    def _due_rest(self, waits: Callable[[str], bool]) -> list[Message]:
        due = [
            Message(topic, payload, retain=True)
            for topic, payload in self._wanted.items()
            if payload and payload != self._sent.get(topic) and not waits(topic)
            if topic != self._topics.availability or self._gate.has_told
        ]
        self._sent.update({message.topic: message.payload for message in due})
        return due

    def _drop_events(self) -> None:
        self.dropped["mqtt_events"] += len(self._events)
        self._events.clear()
