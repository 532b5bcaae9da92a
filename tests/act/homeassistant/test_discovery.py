"""`moodkiosk discovery`: shows and removes what the broker keeps for Home Assistant."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.act.homeassistant import discovery
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.cli import main
from moodkiosk.config.settings import Config, MqttSettings
from moodkiosk.failure import Failure
from moodkiosk.moods.view import View
from moodkiosk.operate.broker import Broker, private_broker
from tests.support.mqtt import Answerer, recorder
from tests.support.wait import until

LABELS = ("happy", "sad")


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with private_broker() as one:
        yield one


@pytest.fixture
def config(broker: Broker, tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(f"mqtt:\n  host: {broker.host}\n  port: {broker.port}\n  protocol: '{broker.protocol}'\n")
    return file


@pytest.fixture
def kiosk(broker: Broker) -> Iterator[Publisher]:
    """A kiosk that runs and has announced itself; what it leaves on the broker is cleared afterwards."""
    mqtt = MqttSettings(host=broker.host, port=broker.port, protocol=broker.protocol)
    one = Publisher(Config(mqtt=mqtt), Answerer(LABELS).ask)
    one.show(View(labels=LABELS))
    with recorder(mqtt) as ears:
        one.start()
        until(lambda: [said for said in ears.heard("kiosk/availability") if said.payload == b"online"])
        yield one
        one.stop()
        for name in ("availability", "state", "info", "health"):
            ears.say(one.topics.under(name), b"", retain=True)
        ears.say(one.topics.discovery, b"", retain=True)


def arguments(config: Path, *, remove: bool = False, as_json: bool = False) -> argparse.Namespace:
    return argparse.Namespace(config=config, remove=remove, json=as_json)


@pytest.mark.usefixtures("kiosk")
def test_it_shows_what_home_assistant_was_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert discovery.main(arguments(config)) == 0
    text = capsys.readouterr().out
    assert "homeassistant/device/moodkiosk_kiosk/config" in text.splitlines()[0]
    assert "trigger_mood_happy" in text
    assert discovery.main(arguments(config, as_json=True)) == 0
    assert "mood" in json.loads(capsys.readouterr().out)["components"]


def test_of_a_running_kiosk_the_discovery_is_removed_and_stays_so(
    kiosk: Publisher, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert discovery.main(arguments(config, remove=True)) == 0
    text = capsys.readouterr().out
    assert text.startswith("removed: homeassistant/device/moodkiosk_kiosk/config\n")
    assert "mqtt.discovery" in text
    kiosk.show(View(labels=LABELS, people=2))
    with pytest.raises(Failure, match="keeps no discovery"):
        discovery.main(arguments(config))


def test_of_a_kiosk_that_is_gone_everything_is_removed(
    kiosk: Publisher, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kiosk.stop()
    assert discovery.main(arguments(config, remove=True, as_json=True)) == 0
    text = json.loads(capsys.readouterr().out)["removed"]
    for name in ("availability", "state", "info", "config"):
        assert name in text
    assert discovery.main(arguments(config, remove=True)) == 0
    assert capsys.readouterr().out == "the broker keeps nothing of kiosk 'kiosk'\n"


def test_without_a_broker_it_is_one_line_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("mqtt:\n  host: 127.0.0.1\n  port: 1\n")
    assert main(["discovery", "--config", str(file)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("moodkiosk: broker not reachable")
    assert error.count("\n") == 1


def test_something_else_on_the_discovery_topic_is_no_traceback(broker: Broker, config: Path, kiosk: Publisher) -> None:
    mqtt = MqttSettings(host=broker.host, port=broker.port, protocol=broker.protocol)
    kiosk.stop()  # it would put that right
    with recorder(mqtt) as ears:
        ears.say(kiosk.topics.discovery, "[1]", retain=True, qos=1)
        with pytest.raises(Failure, match="not a discovery payload"):
            discovery.main(arguments(config))
