"""The connection in bad weather: a broker that is killed, restarted, frozen, slow, full, suspicious or not there."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.mqtt.transport.unacknowledged import STALL_SECONDS
from moodkiosk.act.mqtt.visit import NoBroker, visit
from moodkiosk.config.settings import Config, KioskSettings, MqttSettings, TlsSettings
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.view import View
from moodkiosk.words.language import translated
from tests.support.broker import Mosquitto
from tests.support.english import english_in
from tests.support.mqtt import Answerer, recorder
from tests.support.wait import until

LABELS = ("happy", "sad")
HERE = View(mood="happy", present=True, people=1, labels=LABELS)
ACL = [
    "user kiosk",
    "topic readwrite moodkiosk/hall/#",
    "topic readwrite homeassistant/device/moodkiosk_hall/config",
    "topic read homeassistant/status",
    "user ears",
    "topic readwrite #",
]
USERS = {"kiosk": "pass word", "ears": "listen"}


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A plain one, not yet started."""
    one = Mosquitto(tmp_path)
    yield one
    one.stop()


def probe(config: Config) -> str | None:
    """Tries the configured broker: None if it takes us, else why not, in one line."""
    try:
        with visit(config.mqtt, config.kiosk.id):
            return None
    except NoBroker as error:
        return str(error)


def config_of(mqtt: MqttSettings) -> Config:
    return Config(kiosk=KioskSettings(id="hall"), mqtt=mqtt)


@contextmanager
def publisher(mqtt: MqttSettings, keepalive_seconds: int = 20, view: View = HERE) -> Iterator[Publisher]:
    one = Publisher(config_of(mqtt), Answerer(LABELS).ask, keepalive_seconds=keepalive_seconds)
    one.show(view)
    one.start()
    try:
        yield one
    finally:
        one.stop()


def event(number: int) -> MoodEvent:
    return MoodEvent("mood_changed", time.monotonic(), f"e{number}", mood="happy")


def is_connected(one: Publisher) -> bool:
    return one.status == "connected"


# Who may come in


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_tls_with_an_own_authority_a_password_and_an_access_list(tmp_path: Path, protocol: str) -> None:
    """All that the kiosk does fits into an access list that allows nothing but its own topics."""
    broker = Mosquitto(tmp_path, users=USERS, acl=ACL, tls=True).start()
    try:
        ears = recorder(broker.settings("ears", protocol), "ears", "listen")
        with ears as heard, publisher(broker.settings("kiosk", protocol)) as one:
            until(lambda: is_connected(one))
            heard.until("hall/availability")
            one.tell(event(1))
            heard.until("hall/event")
            heard.say("moodkiosk/hall/set/camera", "off")
            assert heard.until("hall/result")[0].json["ok"] is True
            assert heard.until("config")
            assert one.status == "connected"
        assert probe(config_of(broker.settings("kiosk", protocol))) is None
    finally:
        broker.stop()


def test_a_client_certificate_opens_the_door_and_its_lack_is_said(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, tls=True, client_certificates=True).start()
    try:
        with publisher(broker.settings(certificate=True)) as one:
            until(lambda: is_connected(one))
        assert probe(config_of(broker.settings(certificate=True))) is None
        problem = probe(config_of(broker.settings()))
        assert problem is not None
    finally:
        broker.stop()


# paho leaves a socket whose handshake failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_a_certificate_of_a_stranger_is_not_trusted_and_the_status_says_so(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, tls=True).start()
    try:
        system = MqttSettings(host="localhost", port=broker.port, tls=TlsSettings())
        with publisher(system) as one:
            until(lambda: "certificate is not trusted" in one.status)
        assert "certificate is not trusted" in str(probe(config_of(system)))
    finally:
        broker.stop()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
@pytest.mark.parametrize("user", ["kiosk", "stranger", ""])
def test_a_refused_password_is_said_and_tried_again_when_it_is_right(tmp_path: Path, protocol: str, user: str) -> None:
    broker = Mosquitto(tmp_path, users=USERS).start()
    try:
        mqtt = broker.settings(user, protocol)
        if user:
            Path(mqtt.password_file).write_text("not it")
        with publisher(mqtt) as one:
            until(lambda: "password refused" in one.status)
            assert user in one.status
            assert probe(config_of(mqtt)) == one.status
            if user == "kiosk":
                Path(mqtt.password_file).write_text(USERS[user])
                until(lambda: is_connected(one))
        assert "pass word" not in broker.log()
    finally:
        broker.stop()


def test_a_password_file_that_has_gone_is_said_and_does_not_end_the_kiosk(mosquitto: Mosquitto) -> None:
    mosquitto.users = USERS
    mosquitto.start()
    mqtt = mosquitto.settings("kiosk")
    Path(mqtt.password_file).unlink()
    with publisher(mqtt) as one:
        until(lambda: "cannot be read" in one.status)
        Path(mqtt.password_file).write_text(USERS["kiosk"])
        until(lambda: is_connected(one))


