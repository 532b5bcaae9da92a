"""`moodkiosk discovery`: what Home Assistant is told of this kiosk, and how to make it forget."""

from __future__ import annotations

import argparse

import msgspec

from moodkiosk.act.mqtt.topics import Message, Topics
from moodkiosk.act.mqtt.visit import NoBroker, Visit, visit
from moodkiosk.config import load
from moodkiosk.failure import Failure
from moodkiosk.host.files import NOT_JSON


def main(args: argparse.Namespace) -> int:
    """Shows what the broker keeps for Home Assistant, or removes it with `--remove`."""
    settings = load.load(args.config)
    topics = Topics.of(settings)
    try:
        with visit(settings.mqtt, settings.kiosk.id) as there:
            kept = there.retained([topics.discovery, topics.under("+")])
            if args.remove:
                text = _remove(there, topics, kept)
                print(msgspec.json.encode({"removed": text}).decode() if args.json else text)
                return 0
    except NoBroker as error:
        raise Failure(str(error)) from None
    payload = kept.get(topics.discovery)
    if payload is None:
        raise Failure(f"the broker keeps no discovery of kiosk '{topics.kiosk}' (topic {topics.discovery})")
    print(payload.decode(errors="replace") if args.json else _table(topics, payload))
    return 0


def _remove(there: Visit, topics: Topics, kept: dict[str, bytes]) -> str:
    """Empties the discovery; with a kiosk that is not running, everything else that the broker keeps of it as well."""
    running = kept.get(topics.availability) == b"online"
    ours = [topic for topic in kept if topic == topics.discovery or not running]
    for topic in ours:
        there.publish(Message(topic, b"", retain=True))
    if not ours:
        return f"the broker keeps nothing of kiosk '{topics.kiosk}'"
    text = f"removed: {', '.join(sorted(ours))}"
    if running:
        text += (
            "\nThe kiosk is running, and announces itself again when it or Home Assistant is restarted:"
            " set mqtt.discovery to false to prevent that."
        )
    return text


def _table(topics: Topics, payload: bytes) -> str:
    try:
        found = msgspec.json.decode(payload)
        rows = [
            f"{key:<20} {own['platform']:<18} {own.get('name') or own.get('subtype') or '(the device)'}"
            for key, own in found["components"].items()
        ]
        head = f"{found['device']['name']} on {topics.discovery}, {len(payload)} bytes, {len(rows)} components"
    except (*NOT_JSON, KeyError, TypeError, AttributeError):
        raise Failure(f"what the broker keeps on {topics.discovery} is not a discovery payload") from None
    return "\n".join([head, *rows])
