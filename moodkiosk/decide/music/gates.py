"""The gates between a settled mood and music. Each returns why it is shut, or None; the first that is shut decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from moodkiosk.decide.music import reasons
from moodkiosk.decide.times import Deadline, Now, face, until
from moodkiosk.words.reason import Reason


@dataclass(frozen=True, slots=True)
class Case:
    """A settled mood, and all that may speak against music for it.

    Attributes:
        mood: the mood.
        by_hand: it was chosen by hand, so neither camera nor presence matter.
        action: there is something to play for it.
        automatic: automatic music is switched on.
        camera_shut: why the camera is closed on purpose; None: it is not.
        here: somebody is here; None: unknown.
        quiet_until: when the quiet hours of now end, UTC; None: it is not quiet.
        override: how long to leave the music alone, because a person chose.
        stopped: that person has paused it.
        cooling: how long to leave it alone, because we started it.
        failed: the last try failed; `cooling` is then the pause before the next.
        asked_for: somebody has asked for something, and the player is still at it.
        now: the present moment.
    """

    mood: str
    by_hand: bool
    action: bool
    automatic: bool
    camera_shut: str | None
    here: bool | None
    quiet_until: datetime | None
    override: Deadline | None
    stopped: bool
    cooling: Deadline | None
    failed: bool
    asked_for: bool
    now: Now


Gate = Callable[[Case], str | None]


def action(case: Case) -> str | None:
    """Nothing is set for the mood."""
    return None if case.action else reasons.no_music(case.mood)


def automatic(case: Case) -> str | None:
    """Automatic music is switched off."""
    return None if case.automatic else Reason("gate.automatic_off")


def camera(case: Case) -> str | None:
    """The camera is closed on purpose."""
    return None if case.by_hand else case.camera_shut


def nobody(case: Case) -> str | None:
    """Nobody is here to listen."""
    return None if case.by_hand or case.here else Reason("gate.nobody")


def clock(case: Case) -> str | None:
    """The time of day is not known, so quiet hours are not either."""
    return Reason("gate.no_clock") if case.now.wall is None else None


def quiet(case: Case) -> str | None:
    """It is quiet hours."""
    if case.quiet_until is None:
        return None
    return Reason("gate.quiet_hours", until=face(case.quiet_until, case.now) or "")


def override(case: Case) -> str | None:
    """A person chose what plays, or that nothing does."""
    return None if case.override is None else reasons.left_alone(until(case.override, case.now), stopped=case.stopped)


def cool_down(case: Case) -> str | None:
    """Music was started a short while ago."""
    if case.cooling is None:
        return None
    return Reason("gate.failed" if case.failed else "gate.cooling", until=until(case.cooling, case.now))


def wish(case: Case) -> str | None:
    """The player is still at what somebody asked for."""
    return Reason("gate.asked_for") if case.asked_for else None


GATES: dict[str, Gate] = {
    "action": action,
    "automatic music": automatic,
    "camera": camera,
    "somebody here": nobody,
    "clock": clock,
    "quiet hours": quiet,
    "override": override,
    "cool-down": cool_down,
    "wish": wish,
}


def examine(case: Case) -> dict[str, str | None]:
    """Every gate by name, and why it is shut; None: it is open."""
    return {name: gate(case) for name, gate in GATES.items()}


def shut(verdicts: dict[str, str | None]) -> tuple[str, str] | None:
    """The name of the first gate that is shut, and its reason; None when all are open."""
    return next(((name, reason) for name, reason in verdicts.items() if reason is not None), None)
