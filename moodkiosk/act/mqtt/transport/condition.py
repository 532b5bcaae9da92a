"""What is wrong between us and the broker, in words a person can act on."""

from __future__ import annotations

import logging

from moodkiosk.act.mqtt.topics import Message
from moodkiosk.act.mqtt.transport.client import packet_bytes
from moodkiosk.words.reason import Reason

log = logging.getLogger("moodkiosk.mqtt")


class Condition:
    """Each problem is logged once, when it begins.

    Attributes:
        longest_bytes: the longest packet that the broker takes; None: any.
    """

    def __init__(self) -> None:
        self.longest_bytes: int | None = None
        self._problem = "connecting"
        self._refused: dict[str, None] = {}  # topics, in order
        self._too_long: dict[str, None] = {}  # topics whose messages the broker does not take, in order

    def begin(self) -> None:
        """A new connection: what the broker refused on the one before does not count."""
        self._refused.clear()
        self._too_long.clear()

    def down(self, problem: str) -> None:
        """There is no connection, for this reason."""
        if problem != self._problem:
            log.warning("%s", problem)
        self._problem = problem

    def up(self) -> None:
        """There is one."""
        self._problem = "connected"

    def refuse(self, topic: str) -> None:
        """The broker does not let us publish or subscribe there."""
        if topic not in self._refused:
            self._refused[topic] = None
            log.warning("the broker refuses %s: check its access list", topic)

    def takes(self, message: Message) -> bool:
        """Whether the message is short enough for the broker, which hangs up on one that is longer than it said."""
        if self.longest_bytes is None or packet_bytes(message) <= self.longest_bytes:
            return True
        if message.topic not in self._too_long:
            self._too_long[message.topic] = None
            log.warning("%s", self.status(is_up=True, is_stalled=False))
        return False

    def status(self, *, is_up: bool, is_stalled: bool) -> str:
        """What is wrong, or else "connected"."""
        if not is_up:
            return self._problem
        if is_stalled:
            return Reason("broker.stalled")
        if self._refused:
            return Reason("broker.refuses_topics", topics=list(self._refused))
        if self._too_long:
            return Reason("broker.too_long", bytes=self.longest_bytes, topics=list(self._too_long))
        return "connected"
