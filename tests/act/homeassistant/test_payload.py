"""Home Assistant's discovery: every key is allowed where it is, and every template yields what its platform takes.

The keys are written down from the schemas of Home Assistant core (homeassistant/components/mqtt/schemas.py, entity.py,
device_trigger.py and the platform of each name, in versions of 2025 and 2026 as far as they could be read) and from
https://www.home-assistant.io/integrations/mqtt/. No Home Assistant was run.
"""

from __future__ import annotations

import json
import re
import socket
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from moodkiosk.act.homeassistant import names
from moodkiosk.act.homeassistant.about import page_address
from moodkiosk.act.homeassistant.payload import (
    About,
    Discovery,
    Offered,
    components_of,
    discovery_payload,
    listed_components,
)
from moodkiosk.act.homeassistant.pieces import slug
from moodkiosk.act.mqtt import conversion
from moodkiosk.act.mqtt.conversion import info_of
from moodkiosk.act.mqtt.payloads import Health, encode
from moodkiosk.act.mqtt.topics import COMMANDS, Topics
from moodkiosk.config.settings import Config, KioskSettings, WebSettings
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.link import commands
from moodkiosk.link.messages import Hello
from moodkiosk.moods.command import Result
from moodkiosk.moods.event import EventKind, MoodEvent
from moodkiosk.moods.view import NowPlaying, Recommendation, View
from moodkiosk.words.reason import Reason

ROOT = {"device", "origin", "components"}
DEVICE = {
    "identifiers", "connections", "manufacturer", "model", "model_id", "name", "hw_version", "sw_version",
    "serial_number", "via_device", "suggested_area", "configuration_url",
}  # fmt: skip
ORIGIN = {"name", "sw_version", "support_url"}
COMMON = {
    "platform", "availability_topic", "default_entity_id", "enabled_by_default", "entity_category", "icon",
    "json_attributes_template", "json_attributes_topic", "name", "unique_id", "qos", "encoding",
}  # fmt: skip
READ = {"state_topic", "value_template"}
WRITE = {"command_topic", "command_template", "optimistic", "retain"}
KEYS = {
    "sensor": COMMON | READ | {
        "device_class", "expire_after", "force_update", "last_reset_value_template", "options",
        "suggested_display_precision", "state_class", "unit_of_measurement",
    },
    "binary_sensor": COMMON | READ | {
        "device_class", "expire_after", "force_update", "off_delay", "payload_off", "payload_on",
    },
    "switch": COMMON | READ | WRITE | {"device_class", "payload_off", "payload_on", "state_off", "state_on"},
    "select": COMMON | READ | WRITE | {"options"},
    "number": COMMON | READ | WRITE | {
        "device_class", "max", "min", "mode", "payload_reset", "step", "unit_of_measurement",
    },
    "update": COMMON | READ | {"device_class", "title", "release_url", "release_summary", "entity_picture"},
    "text": COMMON | READ | WRITE | {"max", "min", "mode", "pattern"},
    "button": COMMON | (WRITE - {"optimistic"}) | {"device_class", "payload_press"},
    "event": COMMON | READ | {"device_class", "event_types"},
    "device_automation": {
        "platform", "automation_type", "payload", "qos", "subtype", "topic", "type", "value_template",
    },
}  # fmt: skip
REQUIRED = {
    "sensor": {"state_topic"},
    "binary_sensor": {"state_topic"},
    "switch": {"command_topic"},
    "update": {"state_topic"},
    "select": {"command_topic", "options"},
    "number": {"command_topic"},
    "text": {"command_topic"},
    "button": {"command_topic"},
    "event": {"state_topic", "event_types"},
    "device_automation": {"automation_type", "topic", "type", "subtype"},
}
# https://www.home-assistant.io/integrations/sensor/#device-class and the like, of those that are used.
CLASSES = {
    "sensor": {"enum", "timestamp", "temperature", "data_size", "duration"},
    "binary_sensor": {"occupancy", "problem", "running"},
}
UNITS: dict[str | None, set[str | None]] = {
    "temperature": {"°C"},
    "data_size": {"MB"},
    "duration": {"s"},
    None: {"%", "ms", "fps", "d", None},
}

