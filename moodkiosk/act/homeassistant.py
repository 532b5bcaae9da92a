"""Home Assistant's device discovery: pure builders, from the kiosk's name and labels to one payload.

The format is that of https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. Home Assistant drops an
unknown key of a component silently, and refuses the whole device for one beside the components; so which keys may be
where is written down in the tests, with their source, and every payload is compared with it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from moodkiosk.act.mqtt.topics import Topics
from moodkiosk.moods import EventKind
from moodkiosk.settings import KioskSettings

NOBODY, NOT_SURE = "nobody", "not_sure"
"""What the mood sensor says where the state's `mood` is null."""
AUTO = "auto"
STATE_LIMIT = 255
"""Home Assistant makes a longer state "unknown"."""

Component = tuple[str, str]
"""A component's key in the payload, and its platform."""
Config = dict[str, Any]

# A name, then what is particular to the entity. `value` is a key of the topic's JSON, or a template.
Entity = tuple[str, Config]


def discovery_payload(
    kiosk: KioskSettings,
    topics: Topics,
    version: str,
    labels: tuple[str, ...],
    gone: frozenset[Component] = frozenset(),
) -> Config:
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


def components_of(kiosk: KioskSettings, topics: Topics, labels: tuple[str, ...]) -> dict[str, Config]:
    """All components by key: the entities, and the device triggers."""
    found: dict[str, Config] = {}
    for key, (platform, own) in {**_seeing(topics, labels), **_music(topics), **_health(topics)}.items():
        common = {
            "platform": platform,
            "unique_id": f"{topics.device_id}_{key}",
            "default_entity_id": f"{platform}.{slug(kiosk.id)}_{key}",
            "availability_topic": topics.availability,
        }
        found[key] = common | own
    return found | _triggers(topics, labels)


def _seeing(topics: Topics, labels: tuple[str, ...]) -> dict[str, Entity]:
    """What the kiosk sees, and what may be said to it about that."""
    mood = f"value_json.mood or ('{NOT_SURE}' if value_json.present else '{NOBODY}')"
    return {
        "mood": (
            "sensor",
            {
                "name": None,  # the main entity: it is called like the device
                "icon": "mdi:emoticon-outline",
                "device_class": "enum",
                "options": [*labels, NOT_SURE, NOBODY],
                "state_topic": topics.state,
                "value_template": f"{{{{ {mood} }}}}",
                "json_attributes_topic": topics.state,
                "json_attributes_template": "{{ {'confidence': value_json.confidence, 'since': value_json.since,"
                " 'person': value_json.person, 'people': value_json.people} | tojson }}",
            },
        ),
        "since": ("sensor", _shown("Mood since", topics.state, "since", device_class="timestamp")),
        "confidence": (
            "sensor",
            _diagnostic(
                "Confidence",
                topics.state,
                "{{ (value_json.confidence * 100) | round }}",
                "mdi:gauge",
                unit_of_measurement="%",
                state_class="measurement",
                enabled_by_default=False,
            ),
        ),
        "present": ("binary_sensor", _on_off("Present", topics.state, "present", device_class="occupancy")),
        "people": (
            "sensor",
            _shown("People", topics.state, "people", icon="mdi:account-group", state_class="measurement"),
        ),
        "person": ("text", _text("Person in front", topics, "person", 60, "mdi:account")),
        "camera": ("switch", _switch("Camera", topics, "camera", "mdi:cctv")),
        "camera_status": ("sensor", _diagnostic("Camera status", topics.state, "camera_status", "mdi:camera-outline")),
        "camera_problem": (
            "binary_sensor",
            _on_off(
                "Camera problem",
                topics.state,
                "value_json.camera_status.startswith('lost')",
                device_class="problem",
                entity_category="diagnostic",
            ),
        ),
        "manual_mood": (
            "select",
            {
                "name": "Mood by hand",
                "icon": "mdi:hand-pointing-up",
                "options": [AUTO, *labels],
                "state_topic": topics.state,
                "value_template": f"{{{{ value_json.manual_mood or '{AUTO}' }}}}",
                "command_topic": topics.command("mood"),
            },
        ),
        **(
            {
                "correct": (
                    "select",
                    {
                        "name": "Correct the mood",
                        "icon": "mdi:school-outline",
                        "entity_category": "config",
                        "options": [*labels],
                        "state_topic": topics.state,
                        "value_template": "None",  # nothing stays chosen
                        "command_topic": topics.command("correct"),
                    },
                )
            }
            if labels
            else {}
        ),
        "calibrate": (
            "button",
            _button("Calibrate neutral face", topics, "calibrate", "mdi:face-recognition", config=True),
        ),
        "reload": ("button", _button("Reload model", topics, "reload", "mdi:reload", config=True)),
        "event": (
            "event",
            {
                "name": "Event",
                "icon": "mdi:bell-outline",
                "event_types": list(get_args(EventKind)),
                "state_topic": topics.event,
            },
        ),
    }


