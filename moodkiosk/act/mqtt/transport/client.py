"""A paho client as the configuration wants it, and in words what keeps it from the broker."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from moodkiosk.act.mqtt.topics import Message
from moodkiosk.config import load
from moodkiosk.config.settings import MqttSettings
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo
    from paho.mqtt.reasoncodes import ReasonCode

HEAD_BYTES = 16
"""What a packet has besides topic and payload: type, length, the topic's length, number, and the time of expiry."""

# Reason codes of MQTT 5, section 3.2.2.2; paho translates those of 3.1.1 to them.
UNSUPPORTED_VERSION, CLIENT_ID_REFUSED, BAD_PASSWORD, NOT_AUTHORIZED = 132, 133, 134, 135
LOG_SAYS = Reason("doctor.broker_log")


def client_id_of(name: str) -> str:
    """An id that no other client has: the broker throws out the older of two with the same."""
    return f"{name}-{secrets.token_hex(4)}"


def new_client(settings: MqttSettings, client_id: str, wide: Iterable[str] | None = None) -> Client:
    """A client that is not connected yet; `wide` as in `bounded`. Raises OSError for files that cannot be read."""
    from paho.mqtt.client import MQTTv5, MQTTv311
    from paho.mqtt.enums import CallbackAPIVersion

    from moodkiosk.act.mqtt.transport.bounded import BoundedClient

    client = BoundedClient(
        CallbackAPIVersion.VERSION2,
        client_id,
        protocol=MQTTv5 if settings.protocol == "5" else MQTTv311,
        reconnect_on_failure=False,
        wide=wide,
    )
    # A mood and its event follow each other closely; without this the second waits 40 ms (Nagle's algorithm).
    client.on_socket_open = _without_delay
    if settings.username:
        password = load.secret(settings.password_file) if settings.password_file else None
        client.username_pw_set(settings.username, password)
    if settings.tls is not None:
        tls = settings.tls
        client.tls_set(tls.ca_file or None, tls.certificate_file or None, tls.key_file or None)
    return client


def _without_delay(_client: object, _data: object, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def publish(client: Client, message: Message, protocol: str) -> MQTTMessageInfo:
    """Sends a message; only MQTT 5 can say when it expires."""
    properties = None
    if message.expiry_seconds is not None and protocol == "5":
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho has no types here
        properties.MessageExpiryInterval = message.expiry_seconds
    return client.publish(message.topic, message.payload, message.qos, message.retain, properties)


def longest_bytes(properties: object) -> int | None:
    """The longest packet that the broker takes, as it said (MQTT 5, section 3.2.2.3.6); None: it has said nothing."""
    found = getattr(properties, "MaximumPacketSize", None)
    return found if isinstance(found, int) else None


def packet_bytes(message: Message) -> int:
    """How long a message is as a packet, at most."""
    return HEAD_BYTES + len(message.topic.encode()) + len(message.payload)


def refusal(reason: ReasonCode, settings: MqttSettings) -> str:
    """Why the broker does not want us."""
    if reason.value in (BAD_PASSWORD, NOT_AUTHORIZED):
        return Reason("broker.password" if settings.username else "broker.no_user", name=settings.username)
    if reason.value == UNSUPPORTED_VERSION:
        return Reason("broker.version", version=settings.protocol)
    if reason.value == CLIENT_ID_REFUSED:
        return Reason("broker.client_id")
    return Reason("broker.refuses", reason=str(reason))


def trouble(error: Exception, settings: MqttSettings) -> str:
    """What kept us from connecting."""
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Reason("broker.certificate", reason=error.verify_message)
    if isinstance(error, ssl.SSLError):
        return Reason("broker.no_tls", where=where, reason=str(error.reason or error))
    if isinstance(error, socket.gaierror):
        return Reason("broker.no_host", host=settings.host)
    if isinstance(error, TimeoutError):
        return Reason("broker.no_answer", where=where)
    if isinstance(error, OSError) and error.filename:
        return Reason("kept.cannot_be_read", path=str(error.filename), reason=system(error))
    if isinstance(error, FileNotFoundError | PermissionError):
        return Reason("broker.tls_file", reason=system(error))
    why = system(error) if isinstance(error, OSError) else str(error)
    return Reason("broker.away", reason=why, where=where)


def refusal_advice(reason: ReasonCode, settings: MqttSettings) -> str:
    """What to do about a refusal."""
    if reason.value in (BAD_PASSWORD, NOT_AUTHORIZED):
        if not settings.username:
            return Reason("doctor.mqtt_user")
        return Reason("doctor.mqtt_password", name=settings.username)
    if reason.value == UNSUPPORTED_VERSION:
        return Reason("doctor.mqtt_protocol", version="3.1.1" if settings.protocol == "5" else "5")
    return LOG_SAYS


def trouble_advice(error: Exception, settings: MqttSettings) -> str:
    """What to do about what kept us from connecting."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if "hostname" in error.verify_message.lower() or "ip address" in error.verify_message.lower():
            return Reason("doctor.tls_name")
        if "expired" in error.verify_message or "not yet valid" in error.verify_message:
            return Reason("doctor.tls_old")
        return Reason("doctor.tls_authority")
    if isinstance(error, ssl.SSLError):
        return Reason("doctor.tls_port")
    if isinstance(error, FileNotFoundError | PermissionError):  # OpenSSL does not say which
        return Reason("doctor.tls_files")
    if isinstance(error, socket.gaierror):
        return Reason("doctor.no_host")
    if isinstance(error, ConnectionRefusedError) and settings.host in ("localhost", "127.0.0.1", "::1"):
        return Reason("doctor.install_broker")
    if isinstance(error, ConnectionRefusedError):
        return Reason("doctor.broker_running", host=settings.host, port=settings.port)
    return Reason("doctor.machine_on", host=settings.host, port=settings.port)
