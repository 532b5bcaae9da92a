"""Both halves without their threads and devices: what a line of the link, or a message of the broker, brings about."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from moodkiosk.act.loop import Loop
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.players.dryrun import DryRun
from moodkiosk.act.players.player import never
from moodkiosk.act.ports import Carried, Ports, Request
from moodkiosk.act.say import Teller
from moodkiosk.act.store import Store
from moodkiosk.act.web.snapshot import Snapshot
from moodkiosk.config.settings import Config, LearningSettings, MqttSettings
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.link import protocol
from moodkiosk.link.messages import ORDER_NAMES, FromSense, Order, Remark, SenseHealth, SenseResult, Teaching
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.moods.report import LookReport
from moodkiosk.moods.song import Song, Wanted
from moodkiosk.moods.view import View
from moodkiosk.sense.camera.switch import CameraSwitch
from moodkiosk.sense.lessons.course import Course
from moodkiosk.sense.loop import introduction
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Neutrals
from moodkiosk.sense.orders import Orders, SenseState
from moodkiosk.sense.records.corrections import Corrections
from tests.fuzz.mutate import spoilt
from tests.fuzz.run import Take
from tests.support import faces
from tests.support.sense_lines import LABELS, hello, proof

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MOODS = {"happy": MoodMusic(("Sunny side",)), "sad": MoodMusic(search="calm")}
CONFIG = Config(music=MusicSettings(moods=MOODS, quiet_hours=("22:00-07:00",)), mqtt=MqttSettings(host="localhost"))
BEGIN = 1000.0


class Act:
    """The half that talks: its real loop and state, and all that shows or keeps what comes of it.

    Attributes:
        loop: act's main loop; turned by hand.
        at: monotonic seconds.
    """

    def __init__(self, folder: Path) -> None:
        self.at = BEGIN
        self._teller = Teller(self._wall, as_json=False, stamp=True, out=io.StringIO())
        self._player = DryRun(lambda: self.at)
        self._snapshot = Snapshot("Fuzzed", self._wall, read_only=False)
        self.publisher = Publisher(CONFIG, self._ask, self._wall, lambda: self.at)
        store, decide = Store(folder), CONFIG.for_decide()
        ports = Ports(
            reading=self._teller.reading,
            event=self._event,
            decision=self._decision,
            show=self._show,
            carry_out=self._carry_out,
            order=self._order,
            keep=store.keep,
            hello=self.publisher.hello,
            status=lambda view: {"mood": view.mood},
            look=self._look,
            find=self._find,
            offer=self._offer,
        )
        self.loop = Loop(decide, kiosk.start(decide, None, "fuzz"), ports)

    def turn(self, item: object = None, seconds: float = 0.2) -> None:
        """Time passes, and something comes from outside. Raises what the loop's guard kept from ending the process."""
        self.at += seconds
        left_out = self.loop.guard.left_out
        self.loop.turn(item, kiosk.Now(self.at, self._wall()))  # type: ignore[arg-type]  # one of its items
        if self.loop.guard.left_out > left_out and self.loop.guard.error is not None:
            raise self.loop.guard.error

    def settle(self) -> None:
        """Takes what waits in the inbox, and what time brings."""
        while not self.loop.inbox.empty():
            self.turn(self.loop.inbox.get())
        for seconds in (1.0, 5.0, 60.0, 3600.0):
            self.turn(seconds=seconds)
        msgspec.json.encode(self._snapshot.today())

    @property
    def shown(self) -> bytes:
        """What the page shows, as JSON."""
        return self._snapshot.state

    def close(self) -> None:
        """Gives back what the publisher holds for the life of a process."""
        os.close(self.publisher._connection._pump._wake)

    def _wall(self) -> datetime:
        return NOON + timedelta(seconds=self.at - BEGIN)

    def _ask(self, request: Request) -> Future[Result]:
        return self.loop.ask(request)

    def _order(self, order: Order) -> bool:
        protocol.decode(protocol.encode(order).rstrip())
        self.loop.put(SenseResult(order.id, ok=True, text="done"))
        return True

    def _carry_out(self, decision: Decision) -> None:
        self.loop.put(Carried(decision, self._player.play(decision, never)))

    def _find(self, wanted: Wanted) -> str | None:
        self.loop.put(self._player.find(wanted, never))
        return None

    def _offer(self, songs: tuple[Song, ...]) -> None:
        self.publisher.offer(songs)
        self._snapshot.offer(songs)

    def _look(self) -> str | None:
        self.loop.put(LookReport("nothing", self.at))
        return None

    def _event(self, event: MoodEvent) -> None:
        self._teller.event(event)
        self.publisher.tell(event)
        self._snapshot.tell(event)

    def _decision(self, decision: Decision) -> None:
        self._teller.decision(decision)
        self._snapshot.decided(decision)

    def _show(self, view: View) -> None:
        self.publisher.show(view)
        self._snapshot.show(view)


