"""What somebody else has put on a topic of ours, and when that is put right."""

from __future__ import annotations

from collections import defaultdict, deque

from moodkiosk.act.mqtt.topics import Message

REPAIR_SECONDS = 30.0
"""At most this often on each topic: they may go on doing it."""
OWN_KEPT = 4
"""So many of our last messages on a topic are known again when the broker hands them back."""


class Repairs:
    """Knows our own retained messages from others'. Times are monotonic seconds.

    Attributes:
        own: our last messages by topic, the newest at the end.
    """

    def __init__(self) -> None:
        self.own: defaultdict[str, deque[bytes]] = defaultdict(lambda: deque(maxlen=OWN_KEPT))
        self._due: dict[str, float] = {}  # by topic
        self._done: dict[str, float] = {}  # topic to when it was put right last

    def sent(self, message: Message) -> None:
        """We publish this."""
        if message.retain:
            self.own[message.topic].append(message.payload)

    def heard(self, topic: str, payload: bytes, now: float) -> None:
        """The broker has handed out something new on a topic that only we should write to."""
        if payload not in self.own[topic] and topic not in self._due:
            self._due[topic] = max(now, self._done.get(topic, float("-inf")) + REPAIR_SECONDS)

    @property
    def due(self) -> list[float]:
        """When something is to be put right."""
        return [*self._due.values()]

    def take(self, now: float) -> list[str]:
        """The topics on which ours is to be sent once more."""
        topics = [topic for topic, due in self._due.items() if now >= due]
        for topic in topics:
            del self._due[topic]
            self._done[topic] = now
        return topics