KIOSK = KioskSettings(id="Living-room", name="Kiosk in the living room", area="Living room")
TOPICS = Topics(KIOSK.id)
LABELS = ("happy", "sad", "angry", "überrascht", "neutral")
ABOUT = About(KIOSK, TOPICS, "1.2", page="http://kiosk.local:8080/")
OFFERED = Offered(LABELS, ("Ada", "Grace"), corrections=True)
PAYLOAD = discovery_payload(ABOUT, OFFERED)
COMPONENTS: dict[str, dict[str, Any]] = PAYLOAD["components"]
ENTITIES = {key: own for key, own in COMPONENTS.items() if own["platform"] != "device_automation"}
TRIGGERS = {key: own for key, own in COMPONENTS.items() if own["platform"] == "device_automation"}

NOON = "2026-11-23T12:00:00+01:00"
FULL = View(
    mood="überrascht",
    confidence=0.85,
    since=NOON,
    present=True,
    people=2,
    person="Ada",
    camera_status="lost: no such device",
    playing="x" * 300,
    override_until=NOON,
    quiet_until=NOON,
    manual_mood="sad",
    language="français",
    artist='The "Quotes" & <Tags>',
    recommendation=Recommendation("Songs " * 60, "https://music.youtube.com/search?q=a", None),
    last_decision="because",
    labels=LABELS,
    enrolled=("Ada", "Grace"),
    login_days_left=29,
)
VIEWS = {
    "empty": View(),
    "full": FULL,
    "not sure": View(present=True, people=1, labels=LABELS),
    "unknown": View(confidence=None, present=None, people=None, unknown_because="camera off", labels=LABELS),
}


def rendered(template: str, payload: bytes) -> str:
    """As Home Assistant renders a value template."""
    environment = ImmutableSandboxedEnvironment()
    return environment.from_string(template).render(value=payload.decode(), value_json=json.loads(payload)).strip()


def state_payload(view: View) -> bytes:
    return encode(conversion.state_of(view))


def test_the_payload_has_only_keys_that_home_assistant_knows_beside_the_components() -> None:
    assert set(PAYLOAD) == ROOT
    assert set(PAYLOAD["device"]) <= DEVICE
    assert PAYLOAD["device"]["identifiers"] == ["moodkiosk_Living-room"]
    assert set(PAYLOAD["origin"]) <= ORIGIN
    assert PAYLOAD["origin"]["name"]
    assert re.fullmatch(r"homeassistant/device/[a-zA-Z0-9_-]+/config", TOPICS.discovery)


@pytest.mark.parametrize("key", COMPONENTS)
def test_each_component_has_only_keys_of_its_platform_and_all_that_are_needed(key: str) -> None:
    own = COMPONENTS[key]
    platform = own["platform"]
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", key)
    assert set(own) <= KEYS[platform]
    assert set(own) >= REQUIRED[platform]


@pytest.mark.parametrize("key", ENTITIES)
def test_each_entity_is_named_identified_and_tied_to_the_availability(key: str) -> None:
    own = ENTITIES[key]
    assert own["unique_id"] == f"moodkiosk_Living-room_{key}"
    assert re.fullmatch(own["platform"] + r"\.[a-z0-9_]+", own["default_entity_id"])
    assert own["availability_topic"] == TOPICS.availability
    assert own.get("entity_category") in (
        (None, "diagnostic") if own["platform"].endswith(("sensor", "update")) else (None, "config", "diagnostic")
    )
    assert (own["name"] is None) == (key == "mood")
    if own["name"] is not None:
        assert not own["name"].lower().startswith(KIOSK.name.lower())
    if (device_class := own.get("device_class")) is not None:
        assert device_class in CLASSES[own["platform"]]
    if own["platform"] == "sensor":
        assert own.get("unit_of_measurement") in UNITS.get(device_class, {None})
        assert not (own.get("state_class") and device_class in ("enum", "timestamp"))
        assert ("options" in own) == (device_class == "enum")
    assert "icon" in own or device_class is not None


def test_names_are_in_sentence_case_as_home_assistant_s_own_are() -> None:
    names = {key: own["name"] for key, own in ENTITIES.items() if own["name"] is not None}
    for name in names.values():
        assert name[0].isupper()
        assert [word for word in name.split()[1:] if not word.islower() and word != "Spotify"] == []
    assert names["cpu_ms_per_frame"] == "Processor time per look"


def test_what_only_somebody_who_looks_after_it_wants_is_among_the_diagnostics() -> None:
    wanted = ("look", "uptime", "last_result", "cpu_ms_per_frame", "camera_status", "player_status")
    assert {ENTITIES[key]["entity_category"] for key in wanted} == {"diagnostic"}
    assert ENTITIES["uptime"]["device_class"] == "timestamp"


