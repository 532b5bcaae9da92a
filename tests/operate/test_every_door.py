"""Who asks for music is told the truth at every door: command line, page, MQTT; and "playing" is never a hope."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moodkiosk.link import protocol
from moodkiosk.link.messages import Hello
from moodkiosk.operate.broker import Broker, private_broker
from tests.operate.test_end_to_end import Listener, keep_tokens, spotify
from tests.support.kiosk import Kiosk
from tests.support.wait import until
from tests.support.web import Visitor
from tests.support.webapi import Fault, WebApi, device, error

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

COMMANDS = {"mood": "sad", "recommend": None, "play": None, "skip": None, "pause": None, "volume_cap": 40}
ON_THE_COMMAND_LINE = {"skip": ("next",), "volume_cap": ("volume", "40"), "mood": ("mood", "sad")}
MUSIC = ("mood", "recommend", "play")
MISSING = "not played: speaker 'Living room' not connected: choose it once in the Spotify app (connected: Ana's phone)"
NONE_THERE = {"skip": "not skipped: nothing is playing on 'Living room'"}
WAIT, SIGN_IN = "Spotify asks to wait until ", "the sign-in to Spotify has ended: run 'moodkiosk login'"
EXPECTED: dict[str, dict[str, str]] = {
    "the speaker is missing": dict.fromkeys(MUSIC, MISSING) | NONE_THERE,
    "nothing is found": dict.fromkeys(MUSIC, "not played: nothing to play: the search 'nobody sings this' finds")
    | NONE_THERE,
    "too many requests": dict.fromkeys(MUSIC, f"not played: {WAIT}")
    | {"skip": f"not skipped: {WAIT}", "pause": f"not paused: {WAIT}"},
    "the sign-in has ended": dict.fromkeys(MUSIC, f"not played: {SIGN_IN}")
    | {"skip": f"not skipped: {SIGN_IN}", "pause": f"not paused: {SIGN_IN}"},
}
"""What is refused, and why; what is not named is done: silence is paused, a cap is kept."""
Answer = tuple[bool, str]
"""Whether it was done, and what was said."""
Door = Callable[[str, str | int | None], Answer]


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with private_broker() as found:
        yield found


def bring_about(trouble: str, api: WebApi) -> None:
    match trouble:
        case "the speaker is missing":
            api.devices = [device("Ana's phone", "p1")]
        case "too many requests":
            api.faults = [Fault("/v1/", error(429, "slow down", Retry_After="9000"), None)]
        case "the sign-in has ended":
            api.access.clear()
            api.refresh.clear()


def knows_moods(kiosk: Kiosk) -> bool:
    try:
        return bool(json.loads(kiosk.page("api/state"))["labels"])
    except OSError:
        return False  # the page is not up yet


def command_line(kiosk: Kiosk) -> Door:
    def ask(name: str, value: str | int | None) -> Answer:  # noqa: ARG001 - it is in the words
        words = ON_THE_COMMAND_LINE.get(name, (name,))
        call = [sys.executable, "-m", "moodkiosk", *words, "--config", str(kiosk.config)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done
        assert (done.returncode == 0) == (done.stderr == ""), done
        return done.returncode == 0, done.stdout + done.stderr

    return ask


def page(kiosk: Kiosk) -> Door:
    visitor = Visitor(f"http://127.0.0.1:{kiosk.settings['web']['port']}/")

    def ask(name: str, value: str | int | None) -> Answer:
        found = visitor.command(name, value).json
        return found["ok"], found["error"] or found["text"]

    return ask


def over_mqtt(listener: Listener) -> Door:
    def ask(name: str, value: str | int | None) -> Answer:
        found = listener.ask("test", name, b"" if value is None else json.dumps(value).encode())
        assert found["command"] == name
        return found["ok"], found["error"] or found["text"]

    return ask


@pytest.mark.parametrize("trouble", EXPECTED)
def test_every_command_about_music_says_at_every_door_what_became_of_it(
    trouble: str, tmp_path: Path, broker: Broker
) -> None:
    own = {"moods": {"sad": {"search": "nobody sings this"}}}
    settings = spotify(api := WebApi())
    settings["music"] |= own if trouble == "nothing is found" else {}
    with api, Kiosk(tmp_path, broker, settings) as kiosk, socket.socket(socket.AF_UNIX) as sense:
        keep_tokens(tmp_path, api.sign_in())
        bring_about(trouble, api)
        kiosk.start("act")
        until(lambda: kiosk.answers("status"), 30, "act")
        sense.connect(str(tmp_path / "run" / "link.sock"))
        sense.sendall(protocol.encode(Hello("1", ("happy", "sad"), "0" * 64, "face-1")))
        until(lambda: knows_moods(kiosk), 30, "the page, and the moods")
        listener = Listener(broker)
        try:
            for door in (command_line(kiosk), page(kiosk), over_mqtt(listener)):
                for name, value in COMMANDS.items():
                    ok, said = door(name, value)
                    assert (ok, EXPECTED[trouble].get(name, "") in said) == (name not in EXPECTED[trouble], True), said
                    state = json.loads(kiosk.page("api/state"))
                    assert (state["playing"], state["now_playing"]) == (None, None), (name, said)
            assert listener.bodies("test/state")[-1]["playing"] is None
        finally:
            listener.close()
