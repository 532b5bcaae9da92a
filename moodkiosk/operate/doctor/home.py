"""The broker as the kiosk meets it, and what Home Assistant makes of what it keeps.

Nothing of the kiosk's is changed: what is published to try the access list goes to a topic nobody reads, and the
discovery is only said once more as it is.
"""

from __future__ import annotations

import secrets

import msgspec

from moodkiosk.act.mqtt.payloads import State
from moodkiosk.act.mqtt.topics import Message, Topics
from moodkiosk.act.mqtt.visit import NoBroker, Visit, visit
from moodkiosk.config.settings import Config
from moodkiosk.host.files import NOT_JSON
from moodkiosk.operate.doctor.finding import Finding, status_of

BROKER, HOME = "MQTT broker", "Home Assistant"
OFTEN = ("confidence", "in_words")
"""What changes without being published, and the sentences, which the state has in the kiosk's language."""


def broker(settings: Config) -> Finding:
    """The MQTT broker takes us, and lets us write and read what is ours."""
    if not settings.mqtt.enabled:
        return Finding(BROKER, "skipped", "mqtt.enabled is false")
    where, topics = f"{settings.mqtt.host}:{settings.mqtt.port}", Topics.of(settings)
    try:
        with visit(settings.mqtt, settings.kiosk.id) as there:
            refused = _refused(there, topics, discovery=settings.mqtt.discovery)
    except NoBroker as problem:
        return Finding(BROKER, "failed", f"{where}: {problem}", problem.advice)
    if refused:
        text = f"{where} accepts us, but its access list refuses {', '.join(refused)}"
        return Finding(BROKER, "failed", text, "docs/home-automation.md has an access list that is enough")
    return Finding(BROKER, "ok", f"{where} accepts us (MQTT {settings.mqtt.protocol}), writing and reading")


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
        return Finding(HOME, "skipped", "mqtt.enabled is false")
    topics, running = Topics.of(settings), status_of(settings)
    try:
        with visit(settings.mqtt, settings.kiosk.id) as there:
            kept = there.retained(topics.retained)
    except NoBroker:
        return Finding(HOME, "skipped", "there is no broker to ask")
    online = kept.get(topics.availability) == b"online"
    if running is None:
        if online:
            text = "the broker says that the kiosk is online, and no kiosk answers here"
            return Finding(HOME, "note", text, "is it running elsewhere with the same kiosk.id, or may you not ask it?")
        return Finding(HOME, "skipped", "no kiosk is running here")
    if not online:
        text = f"the kiosk runs, and the broker says that it is away ({running.get('broker')})"
        return Finding(HOME, "failed", text, "wait a minute; if it stays so, restart moodkiosk-act")
    if settings.mqtt.discovery and topics.discovery not in kept:
        text = "Home Assistant is not told of this kiosk: somebody has deleted the device"
        return Finding(HOME, "note", text, "restart moodkiosk-act to have it announced again")
    if wrong := _differences(kept.get(topics.state, b""), running):
        return Finding(
            HOME,
            "failed",
            f"the broker's state is not the kiosk's: {', '.join(wrong)}",
            "run this once more; if it stays so, restart moodkiosk-act",
        )
    return Finding(HOME, "ok", f"shows what is: {_words(running)}")


def _differences(kept: bytes, running: dict[str, object]) -> list[str]:
    """The keys of the state that the broker has otherwise."""
    try:
        msgspec.json.decode(kept, type=State)
        state = msgspec.json.decode(kept, type=dict[str, object])
    except NOT_JSON as error:
        return [f"it cannot be read ({error})"]
    return [
        f"{key} is {value!r:.40}, not {running.get(key)!r:.40}"
        for key, value in state.items()
        if key not in OFTEN and value != running.get(key)
    ]


def _words(running: dict[str, object]) -> str:
    """Who is there and in what mood, as Home Assistant has it."""
    if running.get("unknown_because"):
        return f"unknown, {running['unknown_because']}"
    return f"{running.get('mood') or 'not sure'}, present" if running.get("present") else "nobody"
