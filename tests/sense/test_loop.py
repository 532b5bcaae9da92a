"""The loop of the half that sees, turned by hand: real seeing and a real socket, but our own camera and clock."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from moodkiosk.config.settings import CameraSettings, Config, LearningSettings, SenseSettings
from moodkiosk.failure import Failure
from moodkiosk.link import protocol
from moodkiosk.link.messages import Hello, OrderName, SenseHealth, SenseResult, Teaching
from moodkiosk.link.protocol import OURS
from moodkiosk.moods.frame import Frame
from moodkiosk.moods.reading import Reading
from moodkiosk.sense.actor.actor import Role, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, Looks
from moodkiosk.sense.camera.capture import CameraStatus, Capture
from moodkiosk.sense.camera.pixels import CameraError
from moodkiosk.sense.camera.switch import CameraSwitch
from moodkiosk.sense.faces.upright import Upright
from moodkiosk.sense.health import HealthReport
from moodkiosk.sense.lessons.course import Course
from moodkiosk.sense.loop import FAILING_SECONDS, LATE_SECONDS, Loop, Parts
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Neutrals
from moodkiosk.sense.orders import Orders, SenseState
from moodkiosk.sense.pace import Pace, Thermometer
from moodkiosk.sense.pipeline import Pipeline
from moodkiosk.sense.records.corrections import Corrections
from moodkiosk.sense.slow import Slowness
from moodkiosk.sense.uplink import Uplink
from tests.support import wait
from tests.support.act_double import ActDouble

if TYPE_CHECKING:
    from moodkiosk.link.timer import Timer
    from moodkiosk.moods.frame import Image

EMPTY = picture([])
NEUTRAL, HAPPY = (picture([Role(Looks(), EXPRESSIONS[mood], Pose(320, 210, 190))]) for mood in ("neutral", "happy"))


class HandCamera:
    """A camera that is worked by hand.

    Attributes:
        scene: what is before it; None: it delivers nothing.
        status, failed, turns, wanted: as of a `Capture`.
        tick_seconds: every look at the clock takes so long, so that everything between two does.
        broken: closing it fails once, by a mistake of ours.
        ahead: by how much the times of its pictures are.
    """

    def __init__(self) -> None:
        self.scene: Image | None = NEUTRAL
        self.status = CameraStatus("on")
        self.failed: str | None = None
        self.turns = 0
        self.now = 1000.0
        self.seconds, self.ahead, self.tick_seconds = 0.2, 0.0, 0.0
        self.wanted = True
        self.broken = False

    def latest(self, _after: float, _timeout: float) -> Frame | None:
        """The scene, some time after the last."""
        self.now += self.seconds
        return None if self.scene is None else Frame(self.scene, self.now + self.ahead)

    def clock(self) -> float:
        """The time."""
        self.now += self.tick_seconds
        return self.now

    def pause(self, _timeout: float = 0.0) -> bool:
        broken, self.broken = self.broken, False
        if broken:
            raise ZeroDivisionError("nobody thought of this")
        self.wanted, self.status = False, CameraStatus("off")
        return True

    def open(self) -> bool:
        """Whether it is."""
        return self.status.state == "on"

    def resume(self) -> None:
        self.wanted, self.status = True, CameraStatus("on")


@dataclass
class Kiosk:
    """The loop and what is around it."""

    act: ActDouble
    camera: HandCamera
    loop: Loop
    state: SenseState
    shown: list[Reading]
    models: Path
    timer: HandTimer

    def turn(self, until: Callable[[], bool], most: int = 200) -> None:
        """Turns the loop until something holds."""
        for _ in range(most):
            self.loop.turn()
            if until():
                return
        # Turns without pictures take no time: all is said by now, but act's thread may not have read it yet.
        wait.until(until, what=f"what {most} turns were for")

    def order(self, what: OrderName, value: str = "") -> SenseResult:
        """Gives an order and turns the loop until its result is there."""
        number = self.act.tell(what, value)
        found: list[SenseResult] = []

        def answered() -> bool:
            found.extend(result for result in self.act.all(SenseResult) if result.id == number)
            return bool(found)

        self.turn(answered)
        return found[0]

    def reading(self) -> Reading:
        """The next reading."""
        count = len(self.shown)
        self.turn(lambda: len(self.shown) > count)
        return self.shown[-1]

    def hello(self) -> Hello:
        """The last introduction; after an order it comes later than the result."""
        return self.act.all(Hello)[-1]

    def health(self) -> SenseHealth:
        """What health says last."""
        return self.act.all(SenseHealth)[-1]


class HandTimer:
    """A timer that only says what it was told: for how long it is wound up, 0 for not at all."""

    wound_seconds = 0.0

    def wind(self, seconds: float) -> None:
        self.wound_seconds = seconds

    def stop(self) -> None:
        self.wound_seconds = 0.0


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """To build them takes longer than to look."""
    return Pipeline(SenseSettings(active_rate_hz=60, idle_rate_hz=60))


@pytest.fixture
def kiosk(tmp_path: Path, pipeline: Pipeline) -> Iterator[Kiosk]:
    settings = SenseSettings(active_rate_hz=60, idle_rate_hz=60)
    file = tmp_path / "mood.tflite"
    file.write_bytes(model.STARTER.read_bytes())
    with ActDouble(tmp_path / "link.sock") as act:
        camera, shown = HandCamera(), list[Reading]()
        uplink = Uplink(tmp_path / "link.sock")
        folder = tmp_path / "state"
        models, neutrals = Models(lambda: [file, model.STARTER]), Neutrals(folder)
        corrections = Corrections(LearningSettings(keep_corrections=True), folder)
        course = Course(folder, models, neutrals, uplink.tell, corrections.folder)
        state = SenseState(CameraSwitch(folder), camera.pause, models, neutrals, corrections, course)
        thermometer = Thermometer(tmp_path, vcgencmd="")
        pace = Pace(settings, thermometer)
        pipeline.model, pipeline.own = state.models.current, None
        orders = Orders(state, uplink.tell)
        capture = cast("Capture", camera)
        slow = Slowness(Config(), hands=False)
        parts = Parts(
            capture,
            pipeline,
            state,
            orders,
            uplink,
            pace,
            HealthReport(pace, thermometer, slow, Upright(CameraSettings())),
            shown.append,
            cast("Timer", timer := HandTimer()),
        )
        loop = Loop(parts, clock=camera.clock)
        found = Kiosk(act, camera, loop, state, shown, file, timer)
        found.turn(lambda: bool(act.all(SenseHealth) and shown))
        yield found
        uplink.close()


def test_it_introduces_itself_and_tells_its_health_first(kiosk: Kiosk) -> None:
    hello, health = kiosk.act.said[:2]
    assert isinstance(hello, Hello)
    assert hello.labels == ("angry", "happy", "neutral", "sad", "surprise")
    assert len(hello.model_hash) == 64
    assert (hello.people, hello.person) == ((), None)
    assert isinstance(health, SenseHealth)
    assert health.camera == "on"
    assert health.rss_mb > 10


def test_health_comes_every_half_minute_and_counts_looks(kiosk: Kiosk) -> None:
    before = len(kiosk.act.all(SenseHealth))
    kiosk.turn(lambda: len(kiosk.act.all(SenseHealth)) > before)
    first, second = kiosk.act.all(SenseHealth)[-2:]
    assert 29 < second.at - first.at < 31
    assert 4 < second.frames_per_second < 6
    assert second.cpu_ms_per_frame > 0


def test_in_an_empty_room_health_comes_with_a_reading_and_a_timer_watches_meanwhile(kiosk: Kiosk) -> None:
    kiosk.camera.seconds, kiosk.camera.scene = 0.5, np.zeros_like(NEUTRAL)
    kiosk.act.tell("calm", "20")
    kiosk.turn(lambda: kiosk.timer.wound_seconds > 0)
    assert kiosk.timer.wound_seconds >= LATE_SECONDS
    before = kiosk.camera.now
    kiosk.turn(lambda: kiosk.camera.now > before + 240, most=600)
    said = kiosk.act.said
    healths = [n for n, one in enumerate(said) if isinstance(one, SenseHealth) and one.at > before + 60]
    assert 2 <= len(healths) <= 4
    for number in healths:
        following = said[number + 1]
        assert isinstance(following, Reading)
        assert following.next_seconds == 20
    kiosk.act.tell("camera", "off")
    kiosk.turn(lambda: not kiosk.camera.wanted)
    assert kiosk.timer.wound_seconds == 0, "nobody looks, on purpose"


def test_a_face_or_an_act_that_wants_every_look_stops_the_timer(kiosk: Kiosk) -> None:
    kiosk.act.tell("calm", "20")
    kiosk.turn(lambda: bool(kiosk.shown[-1].faces))
    assert kiosk.timer.wound_seconds == 0
    kiosk.camera.scene = np.zeros_like(NEUTRAL)
    kiosk.turn(lambda: kiosk.timer.wound_seconds > 0)
    kiosk.act.tell("calm", "0")
    kiosk.turn(lambda: kiosk.timer.wound_seconds == 0)


def test_no_more_than_ten_readings_a_second_are_sent(kiosk: Kiosk) -> None:
    kiosk.camera.seconds = 0.02
    count = len(kiosk.shown)
    kiosk.turn(lambda: len(kiosk.shown) >= count + 60)
    kiosk.order("person", "")
    times = [reading.at for reading in kiosk.act.all(Reading)][-10:]
    assert all(later - earlier > 0.09 for earlier, later in itertools.pairwise(times))


def test_a_picture_that_cannot_be_taken_is_left_out_and_the_next_one_seen(kiosk: Kiosk) -> None:
    for nonsense in (np.zeros((0, 0, 3), np.uint8), np.zeros(7, np.uint8), np.zeros((2, 2, 3), np.complex64)):
        kiosk.camera.scene = cast("Image", nonsense)
        for _ in range(3):
            kiosk.loop.turn()
    kiosk.camera.scene = HAPPY
    kiosk.reading()
    kiosk.turn(lambda: kiosk.reading().faces == 1)
    kiosk.turn(lambda: kiosk.health().counters["left_out"] >= 3)


def test_a_processor_that_is_too_slow_is_said_before_the_reading_that_is_late(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk.camera.tick_seconds = 1.3
    kiosk.turn(lambda: "looks take 1.3 s" in kiosk.health().detail)
    assert kiosk.health().look_seconds == 1.3
    assert kiosk.health().camera == "on"
    assert "the processor is too slow for 640x480 pictures with up to 4 people: looks take 1.3 s" in caplog.text
    told = kiosk.act.said.index(kiosk.health())
    assert isinstance(kiosk.act.wait_for(Reading, after=told), Reading)
    kiosk.camera.tick_seconds = 0.0
    kiosk.turn(lambda: kiosk.health().detail == "")


def test_a_camera_that_hangs_upside_down_is_said_with_what_to_set(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk.camera.scene = np.ascontiguousarray(HAPPY[::-1, ::-1])
    kiosk.turn(lambda: "faces are upside down: set camera.rotate: 180" in kiosk.health().detail)
    assert kiosk.reading().quality.weight == 0
    assert kiosk.shown[-1].mood is None
    assert caplog.text.count("faces are upside down") == 1
    kiosk.camera.scene = HAPPY
    kiosk.turn(lambda: kiosk.health().detail == "")
    assert kiosk.reading().mood == "happy"


def test_a_picture_from_the_future_does_not_hide_those_that_follow(kiosk: Kiosk) -> None:
    kiosk.camera.ahead = 1e6
    kiosk.reading()
    kiosk.camera.ahead = 0.0
    told, begun = len(kiosk.act.all(Reading)), kiosk.camera.now
    kiosk.turn(lambda: len(kiosk.act.all(Reading)) > told + 2)
    assert kiosk.camera.now - begun < 60


def test_where_no_picture_can_be_taken_for_long_the_process_ends_with_the_mistake(kiosk: Kiosk) -> None:
    kiosk.camera.scene = cast("Image", np.zeros(7, np.uint8))
    begun = kiosk.camera.now
    with pytest.raises(CameraError, match="is no picture"):
        kiosk.turn(lambda: False, most=1000)
    assert FAILING_SECONDS <= kiosk.camera.now - begun < FAILING_SECONDS + 2


def test_an_order_that_fails_is_answered_and_the_next_one_obeyed(kiosk: Kiosk) -> None:
    kiosk.camera.broken = True
    answer = kiosk.order("camera", "lend")
    assert (answer.ok, answer.text) == (False, OURS)
    assert not kiosk.camera.wanted, "it was put right in the same turn"
    assert kiosk.order("person", "").ok
    kiosk.camera.now += 20
    kiosk.reading()


def test_a_camera_that_is_not_as_the_switch_says_is_put_right_in_the_next_turn(kiosk: Kiosk) -> None:
    """However it came about: a start so slow that act's word was no longer awaited, for one."""
    wanted = []

    def turn() -> None:
        kiosk.loop.turn()
        wanted.append(kiosk.camera.wanted)

    kiosk.camera.pause()
    turn()
    assert kiosk.reading()
    kiosk.state.switch.turn(on=False)
    turn()
    kiosk.camera.resume()
    turn()
    assert wanted == [True, False, False]