def test_names_and_ids_are_all_different() -> None:
    for key in ("unique_id", "default_entity_id", "name"):
        values = [own[key] for own in ENTITIES.values()]
        assert len(set(values)) == len(values)


def test_what_moves_all_the_time_is_disabled_until_somebody_wants_it() -> None:
    disabled = {key for key, own in ENTITIES.items() if own.get("enabled_by_default") is False}
    assert disabled == {
        "confidence", "frames_per_second", "cpu_ms_per_frame", "celsius", "sense_rss", "act_rss", "uptime",
        "requests_today",
    }  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("key", [key for key, own in ENTITIES.items() if own.get("state_topic") == TOPICS.state])
def test_each_template_turns_a_state_into_what_its_platform_takes(key: str, name: str) -> None:
    own, payload = ENTITIES[key], state_payload(VIEWS[name])
    value = rendered(own["value_template"], payload)
    assert len(value) <= 255
    assert_taken(own, value)
    if "json_attributes_template" in own:
        assert isinstance(json.loads(rendered(own["json_attributes_template"], payload)), dict)


def assert_taken(own: dict[str, Any], value: str) -> None:
    """The platform of a component takes this value without a warning."""
    platform = own["platform"]
    if value == "None":
        assert platform in ("sensor", "binary_sensor", "select")
    elif platform == "sensor" and own.get("device_class") == "timestamp":
        assert datetime.fromisoformat(value).tzinfo is not None
    elif platform == "sensor" and "options" in own:
        assert value in own["options"]
    elif platform == "sensor" and (own.get("state_class") or own.get("unit_of_measurement")):
        float(value)
    elif platform == "binary_sensor":
        assert value in ("ON", "OFF")
    elif platform == "switch":
        assert value in (own["state_on"], own["state_off"])
    elif platform == "select":
        assert value in own["options"]
    elif platform == "number":
        assert own["min"] <= float(value) <= own["max"]
    elif platform == "text":
        assert own["min"] <= len(value) <= own["max"]
    else:
        assert platform == "sensor"


@pytest.mark.parametrize("mark", [None, 1])
@pytest.mark.parametrize("key", [key for key, own in ENTITIES.items() if own.get("state_topic") == TOPICS.health])
def test_each_template_turns_a_health_into_what_its_platform_takes(key: str, mark: int | None) -> None:
    """Also before sense has said anything of itself."""
    health = Health(
        at=NOON, started_at=NOON, uptime_seconds=5,
        sense=mark is not None, pace="idle" if mark else None, frames_per_second=mark, active_rate_hz=mark,
        cpu_ms_per_frame=mark, celsius=mark, throttled=None if mark is None else True, sense_rss_mb=mark, act_rss_mb=60,
        queues={}, counters={}, requests_today=0, login_days_left=mark,
    )  # fmt: skip
    assert_taken(ENTITIES[key], rendered(ENTITIES[key]["value_template"], encode(health)))


def test_nobody_and_not_sure_are_moods_of_the_sensor_and_no_stale_mood_is() -> None:
    template = ENTITIES["mood"]["value_template"]
    assert rendered(template, state_payload(View())) == "nobody"
    assert rendered(template, state_payload(VIEWS["not sure"])) == "not_sure"
    assert rendered(template, state_payload(FULL)) == "überrascht"


@pytest.mark.parametrize("kind", EventKind.__args__)  # type: ignore[attr-defined]  # what a Literal lists
def test_each_event_is_an_event_type_and_fires_just_its_own_trigger(kind: EventKind) -> None:
    assert kind in ENTITIES["event"]["event_types"]
    event = conversion.event_of(MoodEvent(kind, 0.0, "1", mood="sad", previous="happy"), datetime.now().astimezone())
    payload = encode(event)
    assert json.loads(payload)["event_type"] == kind
    fired = {key for key, own in TRIGGERS.items() if rendered(own["value_template"], payload) == own["payload"]}
    expected = {"mood_changed": {"trigger_mood_sad"}, "arrived": {"trigger_arrived"}, "left": {"trigger_left"}}
    assert fired == expected.get(kind, set())


def test_there_is_a_trigger_for_each_mood_for_arrival_and_for_departure() -> None:
    assert {own["subtype"] for own in TRIGGERS.values()} == {*LABELS, "arrived", "left"}
    assert all("unique_id" not in own and own["automation_type"] == "trigger" for own in TRIGGERS.values())