def test_a_topic_that_the_access_list_forbids_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With MQTT 5, where the broker says so; 3.1.1 has no way to."""
    acl = ["user kiosk", "topic readwrite moodkiosk/hall/#", "topic read homeassistant/#"]
    broker = Mosquitto(tmp_path, users=USERS, acl=acl).start()
    try:
        with caplog.at_level(logging.WARNING), publisher(broker.settings("kiosk")) as one:
            until(lambda: "refuses homeassistant/device/moodkiosk_hall/config" in one.status)
            assert one.status.startswith("connected, but")
            # The log follows the status.
            said = until(lambda: [record for record in caplog.records if "refuses" in record.getMessage()])
            assert len(said) == 1
    finally:
        broker.stop()


def test_a_message_longer_than_the_broker_takes_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It would hang up on it, every time. With MQTT 5, where the broker says so; 3.1.1 has no way to."""
    broker = Mosquitto(tmp_path, extra=["max_packet_size 16000"]).start()
    try:
        ears = recorder(broker.settings(), "ears", "listen")
        with caplog.at_level(logging.WARNING), ears as heard, publisher(broker.settings()) as one:
            until(lambda: "no more than 16000 bytes" in one.status)
            assert "homeassistant/device/moodkiosk_hall/config" in one.status
            heard.until("hall/availability")
            one.tell(event(1))
            heard.until("hall/event")
            assert one.status.startswith("connected, but")
            assert len([record for record in caplog.records if "16000" in record.getMessage()]) == 1
        assert not [line for line in broker.log().splitlines() if "acket too large" in line]
    finally:
        broker.stop()


def test_a_broker_of_another_protocol_version_is_told_from_one_that_is_not_there(mosquitto: Mosquitto) -> None:
    mosquitto.extra = ["max_keepalive 10"]  # MQTT 5 clients are told; 3.1.1 clients are refused: not our business
    mosquitto.start()
    assert probe(config_of(mosquitto.settings())) is None
    mosquitto.stop()
    assert "Connection refused" in str(probe(config_of(mosquitto.settings())))


