"""The papers on home automation: tables equal the code, and what people copy from them works."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from moodkiosk.act.homeassistant.payload import About, Offered, components_of
from moodkiosk.act.mqtt import tables
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.mqtt.topics import COMMANDS, ROWS, Topics
from moodkiosk.act.players.mqtt import DONE
from moodkiosk.config.settings import Config, KioskSettings
from moodkiosk.moods.view import NowPlaying, View
from tests.support.broker import Mosquitto
from tests.support.mqtt import RETAINED, Answerer, recorder
from tests.support.wait import until

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "home-automation.md").read_text(encoding="utf-8")
SPOTIFY = (DOCS / "spotify.md").read_text(encoding="utf-8")
FLEET = (DOCS / "fleet.md").read_text(encoding="utf-8")
ENTITIES = {
    own["default_entity_id"]
    for own in components_of(
        About(KioskSettings(), Topics("kiosk"), ""), Offered(("happy", "sad", "angry", "surprise", "neutral"))
    ).values()
    if "default_entity_id" in own
}


def blocks(mark: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"<!-- {mark} -->\n```\w*\n(.*?)```", text, re.DOTALL)


def test_the_tables_are_those_of_the_code() -> None:
    """If not: python -m moodkiosk.act.mqtt.tables docs/home-automation.md."""
    assert tables.filled(TEXT) == TEXT
    assert set(re.findall(r"<!-- table: (\w+) -->", TEXT)) == set(tables.TABLES)


def test_the_table_of_topics_agrees_with_what_the_recorder_demands() -> None:
    assert {row.name: row.retained == "yes" for row in ROWS if row.name in RETAINED} == RETAINED
    assert {row.name for row in ROWS} == {*RETAINED, "set/<thing>", "play"}


def test_every_command_is_in_the_table() -> None:
    assert all(f"`set/{name}`" in tables.set_topics() for name in COMMANDS)


def test_there_are_three_automations_with_entities_that_the_kiosk_has() -> None:
    automations = [yaml.safe_load(block) for block in blocks("automation")]
    assert len(automations) == 3
    for automation in automations:
        assert automation["alias"]
        assert automation["triggers"]
        assert automation["actions"]


def test_the_automations_survive_a_second_arrival_and_an_entity_that_is_removed() -> None:
    for automation in (yaml.safe_load(block) for block in blocks("automation")):
        assert automation["mode"] == "restart"
        for condition in automation.get("conditions", []):
            assert (
                ImmutableSandboxedEnvironment()
                .from_string(condition["value_template"])
                .render(trigger={"to_state": None}, colours={})
                == "False"
            )
        assert "notify." not in str(automation).replace("persistent_notification.", "")


MUSIC = yaml.safe_load(blocks("automation", SPOTIFY)[0])


def carried_out(
    kiosk: dict[str, Any], volume: float | None, *, plays: bool = False
) -> list[tuple[str, dict[str, Any]]]:
    """What the automation for Music Assistant does about a message: actions and their data."""
    environment = ImmutableSandboxedEnvironment()

    def render(text: str) -> str:
        return environment.from_string(text).render(
            kiosk=kiosk,
            player="media_player.x",
            link=(kiosk["uri"] or "").split(":"),
            state_attr=lambda *_: volume,
            is_state=lambda _, state: plays and state == "playing",
        )

    steps: list[dict[str, Any]] = []
    for step in MUSIC["actions"]:
        if "if" in step:
            steps += step["then"] if render(step["if"]).strip() == "True" else []
        else:
            chosen = [each for each in step["choose"] if render(each["conditions"]).strip() == "True"]
            assert len(chosen) <= 1
            steps += chosen[0]["sequence"] if chosen else []
    return [(step["action"], {key: render(value) for key, value in step.get("data", {}).items()}) for step in steps]


def asked(action: str, **more: object) -> dict[str, Any]:
    """As the player "mqtt" publishes it."""
    nothing: dict[str, Any] = dict.fromkeys(("uri", "playlist", "search", "volume_percent_max"))
    return nothing | {"action": action, "continues": False} | more


@pytest.mark.parametrize(
    ("given", "media_type", "media_id"),
    [
        ({"uri": "spotify:playlist:37i9dQZF1DXdPec7aLTmlC"}, "playlist", "spotify://playlist/37i9dQZF1DXdPec7aLTmlC"),
        ({"uri": "spotify:album:abc"}, "album", "spotify://album/abc"),
        ({"uri": "spotify:artist:abc"}, "artist", "spotify://artist/abc"),
        ({"uri": "spotify:track:abc"}, "track", "spotify://track/abc"),
        ({"playlist": "Sunny side", "search": "happy"}, "playlist", "Sunny side"),
        ({"search": "happy German"}, "playlist", "happy German"),
    ],
)
def test_the_music_automation_plays_every_kind_of_link(given: dict[str, str], media_type: str, media_id: str) -> None:
    done = carried_out(asked("play", **given), 0.3)
    assert done == [("music_assistant.play_media", {"media_type": media_type, "media_id": media_id})]


def test_the_music_automation_pauses_goes_on_skips_and_turns_down_but_never_up() -> None:
    assert [name for name, _ in carried_out(asked("pause"), 0.3)] == ["media_player.media_pause"]
    assert [name for name, _ in carried_out(asked("resume"), 0.3)] == ["media_player.media_play"]
    assert [name for name, _ in carried_out(asked("skip"), 0.3)] == ["media_player.media_next_track"]
    loud = carried_out(asked("play", search="x", volume_percent_max=40), 0.8)
    assert loud[0] == ("media_player.volume_set", {"volume_level": "0.4"})
    for volume in (0.2, None):
        assert len(carried_out(asked("play", search="x", volume_percent_max=40), volume)) == 1


@pytest.mark.parametrize("action", ["play", "resume", "volume"])
def test_whatever_has_a_loudest_volume_turns_the_speaker_down_to_it_in_the_music_automation(action: str) -> None:
    turned = ("media_player.volume_set", {"volume_level": "0.4"})
    assert carried_out(asked(action, search="x", volume_percent_max=40), 0.8)[0] == turned
    assert turned not in carried_out(asked(action, search="x", volume_percent_max=40), 0.4)


def test_the_music_automation_leaves_alone_what_goes_on_and_starts_it_again_where_it_has_ended() -> None:
    again = asked("play", search="x", continues=True)
    assert carried_out(again, None, plays=True) == []
    assert [name for name, _ in carried_out(again, None, plays=False)] == ["music_assistant.play_media"]
    assert carried_out(asked("play", search="x"), None, plays=True), "other music is started at once"


def test_every_action_of_the_player_is_handled_by_the_music_automation() -> None:
    for action in DONE:
        assert carried_out(asked(action, search="x", volume_percent_max=40 if action == "volume" else None), 0.8)


@pytest.mark.parametrize("block", [*blocks("automation"), *blocks("card"), *blocks("player")])
def test_entities_in_examples_are_those_of_the_discovery(block: str) -> None:
    used = set(re.findall(r"\b(?:sensor|event|switch|button|select|number|text|binary_sensor)\.kiosk_\w+", block))
    assert used
    assert used <= ENTITIES
    yaml.safe_load(block)


def test_the_templates_in_examples_are_templates() -> None:
    environment = ImmutableSandboxedEnvironment()
    lamp = yaml.safe_load(blocks("automation")[0])

    class State:
        state = "sad"

    trigger = {"to_state": State}
    context: dict[str, Any] = {"trigger": trigger, "colours": lamp["variables"]["colours"]}
    assert environment.from_string(lamp["conditions"][0]["value_template"]).render(context) == "True"
    assert environment.from_string(lamp["actions"][0]["data"]["rgb_color"]).render(context) == "[90, 120, 255]"


def test_the_player_s_card_knows_every_state_and_keeps_the_volume_in_bounds() -> None:
    environment = ImmutableSandboxedEnvironment()
    (player,) = yaml.safe_load(blocks("player")[0])["media_player"]
    states = get_args(get_type_hints(NowPlaying)["state"])
    shown = {}
    for state in (*states, "idle", None):
        environment.globals["state_attr"] = lambda _entity, _name, state=state: state
        shown[state] = environment.from_string(player["state_template"]).render().strip()
    assert shown == {
        "playing": "playing",
        "paused": "paused",
        "asked": "playing",
        "dry run": "idle",
        "idle": "idle",
        None: "idle",
    }
    for name, before, after in (("volume_up", "75", "80"), ("volume_down", "5", "0"), ("volume_up", "60", "70")):
        environment.globals["states"] = lambda _entity, before=before: before
        environment.globals["state_attr"] = lambda _entity, name: {"max": 80}[name]  # the configured cap
        assert environment.from_string(player["commands"][name]["data"]["value"]).render() == after
    loud = environment.from_string(player["commands"]["volume_set"]["data"]["value"]).render(volume_level=1.0)
    assert float(loud) == 80
    half = environment.from_string(player["commands"]["volume_set"]["data"]["value"]).render(volume_level=0.35)
    assert float(half) == 35


def test_the_node_red_flow_is_one_and_its_wires_lead_somewhere() -> None:
    (flow,) = (json.loads(block) for block in blocks("flow"))
    ids = {node["id"] for node in flow}
    for node in flow:
        assert node.get("broker") in (None, "mk_broker", "broker.lan")
        for wire in node.get("wires", []):
            assert set(wire) <= ids
    topics = Topics("kiosk")
    used = {node["topic"] for node in flow if "topic" in node}
    assert used == {topics.event, topics.result, topics.command("camera")}
    inject = next(node for node in flow if node["type"] == "inject")
    assert json.loads(inject["payload"])["value"] == "off"


def becomes(config: Config, word: str) -> bool:
    """Whether a kiosk's status comes to say `word` once all that it announces is acknowledged."""
    one = Publisher(config, Answerer(("happy",)).ask)
    one.show(View(labels=("happy",)))
    one.start()
    until(lambda: one.topics.availability in one._outbox._sent and one._connection.unacknowledged.count == 0)
    until(lambda: word in one.status)
    refused = "refuses" in one.status
    one.stop()
    return refused == (word == "refuses")


