"""What the half that talks says when it starts, as a process of its own."""

from __future__ import annotations

import socket
from pathlib import Path

from moodkiosk.link import protocol
from tests.support.kiosk import Kiosk
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
