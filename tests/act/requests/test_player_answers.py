"""Who asks for music is answered when the player has, and with what it says."""

from __future__ import annotations

from concurrent.futures import Future

from moodkiosk.act.ports import Carried
from moodkiosk.act.requests.player_answers import WAIT_SECONDS
from moodkiosk.decide.music.reasons import LATE
from moodkiosk.moods.command import Result
from moodkiosk.moods.report import PlayerReport
from tests.act.test_loop import World, world

__all__ = ["world"]


def answered(world: World, place: int, kind: str = "played", status: str = "ready") -> None:
    """The player reports what became of the decision at `place`."""
    report = PlayerReport(kind, world.at, status, "happy", "Sunny side", asked=True)  # type: ignore[arg-type] # by name
    world.turn(Carried(world.played[place], report))


def asks(world: World, name: str, value: object = None) -> Future[Result]:
    asked = world.ask(name, value)
    assert not asked.done(), "nothing is known yet"
    return asked


def test_the_answer_comes_when_the_player_has_answered_and_says_what_plays(world: World) -> None:
    world.see("happy", 8)
    asked = asks(world, "recommend")
    answered(world, -1)
    result = asked.result(0)
    assert result.ok
    assert result.text.startswith("playing “Sunny side” on Living room; https://music.youtube.com/")
    assert (result.command, result.transaction) == ("recommend", "t")


def test_a_failure_is_a_failure_with_its_reason_for_every_button(world: World) -> None:
    for name, value, error in (
        ("recommend", None, "not played: no speaker"),
        ("mood", "happy", "not played: no speaker"),
        ("play", None, "not played: no speaker"),
        ("pause", None, "not paused: no speaker"),
        ("skip", None, "not skipped: no speaker"),
    ):
        world.see("happy", 8)
        asked = asks(world, name, value)
        answered(world, -1, "failed", "no speaker")
        assert (asked.result(0).ok, asked.result(0).error) == (False, error)
    assert world.ask("mood", "auto").result(0).ok, "for which the player has nothing to do"


def test_who_was_overtaken_by_somebody_else_hears_that(world: World) -> None:
    world.see("happy", 8)
    first = asks(world, "recommend")
    world.at += 1
    second = asks(world, "skip")
    world.turn(Carried(world.played[-2], None))
    assert first.result(0).ok is False
    answered(world, -1, "skipped")
    assert second.result(0).text == "skipped to the next song"


def test_a_decision_that_was_never_begun_is_answered_when_the_one_that_replaced_it_is_done(world: World) -> None:
    world.see("happy", 8)
    first = asks(world, "recommend")
    world.at += 1
    second = asks(world, "pause")
    answered(world, -1, "paused")
    assert "something else was asked for" in str(first.result(0).error)
    assert second.result(0).text == "paused"


def test_a_player_that_says_nothing_is_not_waited_for_without_end(world: World) -> None:
    world.see("happy", 8)
    asked = asks(world, "recommend")
    world.turn(later=WAIT_SECONDS)
    assert (asked.result(0).ok, asked.result(0).error) == (False, LATE)
    answered(world, -1)  # and what comes later disturbs nobody