def test_what_is_unknown_is_unknown_and_neither_nobody_nor_a_number() -> None:
    unknown = state_payload(VIEWS["unknown"])
    for key in ("mood", "mood_text", "present", "people", "confidence", "since"):
        assert rendered(ENTITIES[key]["value_template"], unknown) == "None"
    for key in ("mood", "present"):
        attributes = json.loads(rendered(ENTITIES[key]["json_attributes_template"], unknown))
        assert attributes["unknown_because"] == "camera off"


# MQTT_ATTRIBUTES_BLOCKED in homeassistant/components/mqtt/entity.py of 2025.4.4: dropped without a word.
BLOCKED = {
    "assumed_state", "available", "device_class", "device_info", "entity_category", "entity_picture",
    "entity_registry_enabled_default", "extra_state_attributes", "force_update", "icon", "friendly_name",
    "should_poll", "state", "supported_features", "unique_id", "unit_of_measurement",
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "playing", "said"),
    [
        ("happy, started by us", NowPlaying("playing", "mood", what="happy", title="Rain"), "happy, started by us"),
        (None, NowPlaying("playing", "others", title="Rain", artist="Ada"), "Rain – Ada"),
        (None, NowPlaying("playing", "others", title="Rain"), "Rain"),
        (None, NowPlaying("playing", "others", title="R" * 300), "R" * 255),
        (None, NowPlaying("playing", "others"), "None"),
        (None, NowPlaying("paused", "mood", what="happy", title="Rain"), "None"),
        (None, None, "None"),
    ],
)
def test_what_others_play_is_called_by_its_song(words: str | None, playing: NowPlaying | None, said: str) -> None:
    payload = state_payload(replace(VIEWS["not sure"], playing=words, now_playing=playing))
    assert rendered(ENTITIES["playing"]["value_template"], payload) == said


@pytest.mark.parametrize("playing", [None, NowPlaying("paused", "others", title="Rain")])
def test_no_attribute_has_a_name_that_home_assistant_drops(playing: NowPlaying | None) -> None:
    payload = state_payload(replace(VIEWS["not sure"], now_playing=playing))
    found = {
        key: json.loads(rendered(own["json_attributes_template"], payload))
        for key, own in ENTITIES.items()
        if own.get("json_attributes_topic") == TOPICS.state and "json_attributes_template" in own
    }
    assert not [key for key, attributes in found.items() if BLOCKED & {*attributes}]
    assert found["playing"]["playback"] == ("paused" if playing else "idle")
    assert found["playing"].get("title") == ("Rain" if playing else None)


def test_what_would_be_refused_is_not_offered() -> None:
    shut = components_of(About(KIOSK, TOPICS, "1", looks=False), Offered(LABELS))
    assert {*COMPONENTS} - {*shut} == {"correct", "look"}
    assert not About.of(Config(), "1").looks, "a dry run learns nothing"
    assert About.of(Config(music=MusicSettings(player="mpd")), "1").looks


def test_where_the_model_comes_from_is_an_entity_and_teaching_begins_with_a_button() -> None:
    own = ENTITIES["model"]
    hello = Hello("1", LABELS, "ab", "face-1", model_made="taught", model_date="2026-11-26T20:00:00+00:00")
    info = encode(info_of(Config(), "1", "i", replace(hello, model_accuracy=0.914)))
    assert rendered(own["value_template"], info) == "taught"
    attributes = json.loads(rendered(own["json_attributes_template"], info))
    assert (attributes["date"], attributes["accuracy_percent"], attributes["hash"]) == (hello.model_date, 91, "ab")
    nothing = encode(info_of(Config(), "1", "i", None))
    assert rendered(own["value_template"], nothing) == "None"
    assert commands.parse_payload("teach_invite", ENTITIES["teach_invite"]["payload_press"].encode(), LABELS)


