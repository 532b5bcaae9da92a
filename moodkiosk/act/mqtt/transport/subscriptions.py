"""What is wanted of the broker, and how it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paho.mqtt.client import Client


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


class Subscriptions:
    """All of them, by topic filter, and which request was for which."""

    def __init__(self, wanted: dict[str, Subscription], protocol: str) -> None:
        self._wanted = wanted
        self._protocol = protocol
        self._asked: dict[int, str] = {}  # message id to topic filter

    @property
    def wide(self) -> list[str]:
        """The topics whose messages may be long."""
        return [topic for topic, wanted in self._wanted.items() if wanted.wide]

    def ask(self, client: Client) -> None:
        """Asks a broker that has just accepted us."""
        self._asked.clear()
        for topic, wanted in self._wanted.items():
            _, number = self._subscribe(client, topic, wanted)
            if number is not None:
                self._asked[number] = topic

    def of(self, number: int) -> str:
        """The topic filter of a request."""
        return self._asked.get(number, "a subscription")

    def _subscribe(self, client: Client, topic: str, wanted: Subscription) -> tuple[object, int | None]:
        if self._protocol != "5":
            return client.subscribe(topic, wanted.qos)
        from paho.mqtt.subscribeoptions import SubscribeOptions

        return client.subscribe(topic, options=SubscribeOptions(wanted.qos, retainAsPublished=wanted.as_published))
