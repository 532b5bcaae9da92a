"""`moodkiosk discovery`: what Home Assistant is told of this kiosk, and how to make it forget."""

from __future__ import annotations

import argparse

import msgspec

from moodkiosk.act.mqtt.topics import Message, Topics
from moodkiosk.act.mqtt.visit import NoBroker, Visit, visit
from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure
from moodkiosk.host.files import NOT_JSON
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason, plain


def main(args: argparse.Namespace) -> int:
    """Shows what the broker keeps for Home Assistant, or removes it with `--remove`."""
    settings = load.load(args.config)
    topics = Topics.of(settings)
    try:
        with visit(settings.mqtt, settings.kiosk.id) as there:
            kept = there.retained([topics.discovery, topics.under("+")])
            if args.remove:
                text = _remove(there, topics, kept)
                tag = reader(settings.kiosk.language)
                print(msgspec.json.encode({"removed": plain(text)}).decode() if args.json else translated(text, tag))
                return 0
    except NoBroker as error:
        raise Failure(error.text) from None
    payload = kept.get(topics.discovery)
    if payload is None:
        raise Failure(Reason("discovery.none", kiosk=topics.kiosk, topic=topics.discovery))
    print(payload.decode(errors="replace") if args.json else _table(topics, payload, reader(settings.kiosk.language)))
    return 0


def _remove(there: Visit, topics: Topics, kept: dict[str, bytes]) -> str:
    """Empties the discovery; with a kiosk that is not running, everything else that the broker keeps of it as well."""
    running = kept.get(topics.availability) == b"online"
    ours = [topic for topic in kept if topic == topics.discovery or not running]
    for topic in ours:
        there.publish(Message(topic, b"", retain=True))
    if not ours:
        return Reason("discovery.nothing", kiosk=topics.kiosk)
    return Reason("discovery.removed_running" if running else "discovery.removed", topics=sorted(ours))


def _table(topics: Topics, payload: bytes, tag: str) -> str:
    try:
        found = msgspec.json.decode(payload)
        rows = [
            f"{key:<20} {own['platform']:<18} {own.get('name') or own.get('subtype') or say(tag, 'discovery.device')}"
            for key, own in found["components"].items()
        ]
        name, counts = found["device"]["name"], {"bytes": len(payload), "components": len(rows)}
        head = say(tag, "discovery.shown", name=name, topic=topics.discovery, **counts)
    except (*NOT_JSON, KeyError, TypeError, AttributeError):
        raise Failure(Reason("discovery.no_payload", topic=topics.discovery)) from None
    return "\n".join([head, *rows])
