"""What the kiosk sees, as entities and device triggers."""

from __future__ import annotations

from typing import get_args

from moodkiosk.act.homeassistant import names
from moodkiosk.act.homeassistant.about import About, Offered
from moodkiosk.act.homeassistant.names import mood_word
from moodkiosk.act.homeassistant.pieces import (
    STATE_LIMIT,
    Entity,
    Keys,
    button,
    diagnostic,
    literal,
    on_off,
    shown,
    slug,
    switch,
)
from moodkiosk.act.mqtt.topics import Topics
from moodkiosk.moods.event import EventKind

NOBODY, NOT_SURE = "nobody", "not_sure"
"""What the mood sensor says where the state's `mood` is null."""
AUTO = "auto"


MOOD = (
    "value_json.mood or ('None' if value_json.unknown_because else"
    f" {{true: '{NOT_SURE}', false: '{NOBODY}'}}.get(value_json.present, 'None'))"
)
"""The mood of a state as a state of Home Assistant; "None" is its word for unknown. What somebody else has written
there, and says nothing of anybody, is no empty room."""


def seeing(about: About, offered: Offered) -> dict[str, Entity]:
    """What the kiosk sees, and what may be said to it about that: only what it would not refuse."""
    topics = about.topics
    return {
        **_mood(about, offered.labels),
        "person": ("select", person(topics, offered.enrolled)),
        **_camera(topics),
        **_taught(topics, offered),
        "event": (
            "event",
            {
                "name": "Event",
                "icon": "mdi:bell-outline",
                "event_types": list(get_args(EventKind)),
                "state_topic": topics.event,
            },
        ),
        "last_result": ("sensor", last_result(about)),
    }


def _mood(about: About, labels: tuple[str, ...]) -> dict[str, Entity]:
    topics = about.topics
    return {
        "mood": (
            "sensor",
            {
                "name": None,  # the main entity: it is called like the device
                "icon": "mdi:emoticon-outline",
                "device_class": "enum",
                "options": [*labels, NOT_SURE, NOBODY],
                "state_topic": topics.state,
                "value_template": f"{{{{ {MOOD} }}}}",
                "json_attributes_topic": topics.state,
                "json_attributes_template": "{{ {'confidence': value_json.confidence, 'since': value_json.since,"
                " 'person': value_json.person, 'people': value_json.people,"
                " 'by_hand': value_json.manual_mood is not none,"
                " 'unknown_because': value_json.unknown_because} | tojson }}",
            },
        ),
        "mood_text": ("sensor", mood_text(about, labels)),
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
    }


def _camera(topics: Topics) -> dict[str, Entity]:
    return {
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
    }


def _taught(topics: Topics, offered: Offered) -> dict[str, Entity]:
    """What may be said about what it sees."""
    labels = offered.labels
    return {
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
            if labels and offered.corrections
            else {}
        ),
        "calibrate": (
            "button",
            button("Calibrate neutral face", topics, "calibrate", "mdi:face-recognition", "config"),
        ),
        "teach_invite": ("button", button("Teach me", topics, "teach_invite", "mdi:school", "config")),
        "reload": ("button", button("Reload model", topics, "reload", "mdi:reload", "config")),
    }


def mood_text(about: About, labels: tuple[str, ...]) -> Keys:
    """The mood in words for people, in their language; automations go by the mood itself."""
    language = about.language
    said = {label: mood_word(label, language) for label in labels}
    said |= {NOBODY: names.text("nobody", language), NOT_SURE: names.text("not_sure", language)}
    hand = literal(f" ({names.text('by_hand', language)})")
    return {
        "name": "Mood in words",
        "icon": "mdi:emoticon-outline",
        "state_topic": about.topics.state,
        "value_template": f"{{% set mood = {MOOD} %}}{{{{ {literal(said)}.get(mood, mood) }}}}"
        f"{{{{ {hand} if value_json.manual_mood else '' }}}}",
    }


def person(topics: Topics, enrolled: tuple[str, ...]) -> Keys:
    """Who is in front: one of those whose neutral face is known, or nobody in particular."""
    return {
        "name": "Person in front",
        "icon": "mdi:account",
        "options": [NOBODY, *enrolled],
        "state_topic": topics.state,
        "value_template": f"{{{{ value_json.person if value_json.person in value_json.enrolled else '{NOBODY}' }}}}",
        "command_topic": topics.command("person"),
        "command_template": f"{{{{ {{'value': '' if value == '{NOBODY}' else value}} | tojson }}}}",
    }


def last_result(about: About) -> Keys:
    """What became of the last command, so that a refusal can be read."""
    done, refused = (literal(names.text(name, about.language)) for name in ("done", "refused"))
    return {
        "name": "Last result",
        "icon": "mdi:message-reply-text-outline",
        "entity_category": "diagnostic",
        "state_topic": about.topics.result,
        "value_template": f"{{{{ (value_json.command ~ ': ' ~ ((value_json.in_words or {done}) if value_json.ok else"
        f" {refused} ~ ': ' ~ value_json.in_words))[:{STATE_LIMIT}] }}}}",
        "json_attributes_topic": about.topics.result,
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
