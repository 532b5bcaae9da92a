"""Scenes as a home would live through them: every message on a real broker, and what Home Assistant shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from moodkiosk.decide.settings import MoodSettings, MusicSettings, PresenceSettings
from tests.support.broker import Mosquitto
from tests.support.scene import Scene

UNAVAILABLE = ["present: unavailable", "mood: unavailable", "people: unavailable"]
UNKNOWN = ["mood: unknown", "present: unknown", "people: unknown"]
HAPPY = ["mood: happy", "present: on", "people: 1"]
PATIENCE_SECONDS = MusicSettings().after_seconds


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path_factory.mktemp("broker"), persistent=True).start()
    yield server
    server.stop()


@pytest.fixture
def home(mosquitto: Mosquitto, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A kiosk whose act has just been started, in a home that knows it from before."""
    name = f"s{abs(hash(request.node.name)) % 10**8}"
    with Scene(mosquitto.settings(), name) as scene:
        scene.start()
        scene.sense()
        scene.leave(6)
        scene.diary()
        yield scene


def somebody_happy(home: Scene) -> None:
    """Somebody is happy, and for so long that it has been said what becomes of music: nothing of it is news later."""
    home.look("happy", PATIENCE_SECONDS + 6)
    assert home.diary().count("event: not_played") == 1, "automatic music is off"


def changes(diary: list[str]) -> list[str]:
    """The diary without the number of people, and without what is said of music."""
    return [line for line in diary if not line.startswith(("people", "event: not_played", "event: played"))]


def test_a_first_start_shows_unknown_until_it_has_seen_and_then_an_empty_room(mosquitto: Mosquitto) -> None:
    with Scene(mosquitto.settings(), "first") as scene:
        scene.start()
        scene.sense()
        assert sorted(scene.diary()) == sorted(UNKNOWN)
        scene.leave(6)
        assert changes(scene.diary()) == ["present: off", "mood: nobody"]


def test_an_evening_somebody_comes_is_happy_then_sad_and_goes(home: Scene) -> None:
    home.look("happy", 10)
    home.look("sad", 10)
    home.leave(40)
    assert changes(home.diary()) == [
        "present: on", "mood: not_sure", "event: arrived",
        "mood: happy", "event: mood_changed",
        "mood: sad", "event: mood_changed",
        "mood: not_sure", "event: mood_changed",
        "present: off", "mood: nobody", "event: left",
    ]  # fmt: skip


@pytest.mark.parametrize("seconds", [3.0, 25.0])
def test_the_camera_is_switched_off_and_on_before_somebody_who_stays(home: Scene, seconds: float) -> None:
    somebody_happy(home)
    home.ask("camera", "off")
    home.camera("off")
    home.wait(seconds)
    assert sorted(home.diary()) == sorted(UNKNOWN)
    home.ask("camera", "on")
    home.camera("on")
    home.look("happy", 6)
    assert sorted(home.diary()) == sorted(HAPPY)


def test_the_camera_is_pulled_out_and_everybody_goes_meanwhile(home: Scene) -> None:
    somebody_happy(home)
    home.camera("lost", "unplugged")
    home.wait(20)
    assert sorted(home.diary()) == sorted([*UNKNOWN, "event: camera_lost"])
    home.camera("on")
    home.leave(29)
    assert home.diary() == ["event: camera_back"]
    home.leave(2)
    assert sorted(home.diary()) == sorted(
        ["present: off", "mood: nobody", "people: 0", "event: left", "event: mood_changed"]
    )


def test_the_camera_is_lent_to_a_collection_of_ten_seconds(home: Scene) -> None:
    somebody_happy(home)
    home.camera("lent", "collecting")
    home.wait(10)
    home.camera("starting")
    home.wait(2)
    home.camera("on")
    home.look("happy", 6)
    assert sorted(home.diary()) == sorted([*UNKNOWN, *HAPPY])


def test_sense_dies_and_comes_back(home: Scene) -> None:
    somebody_happy(home)
    home.sense_dies()
    home.wait(5)
    home.sense()
    home.look("happy", 6)
    assert sorted(home.diary()) == sorted([*UNKNOWN, "event: camera_lost", *HAPPY, "event: camera_back"])


def test_sense_stands_still_for_a_minute(home: Scene) -> None:
    somebody_happy(home)
    home.wait(60)
    assert sorted(home.diary()) == sorted([*UNKNOWN, "event: camera_lost"])
    home.look("happy", 6)
    assert sorted(home.diary()) == sorted([*HAPPY, "event: camera_back"])


def test_act_stands_still_for_a_minute(home: Scene) -> None:
    somebody_happy(home)
    home.at += 60
    home.look("happy", 6)
    assert home.diary() == []


def test_act_is_started_again_before_somebody_who_stays(home: Scene) -> None:
    somebody_happy(home)
    home.ask("music", "on")
    home.diary()
    home.stop()
    home.at += 5
    home.start()
    home.wait(3)
    assert sorted(home.diary()) == sorted([*UNAVAILABLE, *UNKNOWN])
    home.sense()
    home.look("happy", 6)
    assert sorted(home.diary()) == sorted(HAPPY)


