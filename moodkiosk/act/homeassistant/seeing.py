"""What the kiosk sees, as entities and device triggers."""

from __future__ import annotations

from typing import get_args

from moodkiosk.act.homeassistant.pieces import Entity, Keys, button, diagnostic, on_off, shown, slug, switch, text
from moodkiosk.act.mqtt.topics import Topics
from moodkiosk.moods import EventKind

NOBODY, NOT_SURE = "nobody", "not_sure"
"""What the mood sensor says where the state's `mood` is null."""
AUTO = "auto"


def seeing(topics: Topics, labels: tuple[str, ...]) -> dict[str, Entity]:
    """What the kiosk sees, and what may be said to it about that."""
    known = f"'{NOT_SURE}' if value_json.present else '{NOBODY}'"
    mood = f"value_json.mood or ('None' if value_json.unknown_because else {known})"
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
                " 'person': value_json.person, 'people': value_json.people,"
                " 'by_hand': value_json.manual_mood is not none,"
                " 'unknown_because': value_json.unknown_because} | tojson }}",
            },
        ),
        "since": ("sensor", shown("Mood since", topics.state, "since", device_class="timestamp")),
        "confidence": (
            "sensor",
            diagnostic(
                "Confidence",
                topics.state,
                "{{ 'None' if value_json.confidence is none else (value_json.confidence * 100) | round | int }}",
                "mdi:gauge",
                unit_of_measurement="%",
                state_class="measurement",
                enabled_by_default=False,
            ),
        ),
        "present": (
            "binary_sensor",
            on_off("Present", topics.state, "present", device_class="occupancy")
            | {
                "json_attributes_topic": topics.state,
                "json_attributes_template": "{{ {'unknown_because': value_json.unknown_because} | tojson }}",
            },
        ),
        "people": (
            "sensor",
            shown("People", topics.state, "people", icon="mdi:account-group", state_class="measurement"),
        ),
        "person": ("text", text("Person in front", topics, "person", 60, "mdi:account")),
        "camera": ("switch", switch("Camera", topics, "camera", "mdi:cctv")),
        "camera_status": ("sensor", diagnostic("Camera status", topics.state, "camera_status", "mdi:camera-outline")),
        "camera_problem": (
            "binary_sensor",
            on_off(
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
            button("Calibrate neutral face", topics, "calibrate", "mdi:face-recognition", config=True),
        ),
        "reload": ("button", button("Reload model", topics, "reload", "mdi:reload", config=True)),
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


def triggers(topics: Topics, labels: tuple[str, ...]) -> dict[str, Keys]:
    """A device trigger for each mood, for arrival and for departure."""

    def trigger(kind: str, subtype: str, template: str, payload: str) -> Keys:
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
