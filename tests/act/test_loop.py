"""Act's main loop: one turn a message; what is stale or too much is dropped, what is asked is answered."""

from __future__ import annotations

import json
import logging
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moodkiosk.act.health import Begin, gather
from moodkiosk.act.loop import DOUBT_SECONDS, INBOX_LIMIT, STALE_SECONDS, Loop, reloaded
from moodkiosk.act.mqtt.conversion import event_of
from moodkiosk.act.mqtt.payloads import encode
from moodkiosk.act.players.player import PlayerStatus
from moodkiosk.act.ports import Carried, Ports, Request, SenseLeft
from moodkiosk.act.requests import song_requests
from moodkiosk.act.requests.look_requests import LATER, WAIT_SECONDS
from moodkiosk.act.sockets import SenseLink
from moodkiosk.config.settings import Config
from moodkiosk.decide import kiosk
from moodkiosk.decide.camera import START_SECONDS
from moodkiosk.decide.music import songs
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.host.guard import Guard
from moodkiosk.link.messages import Hello, Order, SenseHealth, SenseResult, Teaching
from moodkiosk.link.protocol import OURS
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import Song, SongsReport, Wanted
from moodkiosk.moods.view import View
from tests.support.sense_lines import hello, proof

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HELLO = hello("happy", "neutral")


@dataclass
class World:
    """Everything the loop acts on, written down."""

    sense_there: bool = True
    at: float = 100.0
    events: list[MoodEvent] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    played: list[Decision] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    kept: list[dict[str, object]] = field(default_factory=list)
    hellos: list[Hello] = field(default_factory=list)
    looks: int = 0
    no_look: str | None = None
    no_find: str | None = None
    wanted: list[Wanted] = field(default_factory=list)
    offers: list[tuple[Song, ...]] = field(default_factory=list)
    doubts: list[float] = field(default_factory=list)
    broken: str = ""

    def __post_init__(self) -> None:
        settings = Config(
            music=MusicSettings(moods={"happy": MoodMusic(play=("Sunny side",))}, after_seconds=0.0)
        ).for_decide()
        ports = Ports(
            self.reading,
            self.event,
            self.decisions.append,
            self.show,
            self.played.append,
            self.order,
            lambda remembered, _at, *, now=False: self.kept.append(remembered),  # noqa: ARG005 - the seam's word
            self.hellos.append,
            self.status,
            self.look,
            self.find,
            self.offers.append,
            doubt=self.doubts.append,
        )
        self.loop = Loop(settings, kiosk.start(settings, None, "s"), ports)

    def reading(self, reading: Reading) -> None:
        self.fail("reading")
        self.readings.append(reading)

    def event(self, event: MoodEvent) -> None:
        self.fail("event")
        self.events.append(event)

    def show(self, view: View) -> None:
        self.fail("show")
        self.views.append(view)

    def status(self, view: View) -> dict[str, object]:
        self.fail("status")
        return {"mood": view.mood}

    def fail(self, where: str) -> None:
        """A mistake of ours in one of the ports."""
        if self.broken == where:
            raise ZeroDivisionError("nobody thought of this\nreally")

    def order(self, order: Order) -> bool:
        if self.sense_there:
            self.orders.append(order)
        return self.sense_there

    def find(self, wanted: Wanted) -> str | None:
        self.wanted.append(wanted)
        return self.no_find

    def look(self) -> str | None:
        self.looks += self.no_look is None
        return self.no_look

    def turn(self, *items: object, later: float = 0.0) -> None:
        self.at += later
        now = kiosk.Now(self.at, NOON + timedelta(seconds=self.at))
        for item in items or (None,):
            self.loop.turn(item, now)  # type: ignore[arg-type] # anything the inbox may hold

    def ask(self, name: str, value: object = None) -> Future[Result]:
        future = self.loop.ask(Request(name, value, transaction="t"))
        self.turn(self.loop.inbox.get_nowait())
        return future

    def see(self, mood: str | None, seconds: float) -> None:
        for _ in range(int(seconds * 5)):
            self.at += 0.2
            probabilities = {} if mood is None else {mood: 0.9, "other": 0.1}
            faces = 0 if mood is None else 1
            quality = Quality(1.0, None, 120.0, 100.0) if faces else Quality()
            reading = Reading(self.at, faces, faces or None, mood, probabilities, 0.9 * faces, quality)
            self.turn(reading)