def test_at_a_start_the_switches_show_what_is_remembered_and_nothing_else_before(mosquitto: Mosquitto) -> None:
    with Scene(mosquitto.settings(), "switches", "camera", "music", "manual_mood", "mood") as scene:
        scene.start()
        scene.sense()
        for name, value in (("camera", "off"), ("music", "on"), ("mood", "sad")):
            scene.ask(name, value)
        scene.diary()
        scene.stop()
        scene.at += 3600
        scene.start()
        scene.wait(2)
        scene.sense()
        unavailable = [f"{key}: unavailable" for key in ("camera", "music", "manual_mood", "mood")]
        remembered = ["camera: off", "music: on", "manual_mood: sad", "mood: sad"]
        found = scene.diary()
        assert sorted(found[:4]) == sorted(unavailable)
        assert sorted(found[4:]) == sorted(remembered)


def test_the_machine_is_started_again_and_learns_the_time_late(home: Scene) -> None:
    somebody_happy(home)
    home.stop()
    home.begun, home.at = home.wall() + timedelta(seconds=15), 25.0  # so long it was off, so long it takes to start
    home.clock_is_set = False
    home.start()
    home.wait(10)
    home.sense()
    home.look("happy", 3)
    home.clock_is_set = True
    home.look("happy", 6)
    assert sorted(home.diary()) == sorted([*UNAVAILABLE, *UNKNOWN, *HAPPY])


@pytest.mark.parametrize("came", [False, True])
def test_the_power_is_cut_for_a_day_and_the_clock_is_set_late(home: Scene, came: bool) -> None:
    """Whether somebody else has come meanwhile cannot be seen, only that nobody has stayed for so long."""
    somebody_happy(home)
    home.power_cut()
    home.begun, home.at = home.wall() + timedelta(seconds=86400 if came else 30), 25.0
    home.clock_is_set = False
    home.start()
    home.sense()
    home.look("happy", 6)
    before = home.diary()
    assert sorted(before) == sorted([*UNAVAILABLE, *UNKNOWN, *HAPPY])
    home.clock_is_set = True
    home.look("happy", PATIENCE_SECONDS + 6)
    news = ["event: arrived", "mood: happy", "event: mood_changed"]
    diary = [line for line in changes(home.diary()) if line not in UNKNOWN and not line.startswith("present")]
    assert diary == (news if came else [])


@pytest.mark.parametrize("theirs", ['{"a":1}', "[]", "1", '{"present":null}'])
def test_what_somebody_else_puts_on_our_state_is_never_an_empty_room(home: Scene, theirs: str) -> None:
    somebody_happy(home)
    home.ha.say(home.topic("state"), theirs, retain=True)
    home.look("happy", 1)
    home.ha.catch_up()
    home.ha.warnings.clear()  # of templates that find nothing there
    assert changes(home.diary()) == ["present: unknown", "mood: unknown", "present: on", "mood: happy"]


def test_both_halves_stand_still_for_a_minute_before_somebody_who_is_numbered_anew_then(home: Scene) -> None:
    somebody_happy(home)
    home.at += 60
    home.look("happy", 6, track=2)
    assert home.diary() == ["mood: unknown", "mood: happy"]


def test_home_assistant_is_started_again(home: Scene) -> None:
    somebody_happy(home)
    home.ha.born()
    home.look("happy", 8)
    assert home.diary() == [], "everything is said again, and nothing of it is news"


def test_the_broker_dies_and_comes_back(tmp_path: Path) -> None:
    server = Mosquitto(tmp_path, persistent=True).start()
    try:
        with Scene(server.settings(), "fire") as scene:
            scene.start()
            scene.sense()
            scene.leave(6)
            somebody_happy(scene)
            server.kill()
            scene.outage()
            server.start()
            scene.reconnected()
            scene.look("happy", 6)
            diary = scene.diary()
            assert not [line for line in diary if line.startswith("event")]
            assert {line for line in diary if not line.endswith("unavailable")} <= {*HAPPY}
            assert [scene.ha.shown(key) for key in ("mood", "present", "people")] == ["happy", "on", "1"]
    finally:
        server.stop()


def test_a_mood_by_hand_with_nobody_there_is_shown_and_nobody_is_said_to_be_there(home: Scene) -> None:
    home.ask("mood", "sad")
    assert changes(home.diary()) == ["mood: sad", "event: mood_changed"]
    home.ask("camera", "off")
    home.camera("off")
    home.wait(2)
    assert sorted(home.diary()) == ["people: unknown", "present: unknown"]
    home.ask("mood", "auto")
    assert home.diary() == ["mood: unknown", "event: mood_changed"]


def test_somebody_came_wait_for_the_mood_works_with_the_shortest_settings(mosquitto: Mosquitto) -> None:
    """When an automation hears of the arrival, the mood is still to come: it can wait for it."""
    quick = {
        "presence": PresenceSettings(arrive_seconds=0.0, leave_seconds=1.0),
        "mood": MoodSettings(settle_seconds=0.5, refractory_seconds=0.0),
    }
    with Scene(mosquitto.settings(), "quick", **quick) as scene:
        scene.start()
        scene.sense()
        scene.leave(6)
        for mood in ("happy", "sad", "angry"):
            scene.diary()
            scene.look(mood, 3)
            scene.leave(3)
            assert changes(scene.diary()) == [
                "present: on", "mood: not_sure", "event: arrived",
                f"mood: {mood}", "event: mood_changed",
                "mood: not_sure", "event: mood_changed",
                "present: off", "mood: nobody", "event: left",
            ]  # fmt: skip
