"""What the half that talks says when it starts, as a process of its own."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from moodkiosk.config.settings import MqttSettings
from moodkiosk.link import protocol
from moodkiosk.link.messages import SenseHealth
from moodkiosk.operate.broker import private_broker
from tests.support.kiosk import Kiosk
from tests.support.mqtt import recorder
from tests.support.sense_lines import hello
from tests.support.wait import until


def test_a_mood_in_the_configuration_that_the_model_never_says_is_said_once(tmp_path: Path) -> None:
    moods = {"hapy": {"search": "sunny"}, "sad": {"search": "calm"}, "triumph": {"search": "brass"}}
    settings = {"music": {"moods": moods}, "web": {"enabled": False}}
    with Kiosk(tmp_path, None, settings) as kiosk, socket.socket(socket.AF_UNIX) as sense:
        act = kiosk.start("act", for_people=True)
        until(lambda: kiosk.answers("status"), 30, "act")
        sense.connect(str(tmp_path / "run" / "link.sock"))
        for labels in (("happy", "sad"), ("happy", "sad"), ("hapy", "sad", "triumph")):
            sense.sendall(protocol.encode(hello(*labels)))

            def known(labels: tuple[str, ...] = labels) -> bool:
                status = kiosk.ask("status").data
                return isinstance(status, dict) and tuple(status["labels"]) == labels

            until(known, 30, "the labels")
        act.stop()
        said = [line for line in act.log if "music.moods" in line]
    assert len(said) == 1, act.log
    assert "music.moods names 'hapy' (did you mean 'happy'?), 'triumph', which this model never says" in said[0]


def test_a_half_that_sees_which_has_not_come_yet_is_starting_on_every_surface_and_its_coming_and_going_are_news(
    tmp_path: Path,
) -> None:
    """Not after the next report of health, a minute later: when it happens."""
    with private_broker() as broker, Kiosk(tmp_path, broker) as kiosk, socket.socket(socket.AF_UNIX) as sense:
        settings = MqttSettings(host=broker.host, port=broker.port, protocol=broker.protocol)
        with recorder(settings) as heard:

            def healths() -> list[dict[str, Any]]:
                return [one.json for one in heard.heard("/health")]

            kiosk.start("act")
            heard.until("/health")
            status = kiosk.ask("status").data
            assert isinstance(status, dict)
            page = json.loads(kiosk.page("api/state"))
            assert kiosk.ask("calibrate").error == "the half that sees is still starting"
            assert (status["sense"], status["camera_status"]) == ("starting", "starting")
            assert (page["health"]["sense"], page["unknown_because"]) == ("starting", "camera starting")
            assert [one["sense"] for one in healths()] == [None]
            sense.connect(str(tmp_path / "run" / "link.sock"))
            for said in (hello(), SenseHealth(0.0, "on", look_seconds=0.1)):
                sense.sendall(protocol.encode(said))
            until(lambda: healths()[-1]["sense"] is True, 30, "that it has come")
            sense.shutdown(socket.SHUT_RDWR)
            until(lambda: healths()[-1]["sense"] is False, 30, "that it has gone")
            assert kiosk.ask("calibrate").error == "the half that sees is not running"
            assert [one["sense"] for one in healths()] == [None, True, False]
