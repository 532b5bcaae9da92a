"""What is published and when: pure, with the time passed in."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.act.homeassistant.payload import About, Discovery, Offered
from moodkiosk.act.mqtt import payloads
from moodkiosk.act.mqtt.announcement import LABELS_SECONDS
from moodkiosk.act.mqtt.conversion import info_of
from moodkiosk.act.mqtt.outbox import BIRTH_SECONDS, Outbox
from moodkiosk.act.mqtt.topics import Message, Topics
from moodkiosk.act.mqtt.transport.backoff import Backoff
from moodkiosk.config.settings import Config, KioskSettings
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.moods.view import View

LABELS = ("happy", "sad", "neutral")
TOPICS = Topics("hall")
DISCOVERY = Discovery(About(KioskSettings(id="hall", name="Hall"), TOPICS, "1"))
HERE = View(mood="neutral", present=True, people=1, labels=LABELS)


def never(_topic: str) -> bool:
    return False


class Broker:
    """Takes what an outbox gives, at the times at which it wants to be asked; acknowledges at once."""

    def __init__(self, outbox: Outbox, now: float = 0.0) -> None:
        self.outbox = outbox
        self.now = now
        self.got: list[tuple[float, Message]] = []

    def until(self, later: float) -> list[Message]:
        """Lets the time pass; returns what came."""
        before = len(self.got)
        while True:
            self.got += [(self.now, message) for message in self.outbox.take(self.now, never, stalled=False)]
            step = self.outbox.wait_seconds(self.now)
            assert step > 0 or self.now == 0.0
            if self.now + step > later:
                break
            self.now += max(step, 0.001)
        self.now = later
        return [message for _, message in self.got[before:]]

    def names(self) -> list[str]:
        return [message.topic.rsplit("/", 1)[-1] for _, message in self.got]


def online(view: View = HERE, discovery: Discovery | None = DISCOVERY) -> Broker:
    """An outbox that has announced itself, ten seconds ago."""
    outbox = Outbox(TOPICS, discovery, 60.0)
    outbox.inform(b"{}")
    outbox.show(view, 0.0)
    outbox.connected(0.0)
    broker = Broker(outbox)
    broker.until(10.0)
    return broker


def state(message: Message) -> dict[str, Any]:
    assert message.topic == TOPICS.state
    found: dict[str, Any] = json.loads(message.payload)
    return found


def test_on_connecting_an_old_mood_is_taken_back_before_the_options_change_and_online_comes_last() -> None:
    broker = online()
    assert broker.names() == ["state", "config", "state", "info", "availability"]
    states = [state(message) for _, message in broker.got if message.topic == TOPICS.state]
    assert [one["mood"] for one in states] == [None, "neutral"]
    assert all(message.retain and message.qos == 1 for _, message in broker.got)


def test_with_the_labels_of_the_run_before_the_first_state_is_the_whole_truth() -> None:
    outbox = Outbox(TOPICS, DISCOVERY, 60.0, announced=Offered(LABELS))
    outbox.show(replace(HERE, mood="sad", manual_mood="sad", music=False), 0.0)
    outbox.connected(0.0)
    broker = Broker(outbox)
    broker.until(10.0)
    assert broker.names() == ["state", "config", "availability"]
    first = state(broker.got[0][1])
    assert (first["mood"], first["manual_mood"], first["music"]) == ("sad", "sad", False)


def test_correcting_is_offered_only_while_the_household_has_corrections_remembered() -> None:
    broker = online()
    for at, remembers in ((20.0, True), (40.0, None), (60.0, False)):
        broker.outbox.show(replace(HERE, remembers=remembers), at)
        broker.until(at + 15)
    configs = [json.loads(one.payload)["components"] for _, one in broker.got if one.topic == TOPICS.discovery]
    offered = [len(components.get("correct", ())) > 1 for components in configs]
    assert offered[0] is False
    assert offered[-1] is False
    assert True in offered


def test_the_kiosk_is_not_online_before_it_has_a_state() -> None:
    outbox = Outbox(TOPICS, DISCOVERY, 60.0, announced=Offered(LABELS))
    outbox.inform(b"{}")
    outbox.connected(0.0)
    broker = Broker(outbox)
    broker.until(5.0)
    assert "availability" not in broker.names()
    outbox.show(HERE, 5.0)
    broker.until(10.0)
    assert broker.names()[-3:] == ["state", "config", "availability"]


def test_that_somebody_came_is_said_at_once_and_never_together_with_their_mood() -> None:
    """However much has been published in this very second."""
    nobody = View(labels=LABELS)
    broker = online(nobody)
    for number, at in enumerate((20.0, 20.2)):
        broker.until(at)
        broker.outbox.show(replace(nobody, volume_cap=number), at)
    broker.until(20.4)
    here = replace(HERE, mood=None)
    broker.outbox.tell(b"arrived", 20.4)
    broker.outbox.show(here, 20.4)
    broker.until(21.4)
    broker.outbox.tell(b"mood_changed", 21.4)
    broker.outbox.show(replace(here, mood="happy"), 21.4)
    broker.until(25.0)
    said = [
        one.payload.decode() if one.topic == TOPICS.event else (state(one)["present"], state(one)["mood"])
        for at, one in broker.got
        if at > 20.4
    ]
    assert said == [(True, None), "arrived", (True, "happy"), "mood_changed"]


def test_without_discovery_the_state_is_said_as_it_is() -> None:
    broker = online(discovery=None)
    assert broker.names() == ["state", "info", "availability"]
    assert state(broker.got[0][1])["mood"] == "neutral"


def test_nothing_is_published_while_nothing_changes() -> None:
    broker = online()
    for second in range(11, 3600, 7):
        broker.outbox.show(HERE, float(second))
        assert broker.until(float(second)) == []


def test_confidence_alone_is_no_reason_to_publish_but_travels_with_the_next_change() -> None:
    broker = online()
    broker.outbox.show(replace(HERE, confidence=0.83), 10.0)
    assert broker.until(20.0) == []
    broker.outbox.show(replace(HERE, confidence=0.83, people=2), 20.0)
    (message,) = broker.until(30.0)
    assert state(message)["confidence"] == 0.85


def test_what_changes_in_one_go_is_one_message_and_precedes_its_event() -> None:
    broker = online()
    broker.outbox.tell(b'{"event"}', 20.0)
    broker.outbox.show(replace(HERE, mood="happy"), 20.001)
    broker.outbox.show(replace(HERE, mood="happy", playing="Sunny side"), 20.02)
    broker.now = 20.0
    got = broker.until(21.0)
    assert [message.topic for message in got] == [TOPICS.state, TOPICS.event]
    assert state(got[0])["playing"] == "Sunny side"
    assert not got[1].retain
    assert got[1].expiry_seconds == 30


@given(st.lists(st.floats(0, 0.4), min_size=1, max_size=60))
def test_however_wild_the_scene_two_states_a_second_and_the_last_one_arrives(gaps: list[float]) -> None:
    """Changes come at random distances; each is another state."""
    broker = online()
    start, at = len(broker.got), 10.0
    for number, gap in enumerate(gaps):
        at += gap
        broker.until(at)
        broker.outbox.show(replace(HERE, people=number + 2), at)
    broker.until(at + 5.0)
    times = [when for when, message in broker.got[start:] if message.topic == TOPICS.state]
    assert all(later - earlier > 1.0 for earlier, later in zip(times, times[2:], strict=False))
    assert state(broker.got[-1][1])["people"] == len(gaps) + 1


def test_an_event_waits_for_its_state_where_that_is_held_back_for_about_a_second() -> None:
    """An automation that the event starts reads the mood."""
    broker = online()
    before = len(broker.got)
    for step, mood in enumerate(("happy", "sad", "happy")):
        at = 10.0 + 0.3 * step
        broker.until(at)
        broker.outbox.show(replace(HERE, mood=mood), at)
        broker.outbox.tell(mood.encode(), at)
    broker.until(13.0)
    told = [
        (round(at, 2), "shown", state(message)["mood"])
        if message.topic == TOPICS.state
        else (round(at, 2), "event", message.payload.decode())
        for at, message in broker.got[before:]
    ]
    assert [(kind, mood) for _, kind, mood in told] == [
        ("shown", "happy"), ("event", "happy"),
        ("shown", "sad"), ("event", "sad"),
        ("shown", "happy"), ("event", "happy"),
    ]  # fmt: skip
    assert [at for at, _, _ in told] == [10.05, 10.05, 10.35, 10.35, 11.15, 11.15]


def test_an_event_is_dropped_and_counted_while_the_broker_is_away() -> None:
    broker = online()
    broker.outbox.disconnected()
    broker.outbox.tell(b"{}", 11.0)
    broker.outbox.connected(12.0)
    assert TOPICS.event not in [message.topic for message in broker.until(20.0)]
    assert broker.outbox.dropped["mqtt_events"] == 1


def test_what_waited_when_the_connection_ended_is_not_sent_on_the_next_one() -> None:
    broker = online()
    broker.outbox.tell(b"{}", 10.0)
    broker.outbox.answer(b"{}")
    broker.outbox.disconnected()
    broker.outbox.connected(10.01)
    topics = [message.topic for message in broker.until(20.0)]
    assert TOPICS.event not in topics
    assert TOPICS.result not in topics
    assert broker.outbox.dropped == {"mqtt_events": 1, "mqtt_results": 1}


@pytest.mark.parametrize("looked", [True, False])
def test_after_a_stall_the_state_of_before_is_not_said_again_until_somebody_has_looked(looked: bool) -> None:
    """The broker had given us up: Home Assistant shows nothing of before in between, nor that we are there."""
    broker = online()
    broker.outbox.disconnected()
    broker.outbox.doubt(12.0)
    broker.outbox.connected(10.5)
    broker.outbox.tell(b"{}", 10.5)
    told = {message.topic for message in broker.until(11.0)}
    assert told & {TOPICS.state, TOPICS.availability, TOPICS.event} == set()
    if looked:
        broker.outbox.show(View(present=None, mood=None, labels=LABELS, unknown_because="just begun"), 11.0)
        broker.outbox.doubt(11.0)
        assert [message.topic for message in broker.until(11.9) if message.topic != TOPICS.discovery] == [
            TOPICS.state,
            TOPICS.event,
            TOPICS.availability,
        ]
        assert json.loads(broker.outbox._repairs.own[TOPICS.state][-1])["mood"] is None
    else:
        told = {message.topic for message in broker.until(12.1)}
        assert {TOPICS.state, TOPICS.availability, TOPICS.event} <= told


def test_a_stalled_broker_gets_no_events_and_later_only_the_newest_state() -> None:
    broker = online()
    for number in range(100):
        broker.outbox.tell(b"{}", 11.0 + number)
        broker.outbox.show(replace(HERE, people=number + 2), 11.0 + number)
        assert broker.outbox.take(11.0 + number, never, stalled=True) == []
    broker.now = 120.0
    got = broker.until(125.0)
    assert [state(message)["people"] for message in got] == [101]
    assert broker.outbox.dropped["mqtt_events"] == 100


def test_only_one_state_is_on_its_way_at_a_time() -> None:
    """A slow broker is not given a queue of states: each waits for the acknowledgement of the one before."""
    broker = online()
    waiting = {TOPICS.state}
    broker.outbox.show(replace(HERE, people=2), 11.0)
    assert broker.outbox.take(12.0, waiting.__contains__, stalled=False) == []
    broker.outbox.show(replace(HERE, people=3), 13.0)
    (message,) = broker.outbox.take(13.1, never, stalled=False)
    assert state(message)["people"] == 3


def test_new_labels_are_announced_between_a_state_that_fits_both_and_the_new_state() -> None:
    broker = online(replace(HERE, mood="sad"))
    new = replace(HERE, mood="delighted", labels=("delighted", "neutral"))
    broker.outbox.show(new, 20.0)
    broker.now = 20.0
    got = broker.until(30.0)
    kinds = [message.topic for message in got]
    assert kinds == [TOPICS.state, TOPICS.discovery, TOPICS.discovery, TOPICS.state]
    assert state(got[0])["mood"] is None
    removal, clean = (msgspec.json.decode(message.payload)["components"] for message in got[1:3])
    assert removal["trigger_mood_sad"] == {"platform": "device_automation"}
    assert "trigger_mood_sad" not in clean
    assert clean["mood"]["options"] == ["delighted", "neutral", "not_sure", "nobody"]
    assert state(got[3])["mood"] == "delighted"


def test_a_mood_that_both_models_know_stays_while_the_options_change() -> None:
    broker = online(HERE)
    broker.outbox.show(replace(HERE, labels=("neutral", "bored")), 20.0)
    broker.now = 20.0
    assert [state(one)["mood"] for one in broker.until(30.0) if one.topic == TOPICS.state] == ["neutral"]


def test_a_model_that_is_gone_for_a_moment_changes_no_options() -> None:
    broker = online()
    broker.outbox.show(View(camera_status="starting"), 20.0)
    broker.now = 20.0
    assert [message.topic for message in broker.until(60.0)] == [TOPICS.state]


def test_the_discovery_waits_for_labels_but_not_for_ever() -> None:
    outbox = Outbox(TOPICS, DISCOVERY, 60.0)
    outbox.show(View(), 0.0)
    outbox.connected(0.0)
    broker = Broker(outbox)
    broker.until(LABELS_SECONDS - 1)
    assert broker.names() == ["state", "availability"]
    broker.until(LABELS_SECONDS + 1)
    assert broker.names() == ["state", "availability", "config"]
    components = msgspec.json.decode(broker.got[-1][1].payload)["components"]
    assert components["mood"]["options"] == ["not_sure", "nobody"]
    assert "correct" not in components


def test_a_component_whose_kind_has_changed_is_removed_before_it_is_announced_anew() -> None:
    """The person in front was a text once, and is a select."""
    broker = online()
    broker.outbox.found(frozenset({("person", "text")}), 20.0)
    broker.now = 20.0
    first, second = (msgspec.json.decode(one.payload)["components"] for one in broker.until(30.0))
    assert first["person"] == {"platform": "text"}
    assert second["person"]["options"] == ["nobody"]


def test_somebody_who_is_enrolled_is_an_option_before_they_are_chosen() -> None:
    broker = online()
    broker.outbox.show(replace(HERE, enrolled=("Ada",), person="Ada"), 20.0)
    broker.now = 20.0
    got = broker.until(30.0)
    assert [message.topic for message in got] == [TOPICS.state, TOPICS.discovery, TOPICS.state]
    assert [state(got[0])["person"], state(got[2])["person"]] == [None, "Ada"]
    assert msgspec.json.decode(got[1].payload)["components"]["person"]["options"] == ["nobody", "Ada"]


def test_the_highest_volume_is_announced_as_configured_and_before_a_volume_that_needs_it() -> None:
    broker = online(replace(HERE, volume_cap=40, volume_percent_max=40))
    broker.outbox.show(replace(HERE, volume_cap=73, volume_percent_max=73), 20.0)
    broker.now = 20.0
    got = broker.until(30.0)
    assert [message.topic for message in got] == [TOPICS.state, TOPICS.discovery, TOPICS.state]
    assert [state(got[0])["volume_cap"], state(got[2])["volume_cap"]] == [40, 73]
    number = msgspec.json.decode(got[1].payload)["components"]["volume_cap"]
    assert (number["min"], number["max"], number["step"]) == (0, 73, 1)


def test_components_of_an_older_run_are_removed_once() -> None:
    broker = online()
    ghost = ("old_sensor", "sensor")
    broker.outbox.found(frozenset({ghost, ("mood", "sensor")}), 20.0)
    broker.now = 20.0
    first, second = (msgspec.json.decode(one.payload)["components"] for one in broker.until(30.0))
    assert first["old_sensor"] == {"platform": "sensor"}
    assert "old_sensor" not in second
    broker.outbox.born(40.0, 0.0)
    again = [one for one in broker.until(60.0) if one.topic == TOPICS.discovery]
    assert len(again) == 1


def test_without_discovery_an_old_one_is_removed() -> None:
    broker = online(discovery=None)
    broker.outbox.found(frozenset({("mood", "sensor")}), 20.0)
    broker.now = 20.0
    (message,) = broker.until(30.0)
    assert message == Message(TOPICS.discovery, b"", retain=True)


def test_home_assistant_gets_everything_again_but_not_more_often_than_every_few_seconds() -> None:
    broker = online()
    start = len(broker.got)
    for tenth in range(100, 130):
        broker.outbox.born(tenth / 10, 0.5)
        broker.until(tenth / 10)
    broker.until(30.0)
    whole = ["state", "config", "info", "availability"]
    assert broker.names()[start:] == whole * 2
    times = [when for when, message in broker.got[start:] if message.topic == TOPICS.discovery]
    assert times[1] - times[0] >= BIRTH_SECONDS


@pytest.mark.parametrize("name", ["state", "info", "availability", "health"])
def test_what_the_broker_lost_is_published_again(name: str) -> None:
    broker = online()
    broker.outbox.feel(b"{}", 10.0)
    broker.until(11.0)
    broker.outbox.lost(TOPICS.under(name), 12.0)
    broker.now = 12.0
    assert [message.topic for message in broker.until(20.0)] == [TOPICS.under(name)]


def test_somebody_who_goes_on_writing_to_our_topics_is_answered_twice_a_minute_at_most() -> None:
    broker = online()
    start = len(broker.got)
    for second in range(11, 131):
        broker.until(float(second))
        broker.outbox.heard(TOPICS.state, b"garbage", float(second))
    broker.until(200.0)
    assert 4 <= len(broker.got) - start <= 6
    assert {message.topic for _, message in broker.got[start:]} == {TOPICS.state}


def test_our_own_messages_that_the_broker_hands_back_are_known() -> None:
    broker = online()
    for _, message in list(broker.got):
        broker.outbox.heard(message.topic, message.payload, 20.0)
    assert broker.until(120.0) == []


def test_a_calm_day_is_at_most_1500_messages_health_included() -> None:
    """Two people at home in the morning and the evening, twelve moods, four songs, one evening of quiet hours."""
    day = 86_400.0
    broker = online(View(labels=LABELS))
    moods = itertools.cycle(["happy", "neutral", "sad"])
    script: list[tuple[float, View]] = []
    for hour in (7.0, 18.0):
        here = replace(HERE, since="2026-11-23T07:00:00+01:00")
        script.append((hour * 3600, here))
        for change in range(6):
            here = replace(here, mood=next(moods), people=1 + change % 2, playing=f"song {change // 3}")
            script.append((hour * 3600 + change * 900 + 60, here))
        script.append((hour * 3600 + 7000, View(labels=LABELS)))
    script.append((79_200.0, View(labels=LABELS, quiet_until="2026-11-24T07:00:00+01:00")))
    start, health_at = len(broker.got), 0.0
    for at, view in sorted(script, key=lambda step: step[0]):
        while health_at < at:
            broker.until(health_at)
            broker.outbox.feel(b'{"at":%d}' % health_at, health_at)
            # Readings of a live face change the confidence all the time.
            broker.outbox.show(replace(broker.outbox._view or HERE, confidence=health_at % 1), health_at)
            health_at += 60.0
        broker.until(at)
        broker.outbox.tell(b"{}", at)
        broker.outbox.show(view, at)
        broker.until(at + 1)
    while health_at < day:
        broker.until(health_at)
        broker.outbox.feel(b'{"at":%d}' % health_at, health_at)
        health_at += 60.0
    broker.until(day)
    sent = len(broker.got) - start
    assert broker.names()[start:].count("health") == 1440
    assert 1440 < sent <= 1500


def test_the_back_off_doubles_to_a_minute_with_jitter_and_begins_anew_after_a_good_connection() -> None:
    full = Backoff(chance=lambda: 1.0)
    assert [full.next_seconds(0.0) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert full.next_seconds(3.0) == 60
    assert full.next_seconds(3600.0) == 1
    assert Backoff(chance=lambda: 0.0).next_seconds(0.0) == 0.5


def test_the_public_configuration_names_no_secret() -> None:
    from moodkiosk.config.settings import CameraSettings, Config, MqttSettings, SpotifySettings

    config = Config(
        camera=CameraSettings(source="rtsp://me:secret1@cam/stream?key=secret2"),
        mqtt=MqttSettings(username="secret3", password_file="/etc/secret4", host="secret5"),
        spotify=SpotifySettings(client_id="secret6", wake_command=("curl", "secret7")),
    )
    info = info_of(config, "1", "x", None)
    assert b"secret" not in payloads.encode(info)
    assert info.config["camera"]["source"] == "rtsp address"
    assert info.config["music"]["volume_percent_max"] == 60


def test_a_player_that_is_exchanged_takes_what_only_the_other_one_can_out_of_home_assistant() -> None:
    """`music.player` is taken while the kiosk runs: the button to look at what plays comes and goes with it."""

    def discovery(player: str) -> Discovery:
        config = Config(kiosk=KioskSettings(id="hall"), music=MusicSettings(player=player))  # type: ignore[arg-type]
        return Discovery(About.of(config, "1"))

    broker = online(discovery=discovery("spotify"))

    def components(message: Message) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(message.payload)["components"]
        return found

    def announced(later: float) -> list[dict[str, Any]]:
        return [components(message) for message in broker.until(later) if message.topic == TOPICS.discovery]

    broker.outbox.announce(discovery("dry-run"), broker.now)
    gone, left = announced(20.0)
    assert set(gone["look"]) == {"platform"}, "as Home Assistant wants to be told that it goes"
    assert "look" not in left
    broker.outbox.announce(discovery("spotify"), broker.now)
    (back,) = announced(30.0)
    assert "name" in back["look"]
