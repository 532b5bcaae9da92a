"""Whatever may be decided, every player has an answer to it and every text a word for it: none is taken for another."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from moodkiosk.act.players import dryrun, mqtt
from moodkiosk.act.players.player import never
from moodkiosk.act.say import decision_line
from moodkiosk.decide.music import reasons
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Action, Decision
from moodkiosk.moods.report import Certainty, PlayerReport, ReportKind
from moodkiosk.words.language import FALLBACK, words
from moodkiosk.words.phrase import knows
from moodkiosk.words.reason import Reason

PAPERS = Path(__file__).parents[3] / "docs" / "spotify.md"
ACTIONS: tuple[Action, ...] = get_args(Action)
CARRIED_OUT: tuple[Action, ...] = tuple(action for action in ACTIONS if action != "none")


def decision(action: Action) -> Decision:
    return Decision(action, 0.0, "so", "happy", "Sunny", "Kitchen", (Choice("uri", "spotify:playlist:sunny"),))


def test_each_action_has_words_of_its_own_on_the_terminal_and_in_the_log() -> None:
    assert len({decision_line(decision(action)) for action in ACTIONS}) == len(ACTIONS)
    assert len({reasons.sentence(decision(action)) for action in ACTIONS}) == len(ACTIONS)


def test_there_is_a_sentence_for_each_action_what_became_of_it_and_why_not() -> None:
    said = [reasons.sentence(decision(action)) for action in CARRIED_OUT]
    said += [reasons.not_done(decision(action), "so") for action in CARRIED_OUT]
    kinds: list[ReportKind] = [kind for kind in get_args(ReportKind) if kind not in ("failed", "overridden")]
    for kind, certainty in product(kinds, get_args(Certainty)):
        said.append(reasons.done(decision("play"), PlayerReport(kind, 0.0, "", "happy", certainty=certainty)))
    keys = [one.key for one in said if isinstance(one, Reason)]
    assert len(keys) == len(said)
    assert [key for key in keys if not knows(words(FALLBACK), key)] == []


def test_the_papers_name_each_action_to_home_automation() -> None:
    row = re.search(r"^\| `action` \|.*$", PAPERS.read_text(encoding="utf-8"), re.MULTILINE)
    assert row is not None
    assert [action for action in CARRIED_OUT if f"`{action}`" not in row[0]] == []


def test_the_player_that_only_says_tells_each_action_apart(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    kinds = {dryrun.DryRun(lambda: 0.0).play(decision(action), never).kind for action in CARRIED_OUT}
    assert len(kinds) == len({record.getMessage() for record in caplog.records}) == len(CARRIED_OUT)


def test_home_automation_is_told_each_action_by_its_name_and_that_counts_as_done() -> None:
    player = mqtt.MqttPlayer("t", lambda _topic, _payload: True, lambda: 0.0)
    kinds = {player.play(decision(action), never).kind for action in CARRIED_OUT}
    assert len(kinds - {"failed"}) == len(CARRIED_OUT)


def test_players_that_see_nothing_do_not_call_music_started_that_only_is_to_go_on() -> None:
    sent: list[bytes] = []

    def publish(_: str, payload: bytes) -> bool:
        sent.append(payload)
        return True

    asks = mqtt.MqttPlayer("t", publish, lambda: 0.0)
    says = dryrun.DryRun(lambda: 0.0)
    first, again = decision("play"), replace(decision("play"), continues=True)
    assert [asks.play(one, never).kind for one in (first, again)] == ["played", "kept"]
    assert [says.play(one, never).kind for one in (first, again)] == ["played", "kept"]
    assert [json.loads(payload)["continues"] for payload in sent] == [False, True]
    assert reasons.done(again, asks.play(again, never)) == "asked Home Assistant to go on with the music for “happy”"
    assert reasons.done(again, says.play(again, never)) == "would go on with the music for “happy” (dry run)"


def test_music_that_could_not_be_asked_for_does_not_go_on() -> None:
    deaf = mqtt.MqttPlayer("t", lambda _topic, _payload: False, lambda: 0.0)
    assert deaf.play(replace(decision("play"), continues=True), never).kind == "failed"