def test_the_person_in_front_is_one_of_those_who_are_enrolled_or_nobody() -> None:
    own = ENTITIES["person"]
    assert own["options"] == ["nobody", "Ada", "Grace"]
    assert rendered(own["value_template"], state_payload(FULL)) == "Ada"
    assert rendered(own["value_template"], state_payload(replace(FULL, person="Eve"))) == "nobody"
    assert commands.parse_payload("person", template(own, "nobody").encode(), LABELS).value == ""
    assert commands.parse_payload("person", template(own, "Ada").encode(), LABELS).value == "Ada"


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (Result("camera", ok=True, text="the camera is switched on"), "camera: the camera is switched on"),
        (Result("pause", ok=True), "pause: done"),
        (Result("mood", ok=False, error="no such mood"), "mood: refused: no such mood"),
    ],
)
def test_what_became_of_a_command_can_be_read(result: Result, shown: str) -> None:
    payload = encode(conversion.answer_of(result, None))
    assert rendered(ENTITIES["last_result"]["value_template"], payload) == shown


def test_sentences_are_said_in_the_kiosk_s_language() -> None:
    because = Reason("music.not_played", reason=Reason("gate.nobody"))
    view = replace(FULL, last_decision=because, player_status="ready")
    payload = encode(conversion.state_of(view, "de"))
    german = components_of(replace(ABOUT, language="de"), OFFERED)
    assert rendered(german["last_decision"]["value_template"], payload) == "nicht gespielt: niemand ist da"
    assert rendered(german["player_status"]["value_template"], payload) == "bereit"
    refused = conversion.answer_of(Result("recommend", ok=False, error=Reason("answer.no_mood")), None, "de")
    template = german["last_result"]["value_template"]
    assert rendered(template, encode(refused)) == "recommend: abgelehnt: zeig mir erst deine Stimmung"


def test_what_an_earlier_version_left_on_the_broker_is_shown_as_it_is() -> None:
    old = json.loads(state_payload(replace(FULL, last_decision="said before")))
    del old["in_words"]
    template = ENTITIES["last_decision"]["value_template"]
    assert rendered(template, json.dumps(old).encode()) == "said before"


@pytest.mark.parametrize(
    ("kiosk", "entity"), [("living-room", "living_room"), ("Hall", "hall"), ("kiosk", "kiosk"), ("a--b_", "a_b")]
)
def test_entity_ids_are_as_the_papers_say(kiosk: str, entity: str) -> None:
    about = About(KioskSettings(id=kiosk), Topics(kiosk), "1")
    assert components_of(about, Offered(LABELS))["mood"]["default_entity_id"] == f"sensor.{entity}_mood"
    assert components_of(about, Offered(LABELS))["mood"]["unique_id"] == f"moodkiosk_{kiosk}_mood"


EARLIEST = {
    "sensor": "mood since confidence people camera_status playing player_status recommendation "
    "last_decision override_until quiet_until frames_per_second cpu_ms_per_frame celsius "
    "sense_rss act_rss uptime requests_today login_days_left model",
    "binary_sensor": "present camera_problem throttled sense",
    "text": "person language artist",
    "switch": "camera music",
    "select": "manual_mood correct",
    "button": "calibrate reload recommend pause look skip",
    "event": "event",
    "number": "volume_cap",
}
"""What the discovery of commit 8069108 had, by platform; who is in front is chosen from a list since."""


def test_an_upgrade_leaves_every_entity_the_unique_id_by_which_home_assistant_knows_it() -> None:
    about = About(KioskSettings(id="living-room"), Topics("living-room"), "1")
    now = components_of(about, Offered(LABELS, corrections=True))
    for platform, keys in EARLIEST.items():
        for key in keys.split():
            same = "select" if key == "person" else platform
            assert (now[key]["platform"], now[key]["unique_id"]) == (same, f"moodkiosk_living-room_{key}")


def test_the_device_says_where_it_stands_and_where_its_page_is() -> None:
    assert PAYLOAD["device"]["suggested_area"] == "Living room"
    assert PAYLOAD["device"]["configuration_url"] == "http://kiosk.local:8080/"
    assert PAYLOAD["origin"]["support_url"] == "http://kiosk.local:8080/"
    plain = discovery_payload(About(KioskSettings(), TOPICS, "1"), OFFERED)
    assert not {"suggested_area", "configuration_url", "support_url"} & {*plain["device"], *plain["origin"]}


@pytest.mark.parametrize(
    ("web", "address"),
    [
        (WebSettings(), ""),
        (WebSettings(host="192.168.1.9", password_file="p", enabled=False), ""),
        (WebSettings(host="192.168.1.9", password_file="p", port=0), ""),
        (WebSettings(host="192.168.1.9", password_file="p"), "http://192.168.1.9:8080/"),
        (WebSettings(host="fd00::9", password_file="p"), "http://[fd00::9]:8080/"),
        (WebSettings(host="0.0.0.0", password_file="p", allowed_hosts=("k.lan",)), "http://k.lan:8080/"),
        (WebSettings(host="0.0.0.0", password_file="p"), f"http://{socket.gethostname()}.local:8080/"),
    ],
)
def test_the_page_s_address_is_said_where_others_can_reach_it(web: WebSettings, address: str) -> None:
    assert page_address(web) == address


