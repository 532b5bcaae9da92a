"""The broker as the kiosk meets it, and what Home Assistant makes of what it keeps.

Nothing of the kiosk's is changed: what is published to try the access list goes to a topic nobody reads, and the
discovery is only said once more as it is.
"""

from __future__ import annotations

import secrets

import msgspec

from moodkiosk import __version__
from moodkiosk.act.homeassistant.payload import About, Discovery, Offered
from moodkiosk.act.mqtt.payloads import State
from moodkiosk.act.mqtt.topics import Message, Topics
from moodkiosk.act.mqtt.transport.client import packet_bytes
from moodkiosk.act.mqtt.visit import NoBroker, Visit, visit
from moodkiosk.config.settings import Config
from moodkiosk.host.files import NOT_JSON
from moodkiosk.operate.doctor.finding import Finding, status_of
from moodkiosk.words.reason import Reason, heard, how

BROKER, HOME = "MQTT broker", "Home Assistant"
OFTEN = ("confidence", "in_words")
"""What changes without being published, and the sentences, which the state has in the kiosk's language."""


def broker(settings: Config) -> Finding:
    """The MQTT broker takes us, and lets us write and read what is ours."""
    if not settings.mqtt.enabled:
        return Finding(BROKER, "skipped", Reason("doctor.no_mqtt"))
    where, topics = f"{settings.mqtt.host}:{settings.mqtt.port}", Topics.of(settings)
    need_bytes = packet_bytes(announcement(settings)) if settings.mqtt.discovery else 0
    try:
        with visit(settings.mqtt, settings.kiosk.id) as there:
            if there.longest_bytes is not None and there.longest_bytes < need_bytes:
                text = Reason("doctor.broker_short", where=where, bytes=there.longest_bytes, need=need_bytes)
                return Finding(BROKER, "failed", text, Reason("doctor.broker_short_do"))
            refused = _refused(there, topics, discovery=settings.mqtt.discovery)
    except NoBroker as problem:
        said = problem.text if where in problem.text else Reason("doctor.broker_not", where=where, why=problem.text)
        return Finding(BROKER, "failed", said, problem.advice)
    if refused:
        text = Reason("doctor.broker_refuses", where=where, topics=refused)
        return Finding(BROKER, "failed", text, Reason("doctor.broker_refuses_do"))
    return Finding(BROKER, "ok", Reason("doctor.broker", where=where, version=settings.mqtt.protocol))


def announcement(settings: Config) -> Message:
    """What Home Assistant is told at least: the longest of our messages. Moods of the model come in addition."""
    about = About.of(settings, __version__)
    return Message(about.topics.discovery, Discovery(about).payload(Offered()), retain=True)


def _refused(there: Visit, topics: Topics, *, discovery: bool) -> list[str]:
    """The topics that we may not both write and read."""
    tried = [Message(topics.under("doctor"), secrets.token_hex(8).encode())]
    if discovery:
        kept = there.retained([topics.discovery]).get(topics.discovery, b"")
        tried.append(Message(topics.discovery, kept, retain=True))
    return [message.topic for message in tried if not there.echoes(message)]


def shown(settings: Config) -> Finding:
    """What Home Assistant would show is what is."""
    if not settings.mqtt.enabled:
        return Finding(HOME, "skipped", Reason("doctor.no_mqtt"))
    topics, running = Topics.of(settings), status_of(settings)
    try:
        with visit(settings.mqtt, settings.kiosk.id) as there:
            kept = there.retained(topics.retained)
    except NoBroker:
        return Finding(HOME, "skipped", Reason("doctor.no_broker"))
    online = kept.get(topics.availability) == b"online"
    if running is None:
        if online:
            return Finding(HOME, "note", Reason("doctor.online_not_here"), Reason("doctor.online_not_here_do"))
        return Finding(HOME, "skipped", Reason("doctor.no_kiosk"))
    if not online:
        text = Reason("doctor.away", broker=heard(running, "broker") or str(running.get("broker")))
        return Finding(HOME, "failed", text, Reason("doctor.away_do"))
    if settings.mqtt.discovery and topics.discovery not in kept:
        return Finding(HOME, "note", Reason("doctor.not_told"), Reason("doctor.not_told_do"))
    if wrong := _differences(kept.get(topics.state, b""), running):
        return Finding(
            HOME,
            "failed",
            Reason("doctor.another_state", keys=wrong),
            Reason("doctor.another_state_do"),
        )
    return Finding(HOME, "ok", Reason("doctor.shows", what=_words(running)))


def _differences(kept: bytes, running: dict[str, object]) -> list[str]:
    """The keys of the state that the broker has otherwise."""
    try:
        msgspec.json.decode(kept, type=State)
        state = msgspec.json.decode(kept, type=dict[str, object])
    except NOT_JSON as error:
        return [Reason("doctor.state_unreadable", reason=str(error))]
    return [
        Reason("doctor.state_key", key=key, value=f"{value!r:.40}", real=f"{running.get(key)!r:.40}")
        for key, value in state.items()
        if key not in OFTEN and value != running.get(key)
    ]


def _words(running: dict[str, object]) -> str:
    """Who is there and in what mood, as Home Assistant has it."""
    if why := running.get("unknown_because"):
        return Reason("cli.unknown", why=Reason(f"unknown.{str(why).replace(' ', '_')}", text=str(why)))
    if not running.get("present"):
        return Reason("cli.nobody")
    return Reason("doctor.present", mood=how(str(running["mood"])) if running.get("mood") else Reason("cli.not_sure"))