def test_something_that_is_no_broker_is_no_reason_to_fail() -> None:
    """A web server on the port, say: it hangs up, or talks nonsense."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    peer.recv(10)
                    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=talk, daemon=True).start()
        with publisher(MqttSettings(host="127.0.0.1", port=server.getsockname()[1])) as one:
            until(lambda: "is it an MQTT broker" in one.status)
            until(lambda: "ist das ein MQTT-Broker" in translated(one.status, "de"))
            assert probe(config_of(MqttSettings(host="127.0.0.1", port=server.getsockname()[1]))) is not None
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("protocol", "nonsense"),
    [
        ("3.1.1", b"\x20\x00"),
        ("5", b"\x20\x00"),  # a CONNACK without content
        ("5", b"\x20\x03\x00\x00\xff"),  # one whose properties are longer than itself
        ("5", b"\x20\x03\x00\x77\x00"),  # a reason code that does not exist
        ("5", b"\x20\x03\x00\x00\x00" + b"\x30\x05\x00\x03\xff\xfe\xfd"),  # a topic that is not UTF-8
        ("5", b"\x20\x03\x00\x00\x00" + b"\x90\x00"),  # a SUBACK without content
        ("5", b"\xf0\xff\xff\xff\xff\xff"),  # a length that never ends
    ],
)
def test_a_broker_that_talks_nonsense_is_the_worlds_fault(protocol: str, nonsense: bytes) -> None:
    """Nothing ends but the connection, and the kiosk tries again."""
    visits = threading.Semaphore(0)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                visits.release()
                with peer:
                    peer.recv(1000)
                    peer.sendall(nonsense)

        threading.Thread(target=talk, daemon=True).start()
        mqtt = MqttSettings(
            host="127.0.0.1", port=server.getsockname()[1], protocol="5" if protocol == "5" else "3.1.1"
        )
        with publisher(mqtt) as one:
            for _ in range(2):
                assert visits.acquire(timeout=60)
            assert one.status != "connecting"
            assert english_in(translated(one.status, "de")) == []
            assert one._connection._thread.is_alive()
        server.shutdown(socket.SHUT_RDWR)


def test_messages_of_a_kind_that_nobody_asked_for_are_not_kept() -> None:
    """Of QoS 2 paho keeps each until the broker says a second word of it, which this one never does."""
    hung_up, kept = threading.Event(), b"\x34\x07\x00\x01x\x00\x05\x00?"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            peer, _ = server.accept()
            with peer, contextlib.suppress(OSError):
                peer.recv(1000)
                peer.sendall(b"\x20\x03\x00\x00\x00" + kept)
                while peer.recv(1000):
                    pass
            hung_up.set()

        threading.Thread(target=talk, daemon=True).start()
        with publisher(MqttSettings(host="127.0.0.1", port=server.getsockname()[1])) as one:
            until(lambda: "nobody has asked" in one.status)
            assert hung_up.wait(60)


def test_a_name_that_leads_nowhere_is_said() -> None:
    with publisher(MqttSettings(host="no-such-host.invalid")) as one:
        until(lambda: "no such host" in one.status, seconds=40)  # a resolver that gets no answer takes up to 30 s


# Trouble


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
@pytest.mark.parametrize("persistent", [True, False])
def test_after_a_broker_was_killed_everything_is_there_again_and_no_event_is(
    tmp_path: Path, protocol: str, persistent: bool
) -> None:
    broker = Mosquitto(tmp_path, persistent=persistent).start()
    try:
        with publisher(broker.settings(protocol=protocol)) as one:
            with recorder(broker.settings()) as ears:
                ears.until("hall/availability")
                one.tell(event(1))
                ears.until("hall/event")
            broker.kill()
            until(lambda: not is_connected(one))
            one.tell(event(2))
            one.show(replace(HERE, people=7))
            broker.start()
            with recorder(broker.settings()) as ears:
                until(lambda: is_connected(one), 20)
                until(lambda: [said for said in ears.heard("hall/state") if said.json["people"] == 7])
                until(lambda: {"config", "info", "state", "availability"} <= {*ears.names(of="hall")})
                until(lambda: ears.heard("hall/availability")[-1].payload == b"online")
                one.tell(event(3))
                ears.until("hall/event")
                assert [said.json["id"] for said in ears.heard("hall/event")] == ["e3"]
            assert one.counters["mqtt_events"] == 1
    finally:
        broker.stop()


def test_a_broker_that_starts_later_than_the_kiosk_is_found(mosquitto: Mosquitto) -> None:
    with publisher(mosquitto.settings()) as one:
        until(lambda: "Connection refused" in one.status)
        mosquitto.start()
        until(lambda: is_connected(one))


def test_a_broker_that_restarts_in_order_is_found_again(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    mosquitto.start()
    with caplog.at_level(logging.INFO), publisher(mosquitto.settings()) as one:
        until(lambda: is_connected(one))
        mosquitto.stop()
        until(lambda: not is_connected(one))
        mosquitto.start()
        until(lambda: is_connected(one))
    lines = [record.getMessage() for record in caplog.records if record.name == "moodkiosk.mqtt"]
    assert len(lines) <= 4  # connected, lost, perhaps not reachable, connected


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_half_open_connection_is_noticed_and_nothing_stale_comes_out_of_it(
    mosquitto: Mosquitto, protocol: str
) -> None:
    """The broker's process is frozen: connections stay open and nobody answers. Afterwards only the newest state."""
    mosquitto.start()
    mqtt = mosquitto.settings(protocol=protocol)
    with publisher(mqtt, keepalive_seconds=4) as one, recorder(mosquitto.settings()) as ears:
        ears.until("hall/availability")
        mosquitto.freeze()
        one.show(replace(HERE, people=2))  # on its way when the broker froze
        until(lambda: one._connection.unacknowledged.is_stalled(), STALL_SECONDS + 5)
        for number in range(50):
            one.tell(event(number))
            one.show(replace(HERE, people=number + 3))
        assert one.publish("moodkiosk/hall/play", b"{}") is False
        assert one.status == "connected, but the broker does not answer"
        until(lambda: not one._connection.is_up, 25)
        mosquitto.thaw()
        until(lambda: is_connected(one), 30)
        until(lambda: ears.heard("hall/state")[-1].json["people"] == 52)
        assert ears.heard("hall/event") == []
        people = [said.json["people"] for said in ears.heard("hall/state")]
        assert set(people) <= {1, 2, 52}
        assert one.counters["mqtt_events"] == 50


@pytest.mark.slow
def test_a_slow_broker_gets_the_newest_state_not_a_queue_of_old_ones(mosquitto: Mosquitto) -> None:
    """Frozen for a moment only, shorter than the keepalive: the connection lives on."""
    mosquitto.start()
    with publisher(mosquitto.settings()) as one, recorder(mosquitto.settings()) as ears:
        ears.until("hall/availability")
        mosquitto.freeze()
        one.show(replace(HERE, people=2))
        until(lambda: one._connection.unacknowledged.is_stalled(), STALL_SECONDS + 5)
        for number in range(100):
            one.tell(event(number))
            one.show(replace(HERE, people=number + 3))
        until(lambda: one.counters["mqtt_events"] == 100)  # the last ones are dropped in the connection's next turn
        mosquitto.thaw()
        until(lambda: ears.heard("hall/state")[-1].json["people"] == 102)
        assert {said.json["people"] for said in ears.heard("hall/state")} <= {1, 2, 102}
        assert ears.heard("hall/event") == []
        one.tell(event(1000))
        assert ears.until("hall/event")[0].json["id"] == "e1000"


