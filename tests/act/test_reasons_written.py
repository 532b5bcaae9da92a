"""Sentences with a key are written as the text that they are, wherever something is kept or sent."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from moodkiosk.act.players import mqtt
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.act.store import Store
from moodkiosk.moods.decision import Decision
from moodkiosk.words.reason import Reason

OURS = Reason("act.ours")


class Kept(msgspec.Struct):
    """What a player may keep."""

    why: str = ""


def test_of_a_decision_for_home_assistant() -> None:
    body = json.loads(mqtt.payload(Decision("play", 1.0, OURS, "happy", what=OURS)))
    assert (body["what"], body["reason"]) == (str(OURS), str(OURS))


def test_of_what_a_player_and_the_kiosk_remember(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "player.json", Kept)
    file.kept.why = OURS
    file.save()
    assert StateFile(tmp_path / "player.json", Kept).kept.why == OURS
    store = Store(tmp_path)
    store.keep({"why": OURS}, 0.0, now=True)
    assert str(OURS) in (tmp_path / "act.json").read_text(encoding="utf-8")
