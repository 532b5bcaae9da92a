"""The whole kiosk as two real processes: actor, MediaPipe, model, link, decide, a real broker, the real spotipy."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from moodkiosk.act.players.spotify.account.tokens import LIFE_DAYS
from moodkiosk.host.files import write_atomic
from moodkiosk.operate.broker import Broker, answers, free_port, private_broker
from tests.support.broker import Mosquitto
from tests.support.kiosk import Kiosk
from tests.support.mqtt import Heard, check
from tests.support.spotify_home import openapi
from tests.support.wait import until
from tests.support.webapi import CLIENT_ID, WebApi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

HAPPY = "spotify:playlist:37i9dQZF1DXdPec7aLTmlC"
SAD = "spotify:playlist:37i9dQZF1DX7qK8ma5wgG1"


class Listener:
    """A subscriber that writes everything down: (topic, payload, retained); each message must obey its table."""

    def __init__(self, broker: Broker) -> None:
        self._heard: list[Heard] = []
        self.all: list[tuple[str, bytes, bool]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda _c, _u, found: self._take(found)
        self._client.on_connect = lambda client, *_: client.subscribe("moodkiosk/#", 1)
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()

    def _take(self, found: paho.MQTTMessage) -> None:
        self.all.append((found.topic, bytes(found.payload), found.retain))
        self._heard.append(Heard(found.topic, bytes(found.payload), found.qos, found.retain, time.monotonic(), None))

    def bodies(self, topic: str, since: int = 0, **wanted: object) -> list[dict[str, Any]]:
        """The messages on a topic since then whose JSON has these values."""
        bodies = [json.loads(payload) for found, payload, _ in self.all[since:] if found.endswith(topic)]
        return [body for body in bodies if all(body.get(key) == value for key, value in wanted.items())]

    def wait_for(self, topic: str, seconds: float = 60.0, since: int = 0, **wanted: object) -> dict[str, Any]:
        """The first of them, when it is there."""
        return until(lambda: self.bodies(topic, since, **wanted), seconds, f"{topic} with {wanted}")[0]

    def ask(self, kiosk: str, name: str, payload: bytes = b"") -> dict[str, Any]:
        """Gives a command over MQTT, and waits for its result."""
        since = len(self.all)
        self._client.publish(f"moodkiosk/{kiosk}/set/{name}", payload, 1)
        return self.wait_for(f"{kiosk}/result", 30, since)

    def close(self) -> None:
        """Disconnects, and fails the test if a message was not as documented."""
        self._client.disconnect()
        self._client.loop_stop()
        for heard in self._heard:
            check(heard)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with private_broker() as found:
        yield found


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    found = Listener(broker)
    yield found
    found.close()


def spotify(api: WebApi) -> dict[str, Any]:
    developer = {name: getattr(api.developer, name) for name in ("api_url", "authorize_url", "token_url")}
    return {
        "spotify": {"client_id": CLIENT_ID, "developer": developer},
        "music": {
            "player": "spotify",
            "after_seconds": 0,
            "moods": {"happy": {"play": [HAPPY]}, "sad": {"play": [SAD]}},
        },
    }


def keep_tokens(folder: Path, tokens: dict[str, Any]) -> Path:
    """Puts a sign-in where the kiosk keeps it."""
    file = folder / "state" / "act" / "spotify-token.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, json.dumps(tokens).encode())
    return file


def test_a_mood_becomes_a_retained_state_one_event_and_music_on_the_right_speaker(
    tmp_path: Path, broker: Broker, listener: Listener
) -> None:
    password = tmp_path / "password"
    password.write_text("secret-of-the-broker")
    secretive = {"mqtt": {"username": "kiosk", "password_file": str(password)}}
    with WebApi(openapi()) as api, Kiosk(tmp_path, broker, spotify(api) | secretive) as kiosk:
        api.rotate = True
        first = api.sign_in(expires_at=time.time() - 60)  # so that tokens are renewed, and rotated, meanwhile
        token = keep_tokens(tmp_path, first)
        # Sense first: either half may start before the other.
        sense = kiosk.start("sense")
        act = kiosk.start("act")
        event = listener.wait_for("/event", 60, kind="mood_changed", mood="happy")
        shown = listener.wait_for("/state", 10, mood="happy")
        assert shown["present"] is True
        play = until(
            lambda: [seen for seen in api.sent("PUT /v1/me/player/play") if seen.body.get("context_uri") == HAPPY], 10
        )
        assert len(play) == 1
        assert play[0].query["device_id"] == "d1"
        # Within a second of settling: both carry the machine's own clock.
        decided = act.wait_for(10, type="decision", mood="happy")
        assert decided["action"] == "play"
        assert play[0].at - (decided["at"] + time.time() - time.monotonic()) < 1.0
        assert len(listener.bodies("/event", id=event["id"])) == 1
        assert len(listener.bodies("/event", kind="mood_changed", mood="happy")) == 1
        assert not any(retained for topic, _, retained in listener.all if topic.endswith("/event"))
        everything = b"".join(payload for _, payload, _ in listener.all)
        everything += "".join(act.log + act.everything + sense.log).encode()
        everything += str([kiosk.ask("status"), kiosk.ask("why")]).encode()
        everything += b"".join(map(kiosk.page, ("", "api/state", "api/why", "api/history")))
        doctor = [sys.executable, "-m", "moodkiosk", "doctor", "--json", "--config", str(kiosk.config)]
        everything += subprocess.run(doctor, capture_output=True, check=False).stdout
        assert json.loads(token.read_text())["refresh_token"] != first["refresh_token"]
        assert all(value.startswith("secret-") for key, value in first.items() if key.endswith("_token"))
        assert b"secret-" not in everything
        assert CLIENT_ID.encode() not in b"".join(payload for _, payload, _ in listener.all), "nor the account's app"
        assert b'"speaker"' in everything, "the configuration's harmless part is there"

        # The sign-in ends: moods and links go on, and what to do is said.
        asked = len(api.sent("token"))
        api.access.clear()
        api.refresh.clear()  # from now on it is an invalid_grant
        until(lambda: "run 'moodkiosk login'" in run(kiosk, "status"), 60, "the sign-in to end")
        mark = len(listener.all)
        until(lambda: any(told["mood"] for told in listener.bodies("/event", mark, kind="mood_changed")), 60, "a mood")
        link = until(lambda: kiosk.ask("recommend").text, 60, "somebody to recommend music for")
        assert "https://music.youtube.com/search?q=" in link
        assert len(api.sent("token")) == asked + 1, "and is not asked for again"
        assert "run 'moodkiosk login'" in run(kiosk, "status")
    late = Listener(broker)
    assert late.wait_for("/state")["labels"]
    assert not [topic for topic, _, _ in late.all if topic.endswith("/event")]
    late.close()


def run(kiosk: Kiosk, *words: str) -> str:
    """What a command of the command line prints."""
    command = [sys.executable, "-m", "moodkiosk", *words, "--config", str(kiosk.config)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_who_asks_sees_what_other_people_play_and_nothing_is_sent_while_nobody_does(
    tmp_path: Path, broker: Broker, listener: Listener
) -> None:
    settings = {"kiosk": {"id": "asked"}}
    with WebApi(openapi()) as api, Kiosk(tmp_path, broker, spotify(api) | settings) as kiosk:
        keep_tokens(tmp_path, api.sign_in())
        kiosk.start("act")
        first = listener.wait_for("asked/state", 30)
        assert first["login_days_left"] is None or first["login_days_left"] >= 180
        listener.wait_for("asked/state", 10, login_days_left=180)
        assert listener.wait_for("asked/health", 10)["login_days_left"] == 181.0
        until(lambda: answers(kiosk.settings["web"]["port"]), 30, "the page to be served")
        for _ in range(20):  # what is asked by programs, again and again
            assert kiosk.ask("status").ok
            kiosk.page("api/state")
        assert api.requests == []

        api.person_plays("d1", "spotify:album:foreign00000000000000")
        status = json.loads(run(kiosk, "status", "--json"))
        assert status["player_status"].startswith("somebody plays something else on Living room, seen at ")
        assert (status["override_until"] is not None, status["requests_today"]) == (True, 1)
        assert "somebody plays something else on Living room: left alone until" in run(kiosk, "why")
        listener.wait_for("asked/state", 10, player_status=status["player_status"])
        for _ in range(5):
            assert kiosk.ask("look").text == "not looked: that was done a moment ago"
            kiosk.page("")
        run(kiosk, "status")
        assert listener.ask("asked", "look")["text"] == "not looked: that was done a moment ago"
        assert [f"{seen.method} {seen.path}" for seen in api.requests] == ["GET /v1/me/player"]


def test_the_end_of_the_sign_in_is_told_once_30_7_and_1_days_before(tmp_path: Path) -> None:
    with WebApi(openapi()) as api, Kiosk(tmp_path, None, spotify(api) | {"web": {"enabled": False}}) as kiosk:

        def left(days: float) -> None:
            keep_tokens(tmp_path, api.sign_in(authorized_at=time.time() - (LIFE_DAYS - days) * 86_400))
            until(lambda: status()["login_days_left"] == round(days, 1), 10, f"{days} days left")

        def status() -> dict[str, Any]:
            found = kiosk.answers("status")
            return found.data if found and isinstance(found.data, dict) else {"login_days_left": None}

        keep_tokens(tmp_path, api.sign_in())
        act = kiosk.start("act", for_people=True)
        for days in (30.9, 29.9, 29.5, 12.0, 6.9, 3.0, 0.9, 0.5, 179.0, 29.9):
            left(days)
            left(days)
            assert kiosk.ask("why").ok  # another turn of the loop: what was noticed has been told
        kiosk.halves[0].stop()
        told = [line.split("ending: ")[1] for line in act.everything if "the Spotify sign-in is ending" in line]
        assert told == [
            f"{rest}: run 'moodkiosk login'\n"
            for rest in ("29 days left", "6 days left", "less than a day left", "29 days left")
        ]


def test_either_half_and_the_broker_may_die_and_come_back_and_nothing_stale_is_sent(tmp_path: Path) -> None:
    server = Mosquitto(tmp_path).start()
    broker = Broker("mosquitto", "127.0.0.1", server.port, "5", pid=0)
    with contextlib.ExitStack() as stack, Kiosk(tmp_path, broker, {"kiosk": {"id": "phoenix"}}) as kiosk:
        stack.callback(server.stop)
        listener = Listener(broker)
        act, sense = kiosk.start("act"), kiosk.start("sense")
        listener.wait_for("/event", 60, kind="arrived")

        sense.stop(signal.SIGKILL)
        lost = listener.wait_for("/event", 20, kind="camera_lost")
        until(lambda: listener.bodies("/state")[-1]["camera_status"].startswith("lost"))
        blind = listener.bodies("/state")[-1]
        assert (blind["present"], blind["mood"], blind["unknown_because"]) == (None, None, "sense away")
        mark = len(listener.all)
        kiosk.start("sense")
        listener.wait_for("/event", 30, since=mark, kind="camera_back")
        listener.wait_for("/event", 60, since=mark, kind="mood_changed")

        before = {found["id"] for found in listener.bodies("/event")}
        assert lost["id"] in before
        act.stop(signal.SIGKILL)
        until(lambda: any(t.endswith("/availability") and p == b"offline" for t, p, _ in listener.all), 60)
        mark = len(listener.all)
        act = kiosk.start("act")
        until(lambda: listener.bodies("/event", mark), 60, "a new run to see something")
        after = listener.bodies("/event", since=mark)
        assert after[0]["kind"] != "arrived", "whoever was here before has not come"
        assert not {found["id"] for found in after} & before
        said = [(topic.rsplit("/")[-1], payload) for topic, payload, _ in listener.all[mark:]]
        first = json.loads(next(payload for name, payload in said if name == "state"))
        assert first["present"] is None
        assert first["unknown_because"] in ("camera starting", "just begun"), "sense may be quick"
        assert [name for name, _ in said if name in ("state", "availability")][:2] == ["state", "availability"]

        # The broker dies: what happens meanwhile is never told, and what it lost is published again.
        server.kill()
        missed = act.wait_for(60, type="event", kind="mood_changed")
        while not act.lines.empty():
            act.lines.get()
        server.start()
        again = Listener(broker)
        again.wait_for("/state", 60)
        told = again.wait_for("/event", 60)
        assert told["id"] != missed["id"]
        assert told["id"] not in before
        assert {topic.rsplit("/")[-1] for topic, _, _ in again.all} >= {"availability", "state", "info"}
        assert act.process.poll() is None
        again.close()
        listener.close()


def test_a_second_act_and_a_wrong_command_are_one_clear_line(tmp_path: Path) -> None:
    with Kiosk(tmp_path, None, {"web": {"enabled": False}}) as kiosk:
        kiosk.start("act")
        until(lambda: kiosk.answers("status"), 30)
        second = kiosk.start("act")
        assert second.process.wait(20) == 1
        assert re.search("another kiosk is running here", "".join(second.log)) or until(lambda: second.log)
        assert kiosk.ask("camera", "off").text == "the camera is switched off"
        assert kiosk.ask("camera", "maybe").error == "expected on or off or lend"
        assert kiosk.ask("recommend").error == "let me see your mood first"


@pytest.mark.parametrize(
    ("player", "code", "says"),
    [
        ("mpd", 1, "not played: MPD at 127.0.0.1:"),
        ("mqtt", 0, "asked Home Assistant to go on with the music"),
        ("dry-run", 0, "would go on with the music (dry run)"),
    ],
)
def test_who_asks_for_music_at_a_terminal_or_over_mqtt_reads_what_became_of_it(
    player: str, code: int, says: str, broker: Broker, listener: Listener, tmp_path: Path
) -> None:
    """A speaker that is away, one that only Home Assistant knows, and none."""
    away = {"host": "127.0.0.1", "port": free_port()}
    settings = {"web": {"enabled": False}, "kiosk": {"id": player}, "music": {"player": player}, "mpd": away}
    with Kiosk(tmp_path, broker, settings) as kiosk:
        kiosk.start("act")
        listener.wait_for(f"{player}/state")
        command = [sys.executable, "-m", "moodkiosk", "play", "--config", str(kiosk.config)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, says in done.stdout + done.stderr) == (code, True), done
        result = listener.ask(player, "play")
        assert (result["ok"], says in (result["error"] or result["text"])) == (code == 0, True), result


def test_what_was_set_by_command_survives_a_power_cut(tmp_path: Path) -> None:
    with Kiosk(tmp_path, None, {"web": {"enabled": False}}) as kiosk:
        act = kiosk.start("act")
        until(lambda: kiosk.answers("status"), 30)
        for name, value in (("camera", "off"), ("music", "off"), ("artist", "Nena"), ("volume_cap", 30)):
            assert kiosk.ask(name, value).ok
        file = tmp_path / "state" / "act" / "act.json"
        until(lambda: file.exists() and json.loads(file.read_text())["volume_cap"] == 30, 10)
        act.stop(signal.SIGKILL)
        kiosk.start("act")
        found = until(lambda: kiosk.answers("status"), 30)
        assert found is not None
        assert isinstance(found.data, dict)
        assert (found.data["camera"], found.data["music"]) == (False, False)
        assert (found.data["artist"], found.data["volume_cap"]) == ("Nena", 30)
