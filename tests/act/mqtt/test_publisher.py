"""The publisher on a real broker: what a subscriber hears."""

from __future__ import annotations

import json
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import paho.mqtt.publish as publish
import pytest

from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.config.settings import Config, MqttSettings
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.view import View
from moodkiosk.operate.broker import Broker, mosquitto_program, private_broker
from tests.support.mqtt import Answerer, recorder
from tests.support.mqtt_kiosk import HERE, LABELS, NAMES, kiosk, needs_one_delivery, settings_for
from tests.support.sense_lines import hello
from tests.support.wait import until


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with private_broker() as one:
        print(f"these tests run on {one.name}")
        yield one


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_scripted_scene_is_heard_in_order_with_the_right_flags(broker: Broker, protocol: str) -> None:
    """The recorder checks keys, types, QoS and retain of every message against the documented tables."""
    with kiosk(settings_for(broker, protocol), View(labels=LABELS)) as one:
        with one.clock.still():  # the event waits for its state only so long
            one.publisher.tell(one.event())
            one.publisher.show(replace(HERE, mood="happy"))
        one.ears.until(one.topic("event"))
        one.publisher.stop()
        one.ears.until(one.topic("availability"), 2)
        names = one.ears.names(of=one.name)
        assert names == ["state", "config", "info", "recommendations", "availability", "state", "event", "availability"]
        assert [message.payload for message in one.ears.heard(one.topic("availability"))] == [b"online", b"offline"]
    with recorder(settings_for(broker, protocol)) as late:
        until(lambda: {*late.names(of=one.name)} == {"availability", "state", "info", "config", "recommendations"})
        assert all(message.retained for message in late.heard())


