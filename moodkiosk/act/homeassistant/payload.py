"""Home Assistant's device discovery: pure builders, from the kiosk's name and labels to one payload.

The format is that of https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. Home Assistant drops an
unknown key of a component silently, and refuses the whole device for one beside the components; so which keys may be
where is written down in the tests, with their source, and every payload is compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from moodkiosk.act.homeassistant.about import About, Offered
from moodkiosk.act.homeassistant.health import health
from moodkiosk.act.homeassistant.music import music
from moodkiosk.act.homeassistant.names import names
from moodkiosk.act.homeassistant.pieces import Component, Keys, entity_slug
from moodkiosk.act.homeassistant.seeing import AUTO, NOBODY, NOT_SURE, seeing, triggers
from moodkiosk.host.files import NOT_JSON

__all__ = [
    "AUTO",
    "NOBODY",
    "NOT_SURE",
    "About",
    "Component",
    "Discovery",
    "Offered",
    "components_of",
    "discovery_payload",
    "listed_components",
]


def discovery_payload(about: About, offered: Offered, gone: frozenset[Component] = frozenset()) -> Keys:
    """The whole payload; components that are `gone` are listed with nothing but their platform, which removes them.

    One that is gone may have the key of one that has taken its place, which is then left for the next payload.
    """
    device = {
        "identifiers": [about.topics.device_id],
        "name": about.kiosk.name,
        "manufacturer": "moodkiosk",
        "model": "Mood kiosk",
        "sw_version": about.version,
    }
    more = {"suggested_area": about.kiosk.area, "configuration_url": about.page}
    # The page says what is wrong and what to do about it: that is where help is.
    support = {"support_url": about.page} if about.page else {}
    return {
        "device": device | {key: value for key, value in more.items() if value},
        "origin": {"name": "moodkiosk", "sw_version": about.version} | support,
        "components": components_of(about, offered) | {key: {"platform": platform} for key, platform in sorted(gone)},
    }


def components_of(about: About, offered: Offered) -> dict[str, Keys]:
    """All components by key: the entities, and the device triggers."""
    found: dict[str, Keys] = {}
    topics, words = about.topics, names(about.language)
    for key, (platform, own) in {**seeing(about, offered), **music(about, offered), **health(topics)}.items():
        common = {
            "platform": platform,
            "unique_id": f"{topics.device_id}_{key}",
            "default_entity_id": f"{platform}.{entity_slug(about.kiosk.id)}_{key}",
            "availability_topic": topics.availability,
        }
        named = {"name": words[key]} if key in words else {}
        found[key] = common | own | named
    return found | triggers(topics, offered.labels)


@dataclass(frozen=True, slots=True)
class Discovery:
    """The builders above for one kiosk."""

    about: About

    def payload(self, offered: Offered, gone: frozenset[Component] = frozenset()) -> bytes:
        """The payload as JSON."""
        return msgspec.json.encode(discovery_payload(self.about, offered, gone))

    def components(self, offered: Offered) -> frozenset[Component]:
        """What the payload lists."""
        return frozenset((key, own["platform"]) for key, own in components_of(self.about, offered).items())


def listed_components(payload: bytes) -> frozenset[Component]:
    """What a discovery payload of an earlier run lists, removals not counted; nothing if it is not one of ours."""
    try:
        found = msgspec.json.decode(payload)
        if found["origin"]["name"] != "moodkiosk":
            return frozenset()
        return frozenset((key, own["platform"]) for key, own in found["components"].items() if len(own) > 1)
    except (*NOT_JSON, KeyError, TypeError, AttributeError):
        return frozenset()