def test_a_calibration_takes_five_seconds_and_its_face_is_subtracted_from_then_on(kiosk: Kiosk) -> None:
    start = kiosk.camera.now
    number = kiosk.act.tell("calibrate", "Ada")
    kiosk.turn(lambda: kiosk.state.neutrals.people == ("Ada",))
    assert 5 <= kiosk.camera.now - start < 7
    result = kiosk.act.wait_for(SenseResult)
    assert result == SenseResult(number, ok=True, text="kept the neutral face of 'Ada'")
    assert kiosk.reading().neutral == "Ada"
    kiosk.turn(lambda: kiosk.hello().people == ("Ada",))
    assert kiosk.hello().person == "Ada"
    assert kiosk.order("person", "").ok
    assert kiosk.reading().neutral is None
    assert kiosk.order("forget", "Ada").text.startswith("deleted the neutral face; ")
    kiosk.turn(lambda: kiosk.hello().people == ())


def test_a_calibration_of_nobody_says_so_and_keeps_nothing(kiosk: Kiosk) -> None:
    kiosk.camera.scene = EMPTY
    result = kiosk.order("calibrate", "Ada")
    assert (result.ok, result.text) == (False, "nobody was in front of the camera for long enough")
    assert kiosk.state.neutrals.people == ()


def test_only_one_calibration_goes_on_and_closing_the_camera_ends_it(kiosk: Kiosk) -> None:
    kiosk.camera.seconds = 0.02  # the calibration goes on, however many turns it takes until an answer is read
    number = kiosk.act.tell("calibrate", "Ada")
    assert kiosk.order("calibrate", "Bob").text == "a calibration is going on already"
    assert kiosk.order("camera", "off").ok
    ended = kiosk.act.wait_for(SenseResult, where=lambda result: result.id == number)
    assert (ended.ok, ended.text) == (False, "the camera was closed")
    assert kiosk.order("calibrate", "Ada").text == "the camera is off"