def test_more_events_than_can_leave_are_dropped_and_counted_not_queued(mosquitto: Mosquitto) -> None:
    mosquitto.start()
    with publisher(mosquitto.settings()) as one, recorder(mosquitto.settings()) as ears:
        ears.until("hall/availability")
        mosquitto.freeze()
        for number in range(500):
            one.tell(event(number))
        until(lambda: one.counters["mqtt_events"] > 0)
        mosquitto.thaw()
        until(lambda: len(ears.heard("hall/event")) + one.counters["mqtt_events"] == 500, 20)
        until(lambda: is_connected(one))  # the last acknowledgement may come after the event


def test_a_broker_with_a_full_queue_for_a_sleepy_subscriber_does_not_hold_the_kiosk_up(mosquitto: Mosquitto) -> None:
    """A subscriber that reads nothing: the broker drops what exceeds its queue for it."""
    mosquitto.extra = ["max_queued_messages 5", "max_inflight_messages 2"]
    mosquitto.start()
    sleepy = Client(CallbackAPIVersion.VERSION2, "sleepy", protocol=MQTTv5)
    sleepy.connect("127.0.0.1", mosquitto.port)
    while not sleepy.is_connected():
        sleepy.loop(0.1)
    sleepy.subscribe("#", 1)
    sleepy.loop(0.5)  # and from now on it sleeps
    with publisher(mosquitto.settings()) as one, recorder(mosquitto.settings()) as ears:
        for number in range(30):
            ears.until("hall/availability")
            one.tell(event(number))
            ears.until("hall/event", number + 1)
        assert is_connected(one)
        assert one.counters["mqtt_events"] == 0
    sleepy.disconnect()


def test_another_client_with_our_client_id_is_said_once_and_not_fought(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    mosquitto.start()
    with caplog.at_level(logging.WARNING), publisher(mosquitto.settings()) as one:
        until(lambda: is_connected(one))
        ours = one._connection.client_id
        assert ours.startswith("moodkiosk-hall-")
        thief = Client(CallbackAPIVersion.VERSION2, ours, protocol=MQTTv5)
        thief.connect("127.0.0.1", mosquitto.port)
        thief.loop_start()
        until(thief.is_connected)
        until(lambda: one._connection.client_id != ours)
        until(lambda: is_connected(one))
        assert thief.is_connected()
        said = [record.getMessage() for record in caplog.records]
        assert len(said) == 1
        assert "another client use" in said[0]
        assert ours in said[0]
        thief.disconnect()
        thief.loop_stop()


def test_a_kiosk_that_dies_is_offline_by_its_last_will(mosquitto: Mosquitto) -> None:
    mosquitto.start()
    with recorder(mosquitto.settings()) as ears, publisher(mosquitto.settings()) as one:
        ears.until("hall/availability")
        left = one._connection._client
        assert left is not None
        sock = left.socket()
        assert isinstance(sock, socket.socket)
        sock.shutdown(socket.SHUT_RDWR)
        states = ears.until("hall/availability", 3)
        assert [said.payload for said in states[:3]] == [b"online", b"offline", b"online"]


def test_stopping_says_offline_and_takes_less_than_a_second_also_when_the_broker_hangs(mosquitto: Mosquitto) -> None:
    mosquitto.start()
    one = Publisher(config_of(mosquitto.settings()), Answerer(LABELS).ask)
    one.start()
    until(lambda: is_connected(one))
    mosquitto.freeze()
    stopper = threading.Thread(target=one.stop)
    stopper.start()
    stopper.join(5)  # a second is promised; the machine may be busy
    assert not stopper.is_alive()
    mosquitto.thaw()


def test_a_publisher_that_was_never_started_can_be_stopped() -> None:
    one = Publisher(config_of(MqttSettings(port=1)), Answerer(LABELS).ask)
    one.stop()
    assert one.status == "connecting"


def test_threads_and_descriptors_do_not_grow_with_reconnections(mosquitto: Mosquitto) -> None:
    mosquitto.start()

    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    with publisher(mosquitto.settings()) as one:
        until(lambda: is_connected(one))
        threads, before = {*threading.enumerate()}, descriptors()
        for _ in range(2):
            client = one._connection._client
            assert client is not None
            sock = client.socket()
            assert isinstance(sock, socket.socket)
            sock.shutdown(socket.SHUT_RDWR)
            until(lambda old=client: one._connection._client is not old and is_connected(one), 20)  # type: ignore[misc]
        assert {*threading.enumerate()} <= threads  # one of an earlier test may have ended
        assert descriptors() <= before + 1
