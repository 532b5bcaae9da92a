"""Act follows a sitting that sense holds: for the page, the command line and the smart home."""

from __future__ import annotations

from moodkiosk.act.teaching.classroom import BROKEN_OFF, INVITED_SECONDS, OVER_SECONDS, Classroom
from moodkiosk.link.absent import AWAY
from moodkiosk.link.messages import Hello, Teaching
from moodkiosk.moods.command import Command
from tests.support.sense_lines import hello, proof

HELLO = hello("neutral", "happy", teaches=True)
PROOF = proof(text="reads 90 % right")


def room() -> tuple[Classroom, list[Teaching | None]]:
    """A classroom, and what it has told."""
    told: list[Teaching | None] = []
    return Classroom(told.append), told


def test_what_was_learnt_is_news_once_however_often_it_is_told() -> None:
    classroom, told = room()
    assert classroom.hear(Teaching(1.0, "recording", "happy")) is None
    assert classroom.hear(Teaching(2.0, "shown", proof=PROOF)) == PROOF
    assert classroom.hear(Teaching(3.0, "shown", proof=PROOF)) is None
    assert classroom.hear(Teaching(4.0, "over", proof=PROOF)) is None
    assert [said.phase for said in told if said] == ["recording", "shown", "shown", "over"]


def test_a_sitting_ends_with_the_half_that_holds_it() -> None:
    classroom, told = room()
    classroom.hear(Teaching(1.0, "recording", "happy"))
    classroom.left(2.0)
    assert told[-1] is not None
    assert (told[-1].phase, told[-1].text) == ("over", BROKEN_OFF)
    classroom.left(3.0)
    assert len(told) == 2
    classroom.expire(2.0 + OVER_SECONDS)
    assert told[2:] == [None]


def test_an_invitation_waits_on_the_page_for_two_minutes_and_interrupts_nobody() -> None:
    classroom, told = room()
    invite = Command("teach_invite")
    assert classroom.refusal(invite, HELLO, AWAY) is None
    assert "page" in classroom.invite(10.0)
    classroom.expire(10.0 + INVITED_SECONDS - 1)
    assert [said and said.phase for said in told] == ["invited"]
    classroom.expire(10.0 + INVITED_SECONDS)
    assert told[-1] is None
    classroom.hear(Teaching(200.0, "countdown", "happy"))
    assert classroom.refusal(invite, HELLO, AWAY) == "a sitting is going on already"


def test_an_older_sense_is_not_asked_for_what_it_does_not_know() -> None:
    classroom, _ = room()
    assert classroom.refusal(Command("teach"), None, AWAY) == AWAY
    assert "older version" in (classroom.refusal(Command("teach"), Hello("0", (), "", ""), AWAY) or "")