def test_a_camera_that_is_off_is_closed_and_nothing_is_seen_until_it_is_on_again(kiosk: Kiosk) -> None:
    assert kiosk.order("camera", "off").text == "the camera is off"
    assert not kiosk.camera.open()
    count = len(kiosk.shown)
    for _ in range(3):
        kiosk.loop.turn()
    assert len(kiosk.shown) == count
    assert kiosk.act.wait_for(SenseHealth, where=lambda health: health.camera == "off").pace == "off"
    assert kiosk.order("camera", "on").ok
    assert kiosk.reading().faces == 1


@pytest.mark.slow
def test_a_lent_camera_comes_back_by_itself_ten_seconds_after_the_last_word(kiosk: Kiosk) -> None:
    assert kiosk.order("camera", "lend").text == "the camera is lent for 10 seconds"
    kiosk.turn(lambda: kiosk.health().camera == "lent")
    assert not kiosk.camera.open()
    assert kiosk.order("calibrate", "Ada").text == "the camera is lent; try again in some seconds"
    kiosk.camera.now += 8
    assert kiosk.order("camera", "lend").ok
    assert kiosk.order("camera", "on").ok  # the switch says on; the lease goes on all the same
    kiosk.camera.now += 8
    kiosk.loop.turn()
    assert not kiosk.camera.open()
    kiosk.camera.now += 3
    kiosk.loop.turn()
    assert kiosk.camera.open()
    assert kiosk.reading().faces == 1