def _music(topics: Topics) -> dict[str, Entity]:
    """What plays, and what may be asked of the music."""
    return {
        "music": ("switch", _switch("Automatic music", topics, "music", "mdi:music")),
        "playing": ("sensor", _sentence("Playing", topics, "playing", "mdi:music-note")),
        "player_status": (
            "sensor",
            _sentence("Player status", topics, "player_status", "mdi:speaker") | {"entity_category": "diagnostic"},
        ),
        "recommendation": (
            "sensor",
            {
                "name": "Recommendation",
                "icon": "mdi:playlist-music",
                "state_topic": topics.state,
                "value_template": "{{ (value_json.recommendation or {'title': 'None'}).title[:255] }}",
                "json_attributes_topic": topics.state,
                "json_attributes_template": "{{ (value_json.recommendation or"
                " {'title': None, 'youtube_url': None, 'spotify_uri': None}) | tojson }}",
            },
        ),
        "last_decision": (
            "sensor",
            _sentence("Last decision", topics, "last_decision", "mdi:comment-question-outline"),
        ),
        "override_until": (
            "sensor",
            _diagnostic("Own choice respected until", topics.state, "override_until", "mdi:hand-back-right")
            | {"device_class": "timestamp"},
        ),
        "quiet_until": (
            "sensor",
            _diagnostic("Quiet until", topics.state, "quiet_until", "mdi:sleep") | {"device_class": "timestamp"},
        ),
        "volume_cap": (
            "number",
            {
                "name": "Loudest volume",
                "icon": "mdi:volume-high",
                "entity_category": "config",
                "min": 0,
                "max": 100,
                "step": 5,
                "mode": "slider",
                "unit_of_measurement": "%",
                "state_topic": topics.state,
                "value_template": "{{ value_json.volume_cap }}",
                "command_topic": topics.command("volume_cap"),
            },
        ),
        "language": ("text", _text("Language of songs", topics, "language", 100, "mdi:translate", config=True)),
        "artist": ("text", _text("Artist", topics, "artist", 100, "mdi:account-music", config=True)),
        "recommend": ("button", _button("Recommend now", topics, "recommend", "mdi:playlist-play")),
        "pause": ("button", _button("Pause", topics, "pause", "mdi:pause")),
        "skip": ("button", _button("Next song", topics, "skip", "mdi:skip-next")),
    }


def _health(topics: Topics) -> dict[str, Entity]:
    """Figures for those who look after the kiosk; what moves all the time is disabled until wanted."""
    figure = _figure(topics)
    return {
        "frames_per_second": figure("Frames", "frames_per_second", "mdi:filmstrip", unit_of_measurement="fps"),
        "cpu_ms_per_frame": figure("Processor a frame", "cpu_ms_per_frame", "mdi:chip", unit_of_measurement="ms"),
        "celsius": figure("Temperature", "celsius", None, device_class="temperature", unit_of_measurement="°C"),
        "sense_rss": figure(
            "Memory of sense", "sense_rss_mb", None, device_class="data_size", unit_of_measurement="MB"
        ),
        "act_rss": figure("Memory of act", "act_rss_mb", None, device_class="data_size", unit_of_measurement="MB"),
        "uptime": figure("Uptime", "uptime_seconds", None, device_class="duration", unit_of_measurement="s"),
        "requests_today": figure("Spotify requests today", "requests_today", "mdi:counter"),
        "throttled": (
            "binary_sensor",
            _on_off("Throttled", topics.health, "throttled", device_class="problem", entity_category="diagnostic"),
        ),
        "sense": (
            "binary_sensor",
            _on_off("Seeing half", topics.health, "sense", device_class="running", entity_category="diagnostic"),
        ),
        "login_days_left": (
            "sensor",
            _diagnostic(
                "Spotify sign-in ends in",
                topics.health,
                "login_days_left",
                "mdi:key-chain",
                unit_of_measurement="d",
                suggested_display_precision=0,
            ),
        ),
        "model": (
            "sensor",
            {
                "name": "Model",
                "icon": "mdi:brain",
                "entity_category": "diagnostic",
                "state_topic": topics.info,
                "value_template": "{{ value_json.model_hash[:12] if value_json.model_hash else 'None' }}",
                "json_attributes_topic": topics.info,
                "json_attributes_template": "{{ {'labels': value_json.labels, 'schema': value_json.schema,"
                " 'version': value_json.version} | tojson }}",
            },
        ),
    }