@pytest.fixture
def world() -> World:
    world = World()
    world.turn(HELLO, SenseHealth(world.at, "on"))
    return world


def test_a_settled_mood_becomes_one_event_one_decision_and_one_job_for_the_player(world: World) -> None:
    world.see("happy", 8)
    assert [event.kind for event in world.events] == ["arrived", "mood_changed"]
    assert [decision.action for decision in world.decisions] == ["play"]
    assert [decision.what for decision in world.played] == ["Sunny side"]
    assert world.views[-1].mood == "happy"


def test_a_reading_from_before_a_pause_says_nothing(world: World) -> None:
    old = Reading(world.at - STALE_SECONDS - 1, 1, 1, "happy", {"happy": 1.0}, 1.0, Quality(1.0, None, 99, 99))
    world.turn(*[old] * 50)
    assert world.loop.counters.stale_readings == 50
    assert not world.readings


def test_what_one_item_brings_about_ends_that_item_and_nothing_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.see("happy", 8)
    world.broken = "reading"
    world.see("happy", 1)
    assert world.loop.guard.left_out == 5
    assert caplog.messages[-1].startswith("left out the Reading of the other half: ZeroDivisionError: nobody")
    assert "\n" not in caplog.messages[-1]
    world.broken = ""
    world.see("happy", 1)
    assert world.views[-1].mood == "happy"


