"""A paho client that keeps no more of a message than the kiosk could make use of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paho.mqtt.client import Client

LIMIT_BYTES = 16_384
"""So much of a message is taken in, with its topic; a command may have a quarter of it."""
WIDE_LIMIT_BYTES = 65_536
"""So much on topics that may be longer: what the broker keeps of ours and hands back, the discovery above all."""
TOPIC_BYTES = 2
"""The length of the topic, with which a message begins: MQTT 5, section 3.3.2.1."""
PUBLISH = 0x30
"""The type of a message in the upper half of a packet's first byte: MQTT 5, section 2.1.2."""
QOS, QOS_2 = 0x06, 0x04
"""Of a message, in the lower half of that byte (section 3.3.1.2). Paho keeps each of QoS 2 until the broker has said a
second word of it, 65,535 of them if it never does; a subscription here asks for QoS 1 at most, and section 3.8.4 lets
no broker send more than that."""
HEAD_BYTES = 5
"""A packet's first byte, and its length of four at most."""
GULP_BYTES = 16_384


class BoundedClient(Client):
    """Cuts every message that is longer than LIMIT_BYTES down to them, before anything of the rest is held.

    Paho reads a packet as a whole, whatever its length: thirty megabytes on a command's topic would stay with the
    process for good. Here it is told a smaller length (the "remaining length" of section 2.1.4), and the rest is read
    and dropped. So the broker is answered as it should be, and whoever gets the message sees that it is too long.
    """

    def __init__(self, *given: Any, wide: Iterable[str] | None = None, **named: Any) -> None:
        """As paho's; on the topics `wide` a message may have WIDE_LIMIT_BYTES. None: on all."""
        super().__init__(*given, **named)
        self._wide = None if wide is None else {topic.encode() for topic in wide}
        self._begin_stream()

    def _begin_stream(self) -> None:
        self._head = bytearray()  # of the packet that begins: its first byte and its length, as far as they have come
        self._front = bytearray()  # what follows it of a long message: its topic, if that may be one of `wide`
        self._given = bytearray()  # a whole head, until paho has taken it
        self._body = 0  # so many bytes of the packet are still to be given to paho
        self._rest = 0  # and so many to be dropped

    def _create_socket(self) -> Any:
        self._begin_stream()
        return super()._create_socket()

    def _sock_recv(self, bufsize: int) -> bytes:
        """What paho reads from. Raises BlockingIOError when there is nothing now; b"" is the end."""
        if not self._given and not self._body and not (self._drop_rest() and self._read_head()):
            return b""
        if self._given:
            given = bytes(self._given[:bufsize])
            del self._given[:bufsize]
            return given
        data = super()._sock_recv(min(bufsize, self._body))
        self._body -= len(data)
        return data

    def _drop_rest(self) -> bool:
        """Reads what is left of a message that was cut. False: the connection has ended."""
        while self._rest:
            data = super()._sock_recv(min(self._rest, GULP_BYTES))
            if not data:
                return False
            self._rest -= len(data)
        return True

    def _read_head(self) -> bool:
        """Reads the beginning of a packet, and decides how much of it is given on. False: the connection has ended."""
        while len(self._head) < 2 or self._head[-1] & 0x80:
            data = super()._sock_recv(1)
            if not data:
                return False
            self._head += data
            if self._head[0] & 0xF0 == PUBLISH and self._head[0] & QOS == QOS_2:
                raise ValueError("a message with QoS 2, for which nobody has asked")
            if len(self._head) > HEAD_BYTES:
                self._given, self._head = self._head, bytearray()
                return True  # that is not MQTT: paho will say so
        length = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(self._head[1:]))
        cut = length
        if self._head[0] & 0xF0 == PUBLISH and length > LIMIT_BYTES:
            if not self._read_topic():
                return False
            wide = self._wide is None or bytes(self._front[TOPIC_BYTES:]) in self._wide
            cut = min(length, WIDE_LIMIT_BYTES if wide else LIMIT_BYTES)
        self._given = (self._head if cut == length else self._head[:1] + _encoded(cut)) + self._front
        self._body, self._rest = cut - len(self._front), length - cut
        self._head, self._front = bytearray(), bytearray()
        return True

    def _read_topic(self) -> bool:
        """Reads the topic of a message if it is as long as one of `wide`. False: the connection has ended."""
        lengths = {len(topic) for topic in self._wide or ()}
        while True:
            length = int.from_bytes(self._front[:TOPIC_BYTES], "big") if len(self._front) >= TOPIC_BYTES else 0
            lacking = TOPIC_BYTES + (length if length in lengths else 0) - len(self._front)
            if lacking <= 0:
                return True
            data = super()._sock_recv(lacking)
            if not data:
                return False
            self._front += data


def _encoded(length: int) -> bytes:
    """A length as a packet has it: seven bits a byte, the lowest first, the eighth says that more follow."""
    found = bytearray()
    while True:
        length, low = divmod(length, 0x80)
        found.append(low | (0x80 if length else 0))
        if not length:
            return bytes(found)
