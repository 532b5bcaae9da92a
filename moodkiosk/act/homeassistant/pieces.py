"""The parts that entities are made of: each gives the keys of one kind of component."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any

from moodkiosk.act.mqtt.topics import Topics

STATE_LIMIT = 255
"""Home Assistant makes a longer state "unknown"."""

Component = tuple[str, str]
"""A component's key in the payload, and its platform."""
Keys = dict[str, Any]
"""The keys of a component."""
Entity = tuple[str, Keys]
"""The platform, and the keys that only this entity has."""


def template(value: str) -> str:
    """The template of a key, unless it is one already."""
    return value if value.startswith("{{") else f"{{{{ value_json.{value} }}}}"


def literal(value: object) -> str:
    """The value inside a template."""
    return json.dumps(value, ensure_ascii=False)


def shown(name: str, topic: str, value: str, **more: Any) -> Keys:
    """A sensor of one key."""
    return {"name": name, "state_topic": topic, "value_template": template(value), **more}


def diagnostic(name: str, topic: str, value: str, icon: str, **more: Any) -> Keys:
    """A sensor for those who look after the kiosk."""
    return shown(name, topic, value, icon=icon, entity_category="diagnostic", **more)


def in_words(key: str) -> str:
    """The expression of a sentence in the kiosk's language; what an earlier version left on the broker has none."""
    return f"(value_json.in_words or value_json).{key}"


def sentence(name: str, topics: Topics, key: str, icon: str) -> Keys:
    """Words of any length, in the kiosk's language: cut in the state, whole in an attribute."""
    said = in_words(key)
    return {
        "name": name,
        "icon": icon,
        "state_topic": topics.state,
        "value_template": f"{{{{ ({said} | string)[:{STATE_LIMIT}] }}}}",
        "json_attributes_topic": topics.state,
        "json_attributes_template": f"{{{{ {{'text': {said}}} | tojson }}}}",
    }


def on_off(name: str, topic: str, value: str, **more: Any) -> Keys:
    """A binary sensor of a key, or of an expression, that is true, false or null (unknown, which "None" means)."""
    expression = value if value.startswith("value_json") else f"value_json.{value}"
    chosen = f"{{true: 'ON', false: 'OFF'}}.get({expression}, 'None')"
    return {"name": name, "state_topic": topic, "value_template": f"{{{{ {chosen} }}}}", **more}


def switch(name: str, topics: Topics, key: str, icon: str) -> Keys:
    """A switch whose state is echoed by the kiosk."""
    return on_off(name, topics.state, key) | {
        "icon": icon,
        "command_topic": topics.command(key),
        "payload_on": "on",
        "payload_off": "off",
        "state_on": "ON",
        "state_off": "OFF",
    }


def text(name: str, topics: Topics, key: str, most: int, icon: str, *, config: bool = False) -> Keys:
    """A text that can be set."""
    return {
        "name": name,
        "icon": icon,
        **({"entity_category": "config"} if config else {}),
        "min": 0,
        "max": most,
        "state_topic": topics.state,
        "value_template": f"{{{{ value_json.{key} or '' }}}}",
        "command_topic": topics.command(key),
        # As JSON: a text that looks like JSON, or begins with a quotation mark, stays a text.
        "command_template": "{{ {'value': value} | tojson }}",
    }


def button(name: str, topics: Topics, key: str, icon: str, category: str = "") -> Keys:
    """Something that can be asked for."""
    return {
        "name": name,
        "icon": icon,
        **({"entity_category": category} if category else {}),
        "command_topic": topics.command(key),
        "payload_press": '""',  # an empty text: for "calibrate", nobody in particular
    }


def figure(topics: Topics, name: str, key: str, icon: str | None, **more: Any) -> Entity:
    """A figure of `health` that moves all the time: disabled until somebody wants it."""
    own = shown(name, topics.health, key, entity_category="diagnostic", enabled_by_default=False, **more)
    return ("sensor", own | {"state_class": "measurement"} | ({"icon": icon} if icon else {}))


def entity_slug(kiosk: str) -> str:
    """The kiosk's id as Home Assistant writes ids: `living-room` becomes `living_room`.

    Two kiosks whose ids differ in nothing but that are told apart by Home Assistant, which appends a number.
    """
    return re.sub(r"[^a-z0-9]+", "_", kiosk.lower()).strip("_") or slug(kiosk)


def slug(label: str) -> str:
    """The label in letters that an id may have; labels that differ have slugs that differ."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    cut = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    return cut if cut == label else f"{cut}_{hashlib.sha256(label.encode()).hexdigest()[:4]}".strip("_")