def readings(mood: str | None, count: int, start: float = BEGIN) -> list[bytes]:
    """What sense says of a face for a while."""
    shares = {label: 0.9 if label == mood else 0.025 for label in LABELS}
    quality = Quality(1.0, None, 200, 120)
    return [
        protocol.encode(Reading(start + 0.2 * n, int(mood is not None), 1, mood, shares, 0.9, quality))
        for n in range(count)
    ]


HELLO = protocol.encode(hello(*LABELS, people=("Anna",), person="Anna"))
PROOF = proof(moods={"sad": (0.1, 0.9)}, remarks=(Remark("crosswise", "sad", "angry"),))
HEALTHS = [
    protocol.encode(SenseHealth(BEGIN, "on", counters={"dropped": 3}, celsius=51.5)),
    protocol.encode(SenseHealth(BEGIN, "lost", "there is no camera", throttled=True)),
]
FROM_SENSE = [
    HELLO + HEALTHS[0] + b"".join(readings("happy", 12)),
    HELLO + HEALTHS[0] + b"".join(readings("sad", 6)) + b"".join(readings(None, 4, BEGIN + 1.2)) + HEALTHS[1],
    HELLO + protocol.encode(SenseResult(1, ok=True, text="done")) + HEALTHS[0],
    HELLO
    + protocol.encode(Teaching(BEGIN, "recording", "happy", 2, 5, 5.0, 2.5, "seen", "show", "Anna"))
    + protocol.encode(Teaching(BEGIN + 5, "shown", person="Anna", text="better", proof=PROOF)),
]
TO_SENSE = [
    b"".join(protocol.encode(Order(n, ORDER_NAMES[what], value)) for n, (what, value) in enumerate(orders))
    for orders in (
        [("camera", "off"), ("camera", "on"), ("camera", "lend")],
        [("calibrate", "Anna"), ("person", "Anna"), ("person", ""), ("forget", "Anna")],
        [("correct", "happy"), ("correct", "Freude"), ("reload", ""), ("forget", "")],
        [("teach", '{"person": "Anna", "labels": ["neutral", "happy"], "seconds": 2}'), ("teach_again", "happy")],
        [("teach", "{}"), ("teach_stop", ""), ("teach_keep", ""), ("teach_undo", ""), ("remember", "on")],
    )
]


def from_sense(chance: random.Random) -> bytes:
    """What sense writes on the link."""
    return spoilt(chance, FROM_SENSE)


def to_sense(chance: random.Random) -> bytes:
    """What act writes on the link."""
    return spoilt(chance, TO_SENSE)


@contextmanager
def act_hears(folder: Path) -> Iterator[Take]:
    """Act, to which sense says something."""

    def take(data: bytes) -> bool:
        splitter = protocol.LineSplitter()
        with closing(Act(folder)) as act:
            for message in splitter.messages(data + b"\n"):
                if isinstance(message, FromSense):
                    act.turn(message)
            act.settle()
        return not splitter.damaged + splitter.oversized

    yield take


