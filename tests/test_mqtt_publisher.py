"""The publisher on a real broker: what a subscriber hears, and what becomes of commands."""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moodkiosk import commands, link
from moodkiosk.act.mqtt import Health, Publisher
from moodkiosk.act.topics import COMMANDS
from moodkiosk.broker import Broker, mosquitto_program, private_broker
from moodkiosk.moods import MoodEvent, View
from moodkiosk.settings import Config, KioskSettings, MqttSettings
from tests.support.mqtt import Answerer, Recorder, recorder
from tests.support.wait import until

LABELS = ("happy", "sad", "neutral")
HERE = View(mood="neutral", present=True, people=1, labels=LABELS)
NAMES = (f"kiosk{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with private_broker() as one:
        print(f"these tests run on {one.name}")
        yield one


def settings_for(broker: Broker, protocol: str = "") -> MqttSettings:
    chosen = protocol or broker.protocol
    if chosen == "5" and broker.protocol != "5":
        pytest.skip("the embedded broker speaks MQTT 3.1.1 only; the same is tested with that")
    return MqttSettings(host=broker.host, port=broker.port, protocol="5" if chosen == "5" else "3.1.1")


def needs_one_delivery(broker: Broker) -> None:
    if broker.name == "amqtt":
        pytest.skip("the embedded broker hands a retained message out more than once")


class Kiosk:
    """A publisher with a name of its own, its recorder and its stand-in for the main loop."""

    def __init__(self, mqtt: MqttSettings, ears: Recorder, name: str = "", answerer: Answerer | None = None) -> None:
        self.name = name or next(NAMES)
        self.answerer = answerer or Answerer(LABELS)
        self.ears = ears
        self.publisher = Publisher(Config(kiosk=KioskSettings(id=self.name), mqtt=mqtt), self.answerer.ask)

    def topic(self, name: str) -> str:
        return self.publisher.topics.under(name)

    def event(self, number: int = 0) -> MoodEvent:
        return MoodEvent("mood_changed", time.monotonic(), f"{self.name}-{number}", mood="happy", previous="neutral")

    def ask(self, name: str, payload: bytes | str, *, retain: bool = False) -> dict[str, object]:
        """Publishes a command and waits for its result."""
        before = len(self.ears.heard(self.topic("result")))
        self.ears.say(self.topic(f"set/{name}"), payload, retain=retain)
        answers = self.ears.until(self.topic("result"), before + 1)
        assert len(answers) == before + 1
        found: dict[str, object] = answers[-1].json
        return found


@contextmanager
def kiosk(mqtt: MqttSettings, view: View | None = HERE, name: str = "") -> Iterator[Kiosk]:
    """A kiosk that has announced itself."""
    with recorder(mqtt) as ears:
        one = Kiosk(mqtt, ears, name)
        if view is not None:
            one.publisher.show(view)
        one.publisher.start()
        ears.until(one.topic("availability"))
        if view is not None and view.mood:
            until(lambda: [message.json["mood"] for message in ears.heard(one.topic("state"))][-1:] == [view.mood])
        try:
            yield one
        finally:
            one.publisher.stop()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_scripted_scene_is_heard_in_order_with_the_right_flags(broker: Broker, protocol: str) -> None:
    """The recorder checks keys, types, QoS and retain of every message against the documented tables."""
    with kiosk(settings_for(broker, protocol), View(labels=LABELS)) as one:
        one.publisher.tell(one.event())
        one.publisher.show(replace(HERE, mood="happy"))
        one.ears.until(one.topic("event"))
        one.publisher.stop()
        one.ears.until(one.topic("availability"), 2)
        names = one.ears.names(of=one.name)
        assert names == ["state", "config", "info", "availability", "state", "event", "availability"]
        assert [message.payload for message in one.ears.heard(one.topic("availability"))] == [b"online", b"offline"]
    with recorder(settings_for(broker, protocol)) as late:
        until(lambda: {*late.names(of=one.name)} == {"availability", "state", "info", "config"})
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
        assert one.publisher.health_due()
        one.publisher.health(health(uptime=12))
        assert not one.publisher.health_due()
        (message,) = one.ears.until(one.topic("health"))
        assert message.json["uptime_seconds"] == 12
        assert message.json["queues"]["inbox"] == 0
        assert message.json["counters"] == {"inbox_full": 0, "mqtt_events": 0, "mqtt_results": 0}


def health(uptime: int) -> Health:
    return Health(
        at="2026-11-23T12:00:00+01:00", uptime_seconds=uptime, sense=True, pace="idle", frames_per_second=2.0,
        cpu_ms_per_frame=30.0, celsius=51.5, throttled=False, sense_rss_mb=180.0, act_rss_mb=60.0,
        queues={"inbox": 0}, counters={"inbox_full": 0}, requests_today=3, login_days_left=None,
    )  # fmt: skip


def test_a_loaded_model_is_said_in_info(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        one.publisher.hello(link.Hello("0.1", LABELS, "ab" * 32, "face-1", people=("Ada",)))
        message = one.ears.until(one.topic("info"), 2)[-1]
        assert message.json["labels"] == list(LABELS)
        assert message.json["model_hash"] == "ab" * 32
        assert message.json["people"] == ["Ada"]


def test_home_assistant_that_has_started_gets_everything_again_but_no_event(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        one.publisher.tell(one.event())
        one.ears.until(one.topic("event"))
        one.ears.clear()
        one.ears.say("homeassistant/status", "online")
        one.ears.until(one.topic("availability"), seconds=15.0)
        assert one.ears.names(of=one.name) == ["state", "config", "info", "availability"]


@pytest.mark.parametrize("name", ["state", "info", "availability"])
def test_what_somebody_cleared_is_published_again(broker: Broker, name: str) -> None:
    with kiosk(settings_for(broker)) as one:
        one.ears.clear()
        one.ears.say(one.topic(name), b"", retain=True)
        restored = one.ears.until(one.topic(name), 2)
        assert restored[-1].payload


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
            infos = len(one.ears.heard(one.topic("info")))
            one.publisher.tell(one.event())
            one.ears.until(one.topic("event"))
            assert len(one.ears.heard(one.topic("info"))) == infos
        # The other one's farewell does not leave this one offline, and it has no more reason to complain.
        until(lambda: one.publisher.status == "connected")
        until(lambda: one.ears.heard(one.topic("availability"))[-1].payload == b"online")


# Commands


GOOD = [
    ("camera", "off"),
    ("camera", '{"value":true}'),
    ("music", "ON"),
    ("mood", "auto"),
    ("mood", "sad"),
    ("language", '"français"'),
    ("artist", '{"value":"Nina Simone","transaction":"t1"}'),
    ("recommend", ""),
    ("pause", "PRESS"),
    ("skip", "null"),
    ("volume_cap", "35"),
    ("correct", "happy"),
    ("calibrate", ""),
    ("person", "Ada"),
    ("reload", '{"transaction":7}'),
]
BAD = [
    ("camera", "perhaps", "expected on or off"),
    ("music", "lend", "expected on or off"),
    ("mood", "grumpy", "no such mood"),
    ("volume_cap", "101", "0 to 100"),
    ("volume_cap", '{"value":[1]}', "0 to 100"),
    ("volume_cap", '{"value":NaN}', "not valid JSON"),
    ("language", "x" * 101, "too long"),
    ("artist", "x" * 4097, "longer than 4096 bytes"),
    ("artist", b"\xff\xfe", "not UTF-8"),
    ("artist", '{"value":"a"', "not valid JSON"),
    ("artist", '{"value":"a","extra":1}', "unknown key"),
    ("artist", "[" * 3000, "not valid JSON"),
    ("camera", "", "expected on or off"),
    ("forget", "", "unknown command"),
    ("status", "", "unknown command"),
    ("camera/off", "", "unknown command"),
    ("", "off", "unknown command"),
    ("Camera", "off", "unknown command"),
]


@pytest.fixture(scope="module")
def shared(broker: Broker) -> Iterator[Kiosk]:
    with kiosk(settings_for(broker)) as one:
        yield one


@pytest.mark.parametrize(("name", "payload"), GOOD)
def test_a_good_command_is_taken_and_answered_once(shared: Kiosk, name: str, payload: str) -> None:
    before = len(shared.answerer.taken)
    answer = shared.ask(name, payload)
    assert answer["ok"] is True
    assert answer["error"] is None
    assert answer["command"] == name
    expected = {"artist": "t1", "reload": 7}.get(name)
    assert answer["transaction"] == expected
    assert [command.name for command in shared.answerer.taken[before:]] == [name]


@pytest.mark.parametrize(("name", "payload", "reason"), BAD)
def test_a_bad_command_gets_one_result_with_the_reason_and_nothing_else_happens(
    shared: Kiosk, name: str, payload: str | bytes, reason: str
) -> None:
    before = list(shared.answerer.taken)
    answer = shared.ask(name, payload)
    assert answer["ok"] is False
    assert reason in str(answer["error"])
    assert shared.answerer.taken == before


def test_a_refused_command_still_echoes_its_transaction(shared: Kiosk) -> None:
    answer = shared.ask("mood", '{"value":"grumpy","transaction":"t-9"}')
    assert (answer["ok"], answer["transaction"]) == (False, "t-9")
    answer = shared.ask("nonsense", '{"transaction":"t-10"}')
    assert (answer["ok"], answer["transaction"]) == (False, "t-10")


def test_a_retained_command_is_ignored_and_answered(broker: Broker) -> None:
    """It would be carried out again at each start. Retained ones reach a kiosk when it subscribes."""
    needs_one_delivery(broker)
    name = next(NAMES)
    with recorder(settings_for(broker)) as ears:
        ears.say(f"moodkiosk/{name}/set/camera", "off", retain=True, qos=1)
        ears.until("set/camera")
    with kiosk(settings_for(broker), name=name) as one:
        (answer,) = one.ears.until(one.topic("result"))
        assert answer.json["ok"] is False
        assert "retained commands are ignored" in answer.json["error"]
        assert one.answerer.taken == []
        # Live, the broker hands the same message on without the flag: that is a person who asks now.
        one.ears.say(one.topic("set/camera"), b"", retain=True)
        assert one.ears.until(one.topic("result"), 2)[-1].json["ok"] is False


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(COMMANDS),
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
        st.fixed_dictionaries({"value": st.text(max_size=10) | st.integers()}, optional={"transaction": st.text()}).map(
            lambda value: json.dumps(value).encode()
        ),
    ),
)
def test_whatever_comes_gets_just_one_answer_and_only_a_valid_command_is_carried_out(
    shared: Kiosk, name: str, payload: bytes
) -> None:
    before = len(shared.answerer.taken)
    try:
        commands.parse_payload(name, payload, LABELS)
        valid = True
    except commands.BadCommand:
        valid = False
    states = len(shared.ears.heard(shared.topic("state")))
    answer = shared.ask(name, payload)
    assert answer["ok"] is valid
    assert len(shared.answerer.taken) == before + valid
    assert len(shared.ears.heard(shared.topic("state"))) == states
    assert shared.publisher.status == "connected"


def test_a_flood_of_commands_gets_an_answer_each(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        for number in range(300):
            one.ears.say(one.topic("set/volume_cap"), json.dumps({"value": number % 101, "transaction": number}))
        answers = one.ears.until(one.topic("result"), 300, seconds=30.0)
        assert sorted(int(answer.json["transaction"]) for answer in answers) == list(range(300))


def test_a_command_that_takes_its_time_is_answered_when_it_is_done(broker: Broker) -> None:
    """The future is completed by another thread, later: nothing waits for it meanwhile."""
    from concurrent.futures import Future

    from moodkiosk.act.ports import Request
    from moodkiosk.moods import Result

    asked: list[tuple[Request, Future[Result]]] = []

    class Slow(Answerer):
        def ask(self, request: Request) -> Future[Result]:
            future: Future[Result] = Future()
            asked.append((request, future))
            return future

    mqtt = settings_for(broker)
    with recorder(mqtt) as ears:
        one = Kiosk(mqtt, ears, answerer=Slow(LABELS))
        one.publisher.show(HERE)
        one.publisher.start()
        ears.until(one.topic("availability"))
        ears.say(one.topic("set/calibrate"), '{"value":"Ada","transaction":"c"}')
        until(lambda: asked)
        one.publisher.show(replace(HERE, people=3))
        ears.until(one.topic("state"), 3)
        assert ears.heard(one.topic("result")) == []
        request, future = asked[0]
        assert (request.name, request.origin) == ("calibrate", "mqtt")
        threading.Thread(target=future.set_result, args=[Result("calibrate", ok=True, text="taken")]).start()
        (answer,) = ears.until(one.topic("result"))
        assert (answer.json["text"], answer.json["transaction"]) == ("taken", "c")
        one.publisher.stop()


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