def test_an_event_says_when_it_happened_and_carries_its_id_once(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        before = datetime.now().astimezone()
        one.publisher.tell(replace(one.event(7), at=time.monotonic() - 5.0))
        (message,) = one.ears.until(one.topic("event"))
        at = datetime.fromisoformat(message.json["at"])
        assert -1.0 < (before - at).total_seconds() - 5.0 < 1.0
        assert message.json["id"] == f"{one.name}-7"
        assert not message.retained


def test_with_mqtt_5_nobody_is_handed_an_event_half_an_hour_later(broker: Broker) -> None:
    """The broker itself forgets an event that a subscriber was away for."""
    with kiosk(settings_for(broker, "5")) as one:
        one.publisher.tell(one.event())
        (message,) = one.ears.until(one.topic("event"))
        assert message.properties is not None
        assert 0 < message.properties.MessageExpiryInterval <= 30


def test_health_is_published_when_it_is_due_and_says_what_it_was_told(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        assert one.publisher.health_due_at == -math.inf
        before = time.monotonic()
        one.publisher.health(health(uptime=12))
        assert one.publisher.health_due_at >= before + MqttSettings().health_seconds
        (message,) = one.ears.until(one.topic("health"))
        assert message.json["uptime_seconds"] == 12
        assert message.json["queues"]["inbox"] == 0
        assert message.json["counters"] == {"inbox_full": 0, "mqtt_events": 0, "mqtt_results": 0}


def health(uptime: int) -> Health:
    return Health(
        at="2026-11-23T12:00:00+01:00", started_at="2026-11-23T11:00:00+01:00",
        uptime_seconds=uptime, sense=True, pace="idle", frames_per_second=2.0, active_rate_hz=2.0,
        cpu_ms_per_frame=30.0, celsius=51.5, throttled=False, sense_rss_mb=180.0, act_rss_mb=60.0,
        queues={"inbox": 0}, counters={"inbox_full": 0}, requests_today=3, login_days_left=None,
    )  # fmt: skip


def test_a_loaded_model_is_said_in_info(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        one.publisher.hello(hello(*LABELS, people=("Ada",)))
        message = one.ears.until(one.topic("info"), 2)[-1]
        assert message.json["labels"] == list(LABELS)
        assert message.json["model_hash"] == "ab" * 32
        assert message.json["people"] == ["Ada"]


@pytest.mark.slow
def test_home_assistant_that_has_started_gets_everything_again_but_no_event(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        one.publisher.tell(one.event())
        one.ears.until(one.topic("event"))
        one.ears.clear()
        one.ears.say("homeassistant/status", "online")
        one.ears.until(one.topic("availability"), seconds=15.0)
        assert one.ears.names(of=one.name) == ["state", "config", "info", "recommendations", "availability"]


@pytest.mark.parametrize("name", ["state", "info", "availability"])
def test_what_somebody_cleared_is_published_again(broker: Broker, name: str) -> None:
    with kiosk(settings_for(broker)) as one:
        one.ears.clear()
        one.ears.say(one.topic(name), b"", retain=True)
        restored = one.ears.until(one.topic(name), 2)
        assert restored[-1].payload


@pytest.mark.slow
@pytest.mark.parametrize("name", ["state", "info", "availability", "health", "discovery"])
@pytest.mark.parametrize("garbage", [b"garbage", b"{}", b"[]", b'{"mood":"happy"}', b"\xff" * 100])
def test_garbage_that_somebody_retains_on_a_topic_of_ours_is_put_right(
    broker: Broker, name: str, garbage: bytes
) -> None:
    mqtt = settings_for(broker)
    with kiosk(mqtt) as one:
        one.publisher.health(health(uptime=12))
        one.ears.until(one.topic("health"))
        until(lambda: one.publisher._connection.unacknowledged.count == 0)
        topic = one.publisher.topics.discovery if name == "discovery" else one.topic(name)
        before = len(one.ears.heard(topic))
        publish.single(topic, garbage, 1, retain=True, hostname=mqtt.host, port=mqtt.port)
        heard = until(lambda: [each.payload for each in one.ears.heard(topic)][before + 1 :], what="it to be put right")
        assert heard[-1] not in (garbage, b"")
        assert one.publisher.status == "connected", "garbage is no other kiosk"
        one.ears.forgive()


def test_a_late_last_will_of_an_earlier_connection_does_not_leave_the_kiosk_offline(broker: Broker) -> None:
    """A broker notices a power cut later than the kiosk is back."""
    with kiosk(settings_for(broker)) as one:
        one.ears.clear()
        one.ears.say(one.topic("availability"), b"offline", retain=True, qos=1)
        assert [message.payload for message in one.ears.until(one.topic("availability"), 2)] == [b"offline", b"online"]


def test_a_discovery_of_an_older_version_loses_what_is_no_longer_there(broker: Broker) -> None:
    needs_one_delivery(broker)
    name = next(NAMES)
    topic = f"homeassistant/device/moodkiosk_{name}/config"
    old = {"origin": {"name": "moodkiosk"}, "components": {"ghost": {"platform": "sensor", "name": "Ghost"}}}
    with recorder(settings_for(broker)) as ears:
        ears.say(topic, json.dumps(old), retain=True, qos=1)
        ears.until(topic)
    with kiosk(settings_for(broker), name=name) as one:
        sent = [message.json["components"] for message in one.ears.until(topic, 4)]
        assert sent[0] == old["components"]
        assert sent[2]["ghost"] == {"platform": "sensor"}
        assert "ghost" not in sent[3]


def test_deleting_the_device_in_home_assistant_is_respected(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        topic = one.publisher.topics.discovery
        one.ears.until(topic)
        one.ears.clear()
        one.ears.say(topic, b"", retain=True, qos=1)
        one.ears.until(topic)
        one.publisher.show(replace(HERE, people=4))
        one.ears.until(one.topic("state"))
        assert [message.payload for message in one.ears.heard(topic)] == [b""]


def test_kiosks_with_different_ids_never_touch_each_others_topics(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one, kiosk(settings_for(broker)) as two:
        one.ears.until(two.topic("availability"))  # the last that it says by itself
        one.ears.clear()
        assert one.ask("camera", "off")["ok"] is True
        one.publisher.show(replace(HERE, camera=False))
        one.ears.until(one.topic("state"))
        assert two.answerer.taken == []
        assert one.ears.names(of=two.name) == []


def test_two_kiosks_with_one_id_both_complain_once_and_are_both_served(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), kiosk(settings_for(broker)) as one:
        with kiosk(settings_for(broker), name=one.name) as two:
            until(lambda: "another kiosk has our id" in one.publisher.status)
            until(lambda: "another kiosk has our id" in two.publisher.status)
            assert two.publisher.instance in one.publisher.status
            assert one.publisher.instance in two.publisher.status
            complaints = [record for record in caplog.records if "another kiosk" in record.getMessage()]
            assert len(complaints) == 2
            # They do not answer each other for ever.
            infos = len(one.ears.until(one.topic("info"), 4))  # each says it at its start and when it hears the other
            one.publisher.tell(one.event())
            one.ears.until(one.topic("event"))
            assert len(one.ears.heard(one.topic("info"))) == infos
        # The other one's farewell does not leave this one offline, and it has no more reason to complain.
        until(lambda: one.publisher.status == "connected")
        until(lambda: one.ears.heard(one.topic("availability"))[-1].payload == b"online")


def test_a_health_that_is_not_ours_betrays_a_second_kiosk_with_our_id(broker: Broker) -> None:
    """After a reconnection both have said their info already; health is said every minute."""
    with kiosk(settings_for(broker)) as one:
        one.publisher.health(health(uptime=1))
        one.ears.until(one.topic("health"))
        assert one.publisher.status == "connected"
        foreign = one.ears.heard(one.topic("health"))[0].payload.replace(b'"uptime_seconds":1', b'"uptime_seconds":2')
        one.ears.say(one.topic("health"), foreign, retain=True, qos=1)
        until(lambda: "another kiosk has our id" in one.publisher.status)


def test_what_a_player_publishes_goes_out_unretained_or_is_refused(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        assert one.publisher.publish(one.topic("play"), b'{"what":"x"}') is True
        (message,) = one.ears.until(one.topic("play"))
        assert not message.retained
        one.publisher.stop()
        assert until(lambda: one.publisher.publish(one.topic("play"), b"{}") is False)


def test_the_embedded_broker_serves_the_main_things_as_well() -> None:
    """Where mosquitto is not installed, the demo runs on amqtt."""
    with private_broker(program="") as broker, kiosk(settings_for(broker)) as one:
        assert broker.name == "amqtt"
        one.publisher.tell(one.event())
        one.ears.until(one.topic("event"))
        assert one.ask("camera", "off")["ok"] is True
        assert one.ask("camera", "perhaps")["ok"] is False


def test_mosquitto_is_what_these_tests_ran_on_where_it_is_installed(broker: Broker) -> None:
    assert broker.name == ("mosquitto" if mosquitto_program() else "amqtt")


def test_no_call_of_the_main_loop_waits_for_a_broker_that_is_not_there() -> None:
    """All calls come back though nobody listens; nothing is kept but the newest state."""
    publisher = Publisher(Config(mqtt=MqttSettings(port=1)), Answerer(LABELS).ask)
    publisher.start()
    calls: list[Callable[[], object]] = [
        lambda: publisher.show(HERE),
        lambda: publisher.tell(MoodEvent("arrived", time.monotonic(), "1")),
        lambda: publisher.health(health(1)),
        lambda: publisher.publish("a", b""),
        lambda: publisher.status,
    ]
    done = threading.Thread(target=lambda: [call() for call in calls * 100])
    done.start()
    done.join(10)
    assert not done.is_alive()
    assert publisher.counters["mqtt_events"] == 100
    until(lambda: publisher.status.startswith("broker not reachable"))
    publisher.stop()


def test_every_documented_topic_is_checked_by_the_recorder() -> None:
    from moodkiosk.act.mqtt import payloads
    from tests.support.mqtt import RETAINED

    assert set(RETAINED) == {*payloads.TABLES, "availability"}