def _triggers(topics: Topics, labels: tuple[str, ...]) -> dict[str, Config]:
    """A device trigger for each mood, for arrival and for departure."""

    def trigger(kind: str, subtype: str, template: str, payload: str) -> Config:
        return {
            "platform": "device_automation",
            "automation_type": "trigger",
            "topic": topics.event,
            "type": kind,
            "subtype": subtype,
            "value_template": f"{{{{ {template} }}}}",
            "payload": payload,
        }

    moods = {
        f"trigger_mood_{slug(label)}": trigger(
            "mood", label, "value_json.mood if value_json.event_type == 'mood_changed' else ''", label
        )
        for label in labels
    }
    return moods | {
        f"trigger_{kind}": trigger("presence", kind, "value_json.event_type", kind) for kind in ("arrived", "left")
    }


def _template(value: str) -> str:
    """The template of a key, unless it is one already."""
    return value if value.startswith("{{") else f"{{{{ value_json.{value} }}}}"


def _shown(name: str, topic: str, value: str, **more: Any) -> Config:
    return {"name": name, "state_topic": topic, "value_template": _template(value), **more}


def _diagnostic(name: str, topic: str, value: str, icon: str, **more: Any) -> Config:
    return _shown(name, topic, value, icon=icon, entity_category="diagnostic", **more)


def _sentence(name: str, topics: Topics, key: str, icon: str) -> Config:
    """Words of any length: cut in the state, whole in an attribute."""
    return {
        "name": name,
        "icon": icon,
        "state_topic": topics.state,
        "value_template": f"{{{{ (value_json.{key} | string)[:{STATE_LIMIT}] }}}}",
        "json_attributes_topic": topics.state,
        "json_attributes_template": f"{{{{ {{'text': value_json.{key}}} | tojson }}}}",
    }


def _on_off(name: str, topic: str, value: str, **more: Any) -> Config:
    """A binary sensor: `value` is a key or an expression; null is off, since MQTT sensors know no "unknown" payload."""
    expression = value if value.startswith("value_json") else f"value_json.{value}"
    return {"name": name, "state_topic": topic, "value_template": f"{{{{ 'ON' if {expression} else 'OFF' }}}}", **more}


def _switch(name: str, topics: Topics, key: str, icon: str) -> Config:
    return _on_off(name, topics.state, key) | {
        "icon": icon,
        "command_topic": topics.command(key),
        "payload_on": "on",
        "payload_off": "off",
        "state_on": "ON",
        "state_off": "OFF",
    }


def _text(name: str, topics: Topics, key: str, most: int, icon: str, *, config: bool = False) -> Config:
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


def _button(name: str, topics: Topics, key: str, icon: str, *, config: bool = False) -> Config:
    return {
        "name": name,
        "icon": icon,
        **({"entity_category": "config"} if config else {}),
        "command_topic": topics.command(key),
        "payload_press": '""',  # an empty text: for "calibrate", nobody in particular
    }


def _figure(topics: Topics) -> Callable[..., Entity]:
    def figure(name: str, key: str, icon: str | None, **more: Any) -> Entity:
        own = _shown(name, topics.health, key, entity_category="diagnostic", enabled_by_default=False, **more)
        return ("sensor", own | {"state_class": "measurement"} | ({"icon": icon} if icon else {}))

    return figure


def slug(label: str) -> str:
    """The label in letters that an id may have; labels that differ have slugs that differ."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    cut = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    return cut if cut == label else f"{cut}_{hashlib.sha256(label.encode()).hexdigest()[:4]}".strip("_")


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
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError, RecursionError):
        return frozenset()
