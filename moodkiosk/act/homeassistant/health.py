"""The figures of the kiosk's health, as entities."""

from __future__ import annotations

from moodkiosk.act.homeassistant.pieces import Entity, Keys, diagnostic, figure, on_off, shown
from moodkiosk.act.mqtt.topics import Topics


def health(topics: Topics) -> dict[str, Entity]:
    """Figures for those who look after the kiosk; what moves all the time is disabled until wanted."""
    days = {"unit_of_measurement": "d"}
    return {
        **_effort(topics),
        "uptime": ("sensor", _running_since(topics)),
        "update": ("update", _update(topics)),
        "requests_today": figure(topics, "Spotify requests today", "requests_today", "mdi:counter"),
        "throttled": (
            "binary_sensor",
            on_off("Throttled", topics.health, "throttled", device_class="problem", entity_category="diagnostic"),
        ),
        "sense": (
            "binary_sensor",
            on_off("Seeing half", topics.health, "sense", device_class="running", entity_category="diagnostic"),
        ),
        "login_days_left": (
            "sensor",
            diagnostic("Spotify sign-in ends in", topics.state, "login_days_left", "mdi:key-chain", **days),
        ),
        "model": ("sensor", _model(topics)),
    }


def _effort(topics: Topics) -> dict[str, Entity]:
    """What it costs the machine."""
    fps, ms = {"unit_of_measurement": "fps"}, {"unit_of_measurement": "ms"}
    celsius = {"device_class": "temperature", "unit_of_measurement": "°C"}
    size = {"device_class": "data_size", "unit_of_measurement": "MB"}
    return {
        "frames_per_second": figure(topics, "Looks per second", "frames_per_second", "mdi:filmstrip", **fps),
        "cpu_ms_per_frame": figure(topics, "Processor time per look", "cpu_ms_per_frame", "mdi:chip", **ms),
        "celsius": figure(topics, "Temperature", "celsius", None, **celsius),
        "sense_rss": figure(topics, "Memory of sense", "sense_rss_mb", None, **size),
        "act_rss": figure(topics, "Memory of act", "act_rss_mb", None, **size),
    }


def _running_since(topics: Topics) -> Keys:
    more = {"device_class": "timestamp", "entity_category": "diagnostic", "enabled_by_default": False}
    return shown("Running since", topics.health, "started_at", **more)


def _update(topics: Topics) -> Keys:
    """A version that is installed here and waits for a restart."""
    return {
        "name": "Update",
        "icon": "mdi:package-up",
        "entity_category": "diagnostic",
        "state_topic": topics.info,
        "value_template": "{{ {'installed_version': value_json.version,"
        " 'latest_version': value_json.latest_version} | tojson }}",
    }


def _model(topics: Topics) -> Keys:
    """Who made the model, and how well it reads."""
    return {
        "name": "Model",
        "icon": "mdi:brain",
        "entity_category": "diagnostic",
        "state_topic": topics.info,
        "device_class": "enum",
        "options": ["starter", "taught", "trained"],
        "value_template": "{{ value_json.model_made }}",
        "json_attributes_topic": topics.info,
        "json_attributes_template": "{{ {'labels': value_json.labels, 'schema': value_json.schema,"
        " 'version': value_json.version, 'hash': value_json.model_hash, 'date': value_json.model_date,"
        " 'accuracy_percent': none if value_json.model_accuracy is none else"
        " (value_json.model_accuracy * 100) | round | int} | tojson }}",
    }