def test_the_access_list_is_enough_for_a_kiosk_and_shuts_out_another(tmp_path: Path) -> None:
    (acl,) = blocks("acl")
    broker = Mosquitto(tmp_path, users={"kiosk": "secret"}, acl=acl.splitlines()).start()
    try:
        mqtt = broker.settings("kiosk")
        assert becomes(Config(kiosk=KioskSettings(id="hall"), mqtt=mqtt), "connected")
        assert becomes(Config(kiosk=KioskSettings(id="attic"), mqtt=mqtt), "refuses")
    finally:
        broker.stop()


def test_the_access_list_of_a_fleet_keeps_kiosks_apart(tmp_path: Path) -> None:
    (acl,) = blocks("acl fleet", FLEET)
    broker = Mosquitto(tmp_path, users={"hall": "a", "attic": "b", "homeassistant": "c"}, acl=acl.splitlines()).start()
    try:
        for user in ("hall", "attic"):
            assert becomes(Config(kiosk=KioskSettings(id=user), mqtt=broker.settings(user)), "connected")
        assert becomes(Config(kiosk=KioskSettings(id="attic"), mqtt=broker.settings("hall")), "refuses")
    finally:
        broker.stop()


def test_the_bridge_carries_a_site_to_the_centre_and_commands_back(tmp_path: Path) -> None:
    (bridge,) = blocks("bridge", FLEET)
    folders = tmp_path / "central", tmp_path / "site"
    for folder in folders:
        folder.mkdir()
    central = Mosquitto(folders[0]).start()
    lines = bridge.replace("central.example:1883", f"127.0.0.1:{central.port}").splitlines()
    site = Mosquitto(folders[1], extra=lines).start()
    answerer = Answerer(("happy",))
    one = Publisher(Config(kiosk=KioskSettings(id="hall"), mqtt=site.settings()), answerer.ask)
    try:
        with recorder(central.settings()) as ears:
            one.show(View(labels=("happy",)))
            one.start()
            place = "sites/berlin/moodkiosk/hall"
            for name in ("state", "info", "availability"):
                ears.until(f"{place}/{name}")
            ears.say(f"{place}/set/camera", "off")
            (result,) = ears.until(f"{place}/result")
            assert result.json["ok"] is True
            assert [command.name for command in answerer.taken] == ["camera"]
    finally:
        one.stop()
        site.stop()
        central.stop()


@pytest.mark.slow
def test_the_fleet_simulation_counts_what_two_kiosks_say() -> None:
    """The figures of docs/fleet.md come from this program."""
    run = subprocess.run(
        [sys.executable, "scripts/fleet_sim.py", "2", "--seconds", "2", "--json"],
        cwd=DOCS.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    figures = json.loads(run.stdout)
    assert run.stderr == ""
    assert figures["kiosks"] == 2
    assert figures["messages_per_second"] > 0.3
    assert figures["discovery_bytes_per_kiosk"] > 10_000
    assert figures["broker_rss_mb"] > 1


def test_the_fleet_simulation_refuses_nonsense_in_one_line() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/fleet_sim.py", "0"], cwd=DOCS.parent, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
