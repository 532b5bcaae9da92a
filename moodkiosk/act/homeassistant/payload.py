"""Home Assistant's device discovery: pure builders, from the kiosk's name and labels to one payload.

The format is that of https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. Home Assistant drops an
unknown key of a component silently, and refuses the whole device for one beside the components; so which keys may be
where is written down in the tests, with their source, and every payload is compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from moodkiosk.act.homeassistant.health import health
from moodkiosk.act.homeassistant.music import music
from moodkiosk.act.homeassistant.pieces import Component, Keys, slug
from moodkiosk.act.homeassistant.seeing import AUTO, NOBODY, NOT_SURE, seeing, triggers
from moodkiosk.act.mqtt.topics import Topics
from moodkiosk.config.settings import KioskSettings
from moodkiosk.host.files import NOT_JSON

__all__ = [
    "AUTO",
    "NOBODY",
    "NOT_SURE",
    "Component",
    "Discovery",
    "components_of",
    "discovery_payload",
    "listed_components",
]


def discovery_payload(
    kiosk: KioskSettings,
    topics: Topics,
    version: str,
    labels: tuple[str, ...],
    gone: frozenset[Component] = frozenset(),
) -> Keys:
    """The whole payload; components that are `gone` are listed with nothing but their platform, which removes them."""
    components = {key: {"platform": platform} for key, platform in sorted(gone)}
    return {
        "device": {
            "identifiers": [topics.device_id],
            "name": kiosk.name,
            "manufacturer": "moodkiosk",
            "model": "Mood kiosk",
            "sw_version": version,
        },
        "origin": {"name": "moodkiosk", "sw_version": version},
        "components": components | components_of(kiosk, topics, labels),
    }


def components_of(kiosk: KioskSettings, topics: Topics, labels: tuple[str, ...]) -> dict[str, Keys]:
    """All components by key: the entities, and the device triggers."""
    found: dict[str, Keys] = {}
    for key, (platform, own) in {**seeing(topics, labels), **music(topics), **health(topics)}.items():
        common = {
            "platform": platform,
            "unique_id": f"{topics.device_id}_{key}",
            "default_entity_id": f"{platform}.{slug(kiosk.id)}_{key}",
            "availability_topic": topics.availability,
        }
        found[key] = common | own
    return found | triggers(topics, labels)


@dataclass(frozen=True, slots=True)
class Discovery:
    """The builders above with everything but the labels filled in."""

    kiosk: KioskSettings
    topics: Topics
    version: str

    def payload(self, labels: tuple[str, ...], gone: frozenset[Component] = frozenset()) -> bytes:
        """The payload as JSON."""
        return msgspec.json.encode(discovery_payload(self.kiosk, self.topics, self.version, labels, gone))

    def components(self, labels: tuple[str, ...]) -> frozenset[Component]:
        """What the payload lists."""
        return frozenset((key, own["platform"]) for key, own in components_of(self.kiosk, self.topics, labels).items())


def listed_components(payload: bytes) -> frozenset[Component]:
    """What a discovery payload of an earlier run lists, removals not counted; nothing if it is not one of ours."""
    try:
        found = msgspec.json.decode(payload)
        if found["origin"]["name"] != "moodkiosk":
            return frozenset()
        return frozenset((key, own["platform"]) for key, own in found["components"].items() if len(own) > 1)
    except (*NOT_JSON, KeyError, TypeError, AttributeError):
        return frozenset()
