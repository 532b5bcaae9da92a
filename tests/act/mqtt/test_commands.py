"""Commands over MQTT, on a real broker: what is valid is carried out, anything else gets one result and no more."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime

import paho.mqtt.publish as publish
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moodkiosk.act.loop import Loop
from moodkiosk.act.mqtt.topics import COMMANDS
from moodkiosk.act.mqtt.transport.bounded import LIMIT_BYTES, WIDE_LIMIT_BYTES
from moodkiosk.act.mqtt.transport.client import new_client
from moodkiosk.act.players.dryrun import DryRun
from moodkiosk.act.players.player import never
from moodkiosk.act.ports import Carried, Ports, Request
from moodkiosk.config.settings import Config
from moodkiosk.decide import kiosk as engine
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.link import commands
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.view import View
from moodkiosk.operate.broker import Broker, private_broker
from tests.support.mqtt import Answerer, recorder
from tests.support.mqtt_kiosk import HERE, LABELS, NAMES, Kiosk, kiosk, needs_one_delivery, settings_for
from tests.support.sense_lines import hello
from tests.support.wait import until


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with private_broker() as one:
        print(f"these tests run on {one.name}")
        yield one


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
    ("look", ""),
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
    ("language", "x" * 101, "too long; at most 100 letters"),
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


def test_a_retained_command_is_ignored_in_the_moment_it_is_published_too(broker: Broker) -> None:
    """With MQTT 5 the broker says so; clearing it is no command."""
    with kiosk(settings_for(broker, "5")) as one:
        answer = one.ask("camera", "off", retain=True)
        assert (answer["ok"], one.answerer.taken) == (False, [])
        assert "retained commands are ignored" in str(answer["error"])
        one.ears.say(one.topic("set/camera"), b"", retain=True)
        assert one.ask("music", "off")["command"] == "music", "the very next answer"
        assert len(one.ears.heard(one.topic("result"))) == 2


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_message_of_any_size_is_refused_once_and_the_kiosk_stays(protocol: str) -> None:
    with private_broker() as own:  # others who listen would find fault with what is said here
        mqtt = settings_for(own, protocol)
        with kiosk(mqtt) as one:
            for topic in ("set/artist", "info", "state"):
                publish.single(one.topic(topic), b"x" * 30_000_000, 1, hostname=mqtt.host, port=mqtt.port)
            refused = one.ears.until(one.topic("result"), seconds=30.0)
            assert "longer than" in refused[0].json["error"]
            assert one.ask("music", "off")["ok"] is True
            assert len(one.ears.heard(one.topic("result"))) == 2
            assert one.publisher.status == "connected"
            one.ears.forgive()


def test_thirty_megabytes_on_a_command_s_topic_do_not_stay_in_memory(broker: Broker) -> None:
    """Another process, that does nothing but listen: its memory before and after."""
    mqtt = settings_for(broker)
    child = subprocess.Popen(
        [sys.executable, "-c", LISTENER, mqtt.host, str(mqtt.port), mqtt.protocol],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    sizes = []
    for payload in (b"small", *[b"x" * 30_000_000] * 4, b"end"):
        sizes.append(int(child.stdout.readline()))  # it says so when it has subscribed, and after each message
        publish.single("memory", payload, 1, hostname=mqtt.host, port=mqtt.port)
    child.communicate(timeout=30)
    assert max(sizes) - sizes[0] < 4_000_000


LISTENER = """
import resource, sys
from pathlib import Path
from moodkiosk.act.mqtt.transport.client import new_client
from moodkiosk.config.settings import MqttSettings

def size(*_):
    print(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize(), flush=True)

def take(_client, _data, message):
    size()
    if message.payload == b"end":
        client.disconnect()