def test_a_better_model_is_taken_and_a_damaged_one_never(kiosk: Kiosk) -> None:
    first, hellos = kiosk.hello(), len(kiosk.act.all(Hello))
    kiosk.models.write_bytes(b"nothing of the kind")
    result = kiosk.order("reload")
    assert not result.ok
    assert "going on with the model loaded before" in result.text
    assert kiosk.reading().mood is not None
    kiosk.turn(lambda: "not a TensorFlow Lite file" in kiosk.health().detail)
    assert len(kiosk.act.all(Hello)) > hellos
    assert kiosk.hello().model_hash == first.model_hash
    kiosk.models.write_bytes(model.STARTER.read_bytes())  # repaired: taken without being asked
    kiosk.camera.now += 20
    kiosk.turn(lambda: kiosk.state.models.complaint is None)
    kiosk.turn(lambda: kiosk.health().detail == "")


def test_a_correction_keeps_the_last_seconds(kiosk: Kiosk, tmp_path: Path) -> None:
    for _ in range(10):
        kiosk.reading()
    result = kiosk.order("correct", "happy")
    assert result.ok
    assert len(list((tmp_path / "state" / "corrections").glob("*.npz"))) == 1


def test_corrections_that_are_too_old_are_deleted_within_the_hour(kiosk: Kiosk, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "corrections"
    folder.mkdir(parents=True)
    for days in (89, 91):  # 90 are set
        (folder / f"{days}.npz").touch()
        os.utime(folder / f"{days}.npz", (then := time.time() - days * 86_400, then))
    kiosk.camera.now += 3600
    kiosk.loop.turn()
    assert os.listdir(folder) == ["89.npz"]


@pytest.mark.parametrize(
    ("what", "value", "error"),
    [
        ("person", "Eve", "no neutral face of 'Eve' is known; known: nobody yet (see 'moodkiosk calibrate')"),
        ("camera", "sideways", "the camera can be on, off or lend, not 'sideways'"),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(kiosk: Kiosk, what: OrderName, value: str, error: str) -> None:
    result = kiosk.order(what, value)
    assert (result.ok, result.text) == (False, error)


def test_nonsense_from_the_link_is_counted_and_does_no_harm(kiosk: Kiosk) -> None:
    kiosk.act.send(b"nonsense\n" + b"x" * 100_000 + b"\n" + protocol.encode(kiosk.shown[-1]))
    assert kiosk.order("person", "").ok
    kiosk.camera.now += 31
    kiosk.loop.turn()
    kiosk.turn(lambda: kiosk.health().counters["lines_damaged"] == 3)


def test_an_act_that_went_away_is_found_again_and_told_everything(kiosk: Kiosk) -> None:
    hellos = len(kiosk.act.all(Hello))
    kiosk.act.hang_up()
    kiosk.turn(lambda: len(kiosk.act.all(Hello)) > hellos)
    kiosk.turn(lambda: isinstance(kiosk.act.said[-1], Reading))
    kinds = [type(message) for message in kiosk.act.said]
    last = len(kinds) - 1 - kinds[::-1].index(Hello)
    assert kinds[last + 1] is SenseHealth


def test_a_camera_that_never_recovers_ends_the_process_so_that_it_starts_afresh(kiosk: Kiosk) -> None:
    kiosk.camera.failed = "no picture for 300 s"
    with pytest.raises(Failure, match="does not recover"):
        kiosk.loop.turn()


def test_a_lost_camera_is_told_and_sends_no_readings(kiosk: Kiosk) -> None:
    kiosk.camera.scene, kiosk.camera.status = None, CameraStatus("lost", "unplugged")
    count = len(kiosk.shown)
    kiosk.turn(lambda: kiosk.health().camera == "lost")
    assert kiosk.health().detail == "unplugged"
    assert len(kiosk.shown) == count
    kiosk.camera.scene, kiosk.camera.status = HAPPY, CameraStatus("on")
    assert kiosk.reading().faces == 1


def test_an_act_that_takes_nothing_costs_readings_but_never_the_loop(tmp_path: Path) -> None:
    """Whoever does not read fills the socket's buffer; what is old by then is not kept for later."""
    import socket

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "link.sock"))
        server.listen()
        uplink = Uplink(tmp_path / "link.sock")
        assert uplink.connect(0.0)
        for index in range(5000):
            uplink.tell(Reading(float(index), 0))
        assert uplink.connected
        assert uplink.dropped > 1000
        uplink.close()


def test_what_somebody_acts_in_a_sitting_is_no_mood_of_theirs(kiosk: Kiosk, pipeline: Pipeline) -> None:
    assert kiosk.order("teach", '{"labels": ["neutral", "happy"], "seconds": 2}').ok
    kiosk.turn(lambda: any(said.phase == "recording" for said in kiosk.act.all(Teaching)))
    told = [reading for reading in kiosk.act.all(Reading) if reading.quality.reason == "being taught"]
    assert told
    assert {(reading.faces, reading.mood, reading.confidence) for reading in told} == {(1, None, 0.0)}
    assert not any(reading.probabilities or reading.quality.weight for reading in told)
    acted = [pipeline.acted]  # nothing of their face at rest is learnt then
    assert not kiosk.order("calibrate").ok, "one thing at a time"
    assert kiosk.order("camera", "off").ok
    kiosk.turn(lambda: kiosk.act.all(Teaching)[-1].phase == "over")
    assert not kiosk.order("teach").ok, "the camera is off"
    assert kiosk.order("camera", "on").ok
    kiosk.reading()
    assert [*acted, pipeline.acted] == [True, False]
    assert not kiosk.state.course.busy
    assert not list(kiosk.models.parent.glob("state/taught/*"))


def test_sense_says_that_it_can_be_taught_and_where_its_model_is_from(kiosk: Kiosk) -> None:
    hello = kiosk.hello()
    assert (hello.teaches, hello.remembers, hello.model_made) == (True, True, "trained")
    assert hello.model_date
    assert kiosk.order("remember", "off").ok
    kiosk.turn(lambda: kiosk.hello().remembers is False)
    assert not kiosk.order("correct", "happy").ok
