"""What doctor says of the broker and of what Home Assistant shows: real brokers, wrong in every usual way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import msgspec
import pytest

from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.ports import Request
from moodkiosk.act.sockets import ControlServer
from moodkiosk.config.settings import Config, KioskSettings, MqttSettings, PathSettings
from moodkiosk.host import paths
from moodkiosk.moods.command import Result
from moodkiosk.moods.view import View
from moodkiosk.operate.broker import free_port
from moodkiosk.operate.doctor import home
from tests.support.broker import Mosquitto
from tests.support.mqtt import recorder
from tests.support.wait import until

HERE = View(mood="sad", present=True, people=1, confidence=0.8, labels=("happy", "sad"))
KIOSK = KioskSettings(id="hall")


def config_of(mqtt: MqttSettings, folder: Path) -> Config:
    return Config(kiosk=KIOSK, mqtt=mqtt, paths=PathSettings(runtime=str(folder / "run"), state=str(folder / "state")))


@contextmanager
def mosquitto(folder: Path, **wanted: object) -> Iterator[Mosquitto]:
    server = Mosquitto(folder, **wanted).start()  # type: ignore[arg-type]  # its own fields
    try:
        yield server
    finally:
        server.stop()


def test_a_broker_that_lets_us_write_and_read_is_fine(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as server:
        found = home.broker(config_of(server.settings(), tmp_path))
        assert (found.outcome, found.advice) == ("ok", "")


def test_no_broker_here_and_none_elsewhere_are_told_apart(tmp_path: Path) -> None:
    here = home.broker(config_of(MqttSettings(host="127.0.0.1", port=free_port()), tmp_path))
    assert (here.outcome, "apt install mosquitto" in here.advice) == ("failed", True)
    unknown = home.broker(config_of(MqttSettings(host="no-such-machine.invalid"), tmp_path))
    assert "is mqtt.host written right?" in unknown.advice


@pytest.mark.parametrize(
    ("user", "advice"), [("", "set mqtt.username"), ("other", "the password in mqtt.password_file")]
)
def test_who_is_not_let_in_is_told_so(tmp_path: Path, user: str, advice: str) -> None:
    with mosquitto(tmp_path, users={"kiosk": "secret"}) as server:
        found = home.broker(config_of(server.settings(user), tmp_path))
        assert (found.outcome, advice in found.advice) == ("failed", True), found


# A socket whose handshake fails is left by paho for Python to close.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_certificate_that_is_not_trusted_and_one_of_another_name_are_told_apart(tmp_path: Path) -> None:
    with mosquitto(tmp_path, tls=True) as server:
        mqtt = server.settings()
        assert home.broker(config_of(mqtt, tmp_path)).outcome == "ok"
        foreign = home.broker(config_of(replace_tls(mqtt, ca_file=""), tmp_path))
        assert "set mqtt.tls.ca_file" in foreign.advice
        other_name = home.broker(config_of(replace_host(mqtt, "127.0.0.1"), tmp_path))
        assert "a name that is in the broker's certificate" in other_name.advice
        missing = home.broker(config_of(replace_tls(mqtt, ca_file=str(tmp_path / "none.crt")), tmp_path))
        assert "readable by the user" in missing.advice


def replace_tls(mqtt: MqttSettings, **changed: str) -> MqttSettings:
    assert mqtt.tls is not None
    return msgspec.structs.replace(mqtt, tls=msgspec.structs.replace(mqtt.tls, **changed))


def replace_host(mqtt: MqttSettings, host: str) -> MqttSettings:
    return msgspec.structs.replace(mqtt, host=host)


@pytest.mark.parametrize(
    ("protocol", "answer"),
    [
        ("5", b"\x20\x02\x00\x01"),  # as brokers of MQTT 3.1.1 refuse version 5: its section 3.2.2.3
        ("5", b"\x20\x03\x00\x84\x00"),  # as brokers of MQTT 5 refuse a version: its section 3.2.2.2
        ("3.1.1", b"\x20\x02\x00\x01"),
        ("5", b""),  # it only hangs up
    ],
)
def test_a_broker_of_another_version_of_mqtt_is_told_apart(tmp_path: Path, protocol: str, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(answer)

        threading.Thread(target=refuse, daemon=True).start()
        mqtt = MqttSettings(host="127.0.0.1", port=listener.getsockname()[1], protocol=protocol)  # type: ignore[arg-type]
        found = home.broker(config_of(mqtt, tmp_path))
        listener.shutdown(socket.SHUT_RDWR)
    assert found.outcome == "failed"
    assert "mqtt.protocol" in found.advice, found


ENOUGH = [
    "topic readwrite moodkiosk/hall/#",
    "topic readwrite homeassistant/device/moodkiosk_hall/config",
    "topic read homeassistant/status",
]


def test_a_broker_that_takes_no_message_as_long_as_the_discovery_is_told_apart(tmp_path: Path) -> None:
    with mosquitto(tmp_path, extra=["max_packet_size 16000"]) as server:
        config = config_of(server.settings(), tmp_path)
        found = home.broker(config)
        assert (found.outcome, "takes no more than 16000 bytes" in found.text) == ("failed", True), found
        assert "max_packet_size" in found.advice
        quiet = msgspec.structs.replace(config, mqtt=msgspec.structs.replace(config.mqtt, discovery=False))
        assert home.broker(quiet).outcome == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
@pytest.mark.parametrize(
    ("acl", "refused"),
    [
        (ENOUGH, ()),
        (["topic read nothing/at/all"], ("moodkiosk/hall/doctor", "homeassistant/device/moodkiosk_hall/config")),
        (ENOUGH[:1], ("homeassistant/device/moodkiosk_hall/config",)),
        (["topic write moodkiosk/hall/#", *ENOUGH[1:]], ("moodkiosk/hall/doctor",)),
        (["topic read moodkiosk/hall/#", *ENOUGH[1:]], ("moodkiosk/hall/doctor",)),
    ],
)
def test_what_the_access_list_refuses_is_named(
    tmp_path: Path, protocol: str, acl: list[str], refused: tuple[str, ...]
) -> None:
    with mosquitto(tmp_path, acl=acl) as server:
        found = home.broker(config_of(server.settings(protocol=protocol), tmp_path))
        if refused:
            assert found.text.endswith(f"its access list refuses {', '.join(refused)}")
        else:
            assert found.outcome == "ok"


@contextmanager
def running(config: Config, view: View) -> Iterator[ControlServer]:
    """A control socket that says this of the kiosk."""

    def ask(_request: Request) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_result(Result("status", ok=True, data=asdict(view) | {"broker": "connected"}))
        return future

    server = ControlServer(paths.control_socket(config.paths), ask)
    try:
        yield server
    finally:
        server.close()


def nobody_asks(_request: Request) -> Future[Result]:
    raise AssertionError


def test_what_home_assistant_shows_is_compared_with_what_is(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as server:
        mqtt = server.settings()
        config = config_of(mqtt, tmp_path)
        assert home.shown(config).outcome == "skipped", "no kiosk, no word of one"
        publisher = Publisher(config, nobody_asks)
        publisher.show(HERE)
        publisher.start()
        with recorder(mqtt) as ears:
            until(lambda: {"availability", "state", "config"} <= {*ears.names(of="hall")})
            until(lambda: [one.json["mood"] for one in ears.heard("hall/state")][-1:] == ["sad"])
        assert home.shown(config).outcome == "note", "online, and nobody answers here"
        with running(config, HERE):
            fine = home.shown(config)
            assert (fine.outcome, fine.text) == ("ok", "shows what is: sad, present")
            again = home.broker(config)
            assert again.outcome == "ok"
            assert home.shown(config) == fine, "to try the access list changes nothing"
        with running(config, replace(HERE, mood="happy", people=2)):
            wrong = home.shown(config)
            assert wrong.outcome == "failed"
            assert "mood is 'sad', not 'happy'" in wrong.text
            assert "people is 1, not 2" in wrong.text
        with running(config, HERE):
            publisher.stop()
            assert "the broker says that it is away" in home.shown(config).text