@pytest.mark.parametrize("language", ["de"])
def test_a_language_names_every_entity_and_leaves_what_automations_compare_with(language: str) -> None:
    spoken = components_of(replace(ABOUT, language=language), OFFERED)
    named = {key for key, own in ENTITIES.items() if own["name"] is not None}
    assert {*names.names(language)} == named
    assert len({spoken[key]["name"] for key in named}) == len(named)
    for key, own in ENTITIES.items():
        for stable in ("default_entity_id", "unique_id", "options", "payload_press"):
            assert spoken[key].get(stable) == own.get(stable)


def test_the_mood_in_words_is_in_the_language_of_the_page() -> None:
    german = components_of(replace(ABOUT, language="de"), Offered(("sad", "odd")))["mood_text"]["value_template"]
    views = {
        "Traurig": View(mood="sad", present=True),
        "Odd": View(mood="odd", present=True),
        "Traurig (von Hand)": View(mood="sad", manual_mood="sad", present=None, unknown_because="camera off"),
        "Niemand": View(),
        "Nicht sicher": View(present=True, people=1),
    }
    for said, view in views.items():
        assert rendered(german, state_payload(view)) == said


def test_every_command_can_be_given_from_home_assistant() -> None:
    offered = {own["command_topic"] for own in ENTITIES.values() if "command_topic" in own}
    assert offered == {TOPICS.command(name) for name in COMMANDS}


@pytest.mark.parametrize("key", [key for key, own in ENTITIES.items() if "command_topic" in own])
def test_what_home_assistant_sends_is_a_valid_command(key: str) -> None:
    own = ENTITIES[key]
    name = own["command_topic"].rsplit("/", 1)[-1]
    texts = ("", "Ada", '"quoted" {json} [list]', "<é & 'ü>")
    sent: dict[str, list[str]] = {
        "switch": [own.get("payload_on", ""), own.get("payload_off", "")],
        "select": own.get("options", []),
        "number": ["0", "55", "100"],
        "text": [template(own, text) for text in texts] if own["platform"] == "text" else [],
        "button": [own.get("payload_press", "")],
    }
    if "command_template" in own and own["platform"] == "select":
        sent["select"] = [template(own, option) for option in own["options"]]
    for payload in sent[own["platform"]]:
        command = commands.parse_payload(name, payload.encode(), LABELS)
        assert command.name == name
    if own["platform"] == "text":
        assert commands.parse_payload(name, template(own, "<é & 'ü>").encode(), LABELS).value == "<é & 'ü>"


def template(own: dict[str, Any], value: str) -> str:
    return ImmutableSandboxedEnvironment().from_string(own["command_template"]).render(value=value)


def test_a_removed_component_is_listed_with_its_platform_only() -> None:
    payload = discovery_payload(ABOUT, OFFERED, frozenset({("old", "sensor")}))
    assert payload["components"]["old"] == {"platform": "sensor"}


def test_an_earlier_payload_tells_its_components_and_a_foreign_one_tells_nothing() -> None:
    discovery = Discovery(ABOUT)
    gone = frozenset({("old", "sensor")})
    assert listed_components(discovery.payload(OFFERED, gone)) == discovery.components(OFFERED)
    for foreign in (b"", b"[]", b"{", b"\xff", b'{"origin":{"name":"other"},"components":{"a":{"platform":"sensor"}}}'):
        assert listed_components(foreign) == frozenset()


@pytest.mark.slow
@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=8, unique=True))
def test_any_labels_get_ids_that_differ_and_that_home_assistant_takes(labels: list[str]) -> None:
    components = components_of(ABOUT, Offered(tuple(labels)))
    triggers = [key for key in components if key.startswith("trigger_mood")]
    assert len(triggers) == len(labels)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", key) for key in triggers)


def test_a_plain_label_is_its_own_slug() -> None:
    assert slug("happy") == "happy"


def test_the_payload_of_five_moods_is_of_a_size_that_brokers_and_home_assistant_take() -> None:
    assert len(msgspec.json.encode(PAYLOAD)) < 25_000