def test_health_counts_what_was_left_out_at_every_door(world: World, tmp_path: Path) -> None:
    world.broken = "reading"
    world.see("happy", 1)
    other = Guard(logging.getLogger())
    other.take("a line", lambda: 1 // 0)
    came: list[object] = []
    bridge = SenseLink(tmp_path / "link.sock", came.append)
    try:
        health = gather(datetime.now(UTC), Begin(0.0), world.at, world.loop, bridge, PlayerStatus(), [other])
    finally:
        bridge.close()
    assert health.counters["left_out"] == world.loop.guard.left_out + 1 > 1


def test_whoever_asked_is_told_and_the_log_does_not_repeat_what_they_wrote(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.broken = "status"
    result = world.ask("status", "my secret").result(0)
    assert (result.command, result.ok, result.error) == ("status", False, OURS)
    assert "left out the command 'status' from cli: ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text
    world.broken = ""
    assert world.ask("status").result(0).ok


def test_a_mistake_in_our_own_state_still_ends_the_process_loudly(world: World) -> None:
    world.broken = "show"
    with pytest.raises(ZeroDivisionError):
        world.ask("camera", "off")


def test_what_sense_did_is_told_also_where_taking_note_of_it_fails(world: World) -> None:
    future = world.ask("correct", "happy")
    world.broken = "event"
    world.turn(SenseResult(world.orders[-1].id, ok=True, text="kept 20 samples"))
    assert future.result(0).text == "kept 20 samples"
    assert world.loop.guard.left_out == 1


def test_sense_is_told_again_where_its_camera_is_not_what_it_was_told(world: World) -> None:
    def told() -> list[str]:
        values = [order.value for order in world.orders if order.what == "camera"]
        world.orders.clear()
        return values

    told()
    world.turn(SenseHealth(world.at, "off"))
    assert told() == ["on"]
    for fine in ("on", "starting", "lost", "lent"):
        world.turn(SenseHealth(world.at, fine))
    assert told() == []
    world.ask("camera", "off")
    assert told() == ["off"]
    world.turn(SenseHealth(world.at, "on"))
    assert told() == ["off"]
    world.turn(SenseHealth(world.at, "off"))
    assert told() == []


@pytest.mark.parametrize("look_seconds", [2.6, 6.0])
def test_on_a_slow_processor_readings_are_late_and_still_count(world: World, look_seconds: float) -> None:
    slow = SenseHealth(world.at, "on", "the processor is too slow", look_seconds=look_seconds)
    for count in range(30):
        world.turn(slow)  # every look brings one
        for _ in range(round(look_seconds / 0.5)):
            world.turn(later=0.5)
        taken_at = world.at - look_seconds - 0.1
        world.turn(Reading(taken_at, 1, 1, "happy", {"happy": 0.9, "neutral": 0.1}, 0.9, Quality(1.0, None, 120, 100)))
        assert count < 2 or world.views[-1].camera_status == "on"
    assert world.loop.counters.stale_readings == 0
    assert (world.views[-1].present, world.views[-1].mood) == (True, "happy")
    assert [event.kind for event in world.events if event.kind.startswith("camera")] == []
    world.turn(SenseHealth(world.at, "on", look_seconds=0.02))
    world.turn(Reading(world.at - look_seconds, 1))
    assert world.loop.counters.stale_readings == 1, "the bound follows"


def test_nothing_is_shown_twice(world: World) -> None:
    world.see(None, 6)
    shown = len(world.views)
    world.see(None, 30)
    assert len(world.views) == shown


def test_a_reading_from_the_future_says_nothing_and_hides_nothing_that_comes_after(world: World) -> None:
    world.turn(Reading(world.at + 1e6, 1, 1, "happy", {"happy": 1.0}, 1.0, Quality(1.0, None, 99, 99)))
    assert world.loop.counters.stale_readings == 1
    world.see("happy", 8)
    assert world.views[-1].mood == "happy"


@pytest.mark.parametrize(
    "name", ["artist", "language", "person", "mood", "correct", "calibrate", "forget", "volume_cap"]
)
@pytest.mark.parametrize("value", ["lend", "auto", "on", "off", "status", "nobody", "None", 10**400, -(10**400), ""])
def test_a_value_is_never_taken_for_a_command(name: str, value: object) -> None:
    world = World()
    world.turn(hello("lend", "on", "status"))
    world.orders.clear()
    world.ask(name, value)
    assert {order.what for order in world.orders} <= {name}


def test_only_the_camera_can_be_lent(world: World) -> None:
    world.ask("camera", "lend")
    assert [(order.what, order.value) for order in world.orders[-1:]] == [("camera", "lend")]


def test_a_wrong_request_is_answered_with_the_reason(world: World) -> None:
    result = world.ask("mood", "hungry").result(0)
    assert (result.ok, result.error) == (False, "no such mood; known: happy, neutral")
    assert world.ask("nonsense").result(0).ok is False


def test_sense_is_told_of_the_camera_when_it_changes_and_when_it_comes_back(world: World) -> None:
    assert [order.value for order in world.orders] == ["on"]
    assert world.ask("camera", "off").result(0).ok
    assert [order.value for order in world.orders] == ["on", "off"]
    world.turn(SenseLeft())
    world.turn(HELLO)
    assert [order.value for order in world.orders] == ["on", "off", "off"]


def test_an_order_is_answered_by_sense_or_by_the_deadline_or_when_sense_has_gone(world: World) -> None:
    future = world.ask("calibrate", "Ann")
    assert not future.done()
    world.turn(SenseResult(world.orders[-1].id, ok=True, text="kept 25 looks"))
    assert future.result(0) == Result("calibrate", ok=True, text="kept 25 looks", transaction="t")
    future = world.ask("correct", "happy")
    world.turn(later=20)
    assert future.result(0).error == "the half that sees did not answer"
    future = world.ask("correct", "happy")
    world.turn(SenseLeft())
    assert future.result(0).error == "the half that sees is not running"
    world.sense_there = False
    assert world.ask("reload").result(0).error == "the half that sees is not running"


@pytest.mark.parametrize(("name", "value"), [
    ("calibrate", "Ann"), ("forget", "Ann"), ("camera", "lend"), ("teach_invite", None), ("reload", None),
])  # fmt: skip
def test_what_only_sense_can_do_is_said_to_be_early_while_sense_is_starting(name: str, value: str | None) -> None:
    world = World()
    world.sense_there = False
    early, late = "the half that sees is still starting", "the half that sees is not running"
    for _ in range(int(START_SECONDS)):
        world.turn(later=1)
        assert world.ask(name, value).result(0).error == early
    world.turn(later=1)
    assert world.ask(name, value).result(0).error == late
    world.turn(HELLO, SenseLeft())
    assert world.ask(name, value).result(0).error == late, "it has come, and gone"


def test_a_reload_is_answered_for_both_halves() -> None:
    """The configuration is taken here, the model by sense; a mistake in the one does not keep the other back."""
    model = Result("reload", ok=True, text="loaded", transaction="t")
    away = Result("reload", ok=False, error="the half that sees is not running", transaction="t")
    assert reloaded(model, "", "") == model
    assert reloaded(away, "", "") == away
    assert reloaded(model, "taken: music.player", "").text == "taken: music.player; loaded"
    assert reloaded(away, "taken: music.player", "") == Result(
        "reload", ok=True, text="taken: music.player; the half that sees is not running", transaction="t"
    )
    wrong = reloaded(model, "", "a mistake")
    assert (wrong.ok, wrong.error, wrong.text) == (False, "a mistake", "loaded")


def test_whose_neutral_face_is_used_is_what_sense_says(world: World) -> None:
    """Sense keeps the faces: a calibration chooses as well, and of whoever is forgotten no name may stay behind."""
    both = ("Ada", "Bob")
    ada, bob = (hello(*HELLO.labels, people=both, person=name) for name in both)
    world.turn(ada)
    asked = world.ask("person", "bob")
    world.turn(SenseResult(world.orders[-1].id, ok=True, text="'Bob' is in front"), bob)
    assert asked.result().ok
    assert world.views[-1].person == "Bob"
    world.turn(ada)  # a calibration of Ada is over
    assert world.views[-1].person == "Ada"
    world.turn(HELLO)  # both were forgotten
    assert [view.person for view in world.views][-1:] == [None]
    assert "Ada" not in str(world.kept[-1])
    told = [order.value for order in world.orders if order.what == "person"]
    assert told == ["bob"], "sense is not told what it said"


def test_a_player_that_recovers_by_itself_is_shown(world: World) -> None:
    world.turn(kiosk.PlayerSays("ready again"))
    assert world.views[-1].player_status == "ready again"


def test_a_correction_that_sense_took_is_told(world: World) -> None:
    world.ask("correct", "happy")
    world.turn(SenseResult(world.orders[-1].id, ok=True, text="kept"))
    assert world.events[-1].kind == "correction"


def test_what_was_learnt_is_told_as_figures_without_anybodys_name(world: World) -> None:
    told = proof(
        moods={"sad": (0.25, 0.75)},
        people={"Anna": (0.5, 0.875), "Ben": (0.5, 0.925)},
        text="reads 90 % of held-out looks right",
    )
    for phase in ("shown", "over"):  # told twice, news once
        world.turn(Teaching(world.at, phase, person="Anna", proof=told))
    (event,) = world.events
    payload = json.loads(encode(event_of(event, NOON)))
    assert payload["event_type"] == "taught"
    assert payload["detail"] == told.text
    assert payload["taught"] == {
        "better": True,
        "before": 0.5,
        "after": 0.9,
        "low": 0.8,
        "high": 0.95,
        "looks": 40,
        "people": 2,
        "moods": {"sad": [0.25, 0.75]},
    }
    alone = Teaching(world.at, "shown", proof=replace(told, people={}))
    world.turn(alone)
    assert world.events[-1].taught is not None
    assert world.events[-1].taught.people == 1


def test_a_slow_processor_that_stands_still_for_a_while_is_not_a_camera_that_brings_nothing(world: World) -> None:
    world.turn(HELLO)
    world.turn(SenseHealth(world.at, "on", "the processor is too slow", look_seconds=1.4))
    world.turn(Reading(world.at, 0))
    for _ in range(50):
        world.at += 1
        world.turn()
        assert world.views[-1].camera_status == "on"
    assert world.views[-1].unknown_because == "too slow"
    for _ in range(20):
        world.at += 1
        world.turn()
    assert "brings no pictures" in world.views[-1].camera_status


def silent_for(world: World) -> int:
    """After how many seconds without a reading the camera is said to bring no pictures."""
    for seconds in range(1, 1000):
        world.at += 1
        world.turn()
        if "brings no pictures" in world.views[-1].camera_status:
            return seconds
    raise AssertionError("never")


@pytest.mark.parametrize(
    ("look_seconds", "seconds"), [(0.0, 60), (0.1, 10), (14.0, 60), (42.0, 168), (59.0, 236), (1e9, 240), (-1.0, 60)]
)
def test_how_long_a_look_may_take_follows_what_is_known_of_looks(
    world: World, look_seconds: float, seconds: int
) -> None:
    world.turn(HELLO)
    world.turn(SenseHealth(world.at, "on", look_seconds=look_seconds))
    assert silent_for(world) == seconds


def test_the_first_look_of_a_new_sense_may_take_long_whatever_the_old_one_took(world: World) -> None:
    world.turn(HELLO)
    world.turn(SenseHealth(world.at, "on", look_seconds=0.1))
    world.turn(Reading(world.at, 0))
    world.turn(SenseLeft())
    world.turn(HELLO)
    world.turn(SenseHealth(world.at, "on"))
    assert silent_for(world) == 60


def test_after_a_stall_what_was_shown_is_in_doubt_until_somebody_has_looked_or_nobody_will(world: World) -> None:
    def seen(later: float) -> None:
        world.at += later
        world.turn(Reading(world.at, 0))

    seen(0.2)
    world.turn(later=60)
    assert world.doubts == [world.at + DOUBT_SECONDS]
    world.turn(Reading(world.at - 60, 0))
    assert len(world.doubts) == 1, "a look from before says nothing of now"
    seen(0.2)
    assert world.doubts[1:] == [world.at]
    world.turn(later=60)
    world.turn(later=0.9)
    world.turn(later=1.0)
    assert world.doubts[2:] == [pytest.approx(world.at - 1.9 + DOUBT_SECONDS)]
    world.turn(later=0.2)
    assert world.doubts[3:] == [world.at]


def test_a_loop_that_is_far_behind_says_so_at_once(world: World) -> None:
    for _ in range(INBOX_LIMIT):
        world.loop.put(SenseLeft())
    assert world.loop.ask(Request("status")).result(0).error == "the kiosk is busy, try again"
    assert world.loop.counters.inbox_full == 1


def test_status_and_why_are_answered(world: World) -> None:
    assert world.ask("status").result(0).data == {"mood": None}
    world.see("happy", 8)
    lines = world.ask("why").result(0).data
    assert isinstance(lines, list)
    assert "Sunny side" in lines[-1]["text"]


def test_who_asks_is_answered_when_the_player_has_looked_and_one_look_is_enough_for_all(world: World) -> None:
    first, second = world.ask("look"), world.ask("look")
    assert (world.looks, first.done(), second.done()) == (1, False, False)
    world.turn(LookReport("others", world.at, "somebody paused the music on Living room"))
    assert first.result(0).ok
    assert "somebody paused the music on Living room, seen at 12:01; left alone until " in first.result(0).text
    assert second.result(0) == first.result(0)
    assert (world.views[-1].player_status, bool(world.views[-1].override_until)) == (
        "somebody paused the music on Living room, seen at 12:01",
        True,
    )


def test_who_asks_waits_two_seconds_at_most_and_what_is_found_later_is_shown_all_the_same(world: World) -> None:
    asked = world.ask("look")
    world.turn(later=WAIT_SECONDS - 0.1)
    assert not asked.done()
    world.turn(later=0.1)
    assert (asked.result(0).ok, asked.result(0).text) == (True, LATER)
    world.turn(LookReport("others", world.at, "somebody plays something else on Kitchen"))
    assert world.views[-1].player_status.startswith("somebody plays something else on Kitchen, seen at ")


def test_where_no_look_is_due_the_answer_comes_at_once_and_says_why(world: World) -> None:
    world.no_look = "that was done a moment ago"
    assert world.ask("look").result(0).text == "not looked: that was done a moment ago"
    assert world.looks == 0


def test_a_decision_that_takes_over_answers_those_who_asked_as_well(world: World) -> None:
    asked = world.ask("look")
    decision = Decision("play", world.at, "a test", "happy")
    world.turn(Carried(decision, PlayerReport("played", world.at, "ready", "happy", "Sunny side")))
    assert asked.result(0).text == "Sunny side, started by us at 12:01; ready"


def test_status_why_readings_and_the_passing_of_time_cause_no_look(world: World) -> None:
    """What programs ask again and again, such as the kiosk's own screen, is not somebody who wants to know."""
    for _ in range(50):
        world.ask("status")
        world.ask("why")
        world.turn(later=60)
    world.see("happy", 4)
    assert world.looks == 0


def test_the_days_left_of_the_sign_in_are_shown(world: World) -> None:
    world.turn(kiosk.PlayerSays("ready", 30))
    assert world.views[-1].login_days_left == 30


# Songs to choose from


ALBUM = songs.song("album", "Sun", Choice("uri", "spotify:album:sun"), by="Nena")


def test_songs_are_listed_once_the_player_has_searched(world: World) -> None:
    world.see("happy", 8)
    future = world.ask("recommendations")
    assert not future.done()
    assert [wanted.words for wanted in world.wanted] == ["happy"]
    world.turn(SongsReport(world.wanted[0], world.at, (ALBUM,)))
    listed: Any = future.result(0).data
    assert [one["title"] for one in listed[:2]] == ["Sunny side", "Sun"]
    assert [one.title for one in world.offers[-1][:2]] == ["Sunny side", "Sun"], "whoever shows them is told"


def test_who_asks_for_the_same_meanwhile_waits_for_the_same_search(world: World) -> None:
    world.see("happy", 8)
    both = [world.ask("recommendations"), world.ask("recommendations")]
    assert len(world.wanted) == 1
    world.turn(SongsReport(world.wanted[0], world.at, (ALBUM,)))
    assert all(one.done() for one in both)
    assert world.ask("recommendations").done(), "it is not searched again at once"
    assert len(world.wanted) == 1


@pytest.mark.parametrize("why", ["busy", "slow"])
def test_without_a_search_there_is_a_list_all_the_same(world: World, why: str) -> None:
    world.no_find = "the player is at work" if why == "busy" else None
    world.see("happy", 8)
    future = world.ask("recommendations")
    if why == "slow":
        assert not future.done()
        world.turn(later=song_requests.WAIT_SECONDS)
    listed: Any = future.result(0).data
    assert [one["title"] for one in listed[:2]] == ["Sunny side", "happy"]


def test_the_list_is_told_when_it_changes_and_only_then(world: World) -> None:
    world.see("happy", 8)
    told = len(world.offers)
    assert told >= 1
    world.see("happy", 8)
    assert len(world.offers) == told
    world.ask("not_again", "1")
    assert len(world.offers) == told + 1


def test_a_choice_is_answered_when_it_plays(world: World) -> None:
    world.see("happy", 8)
    world.ask("recommendations")
    world.turn(SongsReport(world.wanted[0], world.at, (ALBUM,)))
    future = world.ask("choose", ALBUM.id)
    assert not future.done()
    decision = world.played[-1]
    world.turn(Carried(decision, PlayerReport("played", world.at, "ready", "happy", "Sun", asked=True)))
    assert future.result(0).text.startswith("playing “Sun” on Living room")