client = new_client(MqttSettings(host=sys.argv[1], port=int(sys.argv[2]), protocol=sys.argv[3]), "memory")
client.on_subscribe, client.on_message = size, take
client.connect(sys.argv[1], int(sys.argv[2]))
client.subscribe("memory", 1)
client.loop_forever()
"""


LENGTHS = [
    0,
    1,
    127,
    128,
    16_383,
    LIMIT_BYTES - 20,
    LIMIT_BYTES + 1,
    WIDE_LIMIT_BYTES - 20,
    WIDE_LIMIT_BYTES + 1,
    2_097_152,
]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(
    ("protocol", "wide", "limit"),
    [
        ("5", ("put", "longer"), LIMIT_BYTES),  # one as long as "cut", and one that is not
        ("3.1.1", (), LIMIT_BYTES),
        ("5", ("cut", "longer"), WIDE_LIMIT_BYTES),
        ("3.1.1", None, WIDE_LIMIT_BYTES),
    ],
)
def test_messages_of_every_length_that_a_packet_can_say_come_through_cut_at_the_limit(
    broker: Broker, protocol: str, wide: tuple[str, ...] | None, limit: int, length: int
) -> None:
    mqtt = settings_for(broker, protocol)
    heard: list[bytes] = []
    ready = threading.Event()
    client = new_client(mqtt, "cut", wide)
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _c, _d, message: heard.append(bytes(message.payload))
    client.connect(mqtt.host, mqtt.port)
    client.loop_start()
    client.subscribe("cut", 1)
    assert ready.wait(10)
    body = bytes(number % 251 for number in range(length))
    for payload in (body, b"after"):
        publish.single("cut", payload, 1, hostname=mqtt.host, port=mqtt.port)
    until(lambda: len(heard) == 2)
    client.disconnect()
    client.loop_stop()
    assert body.startswith(heard[0])
    assert limit - 20 <= len(heard[0]) <= limit if length > limit - 20 else heard[0] == body
    assert heard[1] == b"after"


class RealLoop:
    """The real main loop on a thread of its own, with a model loaded and nobody at the other end of the link.

    Attributes:
        remembered: what it would keep over a restart, as it is now.
    """

    def __init__(self) -> None:
        self.remembered: dict[str, object] = {}
        self.view: View | None = None
        self._stop = threading.Event()
        self._player = DryRun(time.monotonic)
        decide = Config(music=MusicSettings(moods={"happy": MoodMusic(play=("Sunny side",))})).for_decide()
        ports = Ports(
            reading=_ignore,
            event=_ignore,
            decision=_ignore,
            show=self._show,
            carry_out=self._play,
            order=lambda _order: False,
            keep=self._keep,
            hello=_ignore,
            status=lambda _view: {},
            look=lambda: None,
            find=lambda _: None,
            offer=lambda _: None,
        )
        self.loop = Loop(decide, engine.start(decide, None, "s"), ports)
        self.loop.put(hello(*LABELS))
        self._thread = threading.Thread(target=self.loop.run, args=(self._stop, _now, lambda _at, _next_at: math.inf))
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self.loop.wake()
        self._thread.join(10)

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def kept(self) -> tuple[dict[str, object], View | None]:
        """What it remembers and shows after all it was asked: it answers in a turn, and keeps and shows at its end."""
        self.loop.ask(Request("status")).result(10)  # in a later turn
        return self.remembered, self.view

    def _play(self, decision: Decision) -> None:
        self.loop.put(Carried(decision, self._player.play(decision, never)))

    def _show(self, view: View) -> None:
        self.view = view

    def _keep(self, remembered: dict[str, object], at: float, *, now: bool = False) -> None:  # noqa: ARG002 - the seam
        self.remembered = remembered


def _ignore(_what: object) -> None:
    pass


def _now() -> engine.Now:
    return engine.Now(time.monotonic(), datetime.now().astimezone())


@pytest.fixture(scope="module")
def real(broker: Broker) -> Iterator[tuple[Kiosk, RealLoop]]:
    loop = RealLoop()
    with kiosk(settings_for(broker), ask=loop.loop.ask) as one:
        yield one, loop
    loop.stop()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
REQUEST = st.fixed_dictionaries({"value": JSON}, optional={"transaction": JSON})


@pytest.mark.slow
@pytest.mark.parametrize("name", [*COMMANDS, "nonsense", "camera/on"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.binary(max_size=200) | (JSON | REQUEST).map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_gets_one_answer_and_what_is_refused_changes_nothing(
    real: tuple[Kiosk, RealLoop], name: str, payload: bytes
) -> None:
    """Random bytes and random JSON to every command topic, through the broker to the real main loop."""
    one, loop = real
    try:
        commands.parse_payload(name, payload, LABELS)
        valid = name in COMMANDS
    except commands.BadCommand:
        valid = False
    before = loop.kept()
    answer = one.ask(name, payload)
    assert answer["command"] == name
    if not valid:
        assert answer["ok"] is False
        assert answer["error"]
        assert loop.kept() == before
    assert loop.is_alive()
    assert one.publisher.status == "connected"


def test_a_flood_of_commands_gets_an_answer_each(broker: Broker) -> None:
    with kiosk(settings_for(broker)) as one:
        for number in range(300):
            one.ears.say(one.topic("set/volume_cap"), json.dumps({"value": number % 101, "transaction": number}))
        answers = one.ears.until(one.topic("result"), 300, seconds=30.0)
        assert sorted(int(answer.json["transaction"]) for answer in answers) == list(range(300))


def test_a_command_that_takes_its_time_is_answered_when_it_is_done(broker: Broker) -> None:
    """The future is completed by another thread, later: nothing waits for it meanwhile."""
    asked: list[tuple[Request, Future[Result]]] = []

    class Slow(Answerer):
        def ask(self, request: Request) -> Future[Result]:
            future: Future[Result] = Future()
            asked.append((request, future))
            return future

    mqtt = settings_for(broker)
    with recorder(mqtt) as ears:
        one = Kiosk(mqtt, ears, ask=Slow(LABELS).ask)
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