@contextmanager
def sense_hears(folder: Path) -> Iterator[Take]:
    """Sense, to which act says something while a face is before it."""
    models = Models(lambda: [model.STARTER], mirrored=False)
    seen = faces.landmarks()

    def take(data: bytes) -> bool:
        answers: list[bytes] = []
        corrections = Corrections(LearningSettings(keep_corrections=True), folder)
        neutrals = Neutrals(folder)
        course = Course(folder, models, neutrals, lambda said: answers.append(protocol.encode(said)), folder)
        state = SenseState(CameraSwitch(folder), lambda: True, models, neutrals, corrections, course)
        orders = Orders(state, lambda result: answers.append(protocol.encode(result)))
        splitter, at = protocol.LineSplitter(), BEGIN
        for message in splitter.messages(data + b"\n"):
            for _ in range(3):
                at += 0.2
                orders.see(Reading(at, 1, 1, "happy", {"happy": 1.0}, 0.9, Quality(1.0, None)), seen, None)
            if isinstance(message, Order):
                orders.obey(message, at)
            orders.attend(at)
            protocol.decode(protocol.encode(introduction(state)).rstrip())
        orders.attend(at + 60)
        for answer in answers:
            protocol.decode(answer.rstrip())
        for file in folder.rglob("*.npz"):
            file.unlink()
        return not splitter.damaged + splitter.oversized

    yield take


# The broker: a record is a topic, "r" (retained) or "n", and a payload; records end with this byte.
END, APART = b"\x1e", b"\x1f"


def record(topic: str, payload: bytes, retained: bool = False) -> bytes:
    """A message of the broker."""
    return APART.join((topic.encode(), b"r" if retained else b"n", payload)) + END


def _broker_seeds() -> list[bytes]:
    topics = Publisher(CONFIG, lambda _: Future()).topics
    commands: list[tuple[str, bytes]] = [
        *(
            ("camera", b"off"),
            ("camera", b'{"value": "on", "transaction": "t1"}'),
            ("music", b"true"),
            ("mood", b"happy"),
        ),
        *(
            ("volume_cap", b"35"),
            ("volume_cap", b'{"value": 40.0}'),
            ("artist", "Nina Söderström".encode()),
            ("person", b"Anna"),
        ),
        *(("correct", b'"sad"'), ("calibrate", b""), ("recommend", b""), ("look", b"{}"), ("language", b"German")),
    ]
    sets = [record(topics.command(name), payload) for name, payload in commands]
    ours = [
        record(topics.birth, b"online"),
        record(topics.discovery, b'{"device": {}, "components": {"mood": {"platform": "sensor"}}}', retained=True),
        record(topics.info, b'{"instance": "kitchen-1", "labels": ["a"]}'),
        record(topics.availability, b"offline"),
        record(topics.state, b""),
        record(topics.health, b'{"requests_today": 3}'),
    ]
    return [*(sets[n] + ours[n % len(ours)] for n in range(len(sets))), b"".join(ours), b"".join(sets)]


BROKER = _broker_seeds()


def from_broker(chance: random.Random) -> bytes:
    """What other programs publish."""
    return spoilt(chance, BROKER)


@contextmanager
def broker_says(folder: Path) -> Iterator[Take]:
    """Act, to which the broker brings messages."""

    def take(data: bytes) -> bool:
        with closing(Act(folder)) as act:
            hear(act, data)
        return True

    def hear(act: Act, data: bytes) -> None:
        act.turn(protocol.decode(HELLO.rstrip()))
        guard = act.publisher.guard
        for piece in data.split(END):
            topic, _, rest = piece.partition(APART)
            retained, _, payload = rest.partition(APART)
            with suppress(UnicodeDecodeError):  # paho drops a topic that is no UTF-8
                act.publisher._take(topic.decode("utf-8"), payload, retained == b"r")
            if guard.error is not None:
                raise guard.error
            while not act.loop.inbox.empty():
                act.turn(act.loop.inbox.get())
            act.turn()
            act.publisher._turn()
        act.settle()
        if guard.error is not None:
            raise guard.error

    yield take
